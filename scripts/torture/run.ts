import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OUTPUT_NAMES } from "./examine.ts";
import { type Bounds, Examiner } from "./examiner.ts";
import { capinfos, isInstalled } from "./peers.ts";
import { type Amounts, KINDS, type Kind, type Variant, variantsOf } from "./variants.ts";
import { judge, VERDICTS, type Verdict } from "./verdict.ts";

export interface TortureOptions extends Amounts {
	readonly bounds: Bounds;
	/** Processes that analyse at a time. */
	readonly processes: number;
	/** Ends the run early; what was done until then is told. */
	readonly signal?: AbortSignal;
	/** Called for each variant that came out wrong. */
	readonly onWrong?: (message: string) => void;
	/** Called after each capture with how many are done. */
	readonly onProgress?: (captures: number) => void;
}

/** What came of all variants of one kind. */
export interface Tally {
	readonly verdicts: Record<Verdict, number>;
	/** Most processor time that a variant took, in seconds, and most memory, in bytes. */
	seconds: number;
	memory: number;
}

export type Tallies = Readonly<Record<Kind, Tally>>;

/** Analyses each capture as it is and damaged in many ways, and holds the packets read against capinfos'. */
export async function torture(captures: readonly string[], options: TortureOptions): Promise<Tallies> {
	const tallies = Object.fromEntries(KINDS.map((kind) => [kind, newTally()])) as unknown as Tallies;
	const hasPeer = await isInstalled("capinfos");
	const queue = [...captures];
	let done = 0;
	const lane = async () => {
		const examiner = new Examiner(options.bounds);
		const folder = mkdtempSync(join(tmpdir(), "flowmatrix-torture-"));
		try {
			for (let capture = queue.shift(); capture !== undefined; capture = queue.shift()) {
				for await (const variants of variantsOf(capture, options, folder)) {
					const peers = hasPeer && variants.length > 0 ? await capinfos(variants.map(({ path }) => path)) : null;
					for (const [place, variant] of variants.entries()) {
						if (options.signal?.aborted) return;
						const ours = await examiner.examine({ ...variant, outputs: outputsOf(variant, place) });
						const { verdict, cause } = judge(ours, peers === null ? null : peers.get(variant.path), variant);
						const tally = tallies[variant.kind];
						tally.verdicts[verdict]++;
						tally.seconds = Math.max(tally.seconds, ours.seconds);
						tally.memory = Math.max(tally.memory, ours.memory);
						if (cause) options.onWrong?.(`${capture}, ${variant.kind} (${variant.name}): ${cause}`);
					}
				}
				options.onProgress?.(++done);
			}
		} finally {
			examiner.close();
			rmSync(folder, { recursive: true, force: true });
		}
	};
	await Promise.all(Array.from({ length: options.processes }, lane));
	return tallies;
}

/** All outputs of a capture as it is; of its many variants one each, in turns. */
function outputsOf({ kind }: Variant, place: number) {
	return kind === "as it is" ? OUTPUT_NAMES : [OUTPUT_NAMES[place % OUTPUT_NAMES.length]!];
}

function newTally(): Tally {
	const verdicts = Object.fromEntries(Object.keys(VERDICTS).map((verdict) => [verdict, 0])) as Record<Verdict, number>;
	return { verdicts, seconds: 0, memory: 0 };
}
