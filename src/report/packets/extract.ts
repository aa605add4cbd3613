import { basename } from "node:path";
import type { Analysis } from "../../analyse.ts";
import { copyBytes, type PacketBatch } from "../../capture/batch.ts";
import type { TimeWindow } from "../../capture/time-window.ts";
import { type NameToWrite, PcapngWriter } from "../../capture/write/pcapng.ts";
import { recordsOf } from "../../document/build.ts";
import type { FlowRecord, HostRecord } from "../../document/document.ts";
import { sideAddress } from "../../flow/store.ts";
import type { TrackerOptions } from "../../flow/tracker.ts";
import { Fragmented, Frames, fragmentKey, type Relation } from "../../intake/frames.ts";
import type { Progress } from "../../intake/intake.ts";
import { bytesOfAddress } from "../../packet/address.ts";
import type { PacketView } from "../../packet/view.ts";
import { safeText } from "../text/safe-text.ts";
import { firstComment, flowComment } from "./flow-comment.ts";

/** Frames that wait because a fragment among them may belong to a chosen flow, and their bytes. */
const MAX_WAITING = 4096;
const MAX_WAITING_BYTES = 4 << 20;
/** Bytes written at a time. */
const CHUNK = 256 << 10;

/** The bytes of a frame that are to be written. */
export interface FrameBytes {
	readonly data: Uint8Array;
	readonly start: number;
	readonly length: number;
	/** Bytes of the frame before these that are not written: it is so much shorter on the wire, too. */
	readonly removed?: number;
}

/**
 * Says what is written of a frame. It is shown the frame's IP headers as the decoder finds them; what it is shown is not
 * its own to change.
 */
export interface FrameEditor {
	/** @param isRtp whether the frame is part of a flow that has streams of RTP. */
	begin(batch: PacketBatch, index: number, linkType: number, isRtp: boolean): void;
	header(packet: PacketView): void;
	/** Good until the next frame begins. Without bytes, nothing is written of the frame. */
	end(): FrameBytes;
	/** Link type of what it makes of an interface's frames. */
	linkType(linkType: number): number;
}

/** Replaces what identifies somebody. */
export interface Replacer {
	flow(flow: FlowRecord): FlowRecord;
	host(host: HostRecord): HostRecord;
	address(address: string): string;
	name(name: string): string;
}

export interface ExtractionOptions {
	/** As in the first reading. */
	readonly tracking: TrackerOptions;
	/** Whether frames that are in no flow are wanted too. */
	readonly everything: boolean;
	/** What the file says that it was written by, e.g. `flowmatrix 1.0.0`, and of itself. */
	readonly application: string;
	readonly comment: string;
	/** Default: frames are written as they are. */
	readonly editor?: FrameEditor;
	/** For the comments and the names of hosts and interfaces. */
	readonly replacer?: Replacer;
	/** As in the first reading. */
	readonly window?: TimeWindow;
	readonly signal?: AbortSignal;
	readonly onProgress?: (progress: Progress) => void;
}

/** A flow that a frame is part of. */
interface Part {
	readonly flow: number;
	readonly relation: Relation;
}

interface Frame extends FrameBytes {
	readonly interface: number;
	readonly time: number;
	readonly wireLength: number;
	readonly parts: Part[];
	/** Fragments in it whose flow is not known yet; none once it is decided whether the frame is wanted. */
	readonly unknown: Set<string>;
}

/** The packets of chosen flows as a pcapng file: the captures are read once more. */
export class Extraction {
	/** Packets written so far. */
	packets = 0;
	readonly #analysis: Analysis;
	readonly #chosen: Uint8Array;
	readonly #options: ExtractionOptions;
	readonly #frames: Frames;
	readonly #writer: PcapngWriter;
	readonly #records: { of(flow: number): FlowRecord };
	/** By flow, from its first packet on. */
	readonly #comments = new Map<number, string>();
	/** Numbers in the file, by the run's interfaces. */
	readonly #interfaces = new Map<number, number>();
	readonly #fragmented = new Fragmented<readonly Part[]>();
	#waiting: Frame[] = [];
	#waitingBytes = 0;
	/** Those of them that wait for a fragment's flow, by the fragment: a flood of first ones must not look through all. */
	readonly #waitingFor = new Map<string, Set<Frame>>();

