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
	/** Null where a subnet has hosts on both sides. */
	readonly #subnets: readonly [Map<string, CaptureIndex | null>, Map<string, CaptureIndex | null>] = [
		new Map(),
		new Map(),
	];
	/** Captures that are nearer to some public address. */
	readonly #public = new Set<CaptureIndex>();

	/** @param seenIn the capture that has the address so: translation gives it another one in the other. */
	add(address: string, seenIn: CaptureIndex, home: CaptureIndex): void {
		this.#addresses[seenIn].set(address, home);
		const subnet = subnetOf(address);
		const known = this.#subnets[seenIn].get(subnet);
		this.#subnets[seenIn].set(subnet, known === undefined || known === home ? home : null);
		// A translated address stands for one that may not be public itself.
		if (scopeOfText(address) === "public" && seenIn === home) this.#public.add(home);
	}

	/** @returns undefined where nothing shows it. */
	of(address: string, seenIn: CaptureIndex): CaptureIndex | undefined {
		return this.#addresses[seenIn].get(address) ?? this.#subnets[seenIn].get(subnetOf(address)) ?? undefined;
	}

	/**
	 * The same of both ends of a conversation. A public address that nothing tells of is likely where all public addresses
	 * are whose side is known; that both ends are there, this does not show: one may be a translated one.
	 */
	ofBoth(
		addresses: readonly [string, string],
		seenIn: CaptureIndex,
	): [CaptureIndex | undefined, CaptureIndex | undefined] {
		const known = addresses.map((address) => this.of(address, seenIn));
		const [likely, another] = this.#public;
		const [first, second] = addresses.map((address, i) => {
			const isOtherThere =
				known[1 - i] === likely || (known[1 - i] === undefined && scopeOfText(addresses[1 - i]!) === "public");
			const isSupposed = another === undefined && scopeOfText(address) === "public" && !isOtherThere;
			return known[i] ?? (isSupposed ? likely : undefined);
		});
		return [first, second];
	}
}

/** The capture on whose side a host is that has a private address in one capture and a public one in the other. */
export function privateSide([first, second]: readonly [string, string]): CaptureIndex | undefined {
	const scopes = `${scopeOfText(first)} ${scopeOfText(second)}`;
	return scopes === "private public" ? 0 : scopes === "public private" ? 1 : undefined;
}

function scopeOfText(address: string): "private" | "public" | "other" {
	const parsed = parseAddress(address);
	return parsed ? scopeOf(parsed) : "other";
}

function subnetOf(address: string): string {
	const parsed = parseAddress(address);
	if (!parsed) return address;
	const [w0, w1, , w3] = parsed.words;
	return parsed.version === 4 ? `4 ${w3 >>> (32 - IPV4_SUBNET)}` : `6 ${w0} ${w1}`;
}
