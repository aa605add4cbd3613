import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ReportBlock, readReports, rtcp, ssrcText } from "../../src/protocol/rtcp.ts";
import { isControlType, looksLikeRtp } from "../../src/protocol/rtp.ts";
import { hex } from "../support/packet-builder.ts";

const HEADER = "8008 0001 000000a0 11223344";
const isRtp = (text: string, length?: number) => {
	const data = hex(text);
	return looksLikeRtp(data, 0, data.length, length);
};

describe("looksLikeRtp", () => {
	it.each<[boolean, string, string, number?]>([
		[true, "a header alone", HEADER],
		[true, "a marker", "8088 0001 000000a0 11223344 00"],
		[true, "two contributing sources", "8208 0001 000000a0 11223344 00000001 00000002"],
		[true, "an extension", "9008 0001 000000a0 11223344 bede0001 10aa0000"],
		[true, "padding", "a008 0001 000000a0 11223344 00000004"],
		[true, "padding that the snaplen cut", "a008 0001 000000a0 11223344", 40],
		[false, "another version", "4008 0001 000000a0 11223344"],
		[false, "eleven bytes", "8008 0001 000000a0 112233"],
		[false, "RTCP", "80c8 0001 000000a0 11223344"],
		[false, "a source that does not fit", "8108 0001 000000a0 11223344"],
		[false, "an extension that does not fit", "9008 0001 000000a0 11223344 bede0002 10aa0000"],
		[false, "no padding where some is announced", "a008 0001 000000a0 11223344 00000000"],
	])("says %s to %s", (expected, _, text, length) => {
		expect(isRtp(text, length)).toBe(expected);
	});

	it("never throws on noise", () => {
		fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (data) => void looksLikeRtp(data, 0, data.length)));
	});
});

const RECEIVER = "81c9 0007 00000001 11223344 01fffffe 00010005 00000028 00000000 00000000";
const SENDER = `80c8 0006 ${"00".repeat(24)}`;
const DESCRIPTION = "81ca 0003 00000001 01 05 70686f6e65 00";

describe("RTCP", () => {
	const role = (text: string) => rtcp.recognise(hex(text), 0, hex(text).length);
	const reports = (text: string) => {
		const blocks: ReportBlock[] = [];
		readReports(hex(text), 0, hex(text).length, (block) => blocks.push(block));
		return blocks;
	};

	it.each([RECEIVER, SENDER, SENDER + DESCRIPTION, RECEIVER + DESCRIPTION])("is %s", (text) => {
		expect(role(text)).not.toBe(0);
		expect(rtcp.describe!(hex(text), 0, hex(text).length).encrypted).toBeUndefined();
	});

	it("is SRTCP where what follows the first header is no RTCP and has room for its trailer", () => {
		const text = `80c8 0006 11223344 ${"5a".repeat(20)} 80000001 ${"77".repeat(10)}`;
		expect(role(text)).not.toBe(0);
		expect(rtcp.describe!(hex(text), 0, hex(text).length)).toEqual({ ssrc: "0x11223344", encrypted: true });
		expect(reports(text)).toEqual([]);
	});

	it.each(["80c8 0007 00000000", "80d9 0001 00000000", "00c8 0001 00000000", "81c9 0009 00000000"])(
		"is not %s",
		(text) => {
			expect(role(text)).toBe(0);
		},
	);

	it("gives report blocks with signed loss", () => {
		expect(reports(RECEIVER + DESCRIPTION)).toEqual([
			{ ssrc: 0x11223344, lost: -2, jitter: 40, lastReport: 0, delay: 0 },
		]);
		expect(reports(SENDER)).toEqual([]);
	});

	it("never throws on noise or on any part of a message", () => {
		const whole = hex(RECEIVER + SENDER + DESCRIPTION);
		for (let end = 0; end <= whole.length; end++) {
			readReports(whole, 0, end, () => {});
			rtcp.recognise(whole, 0, end);
		}
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 60 }), (data) => {
				if (rtcp.recognise(data, 0, data.length) !== 0) rtcp.describe!(data, 0, data.length);
				readReports(data, 0, data.length, ({ ssrc }) => expect(ssrcText(ssrc)).toMatch(/^0x[0-9a-f]{8}$/));
			}),
		);
	});

	it("is told from RTP by its type", () => {
		expect([191, 192, 200, 223, 224].map(isControlType)).toEqual([false, true, true, true, false]);
	});
});
