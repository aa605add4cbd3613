/**
 * Holds the protocols that flowmatrix names against two witnesses: tshark's dissection and nDPI's published verdicts.
 *
 *     npm run accuracy -- FOLDER-OR-CAPTURE… [--ndpi FILE.tsv] [--list] [--weak]
 */
import { parseArgs } from "node:util";
import { RECOGNISERS } from "../../src/protocol/index.ts";
import { captureFiles } from "../support/capture-files.ts";
import { type Testimony, testimonies } from "./compare.ts";
import { type NdpiVerdicts, readNdpi } from "./ndpi.ts";
import { type Entry, Score, score } from "./score.ts";

const AT_A_TIME = 2;
/** Every protocol that flowmatrix can name. */
const KNOWN = new Set([...RECOGNISERS.map(({ protocol }) => protocol), "rtp"]);

async function main(): Promise<void> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: { ndpi: { type: "string" }, list: { type: "boolean" } },
	});
	if (positionals.length === 0) throw new Error("name a folder of captures, or captures");
	const ndpi: NdpiVerdicts = values.ndpi === undefined ? new Map() : readNdpi(values.ndpi);
	const files = captureFiles(positionals);
	const total = new Score();
	const queue = [...files];
	const worker = async () => {
		for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
			for (const testimony of await testimonies(file, ndpi)) {
				for (const entry of score(testimony, KNOWN)) {
					total.add(entry);
					if (values.list && entry.verdict !== "found") console.log(line(testimony, entry));
				}
			}
		}
	};
	await Promise.all(Array.from({ length: AT_A_TIME }, worker));
	console.log(total.table());
}

function line({ file, key, ours, tshark, ndpi }: Testimony, { protocol, verdict }: Entry): string {
	const said = [...ours].join(",") || "nothing";
	return `${verdict} ${protocol}: ${file} ${key}: flowmatrix ${said}, tshark ${tshark.join(",") || "nothing"}, nDPI ${ndpi ?? "nothing"}`;
}

await main();
