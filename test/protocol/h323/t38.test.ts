import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { looksLikeT38 } from "../../../src/protocol/h323/t38.ts";
import { hex } from "../../support/packet-builder.ts";

const looks = (bytes: Uint8Array) => looksLikeT38(bytes, 0, bytes.length);

/** As tshark 4.0.17 reads them. */
const PACKETS: readonly [what: string, bytes: string][] = [
	["t30-indicator no-signal", "0000 01 00 00 00"],
	["t30-indicator v21-preamble, and an earlier packet", "0001 01 06 00 01 01 00"],
	["t30-data v21 with five bytes of hdlc-data", "0002 0a c0 01 80 0004 ff1323aabb 00 00"],
	["t30-data v21, and forward error correction of one packet", "0005 06 c0 01 80 0000 ff 80 01 01 01 06 c001800000ff"],
];

describe("looksLikeT38", () => {
	it.each(PACKETS)("says yes to %s", (_, bytes) => {
		expect(looks(hex(bytes))).toBe(true);
	});

	it.each([
		["nothing", ""],
		["RTP", `8008 0001 000000a0 00000007 ${"d5".repeat(160)}`],
		["STUN", `0001 0000 2112a442 ${"ab".repeat(12)}`],
		["an indicator with data", "0000 01 80 00 00"],
		["data without a field", "0000 01 40 00 00"],
		["bytes behind the end", "0000 01 00 00 00 00"],
		["an earlier packet that is missing", "0001 01 06 00 02 01 00"],
	])("says no to %s", (_, bytes) => {
		expect(looks(hex(bytes))).toBe(false);
	});

	it("says no to each packet that is cut, whatever stands behind", () => {
		for (const [, bytes] of PACKETS) {
			const whole = hex(bytes);
			for (let end = 0; end < whole.length; end++) expect(looksLikeT38(whole, 0, end)).toBe(false);
		}
	});

	it("says yes to next to nothing else", () => {
		let found = 0;
		fc.assert(
			fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
				if (looks(bytes)) found++;
			}),
			{ numRuns: 5000, seed: 1 },
		);
		expect(found).toBeLessThan(25);
	});
});
