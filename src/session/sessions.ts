import type { FlowStore } from "../flow/store.ts";
import { type PacketView, Protocol } from "../packet/view.ts";
import { RECOGNISERS, ROLE_BITS, recognisePayload } from "../protocol/index.ts";
import type { Fields } from "../protocol/recogniser.ts";
import { Role } from "../protocol/recogniser.ts";
import { isKeepAlive, sip } from "../protocol/sip.ts";
import { TFTP_PORT } from "../protocol/tftp.ts";
import { CallTracker, type Tie } from "./calls.ts";
import { DhcpTracker } from "./dhcp.ts";
import {
	DONE,
	DTLS,
	isTentative,
	MEDIA_MAY_FOLLOW,
	RTP,
	recogniserOf,
	seen,
	serverSideByPayload,
	withOneMoreSeen,
	withRecogniser,
	withServerSide,
} from "./evidence.ts";
import { MediaTable } from "./media.ts";
import { NameTable } from "./names.ts";
import { RtpTracker } from "./rtp.ts";
import { TransferTracker } from "./transfers.ts";

/** Payloads of each side that are looked at before a flow counts as showing nothing. */
const PAYLOADS_PER_SIDE = 4;
/** Flows whose fields are kept; beyond it labels still know the protocol, reports lack the details. */
const MAX_FIELDS = 500_000;

/** Protocols that share a port with media (RFC 7983, RFC 5761). */
const BESIDE_MEDIA = new Set(["stun", "dtls", "rtcp"]);

const SIP = RECOGNISERS.indexOf(sip);
/** Methods and versions of SIP begin with a capital letter. */
const FIRST_CAPITAL = 0x41;
const LAST_CAPITAL = 0x5a;

