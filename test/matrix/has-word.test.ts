import { describe, expect, it } from "vitest";
import { hasWord } from "../../src/matrix/has-word.ts";

describe("hasWord", () => {
	it.each([
		["ipo-in-1", "flow 7 ipo-in-1 (ipo-out-1)"],
		["ipo-in", "ipo-in-19"],
		["5060", "10.0.0.1:5060"],
		[":5060", "10.0.0.1:5060"],
		["10.0.0.1:5060", "10.0.0.1:5060 10.0.0.2:5060"],
		["10.0.0", "10.0.0.12"],
		["10.0.0.1", "10.0.0.12 10.0.0.1"],
		["2001:db8::1", "[2001:db8::1]:5060"],
		["2001:db8", "2001:db8::1"],
		["[2001:db8::1]:50", "[2001:db8::1]:50"],
		["30123", "+4930123456@203.0.113.5"],
		["ip", "sip"],
		["phone9", "telephone9600"],
		["", "anything"],
	])("%j is in %j", (word, text) => {
		expect(hasWord(text, word)).toBe(true);
	});

	it.each([
		["ipo-in-1", "ipo-in-19 ipo-in-10"],
		["ipo-in", "ipo-int-1"],
		["506", "10.0.0.1:5060"],
		["60", "10.0.0.1:5060"],
		[":506", "10.0.0.1:5060"],
		["10.0.0.1", "10.0.0.12 110.0.0.1"],
		["10.0", "110.0.0.1"],
		["2001:db8::1", "2001:db8::12"],
		["[2001:db8::1]:5", "[2001:db8::1]:50"],
		["sipp", "sip"],
	])("%j is not in %j", (word, text) => {
		expect(hasWord(text, word)).toBe(false);
	});
});
