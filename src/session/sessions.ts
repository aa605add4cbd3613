import { type FlowStore, sideAddress } from "../flow/store.ts";
import { type PacketView, Protocol } from "../packet/view.ts";
import { identityIn } from "../protocol/identity.ts";
import { RECOGNISERS, ROLE_BITS, recognisePayload } from "../protocol/index.ts";
import type { Fields, Recogniser } from "../protocol/recogniser.ts";
import { Role } from "../protocol/recogniser.ts";
import { TFTP_PORT } from "../protocol/tftp.ts";
import { tls } from "../protocol/tls/tls.ts";
import { DhcpTracker } from "./dhcp.ts";
import {
	DONE,
	hasStartedTls,
	isSideSettled,
	isTentative,
	recogniserOf,
	seen,
	serverSideByPayload,
	withOneMoreSeen,
	withRecogniser,
	withRole,
	withSideSettled,
	withStartedTls,
} from "./evidence.ts";
import { IdentityTable } from "./identities.ts";
import { MediaTable } from "./media.ts";
import { NameTable } from "./names.ts";
import { RtpWatch } from "./rtp.ts";
import { MAX_MESSAGE, type StreamPart, TcpStreams } from "./tcp-streams.ts";
import { TransferTracker } from "./transfers.ts";

/** Payloads of each side that are looked at before a flow counts as showing nothing. */
const PAYLOADS_PER_SIDE = 4;
/** Payloads of one side that are looked at at most, whatever the other side does: what the evidence word can count. */
const MOST_PAYLOADS = 7;
/** A TCP stream's beginning that is shorter than this and shows nothing yet waits for more: no signature needs more. */
const ENOUGH_TO_TELL = 24;
/** Flows whose fields are kept; beyond it labels still know the protocol, reports lack the details. */
const MAX_FIELDS = 500_000;

/**
 * Reads every message of the flows of one protocol: a datagram, or what {@link Recogniser.messageLength} cut out of a
 * TCP stream. `packet` is the one that brought the message's end; the bytes may be elsewhere than in it.
 */
type Follower = (data: Uint8Array, start: number, end: number, packet: PacketView, flow: number, side: 0 | 1) => void;

/** What spans packets and flows: payload evidence, TFTP transfers, DHCP exchanges, names of addresses, announced media. */
export class Sessions {
	readonly transfers: TransferTracker;
	readonly dhcp = new DhcpTracker();
	readonly names = new NameTable();
	readonly media = new MediaTable();
	readonly identities = new IdentityTable();
	readonly #store: FlowStore;
	readonly #streams: TcpStreams;
	readonly #rtp: RtpWatch;
	/** By flow. */
	readonly #fields: (Fields | undefined)[] = [];
	#fieldsKept = 0;
	/** By recogniser. */
	readonly #followers = RECOGNISERS.map((recogniser) => this.#followerOf(recogniser));

	constructor(store: FlowStore) {
		this.#store = store;
		this.transfers = new TransferTracker(store, this.identities);
		this.#streams = new TcpStreams(store, { read: (part, packet) => this.#readStream(part, packet) });
		this.#rtp = new RtpWatch(store);
	}

