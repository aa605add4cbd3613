import { sideAddress } from "../flow/store.ts";
import { endpointText } from "../packet/address.ts";
import { Protocol, TcpFlag } from "../packet/view.ts";
import { type Clock, clockOf, WINDOW } from "./clock.ts";
import { digests, type PacketLog } from "./packet-log.ts";

/** Payloads shorter than this say too little. */
const LEAST_PAYLOAD = 8;
/**
 * Packets that are alike, beyond which none is looked at: repeated keep-alives tell no flow from another. Of flows between
 * the same ends at the same time, which VLAN tags alone tell apart, as many.
 */
const MAX_ALIKE = 64;

/** Flows of both captures that are one conversation. Directions are those of side 0 of its first flow. */
export interface FlowGroup {
	/** Indices of flows of the first and of the second capture; one of the lists may be empty. */
	readonly flows: readonly [readonly number[], readonly number[]];
	/** By capture and flow, of all groups: 1 where the flow's side 0 is the group's other direction. */
	readonly flips: readonly [Uint8Array, Uint8Array];
	/** Whether the server and the time alone tie some of its flows: likely, but no packet shows it. */
	readonly isSupposed: boolean;
	/**
	 * Whether only one capture has it, and the other one alone has flows with the same server or client whose packets say too
	 * little to tell that they are not its own, with a translated address.
	 */
	readonly hasDouble: boolean;
}

type Tied = Omit<FlowGroup, "hasDouble">;

export interface Pairing {
	readonly clock: Clock | undefined;
	readonly groups: readonly FlowGroup[];
}

/** Finds which flows of two captures are the same, whatever addresses and ports they have on each side. */
export function pairFlows(a: PacketLog, b: PacketLog): Pairing {
	const [digestsA, digestsB] = digests(a, b);
	const inA = new Index(a, digestsA);
	const inB = new Index(b, digestsB);
	const once: [number, number][] = [];
	for (const [key, first] of inA.heads) {
		const second = inB.heads.get(key);
		if (second !== undefined && inA.next[first] === -1 && inB.next[second] === -1) once.push([first, second]);
	}
	const clock = clockOf(a, b, once);
	const links = new Links();
	const isRenumbered = clock !== undefined && vote(a, b, inA, inB, clock, links);
	linkSameEndpoints(a, b, clock, links);
	if (clock && isRenumbered) linkRequests(a, b, clock, links);
	const groups = groupsOf(a, b, links);
	const doubles = doublesOf([inA, inB], [a, b], groups);
	return { clock, groups: groups.map((group) => ({ ...group, hasDouble: doubles.has(group) })) };
}

/** What the packets of a flow say of it: one at least can be known again; all are cut too short for that; none says enough. */
const Trace = { KNOWN: 1, CUT: 2, LITTLE: 4 } as const;

/** Traces of flows of the other capture that may be the same flow. */
const DOUBLES: Readonly<Record<number, number>> = {
	[Trace.KNOWN]: Trace.CUT,
	[Trace.CUT]: Trace.KNOWN | Trace.CUT,
	[Trace.LITTLE]: Trace.LITTLE,
};

/** @see {@link FlowGroup.hasDouble} */
function doublesOf(
	indices: readonly [Index, Index],
	logs: readonly [PacketLog, PacketLog],
	groups: readonly Tied[],
): Set<Tied> {
	const alone = groups.filter(({ flows }) => flows[0].length === 0 || flows[1].length === 0);
	const endsOfAll = (capture: 0 | 1, { flows }: Tied) =>
		flows[capture].flatMap((flow) =>
			([0, 1] as const).map((side) => ({
				key: `${logs[capture].store.protocol(flow)} ${endOf(logs[capture], flow, side)}`,
				trace: indices[capture].traces[flow]!,
			})),
		);
	const traces = ([0, 1] as const).map((capture) => {
		const byEnd = new Map<string, number>();
		for (const group of alone)
			for (const { key, trace } of endsOfAll(capture, group)) byEnd.set(key, (byEnd.get(key) ?? 0) | trace);
		return byEnd;
	});
	return new Set(
		alone.filter((group) =>
			([0, 1] as const).some((capture) =>
				endsOfAll(capture, group).some(
					({ key, trace }) => ((traces[1 - capture]!.get(key) ?? 0) & DOUBLES[trace]!) !== 0,
				),
			),
		),
	);
}

