/** What TLS records that are encrypted show of a handshake: their content type before TLS 1.3, their lengths after. */
import type { PacketPlace, PacketView } from "../../packet/view.ts";
import { Content } from "../../protocol/tls/record.ts";
import { placeOf } from "../incidents.ts";

/** A handshake that is under way. Times are nanoseconds since the run's epoch. */
export interface Underway {
	readonly client: 0 | 1;
	/** Whether what follows must be TLS: the server said nothing before the hello, or agreed to start TLS. */
	readonly isTlsDue: boolean;
	/** Of the client's hello. */
	readonly first: PacketPlace;
	/** The last message, who sent it, and when. */
	message: string;
	sender: 0 | 1;
	last: number;
	isTls13: boolean;
	hasServerHello: boolean;
	/** Sides that sent change-cipher-spec, and sides that sent what is encrypted and no alert: a bit each. */
	changed: number;
	encrypted: number;
	/** Encrypted records of a TLS 1.3 client, and whether its first one can be a certificate, or that there is none: its length is no Finished's. */
	clientRecords: number;
	mayShowCertificate: boolean;
	/** What may have ended it: a warning in clear, or a record of an alert's size where another message is due. */
	alert: { readonly name: string; readonly side: 0 | 1; readonly place: PacketPlace } | undefined;
}

/** An alert whose name nobody can read. */
export const ENCRYPTED_ALERT = "an encrypted alert";
/** An encrypted alert of TLS 1.3: two bytes, content type, and a tag of 16 (RFC 8446, 5.2; 8 for CCM_8). No Finished is so short. */
export const MAX_ALERT = 19;
/** Finished of TLS 1.3 with SHA-256 and SHA-384, and a tag of 16 bytes; with SHA-256 and one of 8. */
const FINISHED: readonly number[] = [53, 69, 45];
/** Records of a client that is not answered: then they are data, and the server takes its time. */
const MANY_RECORDS = 8;
/** A server looks at a certificate as soon as it has it: what it says so much later, in nanoseconds, is its farewell. */
const REFUSAL_TIME = 5e9;
export const BOTH_SIDES = 3;

export function moveOn(known: Underway, message: string, packet: PacketView, side: 0 | 1): void {
	known.message = message;
	known.sender = side;
	known.last = packet.time;
	known.alert = undefined;
}

/** Before TLS 1.3 a record tells its content, and both sides' Finished end the handshake, or data that follows them. @returns whether it is over. */
export function takeEncrypted(known: Underway, content: number, packet: PacketView, side: 0 | 1): boolean {
	if (content === Content.Alert) {
		known.alert = { name: ENCRYPTED_ALERT, side, place: placeOf(packet) };
		return false;
	}
	moveOn(known, "finished", packet, side);
	known.encrypted |= 1 << side;
	return known.encrypted === BOTH_SIDES || content === Content.ApplicationData;
}

/**
 * In TLS 1.3 only lengths tell. The client's Finished ends the handshake, unless the server then refuses the
 * certificate that came before it, or that there was none. @returns whether it is over.
 */
export function takeFromServer13(
	known: Underway,
	length: number,
	packet: PacketView,
	side: 0 | 1,
	hasClientLeft: boolean,
): boolean {
	// The server may go on until it has read the client's alert.
	if (known.alert?.side === known.client) return false;
	const isShort = length <= MAX_ALERT;
	if (known.clientRecords > 0) {
		// The second record behind the client's Finished, or one that is no alert: the server takes it.
		if (known.alert || !isShort) return true;
		if (hasClientLeft || packet.time - known.last > REFUSAL_TIME) return true;
	} else if (!isShort) {
		moveOn(known, "encrypted handshake", packet, side);
		return false;
	}
	known.alert = { name: ENCRYPTED_ALERT, side, place: placeOf(packet) };
	return false;
}

export function takeFromClient13(known: Underway, length: number, packet: PacketView, side: 0 | 1): boolean {
	// What comes before the server's hello is early data (RFC 8446, 2.3).
	if (!known.hasServerHello) return false;
	const isShort = length <= MAX_ALERT;
	known.clientRecords++;
	if (known.clientRecords === 1) {
		if (isShort) {
			known.alert = { name: ENCRYPTED_ALERT, side, place: placeOf(packet) };
			return false;
		}
		known.mayShowCertificate = !FINISHED.includes(length);
	} else if (known.alert?.side === side) return !isShort;
	// A refusal stays one, whatever the client had sent before it read that.
	else if (known.alert) return false;
	// The client's farewell: an alert that answers it is no refusal.
	else if (isShort) return true;
	if (!known.mayShowCertificate || known.clientRecords > MANY_RECORDS) return true;
	moveOn(known, "finished", packet, side);
	return false;
}
