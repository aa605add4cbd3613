import { describe, expect, it } from "vitest";
import { RECOGNISERS, ROLE_BITS, recognisePayload } from "../../src/protocol/index.ts";
import { Role } from "../../src/protocol/recogniser.ts";
import { hex } from "../support/packet-builder.ts";

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

describe("a payload that looks like a protocol", () => {
	it.each<[string, number, number, Uint8Array]>([
		["no bytes", TCP, 80, new Uint8Array(0)],
		["a TLS-like length that cannot be", TCP, 443, hex("16 0301 ffff 01 000000")],
		["words in English", TCP, 80, ascii("GETTING STARTED\r\n")],
		["a SIP method of another protocol", TCP, 80, ascii("INVITE you to HTTP/3.0\r\n")],
		[
			"DNS off its port, with bytes behind it",
			UDP,
			40_000,
			hex("0001 0100 0001 0000 0000 0000 03 777777 00 0001 0001 00"),
		],
		["DNS off its port, cut", UDP, 40_000, hex("0001 0100 0001 0000 0000 0000 03 777777 00 0001")],
		["NTP off its port", UDP, 40_000, hex(`e3 00 03 fa ${"00".repeat(44)}`)],
		["a DNS name of bytes that no name has, which runs out", UDP, 53, hex("0001 0100 0001 0000 0000 0000 3f 778100")],
		["S7comm's connection request", TCP, 102, hex("0300 0016 11 e0 0000 0007 00 c10201 00c2020102c0010a")],
		["RAS without its identifier off its port", UDP, 40_000, hex("1c c648")],
		["a reply of COTP", TCP, 49_500, hex("0300 0007 02 f080")],
		["noise", UDP, 50_000, hex("9d 3f 00 17 88 41 c2 55 01 fe")],
	])("is not made of %s", (_, protocol, port, payload) => {
		expect(recognised(protocol, port, payload)).toBeNull();
	});
});

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
