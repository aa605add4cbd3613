import type { FlowStore } from "../../flow/store.ts";
import type { PacketPlace, PacketView } from "../../packet/view.ts";
import { dtlsAlert } from "../../protocol/tls/dtls.ts";
import { Handshake } from "../../protocol/tls/names.ts";
import { type Step, stepOf } from "../../protocol/tls/progress.ts";
import { Content } from "../../protocol/tls/record.ts";
import { hasStartedTls } from "../evidence.ts";
import { type IncidentTable, placeOf } from "../incidents.ts";
import { dropOldest } from "../oldest.ts";
import { Overflow } from "../overflow.ts";
import {
	BOTH_SIDES,
	MAX_ALERT,
	moveOn,
	takeEncrypted,
	takeFromClient13,
	takeFromServer13,
	type Underway,
} from "./encrypted-handshake.ts";

/** Handshakes under way at a time: a scan leaves one open for each server. The oldest gives way. */
const MAX_UNDERWAY = 50_000;
/** Flows whose certificate's place is kept, the first ones: of others, what is wrong with it is told of the flow's first packet. */
const MAX_CERTIFICATES = 50_000;
const BEYOND = `TLS handshakes beyond ${MAX_UNDERWAY} at a time: whether these came to their end is not told`;
const BEYOND_CERTIFICATES = `TLS certificates beyond the first ${MAX_CERTIFICATES}: findings about them name the flow's first packet`;
/** A server's answer that is no TLS at all. */
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
	/** Where a server's certificate was shown in clear, by flow. */
	readonly #certificates = new Map<number, PacketPlace>();

	readonly #overflow: Overflow;

	constructor(store: FlowStore, incidents: IncidentTable, overflow = new Overflow()) {
		this.#overflow = overflow;
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
		if (step.kind === "clear" && step.hasCertificate) this.#noteCertificate(flow, packet);
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

	/** The packet that brought the end of the server's certificate; undefined where it was not in clear. */
	certificatePlaceOf(flow: number): PacketPlace | undefined {
		return this.#certificates.get(flow);
	}

	/** The server's comes first. */
	#noteCertificate(flow: number, packet: PacketView): void {
		const places = this.#certificates;
		if (places.has(flow)) return;
		if (places.size < MAX_CERTIFICATES) places.set(flow, placeOf(packet));
		else this.#overflow.add(BEYOND_CERTIFICATES);
	}

	/** What is missing of a flow's stream may have been the end of its handshake. */
	forget(flow: number): void {
		this.#underway.delete(flow);
	}

	#begin(flow: number, client: 0 | 1, packet: PacketView, message: string): void {
		if (this.#underway.size >= MAX_UNDERWAY) this.#overflow.add(BEYOND, dropOldest(this.#underway));
		const store = this.#store;
		const server = (1 - client) as 0 | 1;
		this.#underway.set(flow, {
			client,
			isTlsDue: hasStartedTls(store.evidence(flow)) || store.taken(flow, server) === 0,
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
		const length = step.kind === "clear" ? MAX_ALERT + 1 : step.length;
		if (side === known.client) return takeFromClient13(known, length, packet, side);
		return takeFromServer13(known, length, packet, side, hasLeft(packet, known.client));
	}

	#takeAlert(
		known: Underway,
		{ name, isFatal }: Step & { kind: "alert" },
		packet: PacketView,
		flow: number,
		side: 0 | 1,
	): boolean {
		if (NO_FAULT.has(name)) return false;
		if (isFatal && hasLeft(packet, (1 - side) as 0 | 1)) {
			// The other side was gone: the alert is about that.
			const { first, last, message: detail, sender } = known;
			this.#incidents.noteAt(flow, first, last, 1, { kind: "tls-incomplete", side: sender, detail });
		} else if (isFatal) this.#noteAlert(flow, packet, name, side);
		else known.alert = { name: WARNING + name, side, place: placeOf(packet) };
		return isFatal;
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

	/** Notes the handshakes that have not come to their end yet. */
	tellOpen(): void {
		for (const [flow, { alert, first, last, sender, message }] of this.#underway) {
			if (alert) {
				const { name: detail, side, place } = alert;
				this.#incidents.noteAt(flow, place, place.time, 1, { kind: "tls-alert", side, detail });
			} else this.#incidents.noteAt(flow, first, last, 1, { kind: "tls-incomplete", side: sender, detail: message });
		}
	}
}

/** Whether a side has closed or reset its connection by then. */
function hasLeft({ closedSides }: PacketView, side: 0 | 1): boolean {
	return (closedSides & (1 << side)) !== 0;
}
