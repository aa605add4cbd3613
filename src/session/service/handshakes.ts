import { FlowStore } from "../../flow/store.ts";
import { isClosedBy, streamTaken } from "../../flow/tcp.ts";
import type { PacketPlace, PacketView } from "../../packet/view.ts";
import { dtlsAlert } from "../../protocol/tls/dtls.ts";
import { Handshake } from "../../protocol/tls/names.ts";
import { type Step, stepOf } from "../../protocol/tls/progress.ts";
import { Content } from "../../protocol/tls/record.ts";
import { hasStartedTls } from "../evidence.ts";
import { type IncidentTable, placeOf } from "../incidents.ts";

/** A handshake that is under way. Times are nanoseconds since the run's epoch. */
interface Underway {
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
	/** Encrypted records of a TLS 1.3 client, and whether its first ones can be a certificate: no Finished is so long. */
	clientRecords: number;
	mayShowCertificate: boolean;
	/** What may have ended it: a warning in clear, or a record of an alert's size where another message is due. */
	alert: { readonly name: string; readonly side: 0 | 1; readonly place: PacketPlace } | undefined;
}

/** Handshakes under way at a time: a scan leaves one open for each server. The oldest gives way. */
const MAX_UNDERWAY = 50_000;
/** An encrypted alert of TLS 1.3: two bytes, content type, and a tag of 16 (RFC 8446, 5.2; 8 for CCM_8). No Finished is so short. */
const MAX_ALERT = 19;
/** Finished of TLS 1.3 with SHA-256 and SHA-384, and a tag of 16 bytes; with SHA-256 and one of 8. */
const FINISHED: readonly number[] = [53, 69, 45];
/** Records of a client that is not answered: then they are data, and the server takes its time. */
const MANY_RECORDS = 8;
const BOTH_SIDES = 3;

/** An alert whose name nobody can read, and a server's answer that is no TLS at all. */
export const ENCRYPTED_ALERT = "an encrypted alert";
export const NOT_TLS = "not TLS";
/** What stands before the name of an alert that does not end a handshake by itself. */
export const WARNING = "warning ";
/** What RFC 8446, 6.1 calls closure alerts, and what RFC 5246, 7.2.2 lets pass. */
const NO_FAULT: ReadonlySet<string> = new Set(["close_notify", "user_canceled", "no_renegotiation"]);

/** TLS handshakes over TCP, until they are over: what ends one before its end is an incident. */
export class HandshakeTracker {
	readonly #store: FlowStore;
	readonly #incidents: IncidentTable;
	/** By flow, oldest first. */
	readonly #underway = new Map<number, Underway>();

	constructor(store: FlowStore, incidents: IncidentTable) {
		this.#store = store;
		this.#incidents = incidents;
	}

