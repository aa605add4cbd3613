import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dns } from "../../scripts/captures/payloads/services.ts";
import { parseDnsAnswers } from "../../src/protocol/dns.ts";
import { concat, hex } from "../support/packet-builder.ts";

const QUESTION = "03777777 07 6578616d706c65 03636f6d 00 0001 0001";
const response = (answers: number, ...records: string[]) =>
	concat(hex(`0007 8180 0001 000${answers} 0000 0000 ${QUESTION}`), ...records.map(hex));
const parse = (message: Uint8Array) => parseDnsAnswers(message, 0, message.length);

describe("parseDnsAnswers", () => {
	it("gives the name that was asked for, and the addresses behind its aliases", () => {
		const alias = "c00c 0005 0001 0000012c 0006 03 63646e c010";
		const four = "c02d 0001 0001 0000012c 0004 c0000201";
		const six = "c02d 001c 0001 0000012c 0010 20010db8000000000000000000000001";
		expect(parse(response(3, alias, four, six))).toEqual({
			name: "www.example.com",
			addresses: ["192.0.2.1", "2001:db8::1"],
		});
	});

	it("gives nothing for questions, refusals and answers without addresses", () => {
		expect(parse(dns(7, "www.example.com"))).toBeUndefined();
		expect(parse(response(0))).toBeUndefined();
		expect(parse(response(1, "c00c 0010 0001 0000012c 0002 0161"))).toBeUndefined();
		expect(parse(new Uint8Array(0))).toBeUndefined();
	});

	it("gives the records before a cut", () => {
		const record = "c00c 0001 0001 0000012c 0004 c0000201";
		const whole = response(2, record, record);
		expect(parse(whole.subarray(0, whole.length - 1))?.addresses).toEqual(["192.0.2.1"]);
	});

	it("never throws, never looks beyond the message, and ends", () => {
		const original = dns(7, "www.example.com", "192.0.2.1");
		const changed = fc
			.tuple(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }), fc.nat())
			.map(([changes, cut]) => {
				const bytes = Uint8Array.from(original);
				for (const [at, value] of changes) bytes[at % bytes.length] = value;
				return bytes.subarray(0, cut % (bytes.length + 1));
			});
		fc.assert(
			fc.property(changed, fc.uint8Array({ maxLength: 40 }), (bytes, after) => {
				const inside = Buffer.concat([bytes, after]);
				expect(parseDnsAnswers(inside, 0, bytes.length)).toEqual(parse(bytes));
			}),
			{ numRuns: 5000 },
		);
	});
});
