import { type PacketView, TcpFlag } from "../packet/view.ts";
import { AT, FAREWELL, Handshake, notePlace, RESET_BITS, type TcpRecord, TROUBLE } from "./tcp-record.ts";

const { FIN, SYN, RST, ACK } = TcpFlag;

type Side = 0 | 1;

/** Takes in what a packet tells of the connection's beginning and of its resets, before the packet is counted as seen. */
export function noteControl(record: TcpRecord, side: Side, packet: PacketView): void {
	const { words, doubles, base } = record;
	const { tcpFlags: flags, time } = packet;
	let bits = words[base + AT.handshake]!;
	// After its own reset a host knows nothing of the connection: one that goes on did not send it.
	if (bits & Handshake.reset && !(flags & RST) && (side === 1) === ((bits & Handshake.resetBy1) !== 0))
		bits &= ~RESET_BITS;
	if (flags & RST && !(bits & Handshake.reset)) bits = noteReset(record, side, bits, packet);
	if ((flags & (SYN | ACK)) === (SYN | ACK) && words[base + AT.synAckPlace + 3] === 0)
		notePlace(words, doubles, base + AT.synAckPlace, packet);
	if (flags & SYN) bits = noteSyn(doubles, base, side, flags, bits, time);
	else if (bits & Handshake.running) bits = noteAnswer(doubles, base, side, flags, bits, time);
	if (flags & FIN) bits |= Handshake.fin;
	words[base + AT.handshake] = bits;
}

function noteSyn(doubles: Float64Array, base: number, side: Side, flags: number, bits: number, time: number): number {
	const counted = flags & ACK || (bits & Handshake.syns) === Handshake.syns ? bits : bits + 1;
	if (bits & Handshake.acked) return counted;
	if (!(flags & ACK)) {
		doubles[(base + AT.syn) >> 1] = time;
		return (counted & ~Handshake.accepted) | Handshake.syn | Handshake.running;
	}
	const isFirst = (bits & (Handshake.syn | Handshake.accepted)) === Handshake.syn;
	if (isFirst) doubles[(base + AT.serverTime) >> 1] = time - doubles[(base + AT.syn) >> 1]!;
	doubles[(base + AT.synAck) >> 1] = time;
	const from = side === 1 ? Handshake.synAckBy1 : 0;
	return (bits & ~Handshake.synAckBy1) | Handshake.synAck | Handshake.accepted | Handshake.running | from;
}

/** A packet without SYN while the handshake runs. */
function noteAnswer(
	doubles: Float64Array,
	base: number,
	side: Side,
	flags: number,
	bits: number,
	time: number,
): number {
	let after = bits;
	if ((flags & (ACK | RST)) === ACK && !(bits & Handshake.acked)) {
		doubles[(base + AT.firstAck) >> 1] = time;
		after |= Handshake.acked | (side === 1 ? Handshake.ackedBy1 : 0);
	}
	const fromServer = (side === 1) === ((bits & Handshake.synAckBy1) !== 0);
	if (!(bits & Handshake.synAck)) return after & Handshake.acked ? after & ~Handshake.running : after;
	return fromServer ? after : (after | Handshake.completed) & ~Handshake.running;
}

/** The first reset: who sent it, and in which situation. */
function noteReset(record: TcpRecord, side: Side, bits: number, packet: PacketView): number {
	const { words, doubles, base } = record;
	const speaker = words[base + AT.speaker]!;
	const seen = (base + AT.seenTime) >> 1;
	const spoken =
		speaker === 0
			? Math.max(doubles[seen]!, doubles[seen + 1]!)
			: doubles[((base + AT.nextTime) >> 1) + (speaker & 3) - 1]!;
	record.setTroubleTime(TROUBLE.resetWait, Math.max(0, packet.time - spoken));
	record.notePlace(TROUBLE.resetPlace, packet);
	let after = bits | Handshake.reset;
	if (side === 1) after |= Handshake.resetBy1;
	if (bits & Handshake.fin) after |= Handshake.resetAfterFin;
	if (speaker & FAREWELL) after |= Handshake.resetAfterAlert;
	if ((speaker & 3) === 2 - side) after |= Handshake.resetAfterPeersData;
	const sent = words[base + AT.next + side]! || packet.tcpSequence;
	if (((sent - words[base + AT.acknowledged + 1 - side]!) | 0) > 0) after |= Handshake.resetUnacknowledged;
	return after;
}

/** Nanoseconds from the last SYN to the first acknowledgement, 0 where they were not seen: Wireshark's initial round trip. */
export function roundTrip({ words, doubles, base }: TcpRecord): number {
	const needed = Handshake.syn | Handshake.acked;
	if ((words[base + AT.handshake]! & needed) !== needed) return 0;
	return doubles[(base + AT.firstAck) >> 1]! - doubles[(base + AT.syn) >> 1]!;
}
