/** Reads one capture as `flowmatrix` does and prints, as JSON, what it took and what it told. Run by main.ts, in a process of its own. */
import { analyse } from "../../src/analyse.ts";
import { buildReport } from "../../src/report/build.ts";
import { json } from "../../src/report/json.ts";

const [path] = process.argv.slice(2);
const started = process.hrtime.bigint();
const analysis = await analyse([path!], {});
const read = process.hrtime.bigint();
const report = buildReport(analysis);
let written = 0;
for (const piece of json(report, { summary: false, color: false, width: 80 })) written += piece.length;
const done = process.hrtime.bigint();
console.log(
	JSON.stringify({
		packets: report.capture.packets,
		flows: report.labels.flows,
		readSeconds: Number(read - started) / 1e9,
		reportSeconds: Number(done - read) / 1e9,
		memory: process.resourceUsage().maxRSS * 1024,
		written,
		problems: report.problems.map(({ message }) => message),
		findings: report.findings.map(({ kind, message, flowCount }) => `${kind} (${flowCount} flows): ${message}`),
	}),
);
