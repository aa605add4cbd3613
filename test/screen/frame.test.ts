import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { momentOf } from "../../scripts/screen/prefixes.ts";
import { classify } from "../../src/classify.ts";
import { displayWidth } from "../../src/report/text/safe-text.ts";
import { follow, type Snapshot } from "../../src/screen/follow.ts";
import { frame, type Scene } from "../../src/screen/frame.ts";
import { press, START, type State } from "../../src/screen/state.ts";
import { plain } from "../../src/screen/styled.ts";
import { VIEW_NAMES } from "../../src/screen/view.ts";
import { PAYLOADS } from "../report/payloads.ts";
import { hostileCapture } from "../support/hostile-capture.ts";
import { finding, flow, moment, snapshotsOf } from "../support/screen.ts";

const SIZE = { columns: 80, rows: 24 };
/** What acts on a terminal; colours are taken away before. */
const ACTS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/u;
const office = "captures/office-day.pcapng";

let snapshots: Snapshot[];
let hostile: Snapshot;
const empty = follow(undefined, moment(0, []));

beforeAll(async () => {
	snapshots = await snapshotsOf(office, 8);
	const folder = mkdtempSync(join(tmpdir(), "flowmatrix-"));
	try {
		const file = join(folder, "\x1b[31mhostile.pcapng");
		writeFileSync(file, hostileCapture(PAYLOADS.map(({ text }) => text)));
		const report = await classify([file], { hosts: [{ product: "ipo", address: "10.0.0.1" }] });
		hostile = follow(undefined, momentOf(report, 0, 0, true));
	} finally {
		rmSync(folder, { recursive: true });
	}
});
function pressed(keys: readonly string[], snapshot: Snapshot, size = SIZE): State {
	return keys.reduce((state, key) => press(state, key, snapshot, size), START);
}

/** A name that an attacker gave to an interface. */
const SOURCE = "\x1b]0;x\x07\u202eeth0 日本";

function sceneOf(shown: Snapshot, latest = shown, source = SOURCE): Scene {
	return { shown, latest, source, tellsDrops: true };
}

function drawn(keys: readonly string[], snapshot: Snapshot, size = SIZE): string[] {
	return frame(pressed(keys, snapshot, size), sceneOf(snapshot, snapshot, "eth0 by dumpcap"), size, true).map(plain);
}

