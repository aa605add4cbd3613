import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { follow, type Snapshot } from "../../src/screen/follow.ts";
import { cursor, firstShown, press, START, type State } from "../../src/screen/state.ts";
import { VIEW_NAMES } from "../../src/screen/view.ts";
import { VIEWS } from "../../src/screen/views/index.ts";
import { finding, flow, moment } from "../support/screen.ts";

const SIZE = { columns: 80, rows: 24 };
const FLOWS = [
	flow(1, { row: "IPO-IN-5", bytes: 500 }),
	flow(2, { row: "IPO-IN-19", bytes: 900, application: { protocol: "sip", agent: "Phone 9" } }),
	flow(3, { bytes: 100, transport: "tcp" }),
];
const snapshot = follow(
	undefined,
	moment(0, FLOWS, { findings: [finding({ row: "IPO-IN-5", flows: [1], message: "no answer" })] }),
);

/** The state after these keys. */
function pressed(keys: readonly string[], from: State = START, of = snapshot): State {
	return keys.reduce((state, key) => press(state, key, of, SIZE), from);
}

function keysOf(state: State, of = snapshot): readonly string[] {
	return VIEWS[state.view].list(of, state.lists[state.view].selection).keys;
}

describe("lists", () => {
	it("are chosen by number, tab and arrows", () => {
		expect(VIEW_NAMES.map((_, i) => pressed([String(i + 1)]).view)).toEqual(VIEW_NAMES);
		expect(pressed(["7", "0", "9"])).toEqual(START);
		expect(pressed(["tab", "right"]).view).toBe("hosts");
		expect(pressed(["backtab"]).view).toBe("calls");
		expect(pressed(["left", "right"]).view).toBe("rows");
	});

	it("of flows begin with the newest", () => {
		expect(keysOf(pressed(["2"]))).toEqual(["3", "2", "1"]);
	});

	it.each([
		["sip", ["2"]],
		["SIP", ["2"]],
		["phone", ["2"]],
		["10.0.0.1:69 !sip", ["3", "1"]],
		["tcp unknown", ["3"]],
		["ipo-in", ["2", "1"]],
		["ipo-in-1", []],
		["10.0.0.1:6", []],
		["nothing like it", []],
		["!", ["3", "2", "1"]],
	])("filtered by %j have the flows %j", (filter, expected) => {
		expect(keysOf(pressed(["2", "/", ...filter, "enter"]))).toEqual(expected);
	});

	it("are sorted by each of their columns, and the other way round", () => {
		const by = (head: string) => {
			const at = VIEWS.flows.orders.indexOf(head);
			return pressed(["2", ...Array<string>(at + 1).fill("s")]);
		};
		expect(keysOf(by("bytes"))).toEqual(["2", "1", "3"]);
		expect(keysOf(press(by("bytes"), "r", snapshot, SIZE))).toEqual(["3", "1", "2"]);
		expect(keysOf(by("row"))).toEqual(["1", "2", "3"]);
		expect(keysOf(pressed(["2", "r"]))).toEqual(["1", "2", "3"]);
		expect(pressed(["2", "s", "S"]).lists.flows.selection.sort).toBeNull();
	});

	it("have no order without a column to show it", () => {
		for (const name of VIEW_NAMES) {
			const { orders, list } = VIEWS[name];
			expect(orders.length).toBeGreaterThan(0);
			expect(list(snapshot, START.lists[name].selection).total).toBeGreaterThanOrEqual(0);
		}
	});

	it("show only what moved of late, if asked for", () => {
		const later = follow(
			follow(snapshot, moment(20, FLOWS)),
			moment(21, [FLOWS[0]!, flow(2, { packets: 3 }), FLOWS[2]!]),
		);
		expect(keysOf(pressed(["2", "a"], START, later), later)).toEqual(["2"]);
		expect(keysOf(pressed(["2", "a", "a"], START, later), later)).toHaveLength(3);
	});

	it("of flows are narrowed to those of a row, a host, a finding; escape goes back to it, and all are there", () => {
		const ofRow = pressed(["home", "f"]);
		expect(ofRow.view).toBe("flows");
		expect(keysOf(ofRow)).toEqual(["1"]);
		expect(pressed(["escape"], ofRow).view).toBe("rows");
		expect(keysOf(pressed(["escape", "2"], ofRow))).toHaveLength(3);
		const narrowed = pressed(["/", "x", "enter"], ofRow);
		expect(pressed(["escape"], narrowed)).toMatchObject({
			view: "flows",
			lists: { flows: { selection: { filter: "", of: { view: "rows" } } } },
		});
		expect(keysOf(pressed(["4", "f"]))).toEqual(["1"]);
		expect(keysOf(pressed(["4", "enter", "f"]))).toEqual(["1"]);
		expect(keysOf(pressed(["3", "/", ..."10.0.0.1", "enter", "f"]))).toHaveLength(3);
		expect(pressed(["6", "f"])).toEqual(pressed(["6"]));
	});
});

