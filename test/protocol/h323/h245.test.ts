import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tpkt } from "../../../scripts/captures/payloads/h225.ts";
import {
	endSession,
	masterSlaveDetermination,
	masterSlaveDeterminationAck,
	openLogicalChannel,
	openLogicalChannelAck,
	terminalCapabilitySet,
	terminalCapabilitySetAck,
} from "../../../scripts/captures/payloads/h245.ts";
import { h245, parseH245 } from "../../../src/protocol/h323/h245.ts";
import { Role } from "../../../src/protocol/recogniser.ts";
import { hex } from "../../support/packet-builder.ts";

const parse = (bytes: Uint8Array) => parseH245(bytes, 0, bytes.length);
const recognise = (bytes: Uint8Array) => h245.recognise(bytes, 0, bytes.length);

/** tshark 4.0.17 names each as here. */
const MESSAGES: readonly [name: string, bytes: string, isOpening: boolean][] = [
	["terminalCapabilitySet", "030000150220070600088175000d00800000304013", true],
	["masterSlaveDetermination", "0300000901003c0007", true],
	["masterSlaveDeterminationAck", "0300000620a0", true],
	["terminalCapabilitySetAck", "03000007218007", true],
	["openLogicalChannel", "03000017030001030c2013800a040001000a0a00660801", false],
	["openLogicalChannelAck", "0300001b22c001030280101c00000a0a00660800000a0a00660801", false],
	["endSessionCommand", "030000064a40", false],
	// An implementation's own key press: indication, userInput, signal "9" for 100 ms.
	["userInput", "0300000b 6d810447200063", false],
];

describe("an H.245 message", () => {
	it.each(MESSAGES)(
		"%s is named, and told without its port only where its bytes prove it",
		(name, bytes, isOpening) => {
			const message = hex(bytes);
			expect(parse(message).messages[0]).toBe(name);
			expect(recognise(message)).toBe(isOpening ? Role.Either : Role.No);
			expect(h245.messageLength!(message, 0, message.length)).toBe(message.length);
		},
	);

	it("is written as tshark reads it", () => {
		const address = "10.10.0.102";
		const channel = { number: 260, media: { address, port: 2048 }, control: { address, port: 2049 } };
		const written = [
			terminalCapabilitySet(7),
			masterSlaveDetermination(60, 7),
			masterSlaveDeterminationAck("slave"),
			terminalCapabilitySetAck(7),
			openLogicalChannel({ ...channel, media: undefined }),
			openLogicalChannelAck(channel),
			endSession(),
		];
		expect(written.map((each) => Buffer.from(tpkt(each)).toString("hex"))).toEqual(
			MESSAGES.slice(0, written.length).map(([, bytes]) => bytes),
		);
	});

	it("announces where media is to go", () => {
		const [open, acknowledged] = ["openLogicalChannel", "openLogicalChannelAck"].map((wanted) =>
			hex(MESSAGES.find(([name]) => name === wanted)![1]),
		) as [Uint8Array, Uint8Array];
		expect(parse(open).media).toEqual([{ address: "10.10.0.102", port: 2049, protocol: "rtcp" }]);
		expect(parse(acknowledged).media).toEqual([
			{ address: "10.10.0.102", port: 2048, protocol: "rtp" },
			{ address: "10.10.0.102", port: 2049, protocol: "rtcp" },
		]);
		expect(h245.describe!(acknowledged, 0, acknowledged.length)).toEqual({
			message: "openLogicalChannelAck",
			media: "10.10.0.102:2048",
		});
		expect(h245.leadsOn!(acknowledged, 0, acknowledged.length)).toBe(false);
	});

	it("has no media for data over TCP, for null data, or without a channel", () => {
		// tshark: openLogicalChannel 1, data, t120 over separateLANStack, session 3, mediaChannel 192.0.2.1:1503.
		const t120 = hex("0300001c03000000101830010040026d800a10000300c000020105df");
		expect(parse(t120)).toEqual({ messages: ["openLogicalChannel"], media: [] });
		expect(parse(tpkt(terminalCapabilitySet(1))).media).toEqual([]);
	});

	it("may follow another in one packet", () => {
		const both = Uint8Array.from([...masterSlaveDetermination(190, 8_000_000), ...terminalCapabilitySet(1)]);
		expect(parse(tpkt(both)).messages).toEqual(["masterSlaveDetermination", "terminalCapabilitySet"]);
		expect(recognise(tpkt(terminalCapabilitySet(1)))).toBe(Role.Either);
	});

	it("is nothing else over TPKT", () => {
		for (const bytes of [
			"",
			"0300 0004",
			"0300 0007 02 f080",
			"0300 0016 11 e0 0000 0007 00 c10201 00c2020102c0010a",
			"0300 0009 01 00 3c 80 07",
			"0300 000a 02 70 01 06 00 08",
			"0300 0010 08 02 0001 05 04 03 80 90 a5 00 00",
		]) {
			expect(recognise(hex(bytes))).toBe(Role.No);
		}
	});
});

describe("hostile H.245", () => {
	const messages = MESSAGES.map(([, bytes]) => hex(bytes));

	it("that breaks off gives what is there", () => {
		for (const whole of messages) {
			const all = parse(whole);
			for (let end = 0; end < whole.length; end++) {
				const some = parseH245(whole, 0, end);
				expect(all.media).toEqual(expect.arrayContaining([...some.media]));
				expect(all.messages).toEqual(expect.arrayContaining([...some.messages]));
			}
		}
	});

	it("of any bytes neither throws nor says without bound", () => {
		const changed = fc
			.tuple(fc.constantFrom(...messages), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }))
			.map(([original, changes]) => {
				const bytes = Uint8Array.from(original);
				for (const [at, value] of changes) bytes[at % bytes.length] = value;
				return bytes;
			});
		fc.assert(
			fc.property(fc.oneof(changed, fc.uint8Array({ maxLength: 300 }).map(tpkt)), (bytes) => {
				const { messages: names, media } = parse(bytes);
				expect(names.length).toBeLessThanOrEqual(16);
				expect(media.length).toBeLessThanOrEqual(16);
				recognise(bytes);
			}),
			{ numRuns: 2000 },
		);
	});
});
