import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RECOGNISERS, ROLE_BITS, recognisePayload } from "../../src/protocol/index.ts";
import { type Recogniser, Role } from "../../src/protocol/recogniser.ts";
import { hex } from "../support/packet-builder.ts";
import { PAYLOADS } from "../support/payloads.ts";

const ascii = (text: string) => Uint8Array.from(Buffer.from(text, "latin1"));
const TCP = 6;
const UDP = 17;

/** What a payload is, as `protocol role`, or null. */
function recognised(protocol: number, port: number, payload: Uint8Array): string | null {
	const answer = recognisePayload(protocol, 49_152, port, payload, 0, payload.length);
	if (answer < 0) return null;
	const role = answer & ((1 << ROLE_BITS) - 1);
	return `${RECOGNISERS[answer >>> ROLE_BITS]!.protocol} ${Object.entries(Role).find(([, value]) => value === role)![0]}`;
}

describe("a payload from the specification", () => {
	it.each<[string, number, number, Uint8Array]>([
		["tls Client", TCP, 8443, hex("16 0301 0005 01 000001 00")],
		["ssh Either", TCP, 22, ascii("SSH-2.0-OpenSSH_9.6\r\n")],
		["http Client", TCP, 80, ascii("GET /index.html HTTP/1.1\r\nHost: a\r\n\r\n")],
		["http Server", TCP, 80, ascii("HTTP/1.1 200 OK\r\n\r\n")],
		["http Client", TCP, 8080, ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")],
		["sip Client", UDP, 5060, ascii("REGISTER sip:a SIP/2.0\r\nCall-ID: 1\r\n\r\n")],
		["sip Asks", UDP, 5060, ascii("INVITE sip:a@b SIP/2.0\r\n\r\n")],
		["sip Answers", UDP, 5060, ascii("SIP/2.0 200 OK\r\n\r\n")],
		["dns Client", UDP, 53, hex("0001 0100 0001 0000 0000 0000 03 777777 00 0001 0001")],
		["dns Server", UDP, 53, hex("0001 8180 0001 0000 0000 0000 03 777777 00 0001 0001")],
		["tftp Client", UDP, 69, ascii("\0\x01nasystem/who_is\0octet\0")],
		["ntp Client", UDP, 123, hex(`e3 00 03 fa ${"00".repeat(44)}`)],
		["ntp Server", UDP, 123, hex(`24 01 03 fa ${"11".repeat(44)}`)],
		["stun Client", UDP, 3478, hex(`0001 0000 2112a442 ${"ab".repeat(12)}`)],
		["stun Server", UDP, 3478, hex(`0101 0000 2112a442 ${"ab".repeat(12)}`)],
		["syslog Client", UDP, 514, ascii("<34>1 2003-10-11T22:14:15.003Z mymachine su - ID47 - BOM")],
		[
			"snmp Client",
			UDP,
			161,
			hex(
				"30 26 02 01 01 04 06 7075626c6963 a0 19 02 01 01 02 01 00 02 01 00 30 0e 30 0c 06 08 2b06010201010100 05 00",
			),
		],
		["smtp Server", TCP, 25, ascii("220 mail.example.com ESMTP\r\n")],
		["imap Server", TCP, 143, ascii("* OK IMAP4rev1 ready\r\n")],
		[
			"xmpp Client",
			TCP,
			5222,
			ascii(
				"<?xml version='1.0'?><stream:stream to='a' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
			),
		],
		["ldap Client", TCP, 389, hex("30 0c 02 01 01 60 07 02 01 03 04 00 80 00")],
		["ike Client", UDP, 500, hex(`0102030405060708 0000000000000000 21 20 22 08 00000000 0000001c`)],
		["h225 Either", TCP, 1720, hex("0300 0010 08 02 0001 05 04 03 80 90 a5 00 00")],
		["h245 Either", TCP, 49_500, hex("0300 0015 02 20 07 06 00088175000d 00 8000 00 22 40 13")],
		["h225-ras Server", UDP, 1719, hex("1080 fa00 06 0008914a0004 0000 0000 73")],
		["h225-ras Answers", UDP, 1719, hex("1c c648")],
		["postgresql Client", TCP, 5443, hex("00000008 04d2162f")],
		["rdp Client", TCP, 3389, hex("0300 0013 0e e0 0000 0000 00 01 00 0800 03000000")],
		["java-rmi Client", TCP, 4444, hex("4a524d49 0002 4b")],
	])("is %s", (expected, protocol, port, payload) => {
		expect(recognised(protocol, port, payload)).toBe(expected);
	});

	it.each<[string, number, number, Uint8Array]>([
		["no bytes", TCP, 80, new Uint8Array(0)],
		["a TLS-like length that cannot be", TCP, 443, hex("16 0301 ffff 01 000000")],
		["words in English", TCP, 80, ascii("GETTING STARTED\r\n")],
		["a SIP method of another protocol", TCP, 80, ascii("INVITE you to HTTP/3.0\r\n")],
		["DNS off its port", UDP, 40_000, hex("0001 0100 0001 0000 0000 0000 03 777777 00 0001 0001")],
		["NTP off its port", UDP, 40_000, hex(`e3 00 03 fa ${"00".repeat(44)}`)],
		["a DNS name that runs out", UDP, 53, hex("0001 0100 0001 0000 0000 0000 3f 777777")],
		["S7comm's connection request", TCP, 102, hex("0300 0016 11 e0 0000 0007 00 c10201 00c2020102c0010a")],
		["RAS without its identifier off its port", UDP, 40_000, hex("1c c648")],
		["a reply of COTP", TCP, 49_500, hex("0300 0007 02 f080")],
		["noise", UDP, 50_000, hex("9d 3f 00 17 88 41 c2 55 01 fe")],
	])("is not made of %s", (_, protocol, port, payload) => {
		expect(recognised(protocol, port, payload)).toBeNull();
	});
});

/** Payloads that get deep into the recognisers: real ones cut, changed and joined, or noise. */
const payload = fc.oneof(
	fc.uint8Array({ maxLength: 300 }),
	fc
		.tuple(fc.constantFrom(...PAYLOADS), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }), fc.nat())
		.map(([original, changes, cut]) => {
			const bytes = Uint8Array.from(original);
			for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
			return bytes.subarray(0, cut % (bytes.length + 1));
		}),
);

