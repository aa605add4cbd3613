/** Reads one capture as `flowmatrix` does and prints, as JSON, what it took (the flows are not written out) and what it told. Run by main.ts, in a process of its own. */
import { analyse } from "../../src/analyse.ts";
import { buildReport } from "../../src/document/build.ts";
import { json } from "../../src/report/json.ts";

const [path] = process.argv.slice(2);
const started = cpuSeconds();
// In one thread: the sources have no worker of their own, and the result is the same.
const analysis = await analyse([path!], { threads: 0 });
const read = cpuSeconds();
const report = buildReport(analysis);
let written = 0;
for (const piece of json(report, { summary: true, color: false, width: 80 })) written += piece.length;
const done = cpuSeconds();
console.log(
	JSON.stringify({
		packets: report.capture.packets,
		flows: report.labels.flows,
		readSeconds: read - started,
		reportSeconds: done - read,
		memory: process.resourceUsage().maxRSS * 1024,
		written,
		problems: report.problems.map(({ message }) => message),
		findings: report.findings.map(({ kind, message, flowCount }) => `${kind} (${flowCount} flows): ${message}`),
	}),
);

/** Of this process, on all threads: other programs on the machine must not show. */
function cpuSeconds(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1e6;
}
