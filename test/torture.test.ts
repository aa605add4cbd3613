import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { captureFiles } from "../scripts/support/capture-files.ts";
import { Examiner } from "../scripts/torture/examiner.ts";
import { isInstalled } from "../scripts/torture/peers.ts";
import { type Tallies, type TortureOptions, torture } from "../scripts/torture/run.ts";
import { judge } from "../scripts/torture/verdict.ts";
import { CAPTURES, capturePath } from "./support/captures.ts";

/** Captures made by others; they are no part of the project. */
const CORPUS = process.env.FLOWMATRIX_CORPUS ?? "../shared/corpus";
const SAMPLE = 10;
const BOUNDS = { seconds: 10, memory: 400e6 };

const hasEditcap = await isInstalled("editcap");
const hasCorpus = existsSync(CORPUS);

/** Runs the torture. @returns its figures, and what came out wrong. */
async function run(captures: readonly string[], options: Partial<TortureOptions>): Promise<[Tallies, string[]]> {
	const wrong: string[] = [];
	const amounts = { seeds: 0, cuts: 3, flips: 3, processes: 1 };
	const onWrong = (message: string) => wrong.push(message);
	return [await torture(captures, { ...amounts, bounds: BOUNDS, onWrong, ...options }), wrong];
}

/** Every fourth of the project's captures, those of faults and of the lab left out. */
const OWN = CAPTURES.filter((name, index) => !/^(faults|lab)\//.test(name) && index % 4 === 0).map(capturePath);

describe("torture", () => {
	it("the project's captures, cut and with their framing changed: nothing crashes, hangs or is lost untold", async () => {
		const [tallies, wrong] = await run(OWN, {});
		expect(wrong).toEqual([]);
		const total = Object.values(tallies["as it is"].verdicts).reduce((sum, count) => sum + count, 0);
		expect(total).toBe(OWN.length);
	});

	it.skipIf(!hasEditcap)(
		`captures whose bytes editcap changed${hasEditcap ? "" : " (skipped: editcap is not installed)"}`,
		async () => {
			const [, wrong] = await run(OWN.slice(0, 2), { seeds: 1, cuts: 0, flips: 0 });
			expect(wrong).toEqual([]);
		},
	);

	it.skipIf(!hasCorpus)(
		`a sample of captures made by others${hasCorpus ? "" : ` (skipped: there is no ${CORPUS}; FLOWMATRIX_CORPUS names another folder)`}`,
		async () => {
			const all = captureFiles([CORPUS]);
			const step = Math.floor(all.length / SAMPLE);
			const [, wrong] = await run(
				all.filter((_, index) => index % step === step >> 1),
				{ cuts: 2, flips: 2 },
			);
			expect(wrong).toEqual([]);
		},
	);

	it("tells what takes too long and what takes too much memory, and goes on", async () => {
		const task = { path: capturePath("office-day.pcapng"), outputs: [], size: undefined };
		const folder = mkdtempSync(join(tmpdir(), "flowmatrix-"));
		// A pipe that nobody writes to.
		const silent = join(folder, "silent");
		execFileSync("mkfifo", [silent]);
		const impatient = new Examiner({ seconds: 0.1, memory: BOUNDS.memory });
		expect((await impatient.examine({ ...task, path: silent })).fault).toMatch(/^hangs/);
		impatient.close();
		rmSync(folder, { recursive: true });
		const narrow = new Examiner({ seconds: BOUNDS.seconds, memory: 1 });
		expect((await narrow.examine(task)).fault).toMatch(/^takes \d+ bytes of memory/);
		expect(await narrow.examine(task)).toMatchObject({ packets: 402, problems: 0 });
		narrow.close();
	});
});

describe("flowmatrix and capinfos", () => {
	const ours = { packets: 10, problems: 0, seconds: 0, memory: 0 };
	const stopped = { packets: 8, damage: "appears to be damaged" };

	it.each([
		["as many packets", ours, { packets: 10 }, {}, "equal"],
		["other packets", ours, { packets: 11 }, {}, "wrong"],
		["more, and capinfos saw no damage", ours, { packets: 9 }, {}, "wrong"],
		["more, behind damage that was told", { ...ours, problems: 1 }, stopped, {}, "further"],
		["more, behind damage that was not told", ours, stopped, {}, "wrong"],
		["fewer than lie before the damage", ours, undefined, { before: 11 }, "wrong"],
		["damage that capinfos does not see", { ...ours, problems: 1 }, { packets: 10 }, {}, "stricter"],
		[
			"capinfos takes a sound file for another variant",
			ours,
			{ packets: 8, damage: "(pcap: File has" },
			{ sound: 10 },
			"mistaken",
		],
		["capinfos stops at what is not read", ours, { packets: 8, damage: "secrets block is too large" }, {}, "passed"],
		["capinfos refuses it", ours, undefined, {}, "alone"],
		["it crashed", { ...ours, fault: "crashes" }, { packets: 10 }, {}, "wrong"],
	])("%s", (_, examination, peer, truth, verdict) => {
		expect(judge(examination, peer, truth).verdict).toBe(verdict);
	});
});
