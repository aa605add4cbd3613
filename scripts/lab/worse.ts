/**
 * The lab's captures as worse captures would have them: begun late, of one direction, cut short. What flowmatrix says
 * of such a capture may be less than the truth, but nothing else.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeEnds } from "./ends.ts";

/** A packet's place in its conversation. */
interface Place {
	/** From 0. */
	readonly index: number;
	/** Whether it goes the way of the conversation's first packet. */
	readonly isForward: boolean;
}

export interface Variant {
	readonly name: string;
	keeps(place: Place): boolean;
	/** Bytes of a packet that are captured. */
	readonly snaplen?: number;
}

export const VARIANTS: readonly Variant[] = [
	{ name: "the first packet of each conversation missing", keeps: ({ index }) => index > 0 },
	{ name: "the first four packets missing", keeps: ({ index }) => index > 3 },
	{ name: "the first ten packets missing", keeps: ({ index }) => index > 9 },
	{ name: "only what clients send", keeps: ({ isForward }) => isForward },
	{ name: "only what servers send", keeps: ({ isForward }) => !isForward },
	{ name: "every third packet missing", keeps: ({ index }) => index % 3 !== 2 },
	{ name: "96 bytes of each packet", keeps: () => true, snaplen: 96 },
	{ name: "60 bytes of each packet", keeps: () => true, snaplen: 60 },
];

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const CAPTURED_LENGTH = 8;

/**
 * Writes a variant of captures. They are classic, little-endian and of Ethernet, as tcpdump writes them here.
 * @returns the folder, which holds files of the same names.
 */
export function writeVariant(folder: string, files: readonly string[], variant: Variant): string {
	const target = join(folder, variant.name.replaceAll(" ", "-"));
	mkdirSync(target, { recursive: true });
	for (const file of files) writeFileSync(join(target, file), variantOf(readFileSync(join(folder, file)), variant));
	return target;
}

function variantOf(capture: Buffer, { keeps, snaplen = Number.POSITIVE_INFINITY }: Variant): Buffer {
	const parts = [capture.subarray(0, FILE_HEADER)];
	const conversations = new Map<string, { count: number; first: string }>();
	for (let at = FILE_HEADER; at < capture.length; ) {
		const length = capture.readUInt32LE(at + CAPTURED_LENGTH);
		const header = Buffer.from(capture.subarray(at, at + RECORD_HEADER));
		const packet = capture.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length);
		at += RECORD_HEADER + length;
		const ends = decodeEnds(packet);
		if (ends && !keeps(place(conversations, ends))) continue;
		const kept = packet.subarray(0, Math.min(length, snaplen));
		header.writeUInt32LE(kept.length, CAPTURED_LENGTH);
		parts.push(header, kept);
	}
	return Buffer.concat(parts);
}

function place(
	conversations: Map<string, { count: number; first: string }>,
	{ source, destination }: { source: string; destination: string },
): Place {
	const key = [source, destination].sort().join();
	const conversation = conversations.get(key) ?? { count: 0, first: source };
	conversations.set(key, conversation);
	return { index: conversation.count++, isForward: source === conversation.first };
}
