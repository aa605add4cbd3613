/**
 * Writes a capture to standard output as if it were captured now: its packets evenly over some seconds.
 *
 *     tsx scripts/screen/feed.ts CAPTURE SECONDS | flowmatrix live -
 */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { packetEnds } from "./prefixes.ts";

const STEPS_A_SECOND = 10;

const [path = "", seconds = "10"] = process.argv.slice(2);
const bytes = readFileSync(path);
const ends = packetEnds(bytes);
const steps = Math.max(1, Math.round(Number(seconds) * STEPS_A_SECOND));
process.stdout.on("error", () => process.exit());
let at = 0;
for (let step = 1; step <= steps; step++) {
	const end = step === steps ? bytes.length : (ends[Math.ceil((ends.length * step) / steps) - 1] ?? at);
	if (!process.stdout.write(bytes.subarray(at, end))) await once(process.stdout, "drain");
	at = end;
	await wait(1000 / STEPS_A_SECOND);
}
