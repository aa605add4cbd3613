import type { FlowStore } from "../flow/store.ts";
import { type PacketPlace, type PacketView, Protocol } from "../packet/view.ts";
import { t38 } from "../protocol/h323/t38.ts";
import { RECOGNISERS, ROLE_BITS, recognisePayload } from "../protocol/index.ts";
import { type Fields, Role } from "../protocol/recogniser.ts";
import { rtcp } from "../protocol/rtcp.ts";
import { isKeepAlive, sip } from "../protocol/sip.ts";
import { TFTP_PORT } from "../protocol/tftp.ts";
import { CallTracker, type Tie } from "./call/calls.ts";
import { H323Tracker } from "./call/h323.ts";
import { RasTracker } from "./call/ras.ts";
import { Refusals } from "./call/refusals.ts";
import { SipTracker } from "./call/sip.ts";
import { Transactions } from "./call/transactions.ts";
import {
	areSidesSettled,
	DONE,
	DTLS,
	isTentative,
	MEDIA_MAY_FOLLOW,
	MOST_PAYLOADS,
	PAYLOADS_PER_SIDE,
	RTP,
	recogniserOf,
	seen,
	senderOf,
	withOneMoreSeen,
	withRecogniser,
	withRecogniserInstead,
	withRole,
	withSideSettled,
} from "./evidence.ts";
import { FieldTable } from "./fields.ts";
import { type Follower, followersOf } from "./followers.ts";
import { IdentityTable } from "./identities.ts";
import { IncidentTable } from "./incidents.ts";
import { MediaTable } from "./media/media.ts";
import { RtpTracker } from "./media/rtp.ts";
import { NameTable } from "./names.ts";
import { Overflow } from "./overflow.ts";
import { DatagramTracker } from "./service/datagrams.ts";
import { DhcpTracker } from "./service/dhcp.ts";
import { DnsTracker, QUERY } from "./service/dns.ts";
import { HandshakeTracker } from "./service/handshakes.ts";
import { LdapTracker } from "./service/ldap.ts";
import { MailTracker } from "./service/mail.ts";
import { type OpenRequest, Requests } from "./service/requests.ts";
import { SnmpTracker } from "./service/snmp.ts";
import { StreamEvidence } from "./stream/stream-evidence.ts";
import { TransferTracker } from "./transfer/transfers.ts";

const T38 = RECOGNISERS.indexOf(t38);
/** Protocols that share a port with media (RFC 7983, RFC 5761). */
const BESIDE_MEDIA = new Set(["stun", "dtls", "rtcp"]);

const RTCP = RECOGNISERS.indexOf(rtcp);
const SIP = RECOGNISERS.indexOf(sip);
/** Methods and versions of SIP begin with a capital letter. */
const FIRST_CAPITAL = 0x41;
const LAST_CAPITAL = 0x5a;

/** Datagrams of a side that are described, whatever the other side showed: the first may be but a `100 Trying`. */
const TELLING = 2;
/** Bytes of the shortest datagram by which a flow's protocol can be judged: an RTP header's. */
const SHORTEST = 12;

