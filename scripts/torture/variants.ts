import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "../captures/random.ts";
import { isPcapng, recordBorders, wholeRecords } from "./borders.ts";
import { editcap } from "./peers.ts";

/** What is done to a capture. */
export const KINDS = [
	"as it is",
	"2 % of the bytes wrong",
	"10 % of the bytes wrong",
	"cut",
	"framing flipped",
] as const;
export type Kind = (typeof KINDS)[number];

/** How many variants of each kind are made of a capture. */
export interface Amounts {
	/** Of editcap, for each share of wrong bytes; 0 where editcap is not there. */
	readonly seeds: number;
	readonly cuts: number;
	readonly flips: number;
}

/** A capture file made of another one. */
export interface Variant {
	readonly kind: Kind;
	/** What tells it from the others of its kind, enough to make it again. */
	readonly name: string;
	readonly path: string;
	/** Bytes of the file; undefined for packed ones, in which offsets mean what is unpacked. */
	readonly size: number | undefined;
	/** Of a classic pcap: packets before the damage in its framing. */
	readonly before?: number;
	/** Of a classic pcap whose records, as they stand, lead to its last byte: how many they are. */
	readonly sound?: number;
}

const ERROR_SHARES = [
	["2 % of the bytes wrong", "0.02"],
	["10 % of the bytes wrong", "0.10"],
] as const;

/** Makes the variants of a capture, one kind at a time. Each group's files lie in `folder` until the next one is asked for. */
export async function* variantsOf(capture: string, amounts: Amounts, folder: string): AsyncGenerator<Variant[]> {
	const bytes = readFileSync(capture);
	const borders = recordBorders(bytes);
	const random = new Random(capture.slice(capture.lastIndexOf("/") + 1));
	const sizeOf = (length: number) => (isPacked(bytes) ? undefined : length);
	const isPcap = borders.length > 0 && !isPcapng(bytes);
	/** @param until where the framing's damage begins. */
	const write = (kind: Kind, place: number, name: string, changed: Uint8Array, until: number): Variant => {
		const path = join(folder, String(place));
		writeFileSync(path, changed);
		const variant = { kind, name, path, size: sizeOf(changed.length) };
		if (!isPcap) return variant;
		const now = recordBorders(changed);
		const sound = now.at(-1) === changed.length ? { sound: now.length - 1 } : {};
		return { ...variant, before: wholeRecords(borders, until), ...sound };
	};
	mkdirSync(folder, { recursive: true });
	yield [write("as it is", 0, "", bytes, bytes.length)];
	for (const [kind, share] of amounts.seeds > 0 ? ERROR_SHARES : []) {
		const made: Variant[] = [];
		for (let seed = 1; seed <= amounts.seeds; seed++) {
			const path = join(folder, String(seed));
			const size = await editcap(capture, path, ["-E", share, "--seed", String(seed)]);
			if (size === undefined) break; // It does not read this capture: it would not read it with another seed.
			made.push({ kind, name: `editcap -E ${share} --seed ${seed}`, path, size });
		}
		yield made;
	}
	yield cutPlaces(bytes.length, borders, amounts.cuts, random).map((length, place) =>
		write("cut", place, `after ${length} bytes`, bytes.subarray(0, length), length),
	);
	yield flips(bytes.length, borders, amounts.flips, random).map((changes, place) => {
		const changed = Uint8Array.from(bytes);
		for (const { at, mask } of changes) changed[at]! ^= mask;
		const name = changes.map(({ at, mask }) => `byte ${at} ^ ${mask}`).join(", ");
		return write("framing flipped", place, name, changed, Math.min(...changes.map(({ at }) => at)));
	});
}

/** The longest header of a record or block, and as much of what lies before it. */
const FRAMING = 28;

/** Half of the places evenly over the file, half of them beside borders of records, where there are any. */
export function cutPlaces(length: number, borders: readonly number[], count: number, random: Random): number[] {
	const nearby = borders.length > 0 ? count >> 1 : 0;
	const even = count - nearby;
	const places = new Set<number>();
	for (let i = 1; i <= even; i++) places.add(Math.floor((length * i) / (even + 1)));
	for (let i = 0; i < nearby; i++) {
		const border = borders[random.between(0, borders.length - 1)]!;
		places.add(Math.min(Math.max(border + random.between(-FRAMING, FRAMING), 0), Math.max(length - 1, 0)));
	}
	return [...places].sort((a, b) => a - b);
}

interface Flip {
	readonly at: number;
	/** Bits that change, 1 to 255. */
	readonly mask: number;
}

/** Changes of one to three bytes in the headers of records, where there are any. */
export function flips(length: number, borders: readonly number[], count: number, random: Random): Flip[][] {
	if (length === 0) return [];
	const place = () => {
		if (borders.length === 0) return random.between(0, length - 1);
		return Math.min(borders[random.between(0, borders.length - 1)]! + random.between(0, FRAMING - 1), length - 1);
	};
	return Array.from({ length: count }, () =>
		Array.from({ length: random.between(1, 3) }, () => ({ at: place(), mask: random.between(1, 255) })),
	);
}

function isPacked(bytes: Uint8Array): boolean {
	return (bytes[0] === 0x1f && bytes[1] === 0x8b) || (bytes[0] === 0x28 && bytes[1] === 0xb5);
}