	#followerOf({ protocol, transports }: Recogniser): Follower | undefined {
		switch (protocol) {
			case "dhcp":
			case "bootp":
				return (data, start, end, packet, flow) => this.dhcp.observe(data, start, end, packet, flow);
			case "dns":
				return transports.includes(Protocol.UDP)
					? (data, start, end) => this.names.observe(data, start, end)
					: (data, start, end) => this.names.observe(data, start + DNS_LENGTH, end);
			case "sip":
				return (data, start, end) => this.media.observe(data, start, end);
			default:
				return undefined;
		}
	}

	/** Looks at a payload of a flow that is not {@link DONE}. */
	observe(packet: PacketView, flow: number, side: 0 | 1): void {
		if (packet.protocol === Protocol.TCP) this.#observeSegment(packet, flow, side);
		else if (packet.protocol !== Protocol.UDP) this.#store.setEvidence(flow, DONE);
		else if (!this.transfers.observe(packet, flow)) this.#observeDatagram(packet, flow, side);
	}

	/** The capture is over: reads what still waited for more. */
	finish(): void {
		this.#streams.finish();
	}

	#observeDatagram(packet: PacketView, flow: number, side: 0 | 1): void {
		const store = this.#store;
		const { data, payloadStart, payloadEnd, srcPort, dstPort } = packet;
		let evidence = withOneMoreSeen(store.evidence(flow), side);
		const follow = this.#followers[recogniserOf(evidence)];
		if (follow) follow(data, payloadStart, payloadEnd, packet, flow, side);
		if (!follow || !this.#isSettled(packet, evidence, side)) {
			const answer = recognisePayload(Protocol.UDP, srcPort, dstPort, data, payloadStart, payloadEnd);
			if (answer >= 0) evidence = this.#accept(answer, evidence, flow, side, data, payloadStart, payloadEnd);
			else if (recogniserOf(evidence) < 0) evidence = this.#rtp.observe(packet, flow, side, evidence);
			const newly = follow ? undefined : this.#followers[recogniserOf(evidence)];
			if (newly) newly(data, payloadStart, payloadEnd, packet, flow, side);
			else if (!follow && this.#isSettled(packet, evidence, side)) evidence |= DONE;
		}
		store.setEvidence(flow, evidence);
	}

	/** Takes in the role and the fields of a payload that a recogniser said yes to; another protocol's are left out. */
	#accept(
		answer: number,
		evidence: number,
		flow: number,
		side: 0 | 1,
		data: Uint8Array,
		start: number,
		end: number,
	): number {
		const recogniser = answer >>> ROLE_BITS;
		const known = recogniserOf(evidence);
		if (known >= 0 && RECOGNISERS[known]!.protocol !== RECOGNISERS[recogniser]!.protocol) return evidence;
		const { protocol, describe, leadsOn } = RECOGNISERS[recogniser]!;
		const role = answer & ((1 << ROLE_BITS) - 1);
		const answered = withRecogniser(withRole(evidence, role, side), known >= 0 ? known : recogniser);
		if (describe) this.#describe(flow, side, protocol, describe(data, start, end, senderOf(answered, side)));
		return leadsOn?.(data, start, end) ? answered : withSideSettled(answered, side);
	}

	/** Keeps the fields of a message; what a flow said first stays. */
	#describe(flow: number, side: 0 | 1, protocol: string, fields: Fields): void {
		const identity = identityIn(protocol, fields);
		if (identity) this.identities.add(sideAddress(this.#store, flow, side), identity);
		const known = this.#fields[flow];
		if (known) {
			for (const name in fields) known[name] ??= fields[name]!;
		} else if (this.#fieldsKept < MAX_FIELDS) {
			while (this.#fields.length <= flow) this.#fields.push(undefined);
			this.#fields[flow] = fields;
			this.#fieldsKept++;
		}
	}

	/** Whether more datagrams would tell nothing more: both sides have spoken their first, or enough was seen. */
	#isSettled(packet: PacketView, evidence: number, side: 0 | 1): boolean {
		const mine = seen(evidence, side);
		const theirs = seen(evidence, (1 - side) as 0 | 1);
		if (mine >= MOST_PAYLOADS) return true;
		const recogniser = recogniserOf(evidence);
		// A handshake takes as many datagrams as it takes.
		if (recogniser >= 0 && RECOGNISERS[recogniser]!.leadsOn) return areSidesSettled(evidence, side);
		if (recogniser >= 0) return !isTentative(evidence) && (theirs > 0 || mine >= 2);
		// A request that repeats to port 69 without a recognised answer may still be answered on another flow.
		return packet.dstPort !== TFTP_PORT && mine >= PAYLOADS_PER_SIDE && theirs >= PAYLOADS_PER_SIDE;
	}

	#observeSegment(packet: PacketView, flow: number, side: 0 | 1): void {
		const store = this.#store;
		if (!this.#streams.observe(packet, flow, side) || this.#streams.isWaiting(flow, side)) return;
		const evidence = withOneMoreSeen(store.evidence(flow), side);
		if (this.#followers[recogniserOf(evidence)] === undefined && isStreamSettled(evidence, side)) {
			store.setEvidence(flow, evidence | DONE);
			this.#streams.release(flow);
		} else store.setEvidence(flow, evidence);
	}

	/** Reads messages off the front of one side of a connection. @returns bytes that are done with. */
	#readStream(part: StreamPart, packet: PacketView | null): number {
		const { data, start, end, flow, side, isLast } = part;
		if (this.#store.evidence(flow) < 0 || isSideSettled(this.#store.evidence(flow), side)) return end - start;
		let at = start;
		while (at < end) {
			const found = this.#recogniserFor(part, at);
			if (found === WAIT) return at - start;
			if (found < 0) return end - start;
			at = found;
			const recogniser = this.#speaking(flow);
			const length = recogniser.messageLength?.(data, at, end) ?? end - at;
			const isPartial = length === 0 || length > end - at;
			if (isPartial && !isLast && length <= MAX_MESSAGE) return at - start;
			const messageEnd = isPartial ? end : at + length;
			if (!this.#readMessage(recogniser, part, at, messageEnd, isPartial ? null : packet)) return end - start;
			at = messageEnd;
		}
		return end - start;
	}

	/**
	 * Makes sure that the protocol of a stream is known.
	 * @returns where its message begins, {@link WAIT} where more bytes may tell, -1 where these bytes show nothing.
	 */
	#recogniserFor({ data, start, end, fresh, flow, side, isLast }: StreamPart, at: number): number {
		const store = this.#store;
		const evidence = store.evidence(flow);
		const known = recogniserOf(evidence);
		if (known >= 0) {
			const mayStart = RECOGNISERS[known]!.startsTls && !hasStartedTls(evidence);
			if (mayStart && tls.recognise(data, at, end) !== Role.No) {
				store.setEvidence(flow, withStartedTls(evidence));
				this.#describe(flow, side, tls.protocol, { starttls: true });
			}
			return at;
		}
		const from = store.port(flow, side);
		const to = store.port(flow, (1 - side) as 0 | 1);
		let answer = recognisePayload(Protocol.TCP, from, to, data, at, end);
		if (answer < 0) {
			if (!isLast && at === start && end - at < ENOUGH_TO_TELL) return WAIT;
			if (fresh <= at) return -1;
			at = fresh;
			answer = recognisePayload(Protocol.TCP, from, to, data, at, end);
			if (answer < 0) return -1;
		}
		store.setEvidence(flow, withRecogniser(evidence, answer >>> ROLE_BITS));
		return at;
	}

	/** What a flow whose recogniser is known speaks now. */
	#speaking(flow: number): Recogniser {
		const evidence = this.#store.evidence(flow);
		return hasStartedTls(evidence) ? tls : RECOGNISERS[recogniserOf(evidence)]!;
	}

	/**
	 * @param packet null for a message whose end is missing, which only shows fields.
	 * @returns whether this side's next message is wanted.
	 */
	#readMessage(
		recogniser: Recogniser,
		{ data, flow, side }: StreamPart,
		start: number,
		end: number,
		packet: PacketView | null,
	): boolean {
		const store = this.#store;
		const evidence = store.evidence(flow);
		const role = recogniser.recognise(data, start, end);
		if (role !== Role.No) {
			const fields = recogniser.describe?.(data, start, end, senderOf(withRole(evidence, role, side), side));
			if (fields) this.#describe(flow, side, recogniser.protocol, fields);
			if (!hasStartedTls(evidence)) store.setEvidence(flow, withRole(evidence, role, side));
		}
		const follow = this.#followers[recogniserOf(evidence)];
		if (follow) {
			if (packet && role !== Role.No) follow(data, start, end, packet, flow, side);
			return true;
		}
		if (recogniser.leadsOn?.(data, start, end) || isTentative(evidence)) return true;
		store.setEvidence(flow, withSideSettled(store.evidence(flow), side));
		return false;
	}

	/** Name of the protocol that a flow's payload showed, or null. */
	protocolOf(flow: number): string | null {
		if (this.#store.transfer(flow) !== 0) return "tftp";
		const evidence = this.#store.evidence(flow);
		const recogniser = recogniserOf(evidence);
		if (recogniser >= 0) return RECOGNISERS[recogniser]!.protocol;
		return this.#rtp.isRtp(evidence) ? "rtp" : null;
	}

	fieldsOf(flow: number): Readonly<Fields> | undefined {
		return this.#fields[flow];
	}
}

