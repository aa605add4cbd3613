import type { Testimony } from "./compare.ts";

export type Verdict = "found" | "missed" | "wrong" | "alone" | "disputed";

/** What a conversation adds to a protocol's line of the table. */
export interface Entry {
	readonly protocol: string;
	readonly verdict: Verdict;
}

/**
 * How flowmatrix did on one conversation.
 *
 * found: a witness names the protocol too. missed: a witness names it, flowmatrix names none that a witness names.
 * wrong: the witnesses name others only. alone: no witness names any. disputed: flowmatrix names none, and the two
 * witnesses name different ones.
 */
export function score({ ours, tshark, inside, ndpi }: Testimony, known: ReadonlySet<string>): Entry[] {
	const witnessed = new Set(tshark);
	if (ndpi !== undefined) witnessed.add(ndpi);
	const entries: Entry[] = [];
	for (const protocol of ours) {
		const verdict =
			witnessed.has(protocol) || inside.includes(protocol) ? "found" : witnessed.size > 0 ? "wrong" : "alone";
		entries.push({ protocol, verdict });
	}
	if (entries.some(({ verdict }) => verdict === "found")) return entries;
	const missed = [...witnessed].find((name) => known.has(name));
	if (missed === undefined) return entries;
	const agree = ndpi === undefined || tshark.length === 0 || tshark.includes(ndpi);
	entries.push({ protocol: missed, verdict: agree || entries.length > 0 ? "missed" : "disputed" });
	return entries;
}

export type Tally = Record<Verdict, number>;

const COLUMNS = ["found", "missed", "wrong", "alone", "disputed"] as const;

export class Score {
	readonly #tallies = new Map<string, Tally>();

	add({ protocol, verdict }: Entry): void {
		const tally = this.#tallies.get(protocol) ?? { found: 0, missed: 0, wrong: 0, alone: 0, disputed: 0 };
		tally[verdict]++;
		this.#tallies.set(protocol, tally);
	}

	/** One line for each protocol, as Markdown. */
	table(): string {
		const heads = ["protocol", "flows", ...COLUMNS, "precision", "recall"];
		const lines = [`| ${heads.join(" | ")} |`, `| --- |${" ---: |".repeat(heads.length - 1)}`];
		for (const [protocol, tally] of [...this.#tallies].sort()) {
			const { found, missed, wrong } = tally;
			const cells = [protocol, found + missed, ...COLUMNS.map((column) => tally[column])];
			lines.push(`| ${[...cells, percent(found, found + wrong), percent(found, found + missed)].join(" | ")} |`);
		}
		return lines.join("\n");
	}
}

function percent(part: number, whole: number): string {
	return whole === 0 ? "" : `${((100 * part) / whole).toFixed(1)} %`;
}
