import type { FlowStore } from "../../flow/store.ts";
import { type PacketView, Protocol } from "../../packet/view.ts";
import { furtherRole, RECOGNISERS, ROLE_BITS, recognisePayload } from "../../protocol/index.ts";
import { Role } from "../../protocol/recogniser.ts";
import { tls } from "../../protocol/tls/tls.ts";
import {
	areBothSettled,
	areSidesSettled,
	DONE,
	hasStartedTls,
	isFollowed,
	isSideSettled,
	MOST_PAYLOADS,
	PAYLOADS_PER_SIDE,
	recogniserOf,
	seen,
	senderOf,
	withFollowed,
	withOneMoreSeen,
	withRecogniser,
	withRole,
	withSideSettled,
	withStartedTls,
} from "../evidence.ts";
import type { FieldTable } from "../fields.ts";
import type { Follower } from "../followers.ts";
import { Overflow } from "../overflow.ts";
import { MAX_MESSAGE, type StreamPart, type StreamReader, TcpStreams } from "./tcp-streams.ts";

/** A stream's beginning that is shorter than this and shows nothing yet waits for more: no signature needs more. */
const ENOUGH_TO_TELL = 24;
/** The bytes are too few to tell. */
const WAIT = -2;
const NOTHING = -1;
const TLS = RECOGNISERS.indexOf(tls);

/** What the payload of TCP connections shows: message by message, as their recognisers cut them out of the stream. */
export class StreamEvidence implements StreamReader {
	readonly #store: FlowStore;
	readonly #fields: FieldTable;
	readonly #followers: readonly (Follower | undefined)[];
	readonly #streams: TcpStreams;
	readonly #onLoss: (flow: number) => void;

	/** @param onLoss told of flows whose streams lack bytes: what is missing in them may have been in these. */
	constructor(
		store: FlowStore,
		fields: FieldTable,
		followers: readonly (Follower | undefined)[],
		onLoss: (flow: number) => void,
		overflow = new Overflow(),
	) {
		this.#onLoss = onLoss;
		this.#store = store;
		this.#fields = fields;
		this.#followers = followers;
		this.#streams = new TcpStreams(store, this, overflow);
	}

	/** Looks at a segment with payload. */
	observe(packet: PacketView, flow: number, side: 0 | 1): void {
		const store = this.#store;
		if (!this.#streams.observe(packet, flow, side) || this.#streams.isWaiting(flow, side)) return;
		const evidence = withOneMoreSeen(store.evidence(flow), side);
		if (isFollowed(evidence) ? areBothSettled(evidence) : isSettled(evidence, side)) {
			store.setEvidence(flow, evidence | DONE);
			this.#streams.release(flow);
		} else store.setEvidence(flow, evidence);
	}

	/** The capture is over: reads what still waited for more. */
	finish(): void {
		this.#streams.finish();
	}

	lose(flow: number): void {
		this.#onLoss(flow);
	}

	/** Reads messages off the front of one side of a connection. */
	read(part: StreamPart, packet: PacketView | null): number {
		const { data, start, end, flow, side, isLast } = part;
		if (this.#store.evidence(flow) < 0 || isSideSettled(this.#store.evidence(flow), side)) return end - start;
		let at = start;
		while (at < end) {
			const found = this.#recogniseAt(part, at);
			if (found === WAIT) return at - start;
			if (found === NOTHING) return end - start;
			at = found;
			const speaking = this.#speaking(flow);
			const recogniser = RECOGNISERS[speaking]!;
			const length = recogniser.messageLength?.(data, at, end) ?? end - at;
			const isPartial = length === 0 || length > end - at;
			if (isPartial && !isLast && length <= MAX_MESSAGE) return at - start;
			const messageEnd = isPartial ? end : at + length;
			if (!this.#readMessage(speaking, part, at, messageEnd, isPartial ? null : packet)) return end - start;
			at = messageEnd;
		}
		return end - start;
	}

	/** Makes sure that the protocol of a stream is known. @returns where its message begins, {@link WAIT} or {@link NOTHING}. */
	#recogniseAt({ data, end, fresh, flow, side, isLast }: StreamPart, at: number): number {
		const store = this.#store;
		const evidence = store.evidence(flow);
		const known = recogniserOf(evidence);
		if (known >= 0) {
			const mayStart = RECOGNISERS[known]!.startsTls && !hasStartedTls(evidence);
			if (mayStart && tls.recognise(data, at, end) !== Role.No) {
				store.setEvidence(flow, withStartedTls(evidence));
				this.#fields.add(flow, side, tls.protocol, { starttls: true });
			}
			return at;
		}
		const from = store.port(flow, side);
		const to = store.port(flow, (1 - side) as 0 | 1);
		let answer = recognisePayload(Protocol.TCP, from, to, data, at, end);
		if (answer < 0) {
			if (!isLast && end - at < ENOUGH_TO_TELL) return WAIT;
			if (fresh <= at) return NOTHING;
			at = fresh;
			answer = recognisePayload(Protocol.TCP, from, to, data, at, end);
			if (answer < 0) return NOTHING;
		}
		store.setEvidence(flow, withRecogniser(evidence, answer >>> ROLE_BITS));
		return at;
	}

	/** Place of the recogniser of what a flow, of which one is known, speaks now. */
	#speaking(flow: number): number {
		const evidence = this.#store.evidence(flow);
		return hasStartedTls(evidence) ? TLS : recogniserOf(evidence);
	}

	/**
	 * @param packet null for a message whose end is missing, which only shows fields.
	 * @returns whether this side's next message is wanted.
	 */
	#readMessage(
		speaking: number,
		{ data, flow, side }: StreamPart,
		start: number,
		end: number,
		packet: PacketView | null,
	): boolean {
		const store = this.#store;
		const recogniser = RECOGNISERS[speaking]!;
		const before = store.evidence(flow);
		const role = furtherRole(recogniser, data, start, end);
		if (role !== Role.No) {
			const evidence = hasStartedTls(before) ? before : withRole(before, role, side);
			const fields = recogniser.describe?.(data, start, end, senderOf(evidence, side));
			if (fields) this.#fields.add(flow, side, recogniser.protocol, fields);
			store.setEvidence(flow, evidence);
		}
		const follow = this.#followers[speaking];
		if (follow && packet) {
			const over = follow(data, start, end, packet, flow, side);
			store.setEvidence(flow, withFollowed(withSettled(store.evidence(flow), over ?? 0), over !== undefined));
			if (over !== undefined) return (over & (1 << side)) === 0;
		}
		// Of a message that is cut off, the next one may be whole; a handshake goes on as its messages say.
		else if (isFollowed(before) || (follow && speaking !== TLS)) return true;
		if (recogniser.leadsOn?.(data, start, end)) return true;
		store.setEvidence(flow, withSideSettled(store.evidence(flow), side));
		return false;
	}
}

/** @param over bits of sides. */
function withSettled(evidence: number, over: number): number {
	if (over & 1) evidence = withSideSettled(evidence, 0);
	return over & 2 ? withSideSettled(evidence, 1) : evidence;
}

/** Whether more segments would tell nothing more: both sides have said theirs, or enough was seen. */
function isSettled(evidence: number, side: 0 | 1): boolean {
	const mine = seen(evidence, side);
	if (mine >= MOST_PAYLOADS) return true;
	if (recogniserOf(evidence) >= 0) return areSidesSettled(evidence, side);
	return mine >= PAYLOADS_PER_SIDE && seen(evidence, (1 - side) as 0 | 1) >= PAYLOADS_PER_SIDE;
}
