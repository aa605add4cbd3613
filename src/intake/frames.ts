import type { PacketBatch } from "../capture/batch.ts";
import { type CaptureSet, openCapture } from "../capture/open.ts";
import { FRAGMENT_LIFETIME, MAX_FRAGMENTED } from "../flow/fragments.ts";
import type { FlowStore } from "../flow/store.ts";
import { FlowTracker, type TrackerOptions } from "../flow/tracker.ts";
import { PacketDecoder } from "../packet/decode.ts";
import type { PacketView } from "../packet/view.ts";
import type { IntakeOptions } from "./intake.ts";
import { haveSeveralPlaces } from "./read.ts";

/** What a packet is to a flow: counted in it, a copy of such a packet from another capture point, or an ICMP message about it. */
export type Relation = "of" | "copy" | "about";

/**
 * Is told of every IP header of a frame, outermost first, and of the flow of each.
 * @param packet the view, standing on the header.
 * @param flow index as in the first reading; -1 for none (yet): a fragment that came before its first one, or a flow beyond
 * the limit.
 */
export type HeaderVisitor = (packet: PacketView, flow: number, relation: Relation) => void;

/**
 * Captures read once more, to say of every frame which flows it belongs to: the same as in the first reading, because
 * the same packets meet the same flow table in the same order. No sessions, no labels.
 */
export class Frames {
	readonly captures: CaptureSet;
	/** Frames so far. */
	count = 0;
	readonly #decoder: PacketDecoder;
	/** For frames that are looked at once more: what is not decoded counts once. */
	readonly #again: PacketDecoder;
	readonly #tracker: FlowTracker;
	#hasPlaces = false;

	/** @param tracking as in the first reading; so is the window. */
	constructor(
		paths: readonly string[],
		tracking: TrackerOptions,
		options: Pick<IntakeOptions, "signal" | "onProgress" | "window"> = {},
	) {
		const { signal, onProgress, window } = options;
		this.captures = openCapture(paths, {
			...(signal ? { signal } : {}),
			...(window ? { window } : {}),
			...(onProgress
				? { onProgress: (bytesRead, bytesTotal) => onProgress({ bytesRead, bytesTotal, packets: this.count }) }
				: {}),
		});
		this.#decoder = new PacketDecoder(this.captures.interfaces);
		this.#again = new PacketDecoder(this.captures.interfaces);
		this.#tracker = new FlowTracker(tracking);
	}

	/** The flows of what was read so far, as of the first reading. */
	get store(): FlowStore {
		return this.#tracker.table.store;
	}

	/** Frames `from … to - 1` of batches, in the order of the first reading. @param most frames in all. */
	async *runs(
		most = Number.POSITIVE_INFINITY,
	): AsyncGenerator<{ readonly batch: PacketBatch; readonly from: number; readonly to: number }, void, undefined> {
		for await (const { batch, from, to } of this.captures.runs()) {
			this.#hasPlaces = haveSeveralPlaces(this.captures.interfaces, batch, from);
			const end = Math.min(to, from + most - this.count);
			if (end > from) yield { batch, from, to: end };
			this.count += end - from;
			if (this.count >= most) return;
		}
	}

	/** Shows the IP headers of a frame, as often as wanted. */
	headers(batch: PacketBatch, index: number, show: (packet: PacketView) => void): void {
		if (!this.#again.decode(batch, index)) return;
		do show(this.#again.packet);
		while (this.#again.next());
	}

	/** Tells the flows of a frame's IP headers. Every frame, in its turn, once. */
	visit(batch: PacketBatch, index: number, visitor: HeaderVisitor): void {
		const { packet } = this.#decoder;
		const tracker = this.#tracker;
		if (!this.#decoder.decode(batch, index)) return;
		let isCopy = false;
		do {
			// What lies in a copy is not counted either: see CaptureRun.fill.
			isCopy ||= tracker.isDuplicate(packet, this.#hasPlaces);
			if (isCopy) {
				visitor(packet, packet.laterFragment ? -1 : tracker.table.find(packet), "copy");
				continue;
			}
			tracker.take(packet);
			visitor(packet, packet.flow, "of");
			if (packet.quoted >= 0) visitor(packet, packet.quoted >> 1, "about");
		} while (this.#decoder.next());
	}
}

/** What fragments of one packet have in common (RFC 791, 3.2; RFC 8200, 4.5). */
export function fragmentKey(packet: PacketView): string {
	const { src0, src1, src2, src3, dst0, dst1, dst2, dst3, protocol, ipId } = packet;
	return [src0, src1, src2, src3, dst0, dst1, dst2, dst3, protocol, ipId].join();
}

/** Remembers something of packets that came in fragments, while fragments of them may still come. */
export class Fragmented<T> {
	readonly #known = new Map<string, { readonly value: T; readonly time: number }>();

	get(key: string, time: number): T | undefined {
		const known = this.#known.get(key);
		return known && Math.abs(time - known.time) <= FRAGMENT_LIFETIME ? known.value : undefined;
	}

	set(key: string, time: number, value: T): void {
		this.#known.delete(key);
		this.#known.set(key, { value, time });
		if (this.#known.size > MAX_FRAGMENTED) this.#known.delete(this.#known.keys().next().value!);
	}
}