/** What spans packets and flows: payload evidence, TFTP transfers, DHCP exchanges, names of addresses, calls and their media. */
export class Sessions {
	/** What was not kept. */
	readonly overflow = new Overflow();
	readonly incidents = new IncidentTable(this.overflow);
	readonly identities = new IdentityTable(this.overflow);
	readonly names = new NameTable(this.overflow);
	readonly media = new MediaTable(this.overflow);
	readonly dhcp = new DhcpTracker(this.incidents, this.overflow);
	readonly #requests = new Requests(this.overflow);
	readonly dns = new DnsTracker(this.#requests, this.names, this.overflow);
	readonly calls = new CallTracker(this.media, this.overflow);
	readonly refusals = new Refusals(this.overflow);
	readonly #transactions = new Transactions(this.#requests, this.overflow);
	readonly sip = new SipTracker(this.calls, this.refusals, this.#transactions, this.incidents, this.overflow);
	readonly transfers: TransferTracker;
	readonly rtp: RtpTracker;
	readonly #h323 = new H323Tracker(this.calls, this.overflow);
	readonly #ras = new RasTracker(this.refusals, this.incidents, this.#transactions, this.overflow);
	readonly #handshakes: HandshakeTracker;
	readonly #store: FlowStore;
	readonly #fields: FieldTable;
	readonly #followers: readonly (Follower | undefined)[];
	readonly #streams: StreamEvidence;

	constructor(store: FlowStore) {
		this.#store = store;
		const { dhcp, dns, incidents, overflow } = this;
		this.transfers = new TransferTracker(store, this.identities, overflow);
		this.rtp = new RtpTracker(store, this.media, overflow);
		this.#fields = new FieldTable(store, this.identities, overflow);
		this.#handshakes = new HandshakeTracker(store, incidents, overflow);
		this.#followers = followersOf({
			dhcp,
			dns,
			sip: this.sip,
			ras: this.#ras,
			rtp: this.rtp,
			h323: this.#h323,
			snmp: new SnmpTracker(this.#requests, incidents),
			datagrams: new DatagramTracker(this.#requests, incidents),
			ldap: new LdapTracker(incidents),
			mail: new MailTracker(store, incidents, overflow),
			handshakes: this.#handshakes,
		});
		this.#streams = new StreamEvidence(store, this.#fields, this.#followers, (flow) => this.#lose(flow), overflow);
	}

	/** Looks at a payload of a flow that is not {@link DONE}. */
	observe(packet: PacketView, flow: number, side: 0 | 1): void {
		const store = this.#store;
		if (packet.protocol === Protocol.TCP) this.#streams.observe(packet, flow, side);
		else if (packet.protocol !== Protocol.UDP) store.setEvidence(flow, DONE);
		else {
			const known = store.evidence(flow);
			const isMedia = (known & RTP) !== 0 || ((known & MEDIA_MAY_FOLLOW) !== 0 && !isSip(packet));
			if (isMedia) store.setEvidence(flow, this.rtp.observe(packet, flow, side, known));
			else if (!this.transfers.observe(packet, flow)) this.#observeDatagram(packet, flow, side);
		}
	}

	/** The capture is over: reads what still waited for more. */
	finish(): void {
		this.#streams.finish();
		this.rtp.finish();
		this.#tellOpen();
	}

	/**
	 * The capture goes on: notes what would be wrong if nothing more came.
	 * @returns takes that back, and all that whoever looked at it has found too much; to be called before the next packet.
	 */
	suppose(): () => void {
		const takeBack = [this.incidents.suppose(), this.overflow.suppose()];
		this.#tellOpen();
		return () => {
			for (const each of takeBack) each();
		};
	}

	#tellOpen(): void {
		this.dhcp.tellOpen();
		this.dns.tellOpen(this.incidents);
		this.#handshakes.tellOpen();
		this.#requests.tellOpen(this.incidents, (request, flow) => this.#wordsOf(request, flow));
	}

	/** Where bytes of a stream are missing, what does not come may have been among them. */
	#lose(flow: number): void {
		this.#handshakes.forget(flow);
		this.#requests.forget(flow);
	}