describe("the screen of an office, in 80x24", () => {
	const last = () => snapshots.at(-1)!;

	it("shows the rows: blocked ones first, with their trouble", () => {
		const lines = drawn([], last());
		expect(lines[0]).toMatch(/^ flowmatrix {2}eth0 by dumpcap +.*pkt\/s.*UTC {2}live $/);
		expect(lines[1]).toMatch(/0 dropped {2}2 errors {2}2 warnings {2}50 flows: 42 matched, 0 ambiguous, 8 unknown/);
		expect(lines[2]).toMatch(/1 Rows \d+ +2 Flows 50 +3 Hosts \d+ +4 Findings 17 +5 Transfers 1 +6 Calls 3/);
		expect(lines[3]).toMatch(/^── trouble first ─+ 1–\d+ of \d+ ──$/);
		expect(lines[4]).toMatch(/^row +state +traffic +pkt\/s +B\/s +flows/);
		expect(lines.slice(5, 8).join("\n")).toMatch(/fail/);
		expect(lines.join("\n")).toMatch(
			/── newest errors and warnings ─+\n09:01:15 warning refused: 10\.10\.0\.50 to 10\.10\.0\.10:5807/,
		);
		expect(lines.at(-1)).toMatch(/\? help.*q end/);
	});

	it("does not say that none was dropped where that is not told", () => {
		const scene = { ...sceneOf(last(), last(), "eth0 by dumpcap"), tellsDrops: false };
		const counts = (shown: Snapshot) => plain(frame(START, { ...scene, shown }, SIZE, true)[1]!);
		expect(counts(last())).toMatch(/^ \? dropped {2}2 errors/);
		const { report } = last();
		const some = { ...last(), report: { ...report, capture: { ...report.capture, dropped: 7 } } };
		expect(counts(some)).toMatch(/^ 7 dropped/);
	});

	it.each([80, 120])("cuts no port of an IPv4 address in %i columns", (columns) => {
		const lines = drawn(["2"], last(), { columns, rows: 40 });
		const [head] = lines.filter((line) => /client +server/.test(line));
		const at = head!.indexOf("client");
		for (const line of lines.slice(lines.indexOf(head!) + 1, -1)) {
			const client = line.slice(at).split(" ")[0]!;
			if (/^\d+\.\d/.test(client)) expect(client).toMatch(/^[\d.]+(:\d+)?$/);
		}
	});

	it("leaves out what it has no room for, and cuts no figure", () => {
		for (let columns = 40; columns < 130; columns++) {
			const lines = drawn(["2"], last(), { columns, rows: 24 });
			expect(lines[0]!.trimEnd(), `${columns}`).toMatch(/(^| )live$/);
			const counts = lines[1]!.trim().split(/ {2,}/);
			const whole =
				/^(0 dropped|2 errors|2 warnings|50 flows: 42 matched, 0 ambiguous, 8 unknown|402 packets|92\.3 kB)$/;
			for (const count of counts) expect(count).toMatch(whole);
			expect(lines[2], `${columns}`).toMatch(/2 Flows( 50)?( |$)/);
		}
		expect(drawn(["6"], last(), { columns: 40, rows: 10 }).join("\n")).toContain("6 Calls");
		const typed = drawn(["/", ..."abcdefghijklmnopqrstuvwxyz0123456789"], last(), { columns: 40, rows: 24 }).at(-1)!;
		expect(typed).toMatch(/^ filter: \w+6789 /);
	});

	it("shows the flows, hosts, findings, transfers and calls", () => {
		expect(drawn(["2"], last()).join("\n")).toMatch(/10\.10\.0\.50:49\S+ +10\.10\.0\.10:443 +http +unknown/);
		expect(drawn(["3"], last())[5]).toMatch(/^10\.10\.0\.10 +ipo, vmpro/);
		expect(drawn(["4"], last())[5]).toMatch(/^error +09:00:\d\d +unanswered/);
		expect(drawn(["5"], last(), { columns: 120, rows: 24 })[4]).toMatch(/ retry /);
		expect(drawn(["5"], last())[5]).toMatch(/IPO-IN-5 +10\.10\.0\.50:2421 .*nasystem\/who_is/);
		expect(drawn(["6"], last())[5]).toMatch(/trunk1@10\.10.*answered +$/);
	});

	it("looks into a flow: label and reasons, findings, fields, filter", () => {
		const tall = { columns: 100, rows: 80 };
		const text = drawn(["2", "/", ..."ipo-in-43 s0", "enter", "enter"], last(), tall).join("\n");
		expect(text).toMatch(/flow 17: tcp 10\.10\.0\.50:49384 → 10\.10\.0\.20:50805/);
		expect(text).toMatch(/Label\n *IPO-IN-43.*probable/);
		expect(text).toMatch(/error unanswered: .*\n +check: capture at the server/);
		expect(text).toMatch(/Wireshark\n +ip\.addr == 10\.10\.0\.50 && ip\.addr == 10\.10\.0\.20 && tcp\.port == 49384/);
	});

	it("looks into a row, a host, a finding, a transfer and a call", () => {
		const tall = { columns: 100, rows: 80 };
		const page = (keys: string[]) => drawn([...keys, "enter"], last(), tall).join("\n");
		expect(page(["/", ..."ipo-in-43", "enter"])).toMatch(/Servers: \d\n.*10\.10\.0\.20[\s\S]*Trouble: 1\n/);
		expect(page(["/", ..."unknown", "enter"])).toMatch(/Why\n +3 flows: neither end is a product host/);
		expect(page(["3"])).toMatch(
			/10\.10\.0\.10\n[\s\S]*ipo, vmpro, inferred[\s\S]*Serves\n[\s\S]*IPO-IN-19 +SIP: 1 flow/,
		);
		expect(page(["4"])).toMatch(/What it means\n +Requests got no answer at all/);
		expect(page(["5"])).toMatch(/transfer 1: 10\.10\.0\.50:2421 reads nasystem\/who_is[\s\S]*style ipoffice/);
		expect(page(["6", "end"])).toMatch(
			/call 1: [\s\S]*answered, lasted 0:04[\s\S]*Messages\n[\s\S]*INVITE \(media\) ─+▶│[\s\S]*Offered[\s\S]*Media: 0 % lost/,
		);
	});

	it("tells of the capture, and of its keys", () => {
		expect(drawn(["i"], last()).join("\n")).toMatch(/402 packets, 92\.3 kB[\s\S]*port matrix ip-office, release 12\.0/);
		expect(drawn(["?"], last()).join("\n")).toMatch(/enter +look into what is under the cursor/);
	});

	it("tells what of a list is shown, and when that is nothing", () => {
		const none = drawn(["2", "a", "/", ..."zzz", "enter"], last());
		expect(none[3]).toMatch(/^── filter: zzz ── alive ── newest and changed first ─+$/);
		expect(none[5]).toBe("None of 50 flows (escape shows all)");
		expect(drawn(["6"], empty)[5]).toBe("No calls yet");
		expect(drawn(["2", "s", "r"], last())[4]).toMatch(/flow▴/);
		expect(drawn(["/", "x"], last()).at(-1)).toMatch(/^ filter: x +enter keeps it/);
	});

	it("follows the capture: rates, trends, marks of new flows", () => {
		const [, , third] = snapshots as [Snapshot, Snapshot, Snapshot];
		const lines = drawn(["2"], third);
		expect(lines.some((line) => line.startsWith("+"))).toBe(true);
		expect(drawn([], third).join("\n")).toMatch(/[▁▂▃▄▅▆▇█]/);
	});

	it("says how far a paused screen is behind", () => {
		const [first] = snapshots as [Snapshot];
		const [line = ""] = frame(pressed(["p"], first), sceneOf(first, last()), SIZE, false);
		expect(plain(line)).toMatch(/PAUSED, 1 min \d+ s behind $/);
	});

	it("uses the room of a large terminal for the newest flows", () => {
		const text = drawn([], last(), { columns: 160, rows: 60 }).join("\n");
		expect(text).toMatch(/── newest and changed flows ─+\n/);
	});

	it("without colours has none but dark on light", () => {
		for (const line of frame(START, sceneOf(last()), SIZE, false))
			expect(line.replaceAll("\x1b[7m", "").replaceAll("\x1b[0m", "")).not.toContain("\x1b");
	});
});

