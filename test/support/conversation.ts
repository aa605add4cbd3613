import { at, FLAGS, segment } from "./frames.ts";
import type { Packet } from "./packet-builder.ts";

const LETTERS: Readonly<Record<string, number>> = {
	F: FLAGS.fin,
	S: FLAGS.syn,
	R: FLAGS.rst,
	P: FLAGS.psh,
	A: FLAGS.ack,
	".": 0,
};
const STEP = /^([<>])([FSRPA.]+)(?:\+(\d+))?(?:@(-?\d+))?(?:#(-?\d+))?(?:w(\d+))?(?:t([\d.]+))?$/;

export interface Ends {
	readonly client?: string;
	readonly server?: string;
	/** Initial sequence numbers. */
	readonly numbers?: readonly [number, number];
	/** Seconds. */
	readonly start?: number;
}

/**
 * A TCP conversation from its notation: `>S <SA >A >PA+10 <A`, each packet its direction and flags. What follows is left
 * out where it is the usual: `+10` bytes of data, `@5` sequence number less the initial one, `#7` acknowledgement less
 * the peer's initial one, `w0` window, `t1.5` seconds since the beginning (10 ms after the packet before).
 */
export function conversation(notation: string, ends: Ends = {}): Packet[] {
	const { client = "10.0.0.1:1000", server = "10.0.0.2:80", numbers = [1000, 5000], start = 0 } = ends;
	const next = [0, 0];
	let now = -0.01;
	return notation.split(" ").map((step) => {
		const parts = STEP.exec(step);
		if (!parts) throw new TypeError(`not a packet: ${step}`);
		const [, direction, letters, length, sequence, acknowledgement, window, time] = parts;
		const side = direction === ">" ? 0 : 1;
		const flags = [...letters!].reduce((sum, letter) => sum | LETTERS[letter]!, 0);
		const bytes = Number(length ?? 0);
		const from = sequence === undefined ? next[side]! : Number(sequence);
		const to = acknowledgement === undefined ? next[1 - side]! : Number(acknowledgement);
		now = time === undefined ? now + 0.01 : Number(time);
		next[side] = Math.max(next[side]!, from + bytes + (flags & (FLAGS.syn | FLAGS.fin) ? 1 : 0));
		const options = {
			flags,
			sequence: (numbers[side]! + from) >>> 0,
			acknowledgement: flags & FLAGS.ack ? (numbers[1 - side]! + to) >>> 0 : 0,
			window: Number(window ?? 1000),
		};
		const [source, destination] = side === 0 ? [client, server] : [server, client];
		return at(start + now, segment(source, destination, options, "x".repeat(bytes)));
	});
}
