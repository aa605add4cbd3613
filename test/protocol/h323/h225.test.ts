import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Call, callSignalling } from "../../../scripts/captures/payloads/h225.ts";
import {
	type Channel,
	type Endpoint,
	fastStartElement,
	masterSlaveDetermination,
	openLogicalChannel,
	openLogicalChannelAck,
	terminalCapabilitySet,
} from "../../../scripts/captures/payloads/h245.ts";
import { h225, parseH225Call } from "../../../src/protocol/h323/h225.ts";
import { Role } from "../../../src/protocol/recogniser.ts";
import { hex } from "../../support/packet-builder.ts";

const parse = (bytes: Uint8Array) => parseH225Call(bytes, 0, bytes.length);
const describeH225 = (bytes: Uint8Array) => h225.describe!(bytes, 0, bytes.length);
const IDENTIFIER = "00112233445566778899aabbccddeeff";

/** tshark 4.0.17: SETUP 1234, display Extn202, calling 202, called 201; protocolIdentifier version 4, dialledDigits 202 and 201,
 * vendor Avaya 9640 3.2.1, terminal, conferenceID and callIdentifier 00112233-…; fast start of two g711Alaw64k: channel 1 with
 * mediaControlChannel 10.10.0.102:2049, channel 2 null data and reverse with mediaChannel :2048, mediaControlChannel :2049;
 * nonStandardData object 2.16.840.1.113778.4.2.1; h245Tunnelling, terminalCapabilitySet and masterSlaveDetermination. */
const SETUP =
	"030000e2080212340504038893a528074578746e3230326c0501803230327004813230317e00bb0530b0060008914a000401" +
	"010053522cb5000000094176617961203936343004332e322e3100010100534000112233445566778899aabbccddeeff0059" +
	"1d80110000112233445566778899aabbccddeeff3202120000000c2013800a040001000a0a006608011d400001060401004c" +
	"20138011140001000a0a00660800000a0a006608010100010001000100000a6086480186f87204020102000104c001801b02" +
	"110220010600088175000d00800000304013070100328001e240";
/** tshark: CALL PROCEEDING, vendor IP Office 12.0. */
const PROCEEDING =
	"0300004408029234027e0038050180060008914a000422c0b5000000084950204f66666963650331322e3000d0c011000011" +
	"2233445566778899aabbccddeeff01000100";
/** tshark: ALERTING, h245Address 10.10.0.10:50123, fast start with mediaChannel 10.10.0.10:46764 and control :46765. */
const ALERTING =
	"0300006808029234017e005c0503c0060008914a000422c0b5000000094176617961203936343004332e322e31000a0a000a" +
	"c3cb0d1c110000112233445566778899aabbccddeeff1b01190000000c20138011140001000a0a000ab6ac000a0a000ab6ad" +
	"01000100";
/** tshark: CONNECT, display Extn201, h245Address ip6Address 2001:db8::5 port 50123, h245Tunnelling. */
const CONNECT =
	"03000076080292340728074578746e3230317e00610522c0060008914a00043020010db8000000000000000000000005c3cb" +
	"22c0b5000000094176617961203936343004332e322e310000112233445566778899aabbccddeeff0d0c1100001122334455" +
	"66778899aabbccddeeff0100010004800180";
/** tshark: FACILITY, undefinedReason; openLogicalChannel 3 with control 2001:db8::5 port 50125, its acknowledgement with
 * 10.10.0.10:46764 and :46765; openLogicalChannel 4 of t38fax over udp, session 3, 10.10.0.10:46770, acknowledged with
 * 10.10.0.102:2050. */
const FACILITY =
	"0300009308021234627e0087052680060008914a00046020110000112233445566778899aabbccddeeff04c0018064041f03" +
	"0000020c201380160400010820010db8000000000000000000000005c3cd1722c000020280101c00000a0a000ab6ac000a0a" +
	"000ab6ad1903000003110404860100000090800a100003000a0a000ab6b21022c000030280091804000a0a00660802";
/** tshark: RELEASE COMPLETE, cause user busy (17), undefinedReason. */
const RELEASE = "0300002e080212345a080280917e001e0505c0060008914a00045808110000112233445566778899aabbccddeeff";