/** {@link Sessions.#recogniserFor}: the bytes are too few to tell. */
const WAIT = -2;
/** Over TCP a DNS message has its length in front (RFC 1035, 4.2.2). */
const DNS_LENGTH = 2;

/** What a side is by all that its flow's payload showed so far. */
function senderOf(evidence: number, side: 0 | 1): Role {
	const server = serverSideByPayload(evidence);
	if (server === undefined) return Role.Either;
	return server === side ? Role.Server : Role.Client;
}

/** Whether more segments would tell nothing more: both sides have said theirs, or enough was seen. */
function isStreamSettled(evidence: number, side: 0 | 1): boolean {
	const other = (1 - side) as 0 | 1;
	const mine = seen(evidence, side);
	const theirs = seen(evidence, other);
	if (mine >= MOST_PAYLOADS) return true;
	if (recogniserOf(evidence) < 0) return mine >= PAYLOADS_PER_SIDE && theirs >= PAYLOADS_PER_SIDE;
	return areSidesSettled(evidence, side);
}

/** Whether no side's next message is wanted; a side that says nothing for a while is not waited for. */
function areSidesSettled(evidence: number, side: 0 | 1): boolean {
	const other = (1 - side) as 0 | 1;
	if (!isSideSettled(evidence, side)) return false;
	return isSideSettled(evidence, other) || (seen(evidence, other) === 0 && seen(evidence, side) >= PAYLOADS_PER_SIDE);
}
