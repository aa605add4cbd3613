import { describe, expect, it } from "vitest";
import { PacketView } from "../../../src/packet/view.ts";
import { Refusals } from "../../../src/session/call/refusals.ts";
import { Overflow } from "../../../src/session/overflow.ts";

const at = (seconds: number) => Object.assign(new PacketView(), { time: seconds * 1e9, number: seconds + 1 });
const metIn = (overflow: Overflow) => [...overflow.entries()].map(([, count]) => count);

describe("refused registrations", () => {
	it("are one of each flow, user and words, from the first to the last", () => {
		const refusals = new Refusals();
		refusals.note(3, 1, at(1), { user: "a", words: "403 Forbidden" });
		refusals.note(3, 1, at(5), { user: "a", words: "403 Forbidden", count: 4 });
		refusals.note(3, 1, at(6), { user: "b", words: "403 Forbidden" });
		refusals.note(3, 0, at(7), { user: "a", words: "401 Unauthorized", isChallenge: true, count: 3 });
		refusals.note(4, 0, at(8), { user: "a", words: "403 Forbidden" });
		const told = (flow: number) =>
			refusals.of(flow).map(({ user, words, isChallenge, side, first, last, count }) => [
				[user, words, isChallenge, side],
				[first.number - 1, last / 1e9, count],
			]);
		expect(told(3)).toEqual([
			[
				["a", "403 Forbidden", false, 1],
				[1, 5, 5],
			],
			[
				["b", "403 Forbidden", false, 1],
				[6, 6, 1],
			],
			[
				["a", "401 Unauthorized", true, 0],
				[7, 7, 3],
			],
		]);
		expect([told(4).length, told(5)]).toEqual([1, []]);
	});

	it("are overcome by a later success of the same user", () => {
		const refusals = new Refusals();
		refusals.note(0, 1, at(5), { user: "17", words: "403" });
		const overcome = () => refusals.isOvercome(refusals.of(0)[0]!);
		expect(overcome()).toBe(false);
		refusals.succeed("18", 9e9);
		refusals.succeed("17", 5e9);
		expect(overcome()).toBe(false);
		refusals.succeed("17", 6e9);
		expect(overcome()).toBe(true);
		refusals.note(0, 1, at(7), { user: "17", words: "403" });
		expect(overcome()).toBe(false);
	});

	it("are bounded by flow, and in all; those that are known count on", () => {
		const overflow = new Overflow();
		const refusals = new Refusals(overflow);
		const refuse = (flow: number, user: number) => refusals.note(flow, 0, at(0), { user: `${user}`, words: "403" });
		for (let user = 0; user < 257; user++) refuse(0, user);
		expect([refusals.of(0).length, metIn(overflow)]).toEqual([256, [1]]);
		for (let n = 256; n < 50_000; n++) refuse(1 + (n % 10_000), n);
		expect(metIn(overflow)).toEqual([1]);
		refuse(20_000, 7);
		refuse(0, 3);
		expect([refusals.of(20_000).length, refusals.of(0)[3]!.count, metIn(overflow)]).toEqual([0, 2, [2]]);
	});

	it("are overcome by so many users; those that are known go on", () => {
		const overflow = new Overflow();
		const refusals = new Refusals(overflow);
		for (let user = 0; user < 100_001; user++) refusals.succeed(`${user}`, 1);
		expect(metIn(overflow)).toEqual([1]);
		for (const user of ["0", "100000"]) refusals.note(0, 0, at(5), { user, words: "403" });
		refusals.succeed("0", 6e9);
		expect(refusals.of(0).map((each) => refusals.isOvercome(each))).toEqual([true, false]);
		expect(metIn(overflow)).toEqual([1]);
	});
});
