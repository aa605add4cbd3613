import { isUndelivered, readQuoted } from "../packet/icmp.ts";
import { HEAD_BYTES, PacketView, Protocol } from "../packet/view.ts";
import { DuplicateDetector } from "./duplicates.ts";
import type { StoreMemory } from "./store.ts";
import { FlowTable, type IdleTimeouts } from "./table.ts";
import { closedSides, streamStart } from "./tcp.ts";

export interface TrackerOptions {
	readonly idle?: Partial<IdleTimeouts>;
	readonly maxFlows?: number;
	/** Flows after which a piece of the run is whole; undefined for a run in one piece. */
	readonly pieceFlows?: number;
	/** Whether one packet may have been captured in several places because there are several files. */
	readonly severalFiles: boolean;
	/** Index of a flow whose payload is always wanted. */
	readonly watch?: number;
}

/** Tunnel depths, and a cooked capture's own interface numbers (32 bits), in the number of a place: exact in a double. */
const DEPTHS = 16;
const SUB_INTERFACES = 2 ** 32;
/** No flow has this index: where none is watched. */
const NO_FLOW = -2;

/** Finds the flow of each packet, and tells which packets the session part is to look at. */
export class FlowTracker {
	readonly table: FlowTable;
	/** Packets left out because they were captured before in another place. */
	duplicates = 0;
	readonly #ofPlaces = new DuplicateDetector(true);
	readonly #ofOnePlace = new DuplicateDetector(false);
	readonly #quoted = new PacketView();
	readonly #severalFiles: boolean;
	readonly #watched: number;
	readonly #pieceFlows: number;
	/** Flow of the last packet, which the next one may lie in. */
	#outer = -1;

	/** @param memory for the flow store, where it is not its own. */
	constructor(options: TrackerOptions, memory?: StoreMemory) {
		this.#severalFiles = options.severalFiles;
		this.#watched = options.watch ?? NO_FLOW;
		this.#pieceFlows = options.pieceFlows ?? Number.POSITIVE_INFINITY;
		this.table = new FlowTable(options, memory);
	}

	/** Whether the piece of the run that this is the tracker of is whole. */
	get isFull(): boolean {
		return this.table.store.size >= this.#pieceFlows;
	}

	/**
	 * Whether the packet was captured before in another place.
	 * @param hasPlaces whether the files have, up to here, more than one place where packets were captured.
	 */
	isDuplicate(packet: PacketView, hasPlaces: boolean): boolean {
		const isOnePlace = !hasPlaces && !this.#severalFiles;
		if (isOnePlace && packet.ipId === 0) return false;
		const detector = isOnePlace ? this.#ofOnePlace : this.#ofPlaces;
		const place = (packet.interface * SUB_INTERFACES + packet.subInterface) * DEPTHS + packet.depth;
		if (!detector.isDuplicate(packet, place)) return false;
		this.duplicates++;
		return true;
	}

	/** Counts a packet in its flow. @returns whether the session part wants it: then the view has what it is to know. */
	take(packet: PacketView): boolean {
		const { table } = this;
		const { store } = table;
		const { protocol } = packet;
		const flow = table.update(packet);
		if (packet.depth > 0 && this.#outer >= 0) store.setCarrier(this.#outer);
		this.#outer = flow;
		packet.flow = flow;
		packet.side = table.side;
		packet.quoted = -1;
		if (isUndelivered(packet)) return this.#findQuoted(packet);
		if (packet.payloadEnd <= packet.payloadStart || flow < 0 || packet.laterFragment) return false;
		if (store.evidence(flow) < 0 && flow !== this.#watched) return false;
		if (protocol === Protocol.TCP) {
			const words = store.tcpWords(flow);
			const base = store.tcpBase(flow);
			packet.streamStart = streamStart(words, base, packet.side);
			packet.closedSides = closedSides(words, base);
			return true;
		}
		if (protocol === Protocol.UDP) readHead(packet);
		return protocol === Protocol.UDP || flow === this.#watched;
	}

	#findQuoted(packet: PacketView): boolean {
		const { table } = this;
		const quoted = this.#quoted;
		const flow = readQuoted(packet, quoted) ? table.find(quoted) : -1;
		if (flow >= 0) packet.quoted = 2 * flow + table.side;
		return flow >= 0 || packet.flow === this.#watched;
	}
}

/** Takes the beginning of a datagram along: for media, all that the session part wants of it. */
function readHead(packet: PacketView): void {
	const { view, payloadStart } = packet;
	if (packet.payloadEnd - payloadStart < HEAD_BYTES) return;
	packet.head0 = view.getInt32(payloadStart);
	packet.head1 = view.getInt32(payloadStart + 4);
	packet.head2 = view.getInt32(payloadStart + 8);
}