describe("typing a filter", () => {
	it("takes every character, also those that are keys", () => {
		expect(pressed(["/", ..."q?/ s1"]).lists.rows.selection.filter).toBe("q?/ s1");
	});

	it("is undone by escape, and kept by enter", () => {
		const kept = pressed(["/", "a", "b", "enter"]);
		expect(kept).toMatchObject({ typing: null, lists: { rows: { selection: { filter: "ab" } } } });
		expect(pressed(["/", "c", "escape"], kept).lists.rows.selection.filter).toBe("ab");
	});

	it("takes back characters, and all of them", () => {
		expect(pressed(["/", "a", "日", "backspace"]).lists.rows.selection.filter).toBe("a");
		expect(pressed(["/", "a", "b", "ctrl-u"]).lists.rows.selection.filter).toBe("");
		expect(pressed(["/", "backspace"]).typing).toBeNull();
	});

	it("ends somewhere", () => {
		expect(pressed(["/", ..."x".repeat(500)]).lists.rows.selection.filter.length).toBeLessThan(100);
	});

	it("can be left by ctrl-c, which ends all", () => {
		expect(pressed(["/", "ctrl-c"]).done).toBe(true);
	});
});

describe("the cursor", () => {
	const many = (count: number, time: number, before?: Snapshot) =>
		follow(
			before,
			moment(
				time,
				Array.from({ length: count }, (_, i) => flow(i + 1)),
			),
		);
	const first = many(50, 1);

	it("stays at the top, whatever comes there", () => {
		const state = pressed(["2"], START, first);
		expect(cursor(state, first)).toEqual({ at: 0, key: "50" });
		expect(cursor(state, many(60, 2, first))).toEqual({ at: 0, key: "60" });
	});

	it("once moved follows its item", () => {
		const state = pressed(["2", "down", "down"], START, first);
		expect(cursor(state, first).key).toBe("48");
		expect(cursor(state, many(60, 2, first))).toEqual({ at: 12, key: "48" });
	});

	it("stays where it was when its item is gone", () => {
		const state = pressed(["2", "down", "down"], START, first);
		expect(cursor(state, many(47, 2))).toEqual({ at: 2, key: "45" });
		expect(cursor(state, many(1, 2)).key).toBe("1");
		expect(cursor(state, follow(undefined, moment(3, [])))).toEqual({ at: 0, key: null });
	});

	it("does not leave the list, and the list follows it", () => {
		const state = pressed(["2", "end"], START, first);
		expect(cursor(state, first).key).toBe("1");
		expect(state.lists.flows.top).toBeGreaterThan(20);
		expect(pressed(["down", "pagedown"], state, first)).toEqual(state);
		expect(pressed(["home"], state, first).lists.flows).toMatchObject({ key: null, top: 0 });
		expect(cursor(pressed(["pagedown"], pressed(["2"], START, first), first), first).at).toBeGreaterThan(10);
	});

	it("is always among the items shown", () => {
		fc.assert(
			fc.property(fc.nat(100), fc.nat(100), fc.integer({ min: 1, max: 40 }), fc.nat(100), (top, at, shown, more) => {
				const count = at + 1 + more;
				const from = firstShown(top, at, shown, count);
				expect(from).toBeLessThanOrEqual(at);
				expect(from + shown).toBeGreaterThan(at);
				expect(from).toBeGreaterThanOrEqual(0);
			}),
		);
	});
});

describe("pages", () => {
	it("open on the item under the cursor, and close", () => {
		const page = pressed(["2", "down", "enter"]);
		expect(page.page).toEqual({ kind: "item", top: 0, view: "flows", key: "2" });
		for (const key of ["escape", "q", "backspace", "left", "enter"]) expect(pressed([key], page).page).toBeNull();
		expect(pressed(["6", "enter"]).page).toBeNull();
	});

	it("scroll no further than their end", () => {
		const page = pressed(["?", "end"]);
		const { top } = page.page!;
		expect(top).toBeGreaterThan(0);
		expect(pressed(["pagedown", "down"], page).page!.top).toBe(top);
		expect(pressed(["up"], page).page!.top).toBe(top - 1);
		expect(pressed(["home"], page).page!.top).toBe(0);
	});

	it("of help and of the capture open and close by their key", () => {
		expect(pressed(["?"]).page?.kind).toBe("help");
		expect(pressed(["?", "?"]).page).toBeNull();
		expect(pressed(["i"]).page?.kind).toBe("capture");
		expect(pressed(["?", "i", "i"]).page).toBeNull();
	});

	it("give way to a list", () => {
		expect(pressed(["?", "3"])).toMatchObject({ page: null, view: "hosts" });
	});
});

describe("pause and end", () => {
	it("by p and blank, q and ctrl-c", () => {
		expect(pressed(["p"]).paused).toBe(true);
		expect(pressed(["p", " "]).paused).toBe(false);
		expect(pressed(["q"]).done).toBe(true);
		expect(pressed(["?", "q"]).done).toBe(false);
		expect(pressed(["?", "ctrl-c"]).done).toBe(true);
	});
});

describe("any keys", () => {
	const NAMED = ["up", "down", "pageup", "pagedown", "home", "end", "enter", "escape", "tab", "backtab", "backspace"];
	it("leave a state that the next key can be pressed in", () => {
		const keys = fc.array(fc.oneof(fc.constantFrom(...NAMED, ..."123456/sSrafpi?gGjkq"), fc.string({ maxLength: 1 })));
		fc.assert(
			fc.property(keys, fc.nat(40), fc.nat(100), (keyList, rows, columns) => {
				let state = START;
				for (const key of keyList) state = press(state, key, snapshot, { columns, rows });
				const { at, key } = cursor(state, snapshot);
				expect(keysOf(state)[at] ?? null).toBe(key);
			}),
		);
	});
});
