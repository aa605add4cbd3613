import { Protocol, TcpFlag } from "../packet/view.ts";
import { type Clock, firstClock, median, sharedTime, WINDOW } from "./clock.ts";
import { digests, type PacketLog } from "./packet-log.ts";
import type { FlowGroup, Pairing } from "./pairs.ts";

/** One direction of a conversation, as both captures have it. */
export interface DirectionMatch {
	/** Packets of each capture that the other one has, or that were seen while it ran, as indices into the log. */
	readonly packets: readonly [readonly number[], readonly number[]];
	/** Packets that both have. */
	readonly matched: number;
	/** Packets that both have, whose payload something on the way changed. */
	readonly rewritten: number;
	/** Packets that both have, whose payload was not compared: a capture has too little of it. */
	readonly unread: number;
	/** Packets that the other capture lacks; not those whose bytes it has in other segments. */
	readonly missing: readonly [readonly number[], readonly number[]];
	/** Median of what the second capture saw a packet later than the first one, clocks set right; NaN where no packet is surely the same. */
	readonly later: number;
	/** Matched packets whose time to live is higher in the first, and in the second capture. */
	readonly hops: readonly [number, number];
}

export interface MatchedGroup extends FlowGroup {
	/** As side 0 of the group's first flow sends, and as it receives. */
	readonly directions: readonly [DirectionMatch, DirectionMatch];
}

/** Matches the packets of each conversation, one to one. */
export function matchGroups(a: PacketLog, b: PacketLog, { clock, groups }: Pairing): MatchedGroup[] {
	const both = new Both(a, b, clock);
	const lists: readonly [number[][], number[][]] = [packetsByFlow(a), packetsByFlow(b)];
	return groups.map((group) => {
		const directions = ([0, 1] as const).map((direction) => {
			const packets = ([0, 1] as const).map((capture) => {
				const log = capture === 0 ? a : b;
				const all = group.flows[capture].flatMap((flow) =>
					lists[capture][flow]!.filter((i) => (log.side[i]! ^ group.flips[capture][flow]!) === direction),
				);
				return all.sort((x, y) => x - y);
			});
			return packets as [number[], number[]];
		});
		const deltas = directions.map((packets) => both.sequenceShift(packets)) as [number, number];
		return {
			...group,
			directions: directions.map((packets, i) => both.match(packets, deltas[i as 0 | 1], deltas[(1 - i) as 0 | 1])) as [
				DirectionMatch,
				DirectionMatch,
			],
		};
	});
}

function packetsByFlow(log: PacketLog): number[][] {
	const lists: number[][] = Array.from({ length: log.store.size }, () => []);
	for (let i = 0; i < log.count; i++) lists[log.flow[i]!]!.push(i);
	return lists;
}

/** TCP flags that make two segments different ones. */
const TELLING = TcpFlag.SYN | TcpFlag.FIN | TcpFlag.RST;
/** Pairs looked at, of each packet, to learn how sequence numbers are shifted, and to find the nearest of datagrams. */
const MAX_ALIKE = 8;
/** Packets that one packet is held against: of a flood of equal ones, the first. */
const MAX_LOOKED = 256;
/** A datagram that was changed on the way is known by when it was seen: nanoseconds. */
const CLOSE = 100e6;

/** Packets of a direction that both captures have. */
interface Matches {
	/** Those of the second capture by those of the first one. */
	readonly pairs: Map<number, number>;
	/** Those of the second capture. */
	readonly found: Set<number>;
	/** Those of the first capture that no other packet of the second one can be. */
	readonly sure: Set<number>;
}

/** What makes packets of two captures alike. */
interface Likeness {
	/** Undefined for a packet that is not to be matched. */
	keyOf(capture: 0 | 1, packet: number): string | undefined;
	fits(inA: number, inB: number): boolean;
	/** Nanoseconds between the two, at most. */
	readonly window: number;
}