	/** How to tell of a request without an answer; undefined where the answers may have been looked at as media. */
	#wordsOf(request: OpenRequest, flow: number): { what: string; subject: string } | undefined {
		if (request.what === QUERY) return this.dns.wordsOf(request);
		const store = this.#store;
		const isBesideMedia = (store.evidence(flow) & (MEDIA_MAY_FOLLOW | RTP)) !== 0;
		return isBesideMedia && store.packets(flow, (1 - request.side) as 0 | 1) > 0 ? undefined : request;
	}

	#observeDatagram(packet: PacketView, flow: number, side: 0 | 1): void {
		const store = this.#store;
		const { data, payloadStart, payloadEnd, srcPort, dstPort } = packet;
		if (isKeepAlive(data, payloadStart, payloadEnd)) return;
		// Phones keep their SIP port open with STUN (RFC 5626, 3.5.2): what it is for comes later.
		if ((store.evidence(flow) & MEDIA_MAY_FOLLOW) !== 0) {
			store.setEvidence(flow, withRecogniserInstead(store.evidence(flow), SIP));
			this.#fields.forget(flow);
		}
		let evidence = withOneMoreSeen(store.evidence(flow), side);
		const follow = this.#followers[recogniserOf(evidence)];
		let isFollowed = follow?.(data, payloadStart, payloadEnd, packet, flow, side) !== undefined;
		// Who the sender is, it says in its first messages, also where the other side's told what the flow is.
		if (!isFollowed || seen(evidence, side) <= TELLING || !isSettled(packet, evidence, side)) {
			const answer = recognisePayload(Protocol.UDP, srcPort, dstPort, data, payloadStart, payloadEnd);
			if (answer >= 0) evidence = this.#accept(answer, evidence, flow, side, packet);
			else if (recogniserOf(evidence) < 0) {
				evidence = this.#observeMedia(packet, flow, side, evidence);
				// Too short for anything, it keeps a mapping open, and counts as little as the keep-alives that are known.
				if (recogniserOf(evidence) < 0 && payloadEnd - payloadStart < SHORTEST) return;
			}
			// What DTLS 1.3 encrypts, or the media: the side's handshake in clear is over.
			else evidence = withSideSettled(evidence, side);
			const first = follow ? undefined : this.#followers[recogniserOf(evidence)];
			if (first) isFollowed = first(data, payloadStart, payloadEnd, packet, flow, side) !== undefined;
			if (isSettled(packet, evidence, side)) evidence |= afterwards(evidence, isFollowed);
		}
		store.setEvidence(flow, evidence);
	}

	/** What no recogniser knows may be media: fax where it was announced, RTP by several packets that follow each other. */
	#observeMedia(packet: PacketView, flow: number, side: 0 | 1, evidence: number): number {
		const { data, payloadStart, payloadEnd } = packet;
		const isFax =
			this.media.size > 0 &&
			t38.recognise(data, payloadStart, payloadEnd) !== Role.No &&
			this.media.announcedFor(this.#store, flow) === t38.protocol;
		return isFax ? withRecogniser(evidence, T38) : this.rtp.observe(packet, flow, side, evidence);
	}

	/** Takes in the role and the fields of a payload that a recogniser said yes to; another protocol's are left out. */
	#accept(answer: number, evidence: number, flow: number, side: 0 | 1, packet: PacketView): number {
		const recogniser = answer >>> ROLE_BITS;
		const { protocol, describe, leadsOn } = RECOGNISERS[recogniser]!;
		const known = recogniserOf(evidence);
		if (known >= 0 && RECOGNISERS[known]!.protocol !== protocol) return evidence;
		const { data, payloadStart, payloadEnd } = packet;
		const role = answer & ((1 << ROLE_BITS) - 1);
		const accepted = withRecogniser(withRole(evidence, role, side), known >= 0 ? known : recogniser);
		if (describe)
			this.#fields.add(flow, side, protocol, describe(data, payloadStart, payloadEnd, senderOf(accepted, side)));
		return leadsOn?.(data, payloadStart, payloadEnd) ? accepted : withSideSettled(accepted, side);
	}

	/** Name of the protocol that a flow's payload showed, or null. */
	protocolOf(flow: number): string | null {
		if (this.#store.transfer(flow) !== 0) return "tftp";
		const evidence = this.#store.evidence(flow);
		const recogniser = recogniserOf(evidence);
		const protocol = recogniser >= 0 ? RECOGNISERS[recogniser]!.protocol : null;
		// RTCP on RTP's own port (RFC 5761) is part of the media; STUN and DTLS tell whose media it is.
		return (evidence & RTP) !== 0 && (protocol === null || protocol === "rtcp") ? "rtp" : protocol;
	}

	/** Media that a flow carries beside the protocol that {@link protocolOf} names: after DTLS it is encrypted (RFC 5764). */
	mediaOf(flow: number): "rtp" | "srtp" | null {
		const evidence = this.#store.evidence(flow);
		if ((evidence & RTP) === 0) return null;
		const recogniser = recogniserOf(evidence);
		const isDtls = (evidence & DTLS) !== 0 || (recogniser >= 0 && RECOGNISERS[recogniser]!.protocol === "dtls");
		return isDtls ? "srtp" : "rtp";
	}

	/** The calls that announced a flow's media; empty for most flows. */
	announcedBy(flow: number): Tie[] {
		const store = this.#store;
		return store.protocol(flow) === Protocol.UDP
			? this.calls.tiesOf(store, flow, store.first(flow), store.last(flow))
			: [];
	}

	/** Where a TCP flow's server showed its certificate in clear. */
	certificatePlaceOf(flow: number): PacketPlace | undefined {
		return this.#handshakes.certificatePlaceOf(flow);
	}

	fieldsOf(flow: number): Readonly<Fields> | undefined {
		return this.#fields.of(flow);
	}
}

/** Whether more datagrams would tell nothing more: both sides have spoken their first, or enough was seen. */
function isSettled(packet: PacketView, evidence: number, side: 0 | 1): boolean {
	const mine = seen(evidence, side);
	const theirs = seen(evidence, (1 - side) as 0 | 1);
	if (mine >= MOST_PAYLOADS) return true;
	const recogniser = recogniserOf(evidence);
	// Media may come at any time on the port of its own RTCP (RFC 5761).
	if (recogniser === RTCP) return true;
	// A handshake takes as many datagrams as it takes.
	if (recogniser >= 0 && RECOGNISERS[recogniser]!.leadsOn) return areSidesSettled(evidence, side);
	if (recogniser >= 0) return !isTentative(evidence) && (theirs > 0 || mine >= 2);
	// A request that repeats to port 69 without a recognised answer may still be answered on another flow.
	return packet.dstPort !== TFTP_PORT && mine >= PAYLOADS_PER_SIDE && theirs >= PAYLOADS_PER_SIDE;
}

/** What a UDP flow is marked with once its protocol is settled: most need no more of their payload. */
function afterwards(evidence: number, isFollowed: boolean): number {
	if ((evidence & RTP) !== 0) return 0;
	const recogniser = recogniserOf(evidence);
	if (recogniser >= 0 && BESIDE_MEDIA.has(RECOGNISERS[recogniser]!.protocol)) return MEDIA_MAY_FOLLOW;
	return isFollowed ? 0 : DONE;
}

function isSip({ data, payloadStart, payloadEnd }: PacketView): boolean {
	const first = data[payloadStart]!;
	if (first < FIRST_CAPITAL || first > LAST_CAPITAL) return false;
	return sip.recognise(data, payloadStart, payloadEnd) !== Role.No;
}
