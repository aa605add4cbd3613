import { describe, expect, it } from "vitest";
import { IncidentTable } from "../../src/session/incidents.ts";
import { Overflow } from "../../src/session/overflow.ts";

const packet = (number: number) => ({ file: 0, number, time: number * 1e9 });
const note = { kind: "unanswered", side: 0, detail: "DNS query" } as const;

describe("incidents of a flow", () => {
	it("are one where kind, side and detail are alike, with the first one's place and subject", () => {
		const table = new IncidentTable();
		table.note(7, packet(1), { ...note, subject: "a.example" });
		table.note(7, packet(5), { ...note, subject: "b.example" });
		table.note(7, packet(3), note);
		expect(table.of(7)).toMatchObject([{ subject: "a.example", first: packet(1), last: 5e9, count: 3, requests: 3 }]);
	});

	it("are several where one of these differs, and none of another flow's", () => {
		const table = new IncidentTable();
		table.note(7, packet(1), note);
		table.note(7, packet(1), { ...note, side: 1 });
		table.note(7, packet(1), { ...note, detail: "NTP request" });
		table.note(7, packet(1), { ...note, kind: "unreachable" });
		expect(table.of(7)).toHaveLength(4);
		expect(table.of(8)).toEqual([]);
	});

	it("have a bound in a flow; what is beyond is counted", () => {
		const overflow = new Overflow();
		const table = new IncidentTable(overflow);
		for (let i = 0; i < 100; i++) table.note(7, packet(i), { ...note, detail: `query ${i}` });
		expect(table.of(7).length).toBe(16);
		expect([...overflow.entries()]).toEqual([["incidents beyond the limits are in no finding", 84]]);
	});

	it("have a bound in all flows", () => {
		const overflow = new Overflow();
		const table = new IncidentTable(overflow);
		for (let flow = 0; flow < 200_000; flow++) table.note(flow, packet(1), note);
		expect([...overflow.entries()]).toEqual([]);
		table.noteAt(200_000, packet(1), 5, 3, note);
		table.noteAt(7, packet(1), 5e9, 3, note);
		expect([table.of(200_000), table.of(7)[0]!.count]).toEqual([[], 4]);
		expect([...overflow.entries()].map(([, count]) => count)).toEqual([3]);
	});

	it("that are only supposed are taken back, all of them, and nothing else is", () => {
		const table = new IncidentTable();
		table.note(1, packet(1), note);
		const before = JSON.stringify(table.of(1));
		const takeBack = table.suppose();
		table.note(1, packet(2), note);
		table.note(1, packet(3), { ...note, side: 1 });
		table.note(2, packet(4), note);
		expect([table.of(1).length, table.of(1)[0]!.count, table.of(2).length]).toEqual([2, 2, 1]);
		takeBack();
		expect([JSON.stringify(table.of(1)), table.of(2)]).toEqual([before, []]);
		table.note(1, packet(5), note);
		expect(table.of(1)).toMatchObject([{ count: 2, last: 5e9 }]);
		// Again, from where it stands now.
		const again = table.suppose();
		table.note(1, packet(6), note);
		again();
		expect(table.of(1)).toMatchObject([{ count: 2, last: 5e9 }]);
	});
});