describe.each(RECOGNISERS.map((recogniser, place) => [recogniser.protocol, place, recogniser] as const))(
	"%s (%i)",
	(_, __, recogniser: Recogniser) => {
		it("never throws, and never looks beyond the payload's ends", () => {
			fc.assert(
				fc.property(
					payload,
					fc.uint8Array({ maxLength: 40 }),
					fc.uint8Array({ maxLength: 40 }),
					(bytes, before, after) => {
						const alone = recogniser.recognise(bytes, 0, bytes.length);
						const inside = Buffer.concat([before, bytes, after]);
						const [start, end] = [before.length, before.length + bytes.length];
						expect(recogniser.recognise(inside, start, end)).toBe(alone);
						if (alone === Role.No || !recogniser.describe) return;
						expect(recogniser.describe(inside, start, end)).toEqual(recogniser.describe(bytes, 0, bytes.length));
					},
				),
				{ numRuns: 1000 },
			);
		});

		it("says where its signature is defined", () => {
			expect(recogniser.source.length).toBeGreaterThan(3);
			expect(recogniser.transports.length).toBeGreaterThan(0);
			if (recogniser.strength === "weak") expect(recogniser.ports.length).toBeGreaterThan(0);
		});
	},
);

describe("recognisePayload", () => {
	it("finds next to nothing in noise", () => {
		let found = 0;
		const runs = 20_000;
		let state = 1;
		const next = () => {
			state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
			return state >>> 24;
		};
		for (let i = 0; i < runs; i++) {
			const noise = Uint8Array.from({ length: 64 }, next);
			if (recognised(i % 2 ? TCP : UDP, 40_000 + (i % 10_000), noise) !== null) found++;
		}
		expect(found / runs).toBeLessThan(0.001);
	});
});
