/**
 * A long day of live capture, faster: feeds `flowmatrix live -` with office traffic whose times span hours, in minutes,
 * and watches what it takes.
 *
 *     npm run bench:soak -- [--hours 24] [--minutes 120] [--packets 30000000]
 *
 * Exit status 1 where the last report has not every packet.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { capture } from "./captures.ts";

const MAIN = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const CAPTURED_LENGTH = 8;
const READ = 1 << 20;
/** Lines of the table. */
const LINES = 24;
const MICROSECONDS = 1e6;

const { values } = parseArgs({
	options: {
		hours: { type: "string", default: "24" },
		minutes: { type: "string", default: "120" },
		packets: { type: "string", default: "30000000" },
	},
});
const packets = Number(values.packets);
const seconds = Number(values.minutes) * 60;
const span = Number(values.hours) * 3600;

/** What `live` has told. */
const told: Record<string, number> = {};
let last: { packets: number; seconds: number } | undefined;

const live = spawn(process.execPath, [MAIN, "live", "-", "--format", "ndjson", "--quiet"], {
	stdio: ["pipe", "pipe", "inherit"],
});
createInterface({ input: live.stdout }).on("line", (line) => {
	const { event, type, ...rest } = JSON.parse(line);
	const name = event ?? type;
	told[name] = (told[name] ?? 0) + 1;
	if (type === "capture") last = rest as typeof last;
});
const ended = once(live, "close");
const table = new Table({
	head: ["hour", "packets", "flows told as over", "memory MB", "CPU s", "of a processor"],
	colAligns: Array<"right">(6).fill("right"),
	style: { head: [], border: [] },
});
const started = performance.now();
let sent = 0;
let most = 0;
await feed(live, (await capture("office")).files[0]!);
const [status] = await ended;
console.log(table.toString());
console.log(`most memory ${Math.round(most / 1e6)} MB, status ${status}, told: ${JSON.stringify(told)}`);
console.log(`sent ${sent} packets of ${span} s, told of ${JSON.stringify(last)}`);
if (status !== 0 || last?.packets !== sent) process.exitCode = 1;

/** Sends the capture's packets again and again, with times of their own. */
async function feed({ pid, stdin }: ChildProcessByStdio<Writable, Readable, null>, path: string): Promise<void> {
	const start = readFileHeader(path);
	stdin.write(start.header);
	let nextLine = packets / LINES;
	while (sent < packets) {
		for (const part of records(path)) {
			for (let at = 0; at < part.length; ) {
				const time = Math.round((sent / packets) * span * MICROSECONDS);
				part.writeUInt32LE(start.seconds + Math.floor(time / MICROSECONDS), at);
				part.writeUInt32LE(time % MICROSECONDS, at + 4);
				at += RECORD_HEADER + part.readUInt32LE(at + CAPTURED_LENGTH);
				sent++;
			}
			if (!stdin.write(part)) await once(stdin, "drain");
			const { memory, cpu } = usage(pid!);
			most = Math.max(most, memory);
			const elapsed = (performance.now() - started) / 1000;
			if (sent >= nextLine) {
				nextLine += packets / LINES;
				const line = [((sent / packets) * span) / 3600, sent, told.closed ?? 0, memory / 1e6, cpu];
				table.push([...line.map((value) => Math.round(value).toLocaleString("en")), (cpu / elapsed).toFixed(2)]);
				console.log(line.map((value) => Math.round(value)).join(" "));
			}
			if (sent >= packets) break;
			// What is sent early waits for its time.
			await sleep(Math.max(0, ((sent / packets) * seconds - elapsed) * 1000));
		}
	}
	stdin.end();
}

function readFileHeader(path: string): { header: Buffer; seconds: number } {
	const bytes = Buffer.alloc(FILE_HEADER + RECORD_HEADER);
	const file = openSync(path, "r");
	readSync(file, bytes);
	closeSync(file);
	return { header: bytes.subarray(0, FILE_HEADER), seconds: bytes.readUInt32LE(FILE_HEADER) };
}

/** Whole records of a capture, about a megabyte at a time, each in memory of its own. */
function* records(path: string): Generator<Buffer> {
	const file = openSync(path, "r");
	try {
		let position = FILE_HEADER;
		for (;;) {
			const bytes = Buffer.allocUnsafe(READ);
			const length = readSync(file, bytes, 0, READ, position);
			let end = 0;
			while (end + RECORD_HEADER <= length) {
				const next = end + RECORD_HEADER + bytes.readUInt32LE(end + CAPTURED_LENGTH);
				if (next > length) break;
				end = next;
			}
			if (end === 0) return;
			position += end;
			yield bytes.subarray(0, end);
		}
	} finally {
		closeSync(file);
	}
}

/** Resident memory, bytes, and processor time, seconds, of a process (proc_pid_stat(5)). */
function usage(pid: number): { memory: number; cpu: number } {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
		const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
		return { memory: Number(fields[21]) * 4096, cpu: (Number(fields[11]) + Number(fields[12])) / 100 };
	} catch {
		return { memory: 0, cpu: 0 };
	}
}
