/**
 * Holds the protocols that flowmatrix names against two witnesses: tshark's dissection and nDPI's published verdicts.
 *
 *     npm run accuracy -- FOLDER-OR-CAPTURE… [--ndpi FILE.tsv] [--list]
 *     npm run accuracy -- FOLDER-OR-CAPTURE… --weak    how often weak signatures would take other protocols for theirs
 */
import { parseArgs } from "node:util";
import { RECOGNISERS } from "../../src/protocol/index.ts";
import { captureFiles } from "../support/capture-files.ts";
import { type Testimony, testimonies } from "./compare.ts";
import { type NdpiVerdicts, readNdpi } from "./ndpi.ts";
import { type Entry, Score, score } from "./score.ts";
import { WeakSignatures } from "./weak.ts";

const AT_A_TIME = 2;
/** Every protocol that flowmatrix can name. */
const KNOWN = new Set([...RECOGNISERS.map(({ protocol }) => protocol), "rtp"]);

async function main(): Promise<void> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: { ndpi: { type: "string" }, list: { type: "boolean" }, weak: { type: "boolean" } },
	});
	if (positionals.length === 0) throw new Error("name a folder of captures, or captures");
	const files = captureFiles(positionals);
	if (values.weak) {
		const weak = new WeakSignatures();
		await forEach(files, (file) => weak.add(file));
		console.log(weak.table());
		return;
	}
	const ndpi: NdpiVerdicts = values.ndpi === undefined ? new Map() : readNdpi(values.ndpi);
	const total = new Score();
	await forEach(files, async (file) => {
		for (const testimony of await testimonies(file, ndpi)) {
			for (const entry of score(testimony, KNOWN)) {
				total.add(entry);
				if (values.list && entry.verdict !== "found") console.log(line(testimony, entry));
			}
		}
	});
	console.log(total.table());
}

async function forEach(files: readonly string[], visit: (file: string) => Promise<void>): Promise<void> {
	const queue = [...files];
	const worker = async () => {
		for (let file = queue.shift(); file !== undefined; file = queue.shift()) await visit(file);
	};
	await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

function line({ file, key, ours, tshark, ndpi }: Testimony, { protocol, verdict }: Entry): string {
	const said = [...ours].join(",") || "nothing";
	return `${verdict} ${protocol}: ${file} ${key}: flowmatrix ${said}, tshark ${tshark.join(",") || "nothing"}, nDPI ${ndpi ?? "nothing"}`;
}

await main();