const KEYS = [
	...VIEW_NAMES.map((_, i) => [String(i + 1)]),
	...VIEW_NAMES.map((_, i) => [String(i + 1), "enter"]),
	...VIEW_NAMES.map((_, i) => [String(i + 1), "end", "enter", "end"]),
	["?"],
	["i"],
	["f"],
	["3", "f"],
	["2", "/", "日", "x"],
	["2", "s", "r"],
];

/** As many lines as the screen has, none wider, nothing in them that acts. */
function expectFits(lines: readonly string[], { columns, rows }: { columns: number; rows: number }): void {
	expect(lines).toHaveLength(rows);
	for (const line of lines) {
		expect(displayWidth(plain(line))).toBeLessThanOrEqual(columns);
		expect(plain(line)).not.toMatch(ACTS);
	}
}

describe("every screen", () => {
	it("fits any terminal, whatever is captured", () => {
		const all = fc.constantFrom(...snapshots, hostile, empty);
		fc.assert(
			fc.property(
				all,
				fc.constantFrom(...KEYS),
				fc.nat(250),
				fc.nat(70),
				fc.boolean(),
				(snapshot, keys, columns, rows, color) => {
					const size = { columns, rows };
					const state = pressed(keys, snapshot, size);
					expectFits(frame(state, sceneOf(snapshot), size, color), size);
				},
			),
			{ numRuns: 300 },
		);
	});

	it("has hostile text spelled out, in every list and on every page", () => {
		for (const keys of KEYS) {
			const size = { columns: 300, rows: 400 };
			const lines = frame(pressed(keys, hostile, size), sceneOf(hostile), size, true);
			expectFits(lines, size);
		}
		expect(drawn(["2", "end"], hostile, { columns: 300, rows: 400 }).join("\n")).toContain("\\x1b[");
		expect(frame(START, sceneOf(hostile), SIZE, true)[0]).toContain("\\x1b]0;x\\x07\\u202ee");
	});

	it("fits reports that were never captured", () => {
		const text = fc.string({ unit: "binary", maxLength: 30 });
		const flows = fc.array(
			fc.record({ packets: fc.nat(), bytes: fc.nat(), row: fc.option(text, { nil: undefined }), protocol: text }),
			{ maxLength: 30 },
		);
		fc.assert(
			fc.property(
				flows,
				text,
				fc.integer({ min: -1e9, max: 1e9 }),
				fc.constantFrom(...KEYS),
				(list, message, time, keys) => {
					const records = list.map(({ packets, bytes, row, protocol }, i) =>
						flow(i + 1, {
							packets,
							bytes,
							...(row === undefined ? {} : { row }),
							application: { protocol, field: message },
						}),
					);
					const findings = [finding({ message, row: records[0]?.label.row ?? null, filter: message })];
					const first = follow(undefined, moment(time, records.slice(0, 3), { findings }));
					const snapshot = follow(first, moment(time + 1, records, { findings }));
					expectFits(frame(pressed(keys, snapshot), sceneOf(snapshot), SIZE, true), SIZE);
				},
			),
		);
	});
});
