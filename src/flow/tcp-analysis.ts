import { type PacketView, TcpFlag } from "../packet/view.ts";
import { type Allocate, RecordPool } from "./records.ts";
import { streamStart } from "./tcp.ts";
import { noteControl } from "./tcp-handshake.ts";
import {
	ANALYSIS_WORDS,
	AT,
	FAREWELL,
	Handshake,
	Last,
	PLACE_WORDS,
	RUN_SHIFT,
	TcpRecord,
	TROUBLE,
	TROUBLE_WORDS,
	UNSEEN,
} from "./tcp-record.ts";
import { judgeSegment, LATE, noteHole } from "./tcp-segments.ts";

/** Bits of the number of records allocated at a time. */
const RECORD_BITS = 12;
const TROUBLE_BITS = 8;

const { FIN, SYN, RST, ACK } = TcpFlag;
const CONTROL = FIN | SYN | RST;
/** Without this many bytes of the header, flags and numbers are not known. */
const HEADER_BYTES = 20;

/** Bytes of a TLS alert's record: 2 bytes of content, at most 16 of vector, 48 of MAC and padding up to a block. */
const LONGEST_ALERT = 85;
/** Header, level, description, content type and tag (RFC 8446, 5.2). */
const TLS13_ALERT = 24;

type Side = 0 | 1;

/**
 * What went wrong in TCP connections, by the rules of tshark's `tcp.analysis` fields (Wireshark User's Guide 7.5): a
 * packet is judged by what was seen before it, each connection in a record of its own.
 *
 * A flow's handle is 0 before its first packet, `-n` after n SYNs that got no other answer than a reset (a port scan
 * takes no record), and a record's index plus 1 from then on. Numbers of 0 are taken as unknown, as Wireshark does.
 */
export class TcpAnalysis {
	readonly records: RecordPool;
	/** What went wrong, of the connections in which something did. */
	readonly troubles: RecordPool;
	readonly #record: TcpRecord;

	constructor(forRecords: Allocate | null, forTroubles: Allocate | null) {
		this.records = new RecordPool(ANALYSIS_WORDS, RECORD_BITS, forRecords);
		this.troubles = new RecordPool(TROUBLE_WORDS, TROUBLE_BITS, forTroubles);
		this.#record = new TcpRecord(this.troubles);
	}

	/** The record of a handle above 0. One object, which dies at the next call. */
	at(handle: number): TcpRecord {
		const record = this.#record;
		record.words = this.records.words(handle);
		record.doubles = this.records.doubles(handle);
		record.base = this.records.base(handle);
		return record;
	}

	/**
	 * The handle of a flow that has no record yet, after this packet of it.
	 * @param first and `last`: times of the flow's packets before this one.
	 * @param words and `state`: the connection as {@link trackTcp} knows it before this packet.
	 */
	open(
		handle: number,
		first: number,
		last: number,
		words: Int32Array,
		state: number,
		packet: PacketView,
		side: Side,
	): number {
		const flags = packet.tcpFlags;
		const isSyn = (flags & (CONTROL | ACK)) === SYN && side === 0 && packet.payloadLength === 0;
		// A SYN repeated at once is no retry: it is judged like any other packet.
		if (isSyn && (handle === 0 || packet.time - first >= LATE)) return Math.max(handle - 1, -Handshake.syns);
		if (handle < 0 && flags & RST) return handle;
		const opened = this.records.open();
		if (handle < 0) this.#begin(opened, -handle, first, last, streamStart(words, state, 0));
		return opened;
	}

