import { parseAddress, scopeOf } from "../packet/address.ts";
import type { DirectionMatch, MatchedGroup } from "./match.ts";

/** A capture: the first or the second. */
export type CaptureIndex = 0 | 1;

/**
 * The capture that is nearer to the sender of each direction; undefined where nothing tells. A router on the way takes one
 * from the time to live; where there is none, what the two directions differ in is the transit.
 */
export function nearerCaptures({
	directions,
}: MatchedGroup): readonly [CaptureIndex | undefined, CaptureIndex | undefined] {
	const [there, back] = directions;
	const byHops = hopsOf(there) - hopsOf(back);
	if (byHops !== 0) return byHops > 0 ? [0, 1] : [1, 0];
	const difference = there.later - back.later;
	if (Number.isNaN(difference) || difference === 0) return [undefined, undefined];
	return difference > 0 ? [0, 1] : [1, 0];
}

/** Packets that say that the first capture is the nearer one, less those that say otherwise. */
function hopsOf({ hops }: DirectionMatch): number {
	return hops[0] - hops[1];
}

/** Bits of a prefix in which hosts are on the same side, as far as that shows without masks. */
const IPV4_SUBNET = 24;

/** Which capture each address is nearer to, learnt from the conversations that both have. */
export class Homes {
	readonly #addresses: readonly [Map<string, CaptureIndex>, Map<string, CaptureIndex>] = [new Map(), new Map()];
	readonly #subnets: readonly [Map<string, CaptureIndex>, Map<string, CaptureIndex>] = [new Map(), new Map()];
	/** Captures that are nearer to some public address. */
	readonly #public = new Set<CaptureIndex>();

	/** @param seenIn the capture that has the address so: translation gives it another one in the other. */
	add(address: string, seenIn: CaptureIndex, home: CaptureIndex): void {
		this.#addresses[seenIn].set(address, home);
		this.#subnets[seenIn].set(subnetOf(address), home);
		// A translated address stands for one that may not be public itself.
		if (isPublic(address) && seenIn === home) this.#public.add(home);
	}

	/** @returns undefined where nothing tells. */
	of(address: string, seenIn: CaptureIndex): CaptureIndex | undefined {
		const known = this.#addresses[seenIn].get(address) ?? this.#subnets[seenIn].get(subnetOf(address));
		if (known !== undefined) return known;
		const [home, another] = this.#public;
		return isPublic(address) && another === undefined ? home : undefined;
	}
}

function isPublic(address: string): boolean {
	const parsed = parseAddress(address);
	return parsed !== undefined && scopeOf(parsed) === "public";
}

function subnetOf(address: string): string {
	const parsed = parseAddress(address);
	if (!parsed) return address;
	const [w0, w1, , w3] = parsed.words;
	return parsed.version === 4 ? `4 ${w3 >>> (32 - IPV4_SUBNET)}` : `6 ${w0} ${w1}`;
}