/** Packets by what stays the same of them on the way. */
class Index {
	/** First packet of a key; the others follow in {@link next}, in the order of time. */
	readonly heads = new Map<number, number>();
	readonly next: Int32Array;
	readonly keys: Float64Array;
	/** By flow, a {@link Trace}. */
	readonly traces: Uint8Array;

	constructor(log: PacketLog, digestsOf: Float64Array) {
		this.next = new Int32Array(log.count).fill(-1);
		this.keys = new Float64Array(log.count);
		this.traces = new Uint8Array(log.store.size).fill(Trace.LITTLE);
		for (let i = log.count - 1; i >= 0; i--) {
			const key = keyOf(log, i, digestsOf);
			this.keys[i] = key;
			const flow = log.flow[i]!;
			if (Number.isNaN(key)) {
				const isCut = log.length[i]! >= LEAST_PAYLOAD || log.cutFlows.has(flow);
				if (isCut && this.traces[flow] === Trace.LITTLE) this.traces[flow] = Trace.CUT;
				continue;
			}
			this.traces[flow] = Trace.KNOWN;
			this.next[i] = this.heads.get(key) ?? -1;
			this.heads.set(key, i);
		}
	}
}

/** 53 bits; NaN for a packet that says too little. A SYN is known by its sequence number, which is random. */
function keyOf(log: PacketLog, i: number, digestsOf: Float64Array): number {
	const protocol = log.protocol[i]!;
	const length = log.length[i]!;
	if (protocol === Protocol.TCP && log.flags[i]! & TcpFlag.SYN)
		return mixed(log.sequence[i]! >>> 0, log.flags[i]! & (TcpFlag.SYN | TcpFlag.ACK), protocol);
	if (length < LEAST_PAYLOAD) return Number.NaN;
	const isEcho = protocol === Protocol.ICMP || protocol === Protocol.ICMPV6;
	return mixed(digestsOf[i]! + (isEcho ? log.sequence[i]! * 256 + log.flags[i]! : 0), length, protocol);
}

const LIMIT = 2 ** 53;

function mixed(digest: number, length: number, protocol: number): number {
	return (digest + (length * 256 + protocol) * 40_503 * 65_537) % LIMIT;
}

/**
 * Packets that only one packet of the other capture can be tie their flows together.
 * @returns whether some of them have another sequence number there.
 */
function vote(a: PacketLog, b: PacketLog, inA: Index, inB: Index, clock: Clock, links: Links): boolean {
	let isRenumbered = false;
	const epochs = (b.epoch - a.epoch) * 1e9;
	const aheadAt = (i: number) => clock.at(a.time[i]!) - epochs;
	for (let i = 0; i < a.count; i++) {
		const head = inB.heads.get(inA.keys[i]!);
		if (head === undefined) continue;
		const j = only(inB, head, (each) => Math.abs(b.time[each]! - a.time[i]! - aheadAt(i)) <= WINDOW);
		if (j < 0) continue;
		const back = only(
			inA,
			inA.heads.get(inA.keys[i]!)!,
			(each) => Math.abs(b.time[j]! - a.time[each]! - aheadAt(i)) <= WINDOW,
		);
		if (back !== i) continue;
		links.add(a.flow[i]!, b.flow[j]!, (a.side[i]! ^ b.side[j]!) as 0 | 1, 1);
		isRenumbered ||= a.protocol[i] === Protocol.TCP && a.sequence[i] !== b.sequence[j];
	}
	return isRenumbered;
}

/** The only packet of a chain that fits; -1 for none, or several. */
function only(index: Index, head: number, fits: (packet: number) => boolean): number {
	let found = -1;
	let looked = 0;
	for (let each = head; each >= 0; each = index.next[each]!) {
		if (++looked > MAX_ALIKE) return -1;
		if (!fits(each)) continue;
		if (found >= 0) return -1;
		found = each;
	}
	return found;
}