describe("a call signalling message", () => {
	it("tells who calls whom, with what, and where media goes", () => {
		expect(parse(hex(SETUP))).toEqual({
			message: "setup",
			callReference: 0x1234,
			callIdentifier: IDENTIFIER,
			caller: "202",
			called: "201",
			display: "Extn202",
			vendor: { product: "Avaya 9640", version: "3.2.1" },
			h245: ["terminalCapabilitySet", "masterSlaveDetermination"],
			media: [
				{ address: "10.10.0.102", port: 2049, protocol: "rtcp" },
				{ address: "10.10.0.102", port: 2048, protocol: "rtp" },
			],
			avaya: true,
		});
	});

	it("tells where its sender listens for H.245", () => {
		expect(parse(hex(ALERTING))).toMatchObject({
			message: "alerting",
			h245Address: { address: "10.10.0.10", port: 50123 },
			media: [
				{ address: "10.10.0.10", port: 46764, protocol: "rtp" },
				{ address: "10.10.0.10", port: 46765, protocol: "rtcp" },
			],
		});
		expect(parse(hex(CONNECT))).toMatchObject({
			message: "connect",
			display: "Extn201",
			h245Address: { address: "2001:db8::5", port: 50123 },
		});
	});

	it("keeps what both sides of a call say apart in its fields", () => {
		expect(describeH225(hex(SETUP))).toEqual({
			message: "setup",
			caller: "202",
			called: "201",
			display: "Extn202",
			callIdentifier: IDENTIFIER,
			callerVendor: "Avaya 9640 3.2.1",
			callerMedia: "10.10.0.102:2048",
			avaya: true,
		});
		expect(describeH225(hex(ALERTING))).toEqual({
			message: "alerting",
			callIdentifier: IDENTIFIER,
			h245Address: "10.10.0.10:50123",
			calledVendor: "Avaya 9640 3.2.1",
			calledMedia: "10.10.0.10:46764",
			avaya: true,
		});
	});

	it("tunnels H.245", () => {
		expect(parse(hex(FACILITY))).toMatchObject({
			message: "facility",
			reason: "undefinedReason",
			h245: ["openLogicalChannel", "openLogicalChannelAck", "openLogicalChannel", "openLogicalChannelAck"],
			media: [
				{ address: "2001:db8::5", port: 50125, protocol: "rtcp" },
				{ address: "10.10.0.10", port: 46764, protocol: "rtp" },
				{ address: "10.10.0.10", port: 46765, protocol: "rtcp" },
				{ address: "10.10.0.10", port: 46770, protocol: "t38" },
				{ address: "10.10.0.102", port: 2050, protocol: "t38" },
			],
		});
	});

	it("says why a call ends", () => {
		expect(describeH225(hex(RELEASE))).toEqual({
			message: "releaseComplete",
			cause: 17,
			reason: "undefinedReason",
			callIdentifier: IDENTIFIER,
		});
	});

	it("is of either side, as long as its header says, and leads on until the call is answered", () => {
		for (const [bytes, leadsOn] of [
			[SETUP, false],
			[PROCEEDING, true],
			[ALERTING, true],
			[CONNECT, false],
			[FACILITY, true],
			[RELEASE, false],
		] as const) {
			const message = hex(bytes);
			expect(h225.recognise(message, 0, message.length)).toBe(Role.Either);
			expect(h225.recognise(message, 0, 11)).toBe(Role.Either);
			expect(h225.messageLength!(message, 0, 11)).toBe(message.length);
			expect(h225.leadsOn!(message, 0, message.length)).toBe(leadsOn);
		}
		expect(h225.messageLength!(hex("0300 00"), 0, 3)).toBe(0);
	});

	it("reads numbers, cause and display from Q.931's elements", () => {
		// Bearer capability; sending complete (one byte); cause with its recommendation; display with a type; both numbers;
		// then another code set, whose elements mean other things.
		const elements =
			"0403 8090a5 a1 0803 00 81 9f 2805 b1 4a6f6e00 6c05 2181 333031 7004 81 333032 98 2801 58 91 2801 59";
		const body = hex(`0802 8001 5a ${elements}`);
		const message = Uint8Array.from([3, 0, 0, body.length + 4, ...body]);
		expect(parse(message)).toEqual({
			message: "releaseComplete",
			callReference: 1,
			cause: 31,
			display: "Jon",
			caller: "301",
			called: "302",
			h245: [],
			media: [],
			avaya: false,
		});
	});

	it("is nothing else over TPKT", () => {
		for (const bytes of [
			"",
			"0300 0004",
			"0300 0007 02 f080",
			"0300 000b 06 e0 0000 0001 00",
			"0300 0009 08 03 0001 05",
		]) {
			expect(parse(hex(bytes))).toBeUndefined();
			expect(h225.recognise(hex(bytes), 0, hex(bytes).length)).toBe(Role.No);
		}
	});
});