/** What spans packets and flows: payload evidence, TFTP transfers, DHCP exchanges, names of addresses, calls and their media. */
export class Sessions {
	readonly transfers: TransferTracker;
	readonly dhcp = new DhcpTracker();
	readonly names = new NameTable();
	readonly media = new MediaTable();
	readonly #store: FlowStore;
	readonly calls = new CallTracker(this.media);
	readonly rtp: RtpTracker;
	/** By flow. */
	readonly #fields: (Fields | undefined)[] = [];
	#fieldsKept = 0;
	/** By recogniser: readers of every message of a protocol's flows. TCP segments of DNS are left out: they split messages. */
	readonly #followers = RECOGNISERS.map(({ protocol, transports }) => {
		if (protocol === "dhcp" || protocol === "bootp")
			return (packet: PacketView, flow: number) => this.dhcp.observe(packet, flow);
		if (protocol === "dns" && transports.includes(Protocol.UDP))
			return (packet: PacketView) => this.names.observe(packet);
		if (protocol === "rtcp") return (packet: PacketView) => this.rtp.control(packet);
		if (protocol !== "sip") return undefined;
		return (packet: PacketView, flow: number, side: 0 | 1) =>
			this.calls.observe(packet.data, packet.payloadStart, packet.payloadEnd, packet, flow, side);
	});

	constructor(store: FlowStore) {
		this.#store = store;
		this.transfers = new TransferTracker(store);
		this.rtp = new RtpTracker(store, this.media);
	}

	/** Looks at a payload of a flow that is not {@link DONE}. */
	observe(packet: PacketView, flow: number, side: 0 | 1): void {
		const store = this.#store;
		if (packet.protocol === Protocol.UDP) {
			const known = store.evidence(flow);
			if ((known & RTP) !== 0 || ((known & MEDIA_MAY_FOLLOW) !== 0 && !isSip(packet))) {
				store.setEvidence(flow, this.rtp.observe(packet, flow, side, known));
				return;
			}
			// Phones keep their SIP port open with STUN (RFC 5626, 3.5.2): what it is for comes later.
			if ((known & MEDIA_MAY_FOLLOW) !== 0) store.setEvidence(flow, withRecogniser(known & ~MEDIA_MAY_FOLLOW, SIP));
			if (this.transfers.observe(packet, flow)) return;
		} else if (packet.protocol !== Protocol.TCP) {
			store.setEvidence(flow, DONE);
			return;
		}
		if (isKeepAlive(packet.data, packet.payloadStart, packet.payloadEnd)) return;
		let evidence = withOneMoreSeen(store.evidence(flow), side);
		const isFollowed = this.#follow(packet, flow, side, recogniserOf(evidence));
		if (!isFollowed || !this.#isSettled(packet, evidence, side)) {
			evidence = this.#recognise(packet, flow, side, evidence);
			const isNowFollowed = isFollowed || this.#follow(packet, flow, side, recogniserOf(evidence));
			if (this.#isSettled(packet, evidence, side)) evidence |= this.#afterwards(packet, evidence, isNowFollowed);
		}
		store.setEvidence(flow, evidence);
	}

	/** What a flow is marked with once its protocol is settled: most need no more of their payload. */
	#afterwards(packet: PacketView, evidence: number, isFollowed: boolean): number {
		if ((evidence & RTP) !== 0) return 0;
		const recogniser = recogniserOf(evidence);
		const isBesideMedia = recogniser >= 0 && BESIDE_MEDIA.has(RECOGNISERS[recogniser]!.protocol);
		if (isBesideMedia && packet.protocol === Protocol.UDP) return MEDIA_MAY_FOLLOW;
		return isFollowed ? 0 : DONE;
	}

	/** Hands a message to what reads the whole of its protocol's flows. @returns whether there is such a reader. */
	#follow(packet: PacketView, flow: number, side: 0 | 1, recogniser: number): boolean {
		const follow = recogniser < 0 ? undefined : this.#followers[recogniser];
		follow?.(packet, flow, side);
		return follow !== undefined;
	}

	#recognise(packet: PacketView, flow: number, side: 0 | 1, evidence: number): number {
		const { data, payloadStart, payloadEnd } = packet;
		const answer = recognisePayload(packet.protocol, packet.srcPort, packet.dstPort, data, payloadStart, payloadEnd);
		if (answer < 0) {
			return packet.protocol === Protocol.UDP && recogniserOf(evidence) < 0
				? this.rtp.observe(packet, flow, side, evidence)
				: evidence;
		}
		const recogniser = answer >>> ROLE_BITS;
		const role = answer & ((1 << ROLE_BITS) - 1);
		const known = recogniserOf(evidence);
		if (known >= 0 && known !== recogniser) return evidence;
		evidence = withRole(evidence, role, side);
		const describe = RECOGNISERS[recogniser]!.describe;
		if (describe) this.#describe(flow, describe(data, payloadStart, payloadEnd));
		return withRecogniser(evidence, recogniser);
	}

	/** Keeps the fields; what a flow said first stays. */
	#describe(flow: number, fields: Fields): void {
		const known = this.#fields[flow];
		if (known) {
			for (const name in fields) known[name] ??= fields[name]!;
		} else if (this.#fieldsKept < MAX_FIELDS) {
			while (this.#fields.length <= flow) this.#fields.push(undefined);
			this.#fields[flow] = fields;
			this.#fieldsKept++;
		}
	}

	/** Whether more payload would tell nothing more: both sides have spoken their first, or enough was seen. */
	#isSettled(packet: PacketView, evidence: number, side: 0 | 1): boolean {
		const mine = seen(evidence, side);
		const theirs = seen(evidence, (1 - side) as 0 | 1);
		if (mine >= 7) return true;
		if (recogniserOf(evidence) >= 0) return !isTentative(evidence) && (theirs > 0 || mine >= 2);
		// A request that repeats to port 69 without a recognised answer may still be answered on another flow.
		return packet.dstPort !== TFTP_PORT && mine >= PAYLOADS_PER_SIDE && theirs >= PAYLOADS_PER_SIDE;
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

	fieldsOf(flow: number): Readonly<Fields> | undefined {
		return this.#fields[flow];
	}
}

function isSip({ data, payloadStart, payloadEnd }: PacketView): boolean {
	const first = data[payloadStart]!;
	if (first < FIRST_CAPITAL || first > LAST_CAPITAL) return false;
	return sip.recognise(data, payloadStart, payloadEnd) !== Role.No;
}

/** What a payload's role says of the direction: the first word counts, unless it was only a suggestion. */
function withRole(evidence: number, role: number, side: 0 | 1): number {
	if (role === Role.Either) return evidence;
	const tentative = role === Role.Asks || role === Role.Answers;
	const isOpen = serverSideByPayload(evidence) === undefined || (isTentative(evidence) && !tentative);
	if (!isOpen) return evidence;
	const sends = role === Role.Server || role === Role.Answers;
	return withServerSide(evidence, sends ? side : ((1 - side) as 0 | 1), tentative);
}