/** Flows between the same addresses and ports at the same time are the same, where no packet says otherwise. */
function linkSameEndpoints(a: PacketLog, b: PacketLog, clock: Clock | undefined, links: Links): void {
	const epochs = (b.epoch - a.epoch) * 1e9;
	/** `next`: the first of the flows that is not yet among those that live. */
	const byEnds = new Map<string, { readonly flows: number[]; next: number; readonly live: number[] }>();
	const firsts: string[] = [];
	for (let flow = 0; flow < b.store.size; flow++) {
		const { key, first } = endsOf(b, flow);
		firsts.push(first);
		const known = byEnds.get(key);
		if (known) known.flows.push(flow);
		else byEnds.set(key, { flows: [flow], next: 0, live: [] });
	}
	for (let flow = 0; flow < a.store.size; flow++) {
		const { key, first } = endsOf(a, flow);
		const same = byEnds.get(key);
		if (!same) continue;
		const ahead = (clock?.at(a.store.first(flow)) ?? 0) - epochs;
		const [begin, end] = [a.store.first(flow) + ahead - WINDOW, a.store.last(flow) + ahead + WINDOW];
		const link = (other: number) => links.add(flow, other, first === firsts[other] ? 0 : 1, SAME_ENDS);
		const { flows, live } = same;
		// Flows are in the order of their first packets: what is over before this one is so before all later ones.
		let [looked, linked] = [0, 0];
		let left = 0;
		for (; looked < live.length && linked < MAX_ALIKE; looked++) {
			const other = live[looked]!;
			if (b.store.first(other) > end) break;
			if (b.store.last(other) < begin) continue;
			live[left++] = other;
			link(other);
			linked++;
		}
		live.splice(left, looked - left);
		for (; same.next < flows.length && b.store.first(flows[same.next]!) <= end; same.next++) {
			const other = flows[same.next]!;
			if (b.store.last(other) < begin) continue;
			live.push(other);
			// Beyond the limit too: each is tied to one at least.
			link(other);
		}
	}
}

/** Less than any packet's vote; and less still. */
const SAME_ENDS = 0.5;
const SAME_SERVER = 0.25;
/** Nanoseconds in which a flow that nothing else tells of begins on both sides. */
const TOGETHER = 100e6;
const HANDSHAKE = TcpFlag.SYN | TcpFlag.ACK;

/**
 * Where something on the way chooses sequence numbers anew, nothing in a connection request ties it to the other side's. Two
 * of them are held for one where each is the only one to its server then.
 */
function linkRequests(a: PacketLog, b: PacketLog, clock: Clock, links: Links): void {
	const epochs = (b.epoch - a.epoch) * 1e9;
	const requestsIn = (capture: 0 | 1) => {
		const log = capture === 0 ? a : b;
		const byServer = new Map<string, { flow: number; time: number }[]>();
		const seen = new Set<number>();
		for (let i = 0; i < log.count; i++) {
			const flow = log.flow[i]!;
			if (seen.has(flow)) continue;
			seen.add(flow);
			const isRequest = log.protocol[i] === Protocol.TCP && (log.flags[i]! & HANDSHAKE) === TcpFlag.SYN;
			if (!isRequest || links.has(capture, flow)) continue;
			// The sender of a flow's first packet is its side 0.
			const server = endOf(log, flow, 1);
			const request = { flow, time: log.time[i]! + (capture === 0 ? clock.at(log.time[i]!) - epochs : 0) };
			const known = byServer.get(server);
			if (known) known.push(request);
			else byServer.set(server, [request]);
		}
		return byServer;
	};
	const [inA, inB] = [requestsIn(0), requestsIn(1)];
	for (const [server, ofA] of inA) {
		const ofB = inB.get(server) ?? [];
		let from = 0;
		for (const [place, { flow, time }] of ofA.entries()) {
			while (from < ofB.length && ofB[from]!.time < time - TOGETHER) from++;
			const other = ofB[from];
			const isAlone =
				!isWithin(ofB[from + 1]?.time, time) &&
				![ofA[place - 1], ofA[place + 1]].some((each) => isWithin(each?.time, time));
			if (other && isWithin(other.time, time) && isAlone) links.add(flow, other.flow, 0, SAME_SERVER);
		}
	}
}

function isWithin(time: number | undefined, of: number): boolean {
	return time !== undefined && Math.abs(time - of) <= TOGETHER;
}

function endOf({ store }: PacketLog, flow: number, side: 0 | 1): string {
	return endpointText(sideAddress(store, flow, side), store.port(flow, side));
}