	/** @param chosen a byte for each flow of the analysis, 1 where its packets are wanted. @param hosts product hosts. */
	constructor(analysis: Analysis, chosen: Uint8Array, hosts: readonly HostRecord[], options: ExtractionOptions) {
		this.#analysis = analysis;
		this.#chosen = chosen;
		this.#options = options;
		this.#frames = new Frames(analysis.paths, options.tracking, options);
		this.#records = recordsOf(analysis).records;
		this.#writer = new PcapngWriter(options.application, options.comment);
		const names = this.#names(hosts);
		if (names.length > 0) this.#writer.names(names);
	}

	/** The file, in pieces. To be called once. */
	async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
		const frames = this.#frames;
		const writer = this.#writer;
		// What came after an interrupt, or was written to the file since, is in no flow of the analysis.
		for await (const { batch, from, to } of frames.runs(this.#analysis.captures.packets)) {
			writer.epoch = frames.captures.timeline.epoch ?? 0;
			for (let i = from; i < to; i++) this.#take(batch, i);
			if (writer.pending >= CHUNK) yield writer.take();
		}
		for (const { unknown } of this.#waiting) unknown.clear();
		this.#release();
		yield writer.take();
	}

	#take(batch: PacketBatch, index: number): void {
		const { editor, everything } = this.#options;
		const fragmented = this.#fragmented;
		const id = batch.interface[index]!;
		const time = batch.time[index]!;
		const parts: Part[] = [];
		const unknown = new Set<string>();
		const begun: string[] = [];
		this.#frames.visit(batch, index, (packet, flow, relation) => {
			if (flow >= 0) parts.push({ flow, relation });
			if (!packet.fragment || relation === "about") return;
			const key = fragmentKey(packet);
			if (!packet.laterFragment) begun.push(key);
			else if (!add(parts, fragmented.get(key, time))) unknown.add(key);
		});
		for (const key of begun) {
			fragmented.set(key, time, parts);
			for (const frame of this.#waitingFor.get(key) ?? []) if (frame.unknown.delete(key)) add(frame.parts, parts);
			this.#waitingFor.delete(key);
		}
		const isWanted = everything || this.#isChosen(parts);
		if (isWanted) unknown.clear();
		if (isWanted || unknown.size > 0) {
			const bytes = editor ? this.#edited(editor, batch, index, parts) : bytesOf(batch, index);
			if (editor && bytes.length === 0) return;
			const { data, start, length, removed = 0 } = bytes;
			const wireLength = batch.wireLength[index]! - removed;
			const frame = { data, start, length, interface: id, time, wireLength, parts, unknown };
			if (this.#waiting.length === 0 && isWanted) this.#write(frame);
			else this.#wait({ ...frame, data: copyBytes(data, start, start + length), start: 0 });
		}
		if (this.#waiting.length > 0) this.#release();
	}

	#edited(editor: FrameEditor, batch: PacketBatch, index: number, parts: readonly Part[]): FrameBytes {
		const { rtp } = this.#analysis.engine.sessions;
		const { linkType } = this.#frames.captures.interfaces[batch.interface[index]!]!;
		editor.begin(
			batch,
			index,
			linkType,
			parts.some(({ flow, relation }) => relation !== "about" && rtp.streamsOf(flow).length > 0),
		);
		this.#frames.headers(batch, index, (packet) => editor.header(packet));
		return editor.end();
	}

	#isChosen(parts: readonly Part[]): boolean {
		for (const { flow } of parts) if (this.#chosen[flow] === 1) return true;
		return false;
	}

	/** Keeps a frame back, and all behind it, so that their order stays. */
	#wait(frame: Frame): void {
		this.#waiting.push(frame);
		this.#waitingBytes += frame.length;
		for (const key of frame.unknown) {
			const others = this.#waitingFor.get(key);
			if (others) others.add(frame);
			else this.#waitingFor.set(key, new Set([frame]));
		}
	}

	/** Writes frames up to the first that is not decided; of too many, the oldest is given up. */
	#release(): void {
		let at = 0;
		for (; at < this.#waiting.length; at++) {
			const frame = this.#waiting[at]!;
			const isWanted = this.#options.everything || this.#isChosen(frame.parts);
			const isFull = this.#waiting.length - at > MAX_WAITING || this.#waitingBytes > MAX_WAITING_BYTES;
			if (!isWanted && frame.unknown.size > 0 && !isFull) break;
			if (isWanted) this.#write(frame);
			this.#waitingBytes -= frame.length;
			for (const key of frame.unknown) this.#forget(key, frame);
		}
		if (at > 0) this.#waiting = this.#waiting.slice(at);
	}

	#forget(key: string, frame: Frame): void {
		const others = this.#waitingFor.get(key);
		others?.delete(frame);
		if (others?.size === 0) this.#waitingFor.delete(key);
	}

	#write({ data, start, length, interface: id, time, wireLength, parts }: Frame): void {
		this.#writer.packet({
			interface: this.#interfaces.get(id) ?? this.#describe(id),
			time,
			data,
			start,
			capturedLength: length,
			// Some writers leave it 0.
			wireLength: Math.max(wireLength, length),
			comment: parts.map((part) => this.#comment(part)).join("; "),
		});
		this.packets++;
	}

	/** Writes an interface's description, before its first packet. */
	#describe(id: number): number {
		const { linkType, snaplen, fcsLength, name, file } = this.#frames.captures.interfaces[id]!;
		const { editor, replacer } = this.#options;
		const { paths } = this.#analysis;
		const number = this.#writer.interface({
			linkType: editor?.linkType(linkType) ?? linkType,
			snaplen,
			fcsLength: editor ? 0 : fcsLength,
			...(replacer
				? { name: `interface ${id + 1}` }
				: {
						name: name === undefined ? undefined : safeText(name),
						description: paths.length > 1 ? safeText(`of ${basename(paths[file]!)}`) : undefined,
					}),
		});
		this.#interfaces.set(id, number);
		return number;
	}

	#comment({ flow, relation }: Part): string {
		const known = this.#comments.get(flow);
		if (known === undefined) {
			const record = this.#records.of(flow);
			const shown = this.#options.replacer?.flow(record) ?? record;
			this.#comments.set(flow, flowComment(shown));
			if (relation === "of") return firstComment(shown);
		}
		const text = known ?? this.#comments.get(flow)!;
		return relation === "of" ? text : relation === "copy" ? `copy of a packet of ${text}` : `about ${text}`;
	}

	/** Names of the chosen flows' hosts: what products they are, then the names that the capture gives them. */
	#names(hosts: readonly HostRecord[]): NameToWrite[] {
		const { names } = this.#analysis.engine.sessions;
		const { replacer } = this.#options;
		const products = new Map(hosts.map((host) => [host.address, host]));
		return [...this.#addresses()].flatMap((address) => {
			const host = products.get(address);
			const given = [
				...(host ? [productName(replacer?.host(host) ?? host)] : []),
				...[...names.of(address).keys()].map((name) => oneWord(replacer?.name(name) ?? name)),
			];
			return given.length === 0 ? [] : { address: bytesOfAddress(replacer?.address(address) ?? address), names: given };
		});
	}

	/** Of the chosen flows. */
	#addresses(): Set<string> {
		const { store } = this.#analysis.engine;
		const addresses = new Set<string>();
		for (let flow = 0; flow < store.size; flow++) {
			if (this.#chosen[flow] !== 1) continue;
			addresses.add(sideAddress(store, flow, 0)).add(sideAddress(store, flow, 1));
		}
		return addresses;
	}
}

function bytesOf(batch: PacketBatch, index: number): FrameBytes {
	return { data: batch.data, start: batch.offset[index]!, length: batch.capturedLength[index]! };
}

/** Adds parts of flows that are not there yet. @returns whether there was a list. */
function add(parts: Part[], more: readonly Part[] | undefined): boolean {
	for (const part of more ?? []) if (!parts.some(({ flow }) => flow === part.flow)) parts.push(part);
	return more !== undefined;
}

/** A host's products, and its system's name or address: one word, as host names are. */
function productName({ address, products, system }: HostRecord): string {
	return oneWord(`${products.join("-")}_${system || address}`);
}

/** What acts on a terminal is spelled out: programs show names as they are. */
function oneWord(name: string): string {
	return safeText(name).replace(/\s+/g, "-");
}
