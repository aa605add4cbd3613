import { type FlowStore, isGroupSide, sideAddress } from "../flow/store.ts";
import { isUnderWay, synSide } from "../flow/tcp.ts";
import { Protocol } from "../packet/view.ts";
import { dropOldest } from "../session/oldest.ts";
import type { Found } from "./groups.ts";
import type { Observation, Run } from "./observation.ts";

/** Ports of one host that another one tried in vain, from which on it is a scan: no client has so many to ask. */
const ENOUGH_PORTS = 100;
/** Pairs of hosts watched at a time; the oldest give way, for a scan's packets follow each other. */
const MAX_PAIRS = 10_000;
const BEYOND = `ports tried in vain, between pairs of hosts beyond ${MAX_PAIRS} at a time: port scans were not looked for in these`;
/** A datagram sent to try a port is sent a few times at most, and from a port that no service has (IANA's and Linux's ephemeral ones). */
const MOST_DATAGRAMS = 3;
const FIRST_EPHEMERAL = 32_768;

interface Scan {
	readonly observation: Observation;
	readonly flows: number[];
}

interface Watched {
	readonly flows: number[];
	readonly ports: Set<number>;
}

/** Hosts that try one port of another host after the other: what fails in these flows is no fault of a service. */
export class PortScans {
	readonly #store: FlowStore;
	/** By {@link pairOf}. */
	readonly #scans = new Map<string, Scan>();

	constructor({ store, sessions }: Pick<Run, "store" | "sessions">) {
		this.#store = store;
		const watched = new Map<string, Watched>();
		for (let flow = 0; flow < store.size; flow++) {
			if (!isInVain(store, flow)) continue;
			const pair = pairOf(store, flow);
			const scan = this.#scans.get(pair);
			if (scan) {
				scan.flows.push(flow);
				continue;
			}
			let known = watched.get(pair);
			if (!known) {
				if (watched.size >= MAX_PAIRS)
					dropOldest(watched, (_, { ports }) => {
						if (ports.size > 1) sessions.overflow.add(BEYOND, ports.size);
					});
				known = { flows: [], ports: new Set() };
				watched.set(pair, known);
			}
			known.ports.add(store.port(flow, 1));
			// A client that asks for one port all day is no scan.
			if (known.ports.size > 1 || known.flows.length === 0) known.flows.push(flow);
			if (known.ports.size < ENOUGH_PORTS) continue;
			this.#scans.set(pair, { observation: scanOf(store, flow), flows: known.flows });
			watched.delete(pair);
		}
	}

	/** The scan that a flow is part of. */
	of(flow: number): Observation | undefined {
		if (this.#scans.size === 0 || !isInVain(this.#store, flow)) return undefined;
		return this.#scans.get(pairOf(this.#store, flow))?.observation;
	}

	/** Each scan with its flows. */
	*found(): Iterable<Found> {
		for (const { observation, flows } of this.#scans.values()) yield { observation, subject: { flows, row: null } };
	}
}

function scanOf(store: FlowStore, flow: number): Observation {
	const what = `${sideAddress(store, flow, 0)} tries one port of ${sideAddress(store, flow, 1)} after the other: this looks like a port scan`;
	return { kind: "port-scan", severity: "warning", what };
}

/** Whether side 0 asked for a connection, or sent a datagram, and got nothing but a reset. */
function isInVain(store: FlowStore, flow: number): boolean {
	const protocol = store.protocol(flow);
	if (protocol === Protocol.TCP) {
		const words = store.tcpWords(flow);
		const state = store.tcpBase(flow);
		return synSide(words, state) === 0 && !isUnderWay(words, state);
	}
	if (protocol !== Protocol.UDP || store.packets(flow, 1) > 0 || store.packets(flow, 0) > MOST_DATAGRAMS) return false;
	return store.port(flow, 0) >= FIRST_EPHEMERAL && !isGroupSide(store, flow, 1);
}

function pairOf(store: FlowStore, flow: number): string {
	return `${store.protocol(flow)} ${sideAddress(store, flow, 0)} ${sideAddress(store, flow, 1)}`;
}
