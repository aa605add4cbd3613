/**
 * Makes conversations at random, has tshark judge each of their packets, and prints both: the truth that
 * test/flow/tshark.test.ts holds the analysis of TCP against.
 *
 *     npx tsx scripts/conformance/tcp-conversations.ts > test/flow/tshark.jsonl
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { pcap, withFiles } from "../../test/support/capture-file.ts";
import { conversation } from "../../test/support/conversation.ts";
import { TCP_COUNTS } from "./tcp-counts.ts";

const CONVERSATIONS = 240;
const CLIENT = "10.0.0.1";
const FIRST_PORT = 1024;
/** Seconds from one conversation's beginning to the next one's. */
const APART = 1000;

let seed = 1;
/** Numerical Recipes' generator: the same conversations each time. */
function random(): number {
	seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
	return seed / 2 ** 32;
}

function pick<T>(...choices: readonly T[]): T {
	return choices[Math.floor(random() * choices.length)]!;
}

function randomConversation(): string {
	const steps = random() < 0.85 ? [">S", "<SA", ">A"] : [];
	const next = { ">": 1, "<": 1 };
	let time = 0.03;
	const length = 4 + Math.floor(random() * 10);
	while (steps.length < length) {
		const side = pick(">", ">", ">", "<", "<");
		const peer = side === ">" ? "<" : ">";
		time += pick(1e-4, 4e-4, 2e-3, 4e-3, 4e-3, 9e-3, 0.012, 0.019, 0.021, 0.05, 0.3, 1.5);
		const stamp = `t${time.toFixed(4)}`;
		const bytes = pick(1, 5, 10, 10);
		const kind = random();
		if (kind < 0.5) {
			const at = Math.max(1, next[side] + (kind < 0.3 ? pick(0, 0, 0, 0, 10, 20, -1) : -pick(1, 5, 10, 10, 20, 30)));
			steps.push(`${side}PA+${bytes}@${at}${stamp}`);
			next[side] = Math.max(next[side], at + bytes);
		} else if (kind < 0.7) {
			const to = Math.max(1, next[peer] + pick(0, 0, 0, 0, -10, -20, -5, 7, 20));
			const at = next[side] - pick(0, 0, 0, 0, 0, 0, 1);
			steps.push(`${side}A@${at}#${to}${pick("", "", "", "w0", "w500")}${stamp}`);
		} else if (kind < 0.94) {
			// The same acknowledgement again and again, and then perhaps what it asks for.
			const to = Math.max(1, next[peer] - pick(10, 20));
			for (let n = pick(1, 2, 3, 4); n > 0; n--) {
				time += 1e-3;
				steps.push(`${side}A@${next[side]}#${to}t${time.toFixed(4)}`);
			}
			time += pick(1e-3, 0.019, 0.021);
			if (random() < 0.8) steps.push(`${peer}PA+${bytes}@${to}t${time.toFixed(4)}`);
		} else if (kind < 0.98) {
			steps.push(`${side}FA@${next[side]++}${stamp}`);
		} else {
			steps.push(`${side}${pick("R", "RA")}@${next[side]}${stamp}`);
			break;
		}
	}
	return steps.join(" ");
}

const all = Array.from({ length: CONVERSATIONS }, randomConversation);
const records = all.flatMap((notation, index) =>
	conversation(notation, { client: `${CLIENT}:${FIRST_PORT + index}`, start: index * APART }).map((packet) => {
		if (!("time" in packet) || !("bytes" in packet.packet)) throw new TypeError("a conversation's packets have times");
		const seconds = Math.floor(packet.time! / 1e9);
		return { seconds, fraction: Math.round(packet.time! / 1e3 - seconds * 1e6), data: packet.packet.bytes };
	}),
);
const told = await withFiles([pcap(records)], async ([path]) => {
	const wanted = ["ip.src", "tcp.srcport", "tcp.dstport", ...TCP_COUNTS.map(([, field]) => `tcp.analysis.${field}`)];
	const { stdout } = await promisify(execFile)("tshark", [
		...["-n", "-r", path!, "-Y", "tcp.analysis.flags", "-T", "fields"],
		...wanted.flatMap((field) => ["-e", field]),
	]);
	return stdout.split("\n").map((line) => line.split("\t"));
});
const results = all.map((notation, index) => {
	const counts: Record<"client" | "server", Record<string, number>> = { client: {}, server: {} };
	for (const [source, from, to, ...marks] of told) {
		const side = source === CLIENT ? "client" : "server";
		if (Number(side === "client" ? from : to) !== FIRST_PORT + index) continue;
		for (const [field, mark] of marks.entries())
			if (mark) counts[side][TCP_COUNTS[field]![0]] = (counts[side][TCP_COUNTS[field]![0]] ?? 0) + 1;
	}
	return { conversation: notation, ...counts };
});
process.stdout.write(results.map((result) => `${JSON.stringify(result)}\n`).join(""));
