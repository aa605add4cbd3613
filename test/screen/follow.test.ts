import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Moment } from "../../src/document/moment.ts";
import { follow, isAlive, MAX_FLOWS, MAX_TREND, type Snapshot } from "../../src/screen/follow.ts";
import { finding, flow, moment } from "../support/screen.ts";

const rowOf = ({ rows }: Snapshot, row: string) => rows.find((each) => each.row === row)!;
const flowOf = ({ flows }: Snapshot, id: number) => flows.find(({ record }) => record.id === id)!;

describe("rates", () => {
	const first = follow(undefined, moment(100, [flow(1, { row: "IPO-IN-5", packets: 10, bytes: 1000 })]));
	const second = follow(
		first,
		moment(102, [
			flow(1, { row: "IPO-IN-5", packets: 30, bytes: 5000 }),
			flow(2, { row: "IPO-IN-5", packets: 2, bytes: 200 }),
			flow(3, { packets: 4, bytes: 400 }),
		]),
	);

	it("are not known from one moment", () => {
		expect(rowOf(first, "IPO-IN-5").rate).toEqual({ packets: 0, bytes: 0 });
	});

	it("are what came between two, by the time between them", () => {
		expect(flowOf(second, 1).rate).toEqual({ packets: 10, bytes: 2000 });
		expect(flowOf(second, 2).rate).toEqual({ packets: 1, bytes: 100 });
		expect(rowOf(second, "IPO-IN-5").rate).toEqual({ packets: 11, bytes: 2100 });
		expect(rowOf(second, "unknown").rate).toEqual({ packets: 2, bytes: 200 });
		expect(second.total.rate).toEqual({ packets: 13, bytes: 2300 });
		expect(second.hosts.find(({ address }) => address === "10.0.0.1")!.rate).toEqual({ packets: 13, bytes: 2300 });
	});

	it("count a flow for its row, as the report's figures of rows do, and not for its client's too", () => {
		const both = flow(1, { row: "IPO-IN-7" });
		const peer = { ...both, label: { ...both.label, peerRow: "IPO-OUT-7" } };
		const rows = [...rowsOf("IPO-IN-7"), ...rowsOf("IPO-OUT-7")];
		const moved = { ...peer, client: { ...peer.client, packets: 50 } };
		const later = follow(follow(undefined, moment(100, [peer])), moment(101, [moved], { rows }));
		expect(later.rows.map(({ alive, rate }) => [alive, rate.packets])).toEqual([
			[1, 49],
			[0, 0],
		]);
	});

	it("go to the row that a flow has now", () => {
		const relabelled = follow(second, moment(103, [flow(3, { row: "IPO-IN-19", packets: 6, bytes: 600 })]));
		expect(rowOf(relabelled, "IPO-IN-19").rate).toEqual({ packets: 2, bytes: 200 });
		expect(flowOf(relabelled, 3).before).toBe("unknown");
	});

	it("are never negative, whatever moments come", () => {
		const flows = fc.array(
			fc.record({ id: fc.integer({ min: 1, max: 20 }), packets: fc.nat(1000), bytes: fc.nat(100_000) }),
		);
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.integer({ min: -5, max: 5 }), flows)), (steps) => {
				let time = 0;
				let before: Snapshot | undefined;
				for (const [step, list] of steps) {
					time += step;
					const byId = [...new Map(list.map((each) => [each.id, each])).values()].sort((a, b) => a.id - b.id);
					before = follow(
						before,
						moment(
							time,
							byId.map(({ id, packets, bytes }) => flow(id, { packets, bytes })),
						),
					);
					for (const { rate } of [...before.rows, ...before.flows, ...before.hosts])
						for (const value of Object.values(rate)) {
							expect(value).toBeGreaterThanOrEqual(0);
							expect(value).toBeLessThan(Number.POSITIVE_INFINITY);
						}
				}
			}),
		);
	});
});

function rowsOf(row: string) {
	return [{ row, service: "", flows: 1, packets: 1, bytes: 1, working: 0, failing: 0 }];
}

describe("what is alive", () => {
	it("had a packet in the last ten seconds", () => {
		const at = (time: number, before: Snapshot, packets: number) =>
			follow(before, moment(time, [flow(1, { packets })]));
		const first = follow(undefined, moment(0, [flow(1)]));
		const still = at(9, first, 1);
		expect(isAlive(flowOf(still, 1), still.time)).toBe(true);
		const dead = at(10, still, 1);
		expect(isAlive(flowOf(dead, 1), dead.time)).toBe(false);
		expect(rowOf(dead, "unknown").alive).toBe(0);
		const again = at(11, dead, 2);
		expect(rowOf(again, "unknown").alive).toBe(1);
	});
});

