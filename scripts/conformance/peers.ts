import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { keyOf } from "../support/capture-files.ts";

const run = promisify(execFile);
const MAX_OUTPUT = 1 << 28;

/** Packets and bytes of a capture. */
export interface Totals {
	readonly packets: number;
	readonly bytes: number;
}

/** One line of a conversation table: `a` and `b` are `address port`, in text order. */
export interface Conversation {
	readonly packets: [number, number];
	/** As tshark prints them: rounded to the unit. */
	readonly bytes: [Rounded, Rounded];
}

export interface Rounded {
	readonly value: number;
	/** Half of the last digit's worth. */
	readonly tolerance: number;
}

/** What `capinfos` counts; undefined where it refuses the file. */
export async function capinfos(path: string): Promise<Totals | undefined> {
	const { stdout } = await run("capinfos", ["-TmcdrQ", path], { maxBuffer: MAX_OUTPUT }).catch(
		(error: { stdout?: string }) => ({ stdout: error.stdout ?? "" }),
	);
	const cells = /^"(.*)","(\d+)","(\d+)"/m.exec(stdout);
	return cells ? { packets: Number(cells[2]), bytes: Number(cells[3]) } : undefined;
}

const LINE = /^(\S+) +<-> +(\S+) +(\d+) +([\d,.]+ ?\S+) +(\d+) +([\d,.]+ ?\S+) +(\d+) /;

/** `tshark -q -z conv,tcp -z conv,udp`, with what it does beyond headers switched off. Keys: `tcp|a|b`. */
export async function tsharkConversations(path: string): Promise<Map<string, Conversation>> {
	const options = [
		"-n",
		"-q",
		"-o",
		"ip.defragment:FALSE",
		"-o",
		"ipv6.defragment:FALSE",
		"-z",
		"conv,tcp",
		"-z",
		"conv,udp",
		"-r",
		path,
	];
	const { stdout } = await run("tshark", options, { maxBuffer: MAX_OUTPUT }).catch((error: { stdout?: string }) => ({
		stdout: error.stdout ?? "",
	}));
	const all = new Map<string, Conversation>();
	let transport = "";
	for (const line of stdout.split("\n")) {
		const title = /^(TCP|UDP) Conversations/.exec(line);
		if (title) transport = title[1]!.toLowerCase();
		const cells = LINE.exec(line);
		if (cells) add(all, transport, cells);
	}
	return all;
}

function add(all: Map<string, Conversation>, transport: string, cells: RegExpExecArray): void {
	const left = endpoint(cells[1]!);
	const right = endpoint(cells[2]!);
	// The first pair of columns is what the right end sent.
	const sent: [number, Rounded] = [Number(cells[5]), size(cells[6]!)];
	const received: [number, Rounded] = [Number(cells[3]), size(cells[4]!)];
	const [key, swapped] = keyOf(transport, left, right);
	const [a, b] = swapped ? [received, sent] : [sent, received];
	const known = all.get(key);
	all.set(key, {
		packets: [a[0] + (known?.packets[0] ?? 0), b[0] + (known?.packets[1] ?? 0)],
		bytes: [sum(a[1], known?.bytes[0]), sum(b[1], known?.bytes[1])],
	});
}

function sum(a: Rounded, b: Rounded | undefined): Rounded {
	return b ? { value: a.value + b.value, tolerance: a.tolerance + b.tolerance } : a;
}

function endpoint(text: string): string {
	const at = text.lastIndexOf(":");
	return `${text.slice(0, at)} ${text.slice(at + 1)}`;
}

const UNITS: Readonly<Record<string, number>> = {
	bytes: 1,
	byte: 1,
	B: 1,
	kB: 1000,
	MB: 1e6,
	GB: 1e9,
	KiB: 1024,
	MiB: 1 << 20,
};

function size(text: string): Rounded {
	const [, digits = "0", unit = "bytes"] = /^([\d,.]+) ?(\S+)$/.exec(text) ?? [];
	const factor = UNITS[unit] ?? 1;
	return { value: Number(digits.replaceAll(",", "")) * factor, tolerance: factor === 1 ? 0 : factor };
}