	/**
	 * Looks at a message as TLS's recogniser cuts it.
	 * @returns bits of the sides of which nothing more is wanted; undefined for a flow without a handshake under way.
	 */
	observe(
		data: Uint8Array,
		start: number,
		end: number,
		packet: PacketView,
		flow: number,
		side: 0 | 1,
	): number | undefined {
		const known = this.#underway.get(flow);
		if (!known && data[start] === Content.ApplicationData) return undefined;
		const step = stepOf(data, start, end);
		if (!known) {
			if (step.kind === "alert" && step.isFatal) this.#noteAlert(flow, packet, step.name, side);
			if (step.kind !== "clear" || step.first !== Handshake.ClientHello) return undefined;
			this.#begin(flow, side, packet, step.last);
			return 0;
		}
		if (!this.#isOver(known, step, packet, flow, side)) return 0;
		this.#underway.delete(flow);
		return BOTH_SIDES;
	}

	/** Looks at a datagram of DTLS: only an alert in clear ends a handshake for sure. */
	observeDatagram(data: Uint8Array, start: number, end: number, packet: PacketView, flow: number, side: 0 | 1): void {
		const alert = dtlsAlert(data, start, end);
		if (alert?.isFatal) this.#noteAlert(flow, packet, alert.name, side);
	}

	/** What is missing of a flow's stream may have been the end of its handshake. */
	forget(flow: number): void {
		this.#underway.delete(flow);
	}

	#begin(flow: number, client: 0 | 1, packet: PacketView, message: string): void {
		if (this.#underway.size >= MAX_UNDERWAY) this.#underway.delete(this.#underway.keys().next().value!);
		const store = this.#store;
		const state = store.base(flow) + FlowStore.STATE;
		const server = (1 - client) as 0 | 1;
		this.#underway.set(flow, {
			client,
			isTlsDue: hasStartedTls(store.evidence(flow)) || streamTaken(store.words(flow), state, server) === 0,
			first: placeOf(packet),
			message,
			sender: client,
			last: packet.time,
			isTls13: false,
			hasServerHello: false,
			changed: 0,
			encrypted: 0,
			clientRecords: 0,
			mayShowCertificate: false,
			alert: undefined,
		});
	}

	#isOver(known: Underway, step: Step, packet: PacketView, flow: number, side: 0 | 1): boolean {
		const isEncrypted = (known.changed & (1 << side)) !== 0 && !known.isTls13;
		if (step.kind === "alert") return this.#takeAlert(known, step, packet, flow, side);
		if (step.kind === "unknown") return true;
		if (step.kind === "other") return this.#takeOther(known, packet, flow, side);
		if (step.kind === "change-cipher-spec") {
			if (!known.isTls13) moveOn(known, "change cipher spec", packet, side);
			known.changed |= 1 << side;
			return false;
		}
		if (step.kind === "clear" && !isEncrypted) {
			moveOn(known, step.last, packet, side);
			known.isTls13 = step.isTls13 ?? known.isTls13;
			known.hasServerHello ||= step.isTls13 !== undefined;
			return false;
		}
		const content = step.kind === "clear" ? Content.Handshake : step.content;
		if (!known.isTls13) return takeEncrypted(known, content, packet, side);
		return takeEncrypted13(known, step.kind === "clear" ? MAX_ALERT + 1 : step.length, packet, side);
	}

	#takeAlert(
		known: Underway,
		{ name, isFatal }: Step & { kind: "alert" },
		packet: PacketView,
		flow: number,
		side: 0 | 1,
	): boolean {
		if (NO_FAULT.has(name)) return false;
		if (isFatal && this.#hasLeft(flow, (1 - side) as 0 | 1)) {
			// The other side was gone: the alert is about that.
			const { first, last, message: detail, sender } = known;
			this.#incidents.noteAt(flow, first, last, 1, { kind: "tls-incomplete", side: sender, detail });
		} else if (isFatal) this.#noteAlert(flow, packet, name, side);
		else known.alert = { name: WARNING + name, side, place: placeOf(packet) };
		return isFatal;
	}

	/** Whether a side has closed or reset its connection. */
	#hasLeft(flow: number, side: 0 | 1): boolean {
		const store = this.#store;
		return isClosedBy(store.words(flow), store.base(flow) + FlowStore.STATE, side);
	}

	/** What is no TLS: an answer to the client's hello in another protocol; else bytes that nobody can tell anything of. */
	#takeOther(known: Underway, packet: PacketView, flow: number, side: 0 | 1): boolean {
		if (known.isTlsDue && !known.hasServerHello && side !== known.client)
			this.#incidents.note(flow, packet, { kind: "tls-incomplete", side, detail: NOT_TLS });
		return true;
	}

	#noteAlert(flow: number, packet: PacketView, detail: string, side: 0 | 1): void {
		if (!NO_FAULT.has(detail)) this.#incidents.note(flow, packet, { kind: "tls-alert", side, detail });
	}

	/** The capture is over: notes the handshakes that did not come to their end. */
	finish(): void {
		for (const [flow, { alert, first, last, sender, message }] of this.#underway) {
			if (alert) {
				const { name: detail, side, place } = alert;
				this.#incidents.noteAt(flow, place, place.time, 1, { kind: "tls-alert", side, detail });
			} else this.#incidents.noteAt(flow, first, last, 1, { kind: "tls-incomplete", side: sender, detail: message });
		}
		this.#underway.clear();
	}
}

function moveOn(known: Underway, message: string, packet: PacketView, side: 0 | 1): void {
	known.message = message;
	known.sender = side;
	known.last = packet.time;
	known.alert = undefined;
}

/** Before TLS 1.3 a record tells its content, and both sides' Finished end the handshake, or data that follows them. @returns whether it is over. */
function takeEncrypted(known: Underway, content: number, packet: PacketView, side: 0 | 1): boolean {
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
 * certificate that came before it. @returns whether it is over.
 */
function takeEncrypted13(known: Underway, length: number, packet: PacketView, side: 0 | 1): boolean {
	const isShort = length <= MAX_ALERT;
	if (side !== known.client) {
		// The server may go on until it has read the client's alert.
		if (known.alert?.side === known.client) return false;
		if (known.clientRecords > 0) {
			// The second record behind the client's Finished, or one that is no alert: the server takes it.
			if (known.alert || !isShort) return true;
		} else if (!isShort) {
			moveOn(known, "encrypted handshake", packet, side);
			return false;
		}
		known.alert = { name: ENCRYPTED_ALERT, side, place: placeOf(packet) };
		return false;
	}
	// What comes before the server's hello is early data (RFC 8446, 2.3).
	if (!known.hasServerHello) return false;
	known.clientRecords++;
	if (known.clientRecords === 1) {
		if (isShort) {
			known.alert = { name: ENCRYPTED_ALERT, side, place: placeOf(packet) };
			return false;
		}
		known.mayShowCertificate = !FINISHED.includes(length);
	} else if (known.alert?.side === side) return !isShort;
	if (!known.mayShowCertificate || known.clientRecords > MANY_RECORDS) return true;
	moveOn(known, "finished", packet, side);
	return false;
}
