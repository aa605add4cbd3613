/**
 * Reads one capture as `flowmatrix` does and prints, as JSON, what it took (the flows are not written out) and what it
 * told. Run by main.ts, in a process of its own: CAPTURE [FLOWS OF A PIECE].
 */
import { analysePieces } from "../../src/analyse.ts";
import { buildReport } from "../../src/document/build.ts";
import type { Report } from "../../src/document/document.ts";
import { Pieces } from "../../src/document/pieces.ts";
import { json } from "../../src/report/json.ts";

const [path, pieceFlows] = process.argv.slice(2);
let readSeconds = 0;
let since = cpuSeconds();
const started = since;
const report = await whole();
let written = 0;
for (const piece of json(report, { summary: true, color: false, width: 80 })) written += piece.length;
const rows = report.coverage().length;
console.log(
	JSON.stringify({
		packets: report.capture.packets,
		flows: report.labels.flows,
		readSeconds,
		reportSeconds: cpuSeconds() - started - readSeconds,
		memory: process.resourceUsage().maxRSS * 1024,
		written,
		rows,
		problems: report.problems.map(({ message }) => message),
		findings: report.findings.map(({ kind, message, flowCount }) => `${kind} (${flowCount} flows): ${message}`),
	}),
);

async function whole(): Promise<Report> {
	let pieces: Pieces | undefined;
	// In one thread: the sources have no worker of their own, and the result is the same.
	const reading = analysePieces([path!], { threads: 0 }, pieceFlows === undefined ? undefined : Number(pieceFlows));
	for await (const analysis of reading) {
		readSeconds += cpuSeconds() - since;
		const one = buildReport(analysis);
		if (analysis.stage === "last") return pieces?.conclude(one, analysis.chosen.matrix.rows) ?? one;
		pieces ??= new Pieces();
		pieces.add(one);
		since = cpuSeconds();
	}
	throw new Error("a run has at least one piece");
}

/** Of this process, on all threads: other programs on the machine must not show. */
function cpuSeconds(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1e6;
}
