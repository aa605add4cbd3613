import type { FlowStore } from "../flow/store.ts";
import { type PacketView, Protocol } from "../packet/view.ts";
import { RECOGNISERS, ROLE_BITS, recognisePayload } from "../protocol/index.ts";
import type { Fields } from "../protocol/recogniser.ts";
import { Role } from "../protocol/recogniser.ts";
import { TFTP_PORT } from "../protocol/tftp.ts";
import { DhcpTracker } from "./dhcp.ts";
import {
	DONE,
	isTentative,
	recogniserOf,
	seen,
	serverSideByPayload,
	withOneMoreSeen,
	withRecogniser,
	withServerSide,
} from "./evidence.ts";
import { MediaTable } from "./media.ts";
import { NameTable } from "./names.ts";
import { RtpWatch } from "./rtp.ts";
import { TransferTracker } from "./transfers.ts";

/** Payloads of each side that are looked at before a flow counts as showing nothing. */
const PAYLOADS_PER_SIDE = 4;
/** Flows whose fields are kept; beyond it labels still know the protocol, reports lack the details. */
const MAX_FIELDS = 500_000;

/** What spans packets and flows: payload evidence, TFTP transfers, DHCP exchanges, names of addresses, announced media. */
export class Sessions {
	readonly transfers: TransferTracker;
	readonly dhcp = new DhcpTracker();
	readonly names = new NameTable();
	readonly media = new MediaTable();
	readonly #store: FlowStore;
	readonly #rtp: RtpWatch;
	/** By flow. */
	readonly #fields: (Fields | undefined)[] = [];
	#fieldsKept = 0;
	/** By recogniser: readers of every message of a protocol's flows. TCP segments of DNS are left out: they split messages. */
	readonly #followers = RECOGNISERS.map(({ protocol, transports }) => {
		if (protocol === "dhcp" || protocol === "bootp")
			return (packet: PacketView, flow: number) => this.dhcp.observe(packet, flow);
		if (protocol === "dns" && transports.includes(Protocol.UDP))
			return (packet: PacketView) => this.names.observe(packet);
		return protocol === "sip" ? (packet: PacketView) => this.media.observe(packet) : undefined;
	});

	constructor(store: FlowStore) {
		this.#store = store;
		this.transfers = new TransferTracker(store);
		this.#rtp = new RtpWatch(store);
	}

	/** Looks at a payload of a flow that is not {@link DONE}. */
	observe(packet: PacketView, flow: number, side: 0 | 1): void {
		const store = this.#store;
		if (packet.protocol === Protocol.UDP) {
			if (this.transfers.observe(packet, flow)) return;
		} else if (packet.protocol !== Protocol.TCP) {
			store.setEvidence(flow, DONE);
			return;
		}
		let evidence = withOneMoreSeen(store.evidence(flow), side);
		const isFollowed = this.#follow(packet, flow, recogniserOf(evidence));
		if (!isFollowed || !this.#isSettled(packet, evidence, side)) {
			evidence = this.#recognise(packet, flow, side, evidence);
			const isNowFollowed = isFollowed || this.#follow(packet, flow, recogniserOf(evidence));
			if (!isNowFollowed && this.#isSettled(packet, evidence, side)) evidence |= DONE;
		}
		store.setEvidence(flow, evidence);
	}

	/** Hands a message to what reads the whole of its protocol's flows. @returns whether there is such a reader. */
	#follow(packet: PacketView, flow: number, recogniser: number): boolean {
		const follow = recogniser < 0 ? undefined : this.#followers[recogniser];
		follow?.(packet, flow);
		return follow !== undefined;
	}

	#recognise(packet: PacketView, flow: number, side: 0 | 1, evidence: number): number {
		const { data, payloadStart, payloadEnd } = packet;
		const answer = recognisePayload(packet.protocol, packet.srcPort, packet.dstPort, data, payloadStart, payloadEnd);
		if (answer < 0) {
			return packet.protocol === Protocol.UDP && recogniserOf(evidence) < 0
				? this.#rtp.observe(packet, flow, side, evidence)
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
		if (recogniser >= 0) return RECOGNISERS[recogniser]!.protocol;
		return this.#rtp.isRtp(evidence) ? "rtp" : null;
	}

	fieldsOf(flow: number): Readonly<Fields> | undefined {
		return this.#fields[flow];
	}
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
