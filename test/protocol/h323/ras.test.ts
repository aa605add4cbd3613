import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	gatekeeperConfirm,
	gatekeeperRequest,
	type Registration,
	registrationConfirm,
	registrationRequest,
} from "../../../scripts/captures/payloads/ras.ts";
import { h225Ras, h225RasOther, parseRas } from "../../../src/protocol/h323/ras.ts";
import { Role } from "../../../src/protocol/recogniser.ts";
import { hex } from "../../support/packet-builder.ts";

const parse = (bytes: Uint8Array) => parseRas(bytes, 0, bytes.length);
const role = (bytes: Uint8Array) =>
	h225Ras.recognise(bytes, 0, bytes.length) || h225RasOther.recognise(bytes, 0, bytes.length);

/** One message of each kind, by place in RasMessage. tshark 4.0.17 names each as here, with this sequence number. */
const KINDS: readonly [message: string, sequence: number, role: keyof typeof Role, bytes: string][] = [
	["gatekeeperRequest", 60630, "Client", "0020ecd5060008914a00040055474c4a9d6b044000"],
	["gatekeeperConfirm", 53644, "Server", "0400d18b060008914a0004005844504e5d13"],
	["gatekeeperReject", 9972, "Server", "080026f3060008914a000440"],
	[
		"registrationRequest",
		32247,
		"Client",
		"0e807df6060008914a0004000001004a45464f1c95061801030082134b00278c29be0a8802000f0100",
	],
	["registrationConfirm", 64001, "Server", "1080fa00060008914a00040000000073"],
	["registrationReject", 37250, "Server", "14009181060008914a000420"],
	["unregistrationRequest", 45287, "Asks", "1800b0e600"],
	["unregistrationConfirm", 50761, "Answers", "1cc648"],
	["unregistrationReject", 60039, "Answers", "20ea8620"],
	[
		"admissionRequest",
		19624,
		"Client",
		"25304ca7005000730068006700660071006e00000056545358aa13003a491e4a5559514b534c41544943434a51545a40",
	],
	["admissionConfirm", 41464, "Server", "2800a1f70005004c4e545395e5"],
	["admissionReject", 30886, "Server", "2c78a530"],
	["bandwidthRequest", 8240, "Asks", "3000202f0000665a4a54555846564c434759494b41514615e2001a"],
	["bandwidthConfirm", 28084, "Answers", "346db30043"],
	["bandwidthReject", 40330, "Answers", "389d891000"],
	["disengageRequest", 58759, "Asks", "3ce5860000624145484246594a594359425a52505350c0bf20"],
	["disengageConfirm", 4953, "Answers", "401358"],
	["disengageReject", 52393, "Answers", "44cca800"],
	["locationRequest", 31998, "Asks", "4a007cfd000045564d4cb47202800180"],
	["locationConfirm", 42134, "Answers", "4ca49500504b594d3fb30046474454e078"],
	["locationReject", 15401, "Answers", "503c2820"],
	["infoRequest", 37270, "Server", "54009195da45"],
	["infoRequestResponse", 23253, "Client", "58005ad40c040800680079004255554d428a010052564652e9fa"],
	["nonStandardMessage", 29932, "Either", "5c74eb40109cd0d400"],
	["unknownMessageResponse", 26398, "Either", "60671d"],
	["requestInProgress", 1882, "Answers", "80050007592973"],
	["resourcesAvailableIndicate", 50117, "Client", "811010c3c4060008914a0004000065008000"],
	["resourcesAvailableConfirm", 46605, "Server", "820a00b60c060008914a0004"],
	["infoRequestAck", 12128, "Server", "8303002f5f"],
	["infoRequestNak", 55702, "Server", "840400d99520"],
	["serviceControlIndication", 77, "Asks", "85050000004c00"],
	["serviceControlResponse", 33687, "Answers", "8603008396"],
	["admissionConfirmSequence", 41464, "Server", "870d0100a1f7000500 4c4e545395e5"],
];

describe("a RAS message", () => {
	it.each(KINDS)("%s is told by its first bits, with its sequence number", (message, sequence, sender, bytes) => {
		expect(parse(hex(bytes))).toMatchObject({ message, sequence });
		expect(role(hex(bytes))).toBe(Role[sender]);
	});

	/** tshark: rejectReason, allowedBandWidth, endpointIdentifier, callSignalAddress, alias as below. */
	it.each<[string, object]>([
		["20ea8620", { reason: "callInProgress" }],
		["14009181060008914a000420", { reason: "invalidCallSignalAddress" }],
		[
			"25304ca7005000730068006700660071006e00000056545358aa13003a491e4a5559514b534c41544943434a51545a40",
			{ endpoint: "shgfqn" },
		],
		["2800a1f70005004c4e545395e5", { callSignalAddress: { address: "76.78.84.83", port: 38373 } }],
		["870d0100a1f70005004c4e545395e5", { callSignalAddress: { address: "76.78.84.83", port: 38373 } }],
		["4ca49500504b594d3fb30046474454e078", { callSignalAddress: { address: "80.75.89.77", port: 16307 } }],
	])("%s says %o", (bytes, fields) => {
		expect(parse(hex(bytes))).toMatchObject(fields);
	});

	it("is not read from what begins otherwise", () => {
		for (const bytes of ["", "68", "6400 0000 0000", "88 02 0000", "18 01 b0e6 00", "80 05 00"]) {
			expect(role(hex(bytes))).toBe(Role.No);
		}
		// Registration without the identifier of H.225.0.
		expect(role(hex("0e807df6060008914b0004000001004a4546"))).toBe(Role.No);
	});
});