/** Packets of the second capture that are alike, in order. */
interface Candidates {
	readonly list: number[];
	/** By place in the list, and for its end: the place itself while its packet is not taken, else a later one. */
	readonly next: number[];
	/** Those before it are taken, or too early for whatever comes. */
	start: number;
}

/**
 * The first place from `place` on whose packet is not taken. Ways are made shorter as they are gone, and nothing is moved:
 * of a flood of equal packets there are very many, and one at the front that nothing takes leaves all others behind it.
 */
function untaken(next: number[], place: number): number {
	while (next[place] !== place) {
		next[place] = next[next[place]!]!;
		place = next[place]!;
	}
	return place;
}

class Both {
	readonly #a: PacketLog;
	readonly #b: PacketLog;
	readonly #digests: readonly [Float64Array, Float64Array];
	/** When a packet of the second capture was seen, by the first one's clock. */
	readonly #timeOfB: (j: number) => number;
	readonly #hasClock: boolean;
	/** When both captures surely ran, by the first one's clock. */
	readonly #shared: readonly [number, number];

	constructor(a: PacketLog, b: PacketLog, clock: Clock | undefined) {
		this.#a = a;
		this.#b = b;
		this.#digests = digests(a, b);
		this.#timeOfB = firstClock(a, b, clock);
		this.#hasClock = clock !== undefined;
		const { from, to } = sharedTime(a, b, clock);
		// What is on its way when a capture begins or ends may be in the other one alone.
		const reach = clock?.reach ?? 0;
		this.#shared = [from + reach, to - reach];
	}

