import { describe, expect, it } from "vitest";
import type { CallRecord, StreamRecord } from "../../../src/document/document.ts";
import { endReasonText, lastedText, mediaText } from "../../../src/report/text/call-words.ts";

const quality = (mos: number, atMost = false) => ({
	r: 90,
	mos,
	assumed: [],
	...(atMost ? { atMost: true as const } : {}),
});
const stream = (given: Partial<StreamRecord>) =>
	({ lossPercent: 0, jitterMs: null, quality: null, srtp: false, ...given }) as StreamRecord;
const finding = (kind: "media-loss" | "media-stopped") => ({ kind, severity: "warning", message: "" }) as const;
const text = (media: StreamRecord[], findings: CallRecord["findings"] = []) =>
	mediaText({ media, mediaFlows: [1], findings } as unknown as CallRecord);

describe("a call's media in a line", () => {
	it("names each kind of finding once", () => {
		expect(text([stream({})], [finding("media-loss"), finding("media-loss"), finding("media-stopped")])).toBe(
			"media-loss, media-stopped, 0 % lost, 1 stream",
		);
	});

	it("has the worst score, as an upper bound where one of them is", () => {
		expect(text([stream({ quality: quality(4.35) }), stream({ quality: quality(4.27) })])).toMatch(/^MOS 4\.3, /);
		expect(text([stream({ quality: quality(4.1) }), stream({ quality: quality(4.35, true) })])).toMatch(
			/^MOS ≤ 4\.1, /,
		);
	});
});

describe("a call's end", () => {
	it("has the reason and the cause that the BYE gave, of an answered call", () => {
		const end = (reason: string | null, cause: number | null, result = "answered") =>
			endReasonText({ reason, cause, result });
		expect([end(null, null), end("408 ACK timeout", null), end("Terminated", 16), end(null, 38)]).toEqual([
			"",
			"408 ACK timeout",
			"Terminated, cause 16",
			"cause 38",
		]);
		expect(end("Forbidden", null, "rejected 403 Forbidden")).toBe("");
	});

	it("is at least so long after the answer as something was seen of it", () => {
		const lasted = (given: Partial<CallRecord>) => lastedText({ end: null, ...given } as CallRecord);
		expect([lasted({ duration: 65 }), lasted({ duration: 0.02 }), lasted({ duration: null })]).toEqual([
			"≥1:05",
			"",
			"",
		]);
		expect(lasted({ duration: 0.2, end: "2026-01-01T00:00:00Z" })).toBe("0:00");
	});
});