/** tshark 4.0.17: registrationRequest, requestSeqNum 4711, discoveryComplete, callSignalAddress 10.10.0.102:1720, rasAddress
 * 10.10.0.102:49302, terminalType with vendor and terminal, dialledDigits 202, gatekeeperIdentifier IPOffice, endpointVendor
 * productId Avaya 9640, versionId 3.2.1, timeToLive 300. */
const RRQ =
	"0ec01266060008914a00048001000a0a006606b801000a0a0066c09622c0b5000000094176617961203936343004332e322e" +
	"31000101005350e000490050004f0066006600690063006560b5000000094176617961203936343004332e322e31108b0340" +
	"012b010001000100";
/** tshark 4.0.17: registrationConfirm, requestSeqNum 4711, callSignalAddress 10.10.0.10:1720, dialledDigits 202,
 * gatekeeperIdentifier IPOffice, endpointIdentifier 00000001, timeToLive 300. */
const RCF =
	"12c01266060008914a000401000a0a000a06b80101005350e000490050004f006600660069006300650e0030003000300030" +
	"003000300030003102800340012b";

const address = fc.oneof(fc.ipV4(), fc.constantFrom("2001:db8::5", "fe80::1", "2001:db8:1:2:3:4:5:6"));
const endpoint = fc.record({ address, port: fc.integer({ min: 1, max: 65535 }) });
const name = fc.stringMatching(/^[A-Za-z0-9 ._-]{0,30}[A-Za-z]$/);
const registration: fc.Arbitrary<Registration> = fc.record({
	sequence: fc.integer({ min: 1, max: 65535 }),
	alias: fc.oneof(fc.stringMatching(/^[0-9#*,]{1,40}$/), name),
	product: fc.record({ name, version: fc.stringMatching(/^[0-9.]{1,20}$/) }),
	ras: endpoint,
	callSignalling: endpoint,
	gatekeeper: name,
	endpoint: name,
	gatekeeperRas: endpoint,
	gatekeeperSignalling: endpoint,
});

describe("registration", () => {
	const phone: Registration = {
		sequence: 4711,
		alias: "202",
		product: { name: "Avaya 9640", version: "3.2.1" },
		ras: { address: "10.10.0.102", port: 49302 },
		callSignalling: { address: "10.10.0.102", port: 1720 },
		gatekeeper: "IPOffice",
		endpoint: "00000001",
		gatekeeperRas: { address: "10.10.0.10", port: 1719 },
		gatekeeperSignalling: { address: "10.10.0.10", port: 1720 },
	};

	it("is written as tshark reads it", () => {
		expect(Buffer.from(registrationRequest(phone)).toString("hex")).toBe(RRQ);
		expect(Buffer.from(registrationConfirm(phone)).toString("hex")).toBe(RCF);
	});

	it("tells product, number and addresses", () => {
		expect(h225Ras.describe!(hex(RRQ), 0, RRQ.length / 2)).toEqual({
			message: "registrationRequest",
			sequence: 4711,
			gatekeeper: "IPOffice",
			alias: "202",
			vendor: "Avaya 9640 3.2.1",
			callSignalAddress: "10.10.0.102:1720",
			avaya: true,
		});
		expect(h225Ras.describe!(hex(RCF), 0, RCF.length / 2)).toEqual({
			message: "registrationConfirm",
			sequence: 4711,
			gatekeeper: "IPOffice",
			endpoint: "00000001",
			alias: "202",
			callSignalAddress: "10.10.0.10:1720",
		});
	});

	it("is read back whatever its contents", () => {
		fc.assert(
			fc.property(registration, (given) => {
				const { sequence, alias, product, gatekeeper } = given;
				const vendor = { product: product.name.trim(), version: product.version };
				expect(parse(gatekeeperRequest(given))).toMatchObject({ sequence, alias, vendor });
				expect(parse(gatekeeperConfirm(given))).toMatchObject({ sequence, gatekeeper });
				const callSignalAddress = { port: given.callSignalling.port };
				expect(parse(registrationRequest(given))).toMatchObject({
					sequence,
					alias,
					vendor,
					gatekeeper,
					callSignalAddress,
				});
				expect(parse(registrationConfirm(given))).toMatchObject({
					sequence,
					alias,
					gatekeeper,
					endpoint: given.endpoint,
					callSignalAddress: given.gatekeeperSignalling,
				});
			}),
		);
	});

	it("of which a piece is missing gives what is there", () => {
		const whole = hex(RRQ);
		for (let end = 0; end <= whole.length; end++) {
			const message = parseRas(whole, 0, end);
			if (end < 4) expect(message?.sequence).toBeUndefined();
			else expect(message).toMatchObject({ message: "registrationRequest", sequence: 4711 });
			expect(message?.alias ?? "202").toBe("202");
			expect(message?.callSignalAddress ?? phone.callSignalling).toEqual(phone.callSignalling);
		}
	});
});