	#isShared(time: number): boolean {
		return time >= this.#shared[0] && time <= this.#shared[1];
	}

	#later(i: number, j: number): number {
		return this.#timeOfB(j) - this.#a.time[i]!;
	}

	/** Some firewalls choose sequence numbers of their own: by how much the second capture's are higher. */
	sequenceShift([inA, inB]: readonly [readonly number[], readonly number[]]): number {
		const [a, b] = [this.#a, this.#b];
		if (inA.length === 0 || inB.length === 0 || a.protocol[inA[0]!] !== Protocol.TCP) return 0;
		const shifts = new Map<number, number>();
		const vote = (i: number, j: number) => {
			const shift = (b.sequence[j]! - a.sequence[i]!) | 0;
			shifts.set(shift, (shifts.get(shift) ?? 0) + 1);
		};
		const keyOf = (capture: 0 | 1, i: number) => {
			const log = capture === 0 ? a : b;
			if (log.flags[i]! & TcpFlag.SYN) return "syn";
			return log.length[i]! > 0 && !this.#isUnread(capture, i)
				? `${log.length[i]} ${this.#digests[capture][i]}`
				: undefined;
		};
		const known = new Map<string, number[]>();
		for (const j of inB) {
			const key = keyOf(1, j);
			if (key !== undefined) known.set(key, [...(known.get(key) ?? []).slice(0, MAX_ALIKE), j]);
		}
		for (const i of inA) for (const j of known.get(keyOf(0, i) ?? "") ?? []) vote(i, j);
		return [...shifts].reduce((best, each) => (each[1] > best[1] ? each : best), [0, 0])[0];
	}

	/** @param shift of this direction's sequence numbers; @param back of the other one's, which this one acknowledges */
	match(all: readonly [readonly number[], readonly number[]], shift: number, back: number): DirectionMatch {
		const isTcp = this.#protocolOf(all) === Protocol.TCP;
		const matches: Matches = { pairs: new Map(), found: new Set(), sure: new Set() };
		const { pairs, found, sure } = matches;
		const left = (): [number[], number[]] => [all[0].filter((i) => !pairs.has(i)), all[1].filter((j) => !found.has(j))];
		const byPayload: Likeness = {
			keyOf: (capture, i) =>
				this.#isUnread(capture, i)
					? undefined
					: `${this.#headKey(capture, i, shift, back)} ${this.#digests[capture][i]}`,
			fits: () => true,
			window: WINDOW,
		};
		// What only one capture had time to see must not take the place of its like.
		const shared = (i: number) => this.#isShared(this.#a.time[i]!);
		this.#alike([all[0].filter(shared), all[1].filter((j) => this.#isShared(this.#timeOfB(j)))], matches, byPayload);
		this.#alike(left(), matches, byPayload);
		const read = pairs.size;
		const byHead: Likeness = {
			keyOf: (capture, i) => this.#headKey(capture, i, shift, back),
			fits: (i, j) => this.#isUnread(0, i) || this.#isUnread(1, j),
			window: isTcp ? WINDOW : CLOSE,
		};
		if (isTcp) this.#alike(left(), matches, byHead);
		else if (this.#hasClock && (this.#a.isUnread || this.#b.isUnread)) {
			// Of a datagram, its length and the time are all that is left: that shows no packet's way.
			const likely: Matches = { pairs, found, sure: new Set() };
			this.#nearest(left(), likely, byHead);
			this.#alike(left(), likely, byHead);
		}
		const unread = pairs.size - read;
		const rewritten = this.#rewritten(...left(), pairs, found, shift);
		// Of what was seen while the other capture did not run, nothing can be said but where it has it all the same.
		const inA = all[0].filter((i) => pairs.has(i) || this.#isShared(this.#a.time[i]!));
		const inB = all[1].filter((j) => found.has(j) || this.#isShared(this.#timeOfB(j)));
		const missingA = inA.filter((i) => !pairs.has(i));
		const missingB = inB.filter((j) => !found.has(j));
		const otherA = isTcp ? this.#elsewhere(missingA, missingB, shift, 0) : new Set<number>();
		const otherB = isTcp ? this.#elsewhere(missingB, missingA, shift, 1) : new Set<number>();
		const laters = [...sure].map((i) => this.#later(i, pairs.get(i)!));
		const hops = [0, 0] as [number, number];
		for (const [i, j] of pairs) {
			const difference = this.#a.ttl[i]! - this.#b.ttl[j]!;
			if (difference !== 0) hops[difference > 0 ? 0 : 1]++;
		}
		return {
			packets: [inA, inB],
			matched: pairs.size,
			rewritten,
			unread,
			missing: [missingA.filter((i) => !otherA.has(i)), missingB.filter((j) => !otherB.has(j))],
			later: laters.length > 0 ? median(laters) : Number.NaN,
			hops,
		};
	}

	#protocolOf([inA, inB]: readonly [readonly number[], readonly number[]]): number {
		return inA.length > 0 ? this.#a.protocol[inA[0]!]! : inB.length > 0 ? this.#b.protocol[inB[0]!]! : 0;
	}

	/** Packets alike in all that a key has; of several, those with the same IP identification, then in order. */
	#alike(
		[inA, inB]: readonly [readonly number[], readonly number[]],
		{ pairs, found, sure }: Matches,
		{ keyOf, fits, window }: Likeness,
	): void {
		const [a, b] = [this.#a, this.#b];
		const alike = new Map<string, Candidates>();
		const often = new Map<string, number>();
		const keys = new Map<number, string>();
		for (const i of inA) {
			const key = keyOf(0, i);
			if (key === undefined) continue;
			keys.set(i, key);
			often.set(key, (often.get(key) ?? 0) + 1);
		}
		for (const j of inB) {
			const key = keyOf(1, j);
			if (key === undefined || !often.has(key)) continue;
			const known = alike.get(key);
			if (known) {
				known.list.push(j);
				known.next.push(known.list.length);
			} else alike.set(key, { list: [j], next: [0, 1], start: 0 });
		}
		const take = (i: number, isWanted: (j: number) => boolean) => {
			const candidates = alike.get(keys.get(i) ?? "");
			if (!candidates) return;
			const { list, next } = candidates;
			let start = untaken(next, candidates.start);
			// Nothing that comes later can be one with what is too early for this one.
			while (start < list.length && this.#later(i, list[start]!) < -window) start = untaken(next, start + 1);
			candidates.start = start;
			let looked = 0;
			for (let place = start; place < list.length && looked < MAX_LOOKED; place = untaken(next, place + 1)) {
				const j = list[place]!;
				if (this.#later(i, j) > window) return;
				looked++;
				if (!isWanted(j) || !fits(i, j)) continue;
				pairs.set(i, j);
				found.add(j);
				if (a.ipId[i] !== 0 && a.ipId[i] === b.ipId[j]) sure.add(i);
				else if (list.length === 1 && often.get(keys.get(i)!) === 1) sure.add(i);
				next[place] = place + 1;
				return;
			}
		};
		for (const i of inA) if (a.ipId[i] !== 0) take(i, (j) => b.ipId[j] === a.ipId[i]);
		for (const each of alike.values()) each.start = 0;
		for (const i of inA) if (!pairs.has(i)) take(i, () => true);
	}

	/** Packets alike in all that a key has, that were seen at the same time: those with the same IP identification, then the nearest. */
	#nearest(
		[inA, inB]: readonly [readonly number[], readonly number[]],
		{ pairs, found }: Matches,
		{ keyOf, fits }: Likeness,
	): void {
		const [a, b] = [this.#a, this.#b];
		const alike = new Map<string, number[]>();
		for (const j of inB) {
			const key = keyOf(1, j) ?? "";
			const known = alike.get(key);
			if (known) known.push(j);
			else alike.set(key, [j]);
		}
		const near = inA.flatMap((i) => {
			const candidates = this.#closeTo(i, alike.get(keyOf(0, i) ?? "") ?? [])
				.filter((j) => fits(i, j))
				.map((j) => ({
					i,
					j,
					isNamed: a.ipId[i] !== 0 && a.ipId[i] === b.ipId[j],
					apart: Math.abs(this.#later(i, j)),
				}));
			candidates.sort((x, y) => Number(y.isNamed) - Number(x.isNamed) || x.apart - y.apart);
			return candidates.slice(0, MAX_ALIKE);
		});
		near.sort((x, y) => Number(y.isNamed) - Number(x.isNamed) || x.apart - y.apart);
		for (const { i, j } of near) {
			if (pairs.has(i) || found.has(j)) continue;
			pairs.set(i, j);
			found.add(j);
		}
	}

	/** What the way leaves alone of a packet's headers, and how much it carries. */
	#headKey(capture: 0 | 1, i: number, shift: number, back: number): string {
		const log = capture === 0 ? this.#a : this.#b;
		const length = log.length[i]!;
		if (log.protocol[i] !== Protocol.TCP) return `${length} ${log.sequence[i]} ${log.flags[i]}`;
		const flags = log.flags[i]! & TELLING;
		// Of the second capture, sequence numbers are as they are.
		const sequence = (log.sequence[i]! + (capture === 0 ? shift : 0)) | 0;
		const isAck = flags === 0 && length === 0;
		const acknowledged = isAck ? ` ${(log.acknowledgement[i]! + (capture === 0 ? back : 0)) | 0}` : "";
		return `${sequence} ${flags} ${length}${acknowledged}`;
	}

	/** Whether the capture has too little of a packet's payload to compare it. */
	#isUnread(capture: 0 | 1, i: number): boolean {
		return Number.isNaN(this.#digests[capture][i]!);
	}

	/** Pairs up what has another payload on the other side: by IP identification or sequence number, else by its time alone. */
	#rewritten(
		leftA: readonly number[],
		leftB: readonly number[],
		pairs: Map<number, number>,
		found: Set<number>,
		shift: number,
	): number {
		const [a, b] = [this.#a, this.#b];
		let count = 0;
		const pair = (i: number, j: number) => {
			pairs.set(i, j);
			found.add(j);
			count++;
		};
		// Of what was not read, another length alone shows another payload.
		const isTold = (i: number, j: number) =>
			a.length[i] !== b.length[j] || !(this.#isUnread(0, i) || this.#isUnread(1, j));
		const closeTo = (i: number) => this.#closeTo(i, leftB).filter((j) => !found.has(j));
		for (const i of leftA) {
			if (a.length[i] === 0) continue;
			const same = closeTo(i).filter((j) => b.length[j]! > 0 && this.#isSame(i, j, shift) && isTold(i, j));
			if (same.length === 1) pair(i, same[0]!);
		}
		if (leftA.length === 0 || a.protocol[leftA[0]!] === Protocol.TCP) return count;
		const left = leftA.filter((i) => !pairs.has(i));
		for (const [place, i] of left.entries()) {
			const near = closeTo(i);
			const isAlone = [left[place - 1], left[place + 1]].every(
				(each) => each === undefined || near.every((j) => Math.abs(this.#later(each, j)) > CLOSE),
			);
			if (near.length === 1 && isAlone && isTold(i, near[0]!)) pair(i, near[0]!);
		}
		return count;
	}

	/** Of packets in the order of time, those that were seen when `i` was; none where they are very many. */
	#closeTo(i: number, packets: readonly number[]): number[] {
		let [low, high] = [0, packets.length];
		while (low < high) {
			const middle = (low + high) >> 1;
			if (this.#later(i, packets[middle]!) < -CLOSE) low = middle + 1;
			else high = middle;
		}
		let end = low;
		while (end < packets.length && this.#later(i, packets[end]!) <= CLOSE) if (++end - low > MAX_LOOKED) return [];
		return packets.slice(low, end);
	}

	#isSame(i: number, j: number, shift: number): boolean {
		const [a, b] = [this.#a, this.#b];
		if (a.protocol[i] === Protocol.TCP)
			return ((a.sequence[i]! + shift) | 0) === b.sequence[j] && a.length[i] === b.length[j];
		return a.ipId[i] !== 0 && a.ipId[i] === b.ipId[j];
	}

	/** Segments whose bytes the other capture's unmatched segments have: cut up, or put together, on the way. */
	#elsewhere(missing: readonly number[], others: readonly number[], shift: number, capture: 0 | 1): Set<number> {
		const [log, other] = capture === 0 ? [this.#a, this.#b] : [this.#b, this.#a];
		const moved = capture === 0 ? shift : -shift;
		const result = new Set<number>();
		const ranges = others.filter((j) => other.length[j]! > 0);
		const [base] = missing;
		if (ranges.length === 0 || base === undefined) return result;
		const origin = (log.sequence[base]! + moved) | 0;
		const covered: { first: number; last: number }[] = [];
		for (const { first, last } of ranges
			.map((j) => ({
				first: (other.sequence[j]! - origin) | 0,
				last: ((other.sequence[j]! - origin) | 0) + other.length[j]!,
			}))
			.sort((x, y) => x.first - y.first)) {
			const before = covered.at(-1);
			if (before && first <= before.last) before.last = Math.max(before.last, last);
			else covered.push({ first, last });
		}
		for (const i of missing) {
			const first = (((log.sequence[i]! + moved) | 0) - origin) | 0;
			const length = log.length[i]!;
			if (length > 0 && isInside(covered, first, first + length)) result.add(i);
		}
		return result;
	}
}

/** Whether one of the ranges, which are apart and in order, has all of another one. */
function isInside(ranges: readonly { first: number; last: number }[], first: number, last: number): boolean {
	let [low, high] = [0, ranges.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (ranges[middle]!.last < last) low = middle + 1;
		else high = middle;
	}
	return low < ranges.length && ranges[low]!.first <= first;
}