const endpoint: fc.Arbitrary<Endpoint> = fc.record({
	address: fc.oneof(fc.ipV4(), fc.constantFrom("2001:db8::5", "fe80::1")),
	port: fc.integer({ min: 1, max: 65535 }),
});
const channel: fc.Arbitrary<Channel> = fc.record({
	number: fc.integer({ min: 1, max: 65535 }),
	media: fc.option(endpoint, { nil: undefined }),
	control: fc.option(endpoint, { nil: undefined }),
	isFax: fc.boolean(),
	isReverse: fc.boolean(),
});
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const number = fc.stringMatching(/^[0-9*#]{1,20}$/);
const text = fc.stringMatching(/^[A-Za-z0-9 ._-]{0,20}[A-Za-z]$/);

describe("a call", () => {
	it("is read back whatever it says", () => {
		const call = fc.record(
			{
				message: fc.constantFrom("setup", "callProceeding", "alerting", "connect"),
				reference: fc.integer({ min: 1, max: 0x7fff }),
				isAnswer: fc.boolean(),
				identifier: fc.uint8Array({ minLength: 16, maxLength: 16 }),
				display: text,
				product: fc.record({ name: text, version: number }),
				h245Address: endpoint,
				nonStandard: fc.constant(hex("60 86 48 01 86 f8 72 04 02 01")),
			},
			{ requiredKeys: ["message", "reference", "isAnswer", "identifier"] },
		);
		fc.assert(
			fc.property(call, optional(number), fc.array(channel, { maxLength: 6 }), (given, digits, channels) => {
				const { product, h245Address } = given;
				const message = parse(
					callSignalling({
						...given,
						...(digits !== undefined && { caller: digits, called: digits }),
						fastStart: channels.map(fastStartElement),
						h245: [masterSlaveDetermination(50, 1), ...channels.map(openLogicalChannel)],
					} as Call),
				);
				expect(message).toMatchObject({
					message: given.message,
					callReference: given.reference,
					callIdentifier: Buffer.from(given.identifier).toString("hex"),
					caller: digits,
					called: digits,
					display: given.display,
					vendor: product && { product: product.name.trim(), version: product.version },
					...(h245Address && { h245Address: { port: h245Address.port } }),
					avaya: given.nonStandard !== undefined,
				});
				expect(message?.h245).toHaveLength(1 + channels.length);
				const announced = new Set(message?.media.map(({ port }) => port));
				for (const { media, control, isFax } of channels) {
					if (media) expect(announced).toContain(media.port);
					if (control && !isFax) expect(announced).toContain(control.port);
				}
			}),
		);
	});

	it("has aliases where Q.931 has no numbers", () => {
		const setup = callSignalling({
			message: "setup",
			reference: 1,
			identifier: hex(IDENTIFIER),
			caller: "Jon",
			called: "tcp$host",
		});
		expect(parse(setup)).toMatchObject({ caller: "Jon", called: "tcp$host" });
	});
});

describe("hostile call signalling", () => {
	const messages = [SETUP, PROCEEDING, ALERTING, CONNECT, FACILITY, RELEASE].map((bytes) => hex(bytes));

	it("that breaks off gives what is there", () => {
		for (const whole of messages) {
			const all = parse(whole);
			for (let end = 0; end < whole.length; end++) {
				const some = parseH225Call(whole, 0, end);
				if (!some) continue;
				expect(all?.media).toEqual(expect.arrayContaining([...some.media]));
				expect([undefined, all?.callIdentifier]).toContain(some.callIdentifier);
				expect([undefined, all?.vendor?.product]).toContain(some.vendor?.product);
			}
		}
	});

	it("of any bytes neither throws nor takes long, nor says without bound", () => {
		const changed = fc
			.tuple(fc.constantFrom(...messages), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }))
			.map(([original, changes]) => {
				const bytes = Uint8Array.from(original);
				for (const [at, value] of changes) bytes[at % bytes.length] = value;
				return bytes;
			});
		const noise = fc.uint8Array({ maxLength: 400 }).map((bytes) => {
			const user = Uint8Array.from([0x7e, bytes.length >> 8, bytes.length & 255, 5, ...bytes]);
			return Uint8Array.from([3, 0, (user.length + 9) >> 8, (user.length + 9) & 255, 8, 2, 0, 1, 5, ...user]);
		});
		fc.assert(
			fc.property(fc.oneof(changed, noise), (bytes) => {
				const message = parse(bytes);
				expect(message?.media.length ?? 0).toBeLessThanOrEqual(16);
				for (const { port } of message?.media ?? []) expect(port).toBeGreaterThan(0);
				describeH225(bytes);
			}),
			{ numRuns: 2000 },
		);
	});

	it("with more channels than a bound gives no more", () => {
		const channels = Array.from({ length: 60 }, (_, n) => ({
			number: n + 1,
			media: { address: "192.0.2.1", port: 2000 + 2 * n },
			control: { address: "192.0.2.1", port: 2001 + 2 * n },
		}));
		const setup = callSignalling({
			message: "setup",
			reference: 1,
			identifier: hex(IDENTIFIER),
			fastStart: channels.map(fastStartElement),
			h245: [terminalCapabilitySet(1), ...channels.slice(0, 3).map(openLogicalChannelAck)],
		});
		expect(parse(setup)?.media).toHaveLength(16);
	});
});