describe("trends", () => {
	it("go back a minute of moments, with the still ones", () => {
		let snapshot: Snapshot | undefined;
		for (let i = 0; i < 100; i++) snapshot = follow(snapshot, moment(i, [flow(1, { bytes: 100 * Math.floor(i / 2) })]));
		const { trend } = rowOf(snapshot!, "unknown");
		expect(trend).toHaveLength(MAX_TREND);
		expect(trend.slice(-4)).toEqual([0, 100, 0, 100].reverse());
	});

	it("of a row that has no flows left go on", () => {
		const first = follow(undefined, moment(0, [flow(1, { row: "IPO-IN-5" })]));
		const moved = follow(first, moment(1, [flow(1, { row: "IPO-IN-5", bytes: 300 })]));
		const gone = follow(moved, moment(2, [], { rows: rowsOf("IPO-IN-5") }));
		expect(rowOf(gone, "IPO-IN-5").trend).toEqual([0, 200, 0]);
	});
});

describe("flows", () => {
	it("tell when they came and when their label or end changed", () => {
		const first = follow(undefined, moment(0, [flow(1)]));
		const second = follow(first, moment(1, [flow(1, { packets: 5 }), flow(2)]));
		expect([flowOf(second, 1).changed, flowOf(second, 2).opened]).toEqual([0, 1]);
		const third = follow(second, moment(2, [flow(1, { ended: "closed" }), flow(2, { row: "IPO-IN-5" })]));
		expect(flowOf(third, 1)).toMatchObject({ opened: 0, changed: 2, before: null });
		expect(flowOf(third, 2)).toMatchObject({ opened: 1, changed: 2, before: "unknown" });
	});

	it("are kept up to a limit, those that changed or moved last", () => {
		const many = Array.from({ length: 2 * MAX_FLOWS + 5 }, (_, i) => flow(i + 1));
		const first = follow(undefined, moment(0, many));
		expect(first.flows).toHaveLength(MAX_FLOWS);
		const second = follow(first, { ...moment(1, []), changed: () => [flow(1, { packets: 9 })] });
		expect(second.flows).toHaveLength(MAX_FLOWS);
		expect(second.flows.every(({ record }) => record.id === 1 || record.id > MAX_FLOWS)).toBe(true);
		// Of an old one that was not kept, what it had before is not known.
		expect(flowOf(second, 1)).toMatchObject({ rate: { packets: 0 }, moved: 1, opened: Number.NEGATIVE_INFINITY });
	});
});

describe("moments that tell only what changed", () => {
	const still = (time: number, change: Partial<Moment>): Moment => ({
		...moment(time, []),
		changed: () => [],
		...change,
	});

	it("leave the other flows as they were, without a rate", () => {
		const first = follow(undefined, moment(0, [flow(1)]));
		const second = follow(first, moment(1, [flow(1, { packets: 5 })]));
		const third = follow(second, still(2, {}));
		expect(flowOf(third, 1)).toMatchObject({ rate: { packets: 0 }, moved: 1, record: { client: { packets: 5 } } });
		expect(third.hosts.find(({ address }) => address === "10.0.0.2")).toMatchObject({ alive: 1, rate: { packets: 0 } });
	});

	it("have flows looked at again when something is found on them", () => {
		const first = follow(undefined, moment(0, [flow(1), flow(2)]));
		const { kind, severity, message } = finding();
		const found = flow(1, { findings: [{ kind, severity, message }] });
		const { report } = moment(1, [], { findings: [finding()] });
		const second = follow(first, still(1, { report, flow: (id) => (id === 1 ? found : undefined) }));
		expect(flowOf(second, 1)).toMatchObject({ changed: 1, moved: 0, record: { findings: [{ kind }] } });
		expect(flowOf(second, 2).changed).toBe(0);
	});
});

describe("findings", () => {
	it("keep the time at which they appeared, though their words change", () => {
		const first = follow(undefined, moment(10, [], { findings: [finding()] }));
		const second = follow(
			first,
			moment(11, [], { findings: [finding({ message: "5 requests", count: 5 }), finding({ kind: "refused" })] }),
		);
		expect(second.findings.map(({ seen }) => seen)).toEqual([10, 11]);
	});

	it("that are about the same are told apart", () => {
		const { findings } = follow(undefined, moment(0, [], { findings: [finding(), finding()] }));
		expect(new Set(findings.map(({ key }) => key)).size).toBe(2);
	});

	it("are the troubles of their rows, but for what is good to know", () => {
		const snapshot = follow(
			undefined,
			moment(0, [flow(1, { row: "IPO-IN-5" })], { findings: [finding(), finding({ severity: "info" })] }),
		);
		expect(rowOf(snapshot, "IPO-IN-5").troubles).toHaveLength(1);
	});
});