	/** A record as it is after SYNs of side 0. */
	#begin(handle: number, syns: number, first: number, last: number, next: number): void {
		const record = this.at(handle);
		const { words, doubles, base } = record;
		doubles[(base + AT.nextTime) >> 1] = first;
		doubles[(base + AT.seenTime) >> 1] = last;
		doubles[(base + AT.syn) >> 1] = last;
		words[base + AT.next] = next;
		words[base + AT.edge] = next;
		if (syns > 1) {
			record.setTrouble(TROUBLE.retransmissions, syns - 1);
			record.setTrouble(TROUBLE.notLoss, syns - 1);
		}
		words[base + AT.handshake] = syns | Handshake.syn | Handshake.running;
	}

	/** Takes in a packet of the flow whose record this is. @param side as in the flow store. */
	take(handle: number, packet: PacketView, side: Side): void {
		if (packet.fragment || packet.end - packet.transportOffset < HEADER_BYTES) return;
		const record = this.at(handle);
		const { words, base } = record;
		const { tcpFlags: flags, tcpSequence: sequence, payloadLength: length, tcpWindow: window, time } = packet;
		const number = packet.tcpAcknowledgement;
		const own = base + side;
		const peer = base + 1 - side;
		const control = flags & CONTROL;
		const next = words[own + AT.next]!;
		const before = words[own + AT.last]!;
		const repeats = number === words[own + AT.acknowledged];
		let last = (before & Last.stalled) | (window + 1) | (repeats ? before & Last.run : 0);
		const isProbe = length === 1 && sequence === next && (words[peer + AT.last]! & Last.window) === 1;
		if (isProbe) {
			last |= Last.probe;
		} else if (control === 0) {
			if (length <= 1 && sequence === ((next - 1) | 0)) {
				last |= Last.keepAlive;
				record.count(TROUBLE.keepAlives + side);
			} else if (
				length === 0 &&
				repeats &&
				sequence === next &&
				window !== 0 &&
				window + 1 === (before & Last.window) &&
				!(words[peer + AT.last]! & Last.keepAlive)
			) {
				last = (last & ~Last.run) | moreDuplicates(before);
				record.count(TROUBLE.duplicateAcks + side);
			}
			if (window === 0) last |= noteZeroWindow(record, side, before, packet);
		}
		if (!isProbe && next !== 0 && !(flags & RST) && ((sequence - next) | 0) > 0) noteHole(record, side, next, time);
		if (before & Last.stalled && window !== 0) {
			last &= ~Last.stalled;
			endStall(record, side, time);
		}
		if (flags & ACK && words[peer + AT.edge] !== 0 && ((number - words[peer + AT.edge]!) | 0) > 0)
			noteUnseen(record, side);
		if (length > 0 || flags & (SYN | FIN)) {
			if (length > 0) words[own + AT.segments]! += 1;
			if (!(last & Last.keepAlive)) judgeSegment(record, side, packet);
		}
		if (words[base + AT.handshake]! & (Handshake.running | Handshake.reset) || control !== 0)
			noteControl(record, side, packet);
		this.#store(record, side, packet, last);
	}

	#store({ words, doubles, base }: TcpRecord, side: Side, packet: PacketView, last: number): void {
		const { tcpFlags: flags, tcpSequence: sequence, payloadLength: length, time } = packet;
		const own = base + side;
		const next = words[own + AT.next]!;
		const past = (sequence + length + (flags & (SYN | FIN) ? 1 : 0)) | 0;
		// A SYN with another number begins anew; a reset may have any number, and no data.
		if (flags & SYN && past !== next && words[own + AT.segments] === 0) {
			words[own + AT.next] = past;
			words[own + AT.edge] = past;
			doubles[((base + AT.nextTime) >> 1) + side] = time;
		} else if (!(last & Last.probe) && !(flags & RST)) {
			if (next === 0 || ((past - next) | 0) > 0) {
				words[own + AT.next] = past;
				doubles[((base + AT.nextTime) >> 1) + side] = time;
				if (length > 0) words[base + AT.speaker] = (side + 1) | (isFarewell(packet) ? FAREWELL : 0);
			}
			const edge = words[own + AT.edge]!;
			if (edge === 0 || edge === sequence) words[own + AT.edge] = words[own + AT.next]!;
		}
		words[own + AT.last] = last;
		words[own + AT.acknowledged] = packet.tcpAcknowledgement;
		doubles[((base + AT.seenTime) >> 1) + side] = time;
	}
}

/** The run of duplicate acknowledgements, one longer. */
function moreDuplicates(last: number): number {
	const run = (last & Last.run) >>> RUN_SHIFT;
	return (run === UNSEEN ? 1 : Math.min(run + 1, 2)) << RUN_SHIFT;
}

/** @returns bits for {@link AT.last}. */
function noteZeroWindow(record: TcpRecord, side: Side, before: number, packet: PacketView): number {
	record.count(TROUBLE.zeroWindows + side);
	record.noteFirst(TROUBLE.zeroWindowPlace + side * PLACE_WORDS, packet);
	if (!(before & Last.stalled)) record.setTroubleTime(TROUBLE.stallSince + 2 * side, packet.time);
	return Last.stalled;
}

function endStall(record: TcpRecord, side: Side, time: number): void {
	const stall = Math.round((time - record.troubleTime(TROUBLE.stallSince + 2 * side)) / 1e6);
	if (stall > record.trouble(TROUBLE.stall + side)) record.setTrouble(TROUBLE.stall + side, stall);
}

/** `side` acknowledged what its peer was not seen to send: told once for each place. */
function noteUnseen(record: TcpRecord, side: Side): void {
	const { words, base } = record;
	const peer = base + 1 - side;
	const next = words[peer + AT.next]!;
	if (((words[peer + AT.edge]! - next) | 0) < 0) {
		words[peer + AT.edge] = next;
		record.count(TROUBLE.unseen + side);
		return;
	}
	if ((words[peer + AT.last]! & Last.run) === 0) record.count(TROUBLE.unseen + side);
	words[peer + AT.last]! |= UNSEEN << RUN_SHIFT;
}

/** Whether new data is, by its looks, a TLS alert alone: a short record of type 21, or TLS 1.3's of 2 encrypted bytes. */
function isFarewell({ data, payloadStart, payloadEnd, payloadLength }: PacketView): boolean {
	if (payloadLength > LONGEST_ALERT || payloadEnd <= payloadStart) return false;
	const type = data[payloadStart];
	return type === 21 || (type === 23 && payloadLength === TLS13_ALERT);
}