function endsOf(log: PacketLog, flow: number): { key: string; first: string } {
	const ends = [endOf(log, flow, 0), endOf(log, flow, 1)];
	return { key: [log.store.protocol(flow), ...[...ends].sort()].join(" "), first: ends[0]! };
}

/** Votes for two flows to be one, with their directions alike (0) or opposite (1). */
class Links {
	readonly #votes = new Map<string, { readonly a: number; readonly b: number; readonly sides: [number, number] }>();

	readonly #linked: readonly [Set<number>, Set<number>] = [new Set(), new Set()];
	/** Flows that packets vote for. */
	readonly #tied: readonly [Set<number>, Set<number>] = [new Set(), new Set()];

	has(capture: 0 | 1, flow: number): boolean {
		return this.#linked[capture].has(flow);
	}

	/** @param weight 1 for a packet. What is less goes for nothing where packets tie each of the two to another flow. */
	add(a: number, b: number, flip: 0 | 1, weight: number): void {
		const key = `${a} ${b}`;
		let link = this.#votes.get(key);
		if (weight < 1 && !link && this.#tied[0].has(a) && this.#tied[1].has(b)) return;
		for (const flows of weight < 1 ? [this.#linked] : [this.#linked, this.#tied]) {
			flows[0].add(a);
			flows[1].add(b);
		}
		if (!link) {
			link = { a, b, sides: [0, 0] };
			this.#votes.set(key, link);
		}
		link.sides[flip] += weight;
	}

	/** Of each flow, the one of the other capture with most votes. */
	*best(): Iterable<{ a: number; b: number; votes: number; flip: 0 | 1 }> {
		const all = [...this.#votes.values()].map(({ a, b, sides }) => ({
			a,
			b,
			votes: sides[0] + sides[1],
			flip: (sides[1] > sides[0] ? 1 : 0) as 0 | 1,
		}));
		const bestOf = (capture: "a" | "b") => {
			const best = new Map<number, (typeof all)[number]>();
			for (const link of all) {
				const known = best.get(link[capture]);
				if (!known || link.votes > known.votes) best.set(link[capture], link);
			}
			return best;
		};
		const [bestOfA, bestOfB] = [bestOf("a"), bestOf("b")];
		yield* bestOfA.values();
		yield* bestOfB.values();
	}
}

/** Flows that links tie together, by union-find in which each flow knows whether its directions are its parent's. */
function groupsOf(a: PacketLog, b: PacketLog, links: Links): Tied[] {
	const offset = a.store.size;
	const parent = Int32Array.from({ length: offset + b.store.size }, (_, i) => i);
	const flip = new Uint8Array(parent.length);
	const find = (flow: number): [root: number, flip: number] => {
		let root = flow;
		let flips = 0;
		while (parent[root] !== root) {
			flips ^= flip[root]!;
			root = parent[root]!;
		}
		// Paths are made short, so that the next look-up is quick.
		for (let at = flow, left = flips; parent[at] !== root && at !== root; ) {
			const [up, own] = [parent[at]!, flip[at]!];
			parent[at] = root;
			flip[at] = left;
			left ^= own;
			at = up;
		}
		return [root, flips];
	};
	const supposed = new Set<number>();
	for (const link of links.best()) {
		if (link.votes < SAME_ENDS) supposed.add(link.a);
		const [rootA, flipA] = find(link.a);
		const [rootB, flipB] = find(offset + link.b);
		if (rootA === rootB) continue;
		const [low, high] = [Math.min(rootA, rootB), Math.max(rootA, rootB)];
		parent[high] = low;
		flip[high] = flipA ^ flipB ^ link.flip;
	}
	const flipsOf = [new Uint8Array(a.store.size), new Uint8Array(b.store.size)] as const;
	const groups = new Map<number, { flows: [number[], number[]]; flips: typeof flipsOf; isSupposed: boolean }>();
	for (let flow = 0; flow < parent.length; flow++) {
		const [root, flips] = find(flow);
		let group = groups.get(root);
		if (!group) {
			group = { flows: [[], []], flips: flipsOf, isSupposed: false };
			groups.set(root, group);
		}
		const capture = flow < offset ? 0 : 1;
		const index = flow - (capture === 0 ? 0 : offset);
		group.flows[capture].push(index);
		if (supposed.has(flow)) group.isSupposed = true;
		flipsOf[capture][index] = flips;
	}
	return [...groups.values()];
}
