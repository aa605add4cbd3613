import type { Problem } from "../capture/problem.ts";
import type { FindingKind } from "../finding/kinds.ts";
import type { RowCoverage } from "./row-coverage.ts";

/** One end of a flow. */
export interface Endpoint {
	readonly address: string;
	/** 0 where the transport has no ports. */
	readonly port: number;
	readonly packets: number;
	/** As on the wire, link header included. */
	readonly bytes: number;
}

export type LabelStatus = "matched" | "ambiguous" | "unknown";
export type Confidence = "confirmed" | "probable" | "port-only";

/** The verdict on a flow. */
export interface Label {
	readonly status: LabelStatus;
	/** The server's ingress row, the client's egress row, or the intra-device row; null unless `matched`. */
	readonly row: string | null;
	/** Where both ends are products: the client's egress row beside the server's ingress row. */
	readonly peerRow: string | null;
	/** Rows that stayed equal (`ambiguous`) or the one row (`matched`). */
	readonly candidates: readonly string[];
	readonly confidence: Confidence | null;
	/** Sentences that a person can read: what was seen and what was concluded. */
	readonly reasons: readonly string[];
	/** The row's service in words, or the subscription feature that the server's name tells. */
	readonly service: string | null;
	/** For an unknown: the row that comes nearest, and what it lacks. */
	readonly nearest?: string | null;
}

/** What one flow or call shows to be wrong. */
export interface Finding {
	/** `flowmatrix findings` tells what each kind means. */
	readonly kind: FindingKind;
	readonly severity: "info" | "warning" | "error";
	readonly message: string;
	/** What to look at next, where that is not the kind's own list. */
	readonly check?: readonly string[];
}

/** What flows, calls or transfers show alike: one kind, one cause, one row of one host. */
export interface CaptureFinding extends Finding {
	readonly row: string | null;
	/** The host that the row is of; without a row the product at one of the ends. Null where there is neither. */
	readonly host: string | null;
	/** Addresses of clients, and `address:port` of servers, the first few. */
	readonly clients: readonly string[];
	readonly servers: readonly string[];
	/** Ids of the flows, the first few, and how many there are. */
	readonly flows: readonly number[];
	readonly flowCount: number;
	readonly calls?: readonly number[];
	/** How often it was seen: at least once for each flow. */
	readonly count: number;
	/** Null for what has no time. */
	readonly start: string | null;
	readonly end: string | null;
	/** The first packet that shows it. */
	readonly first: { readonly file: string; readonly packet: number } | null;
	/** Wireshark display filter for what shows it; null where none fits. */
	readonly filter: string | null;
	/** What to look at next. */
	readonly check: readonly string[];
}

/**
 * Why a flow's record ended: by FIN or RST of its TCP connection; `idle`, silent for longer than its timeout; `reused`, a new
 * connection on its ports; `evicted`, the end of a piece of the run; `open` in the midst of a live run, where it has not.
 */
export type FlowEnd = "closed" | "reset" | "idle" | "reused" | "end-of-capture" | "evicted" | "open";

/** Packets that one side sent, counted by the rules of tshark's `tcp.analysis` fields. What is 0 is left out. */
export interface TcpSide {
	/** Fast and spurious ones, repeated SYNs and FINs included. */
	readonly retransmissions?: number;
	/** In answer to duplicate acknowledgements. */
	readonly fastRetransmissions?: number;
	/** Of what was acknowledged already. */
	readonly spuriousRetransmissions?: number;
	readonly outOfOrder?: number;
	readonly duplicateAcks?: number;
	readonly zeroWindows?: number;
	readonly keepAlives?: number;
	/** Segments before which one is missing in the capture, at that time or for good. */
	readonly lostSegments?: number;
	/** Acknowledgements of what is missing in the capture. */
	readonly ackedLostSegments?: number;
}

export interface TcpState {
	/** Zeek's conn_state: S0, S1, SF, REJ, S2, S3, RSTO, RSTR, RSTOS0, RSTRH, SH, SHR, OTH. */
	readonly state: string;
	/** Zeek's history: one letter for each first event of a side, upper case for the originator. */
	readonly history: string;
	/** Connection requests, where there was more than one. */
	readonly syns?: number;
	/** Round-trip times from the capture point: last SYN to SYN-ACK, and last SYN-ACK to ACK; null where not seen. */
	readonly handshake: { readonly serverMs: number | null; readonly clientMs: number | null } | null;
	readonly client: TcpSide;
	readonly server: TcpSide;
	/** Whose reset ended or refused the connection; null where it did not end so. */
	readonly resetBy: "client" | "server" | null;
	/** Present and true where the server accepted and the client never answered that. */
	readonly halfOpen?: boolean;
}

/** How the server was told from the client. */
export interface DirectionVerdict {
	readonly basis: "handshake" | "payload" | "port" | "first-packet";
	/** False where it is a guess, by the first packet seen, or by who sends the data of a TFTP transfer without its request. */
	readonly certain: boolean;
	readonly reason: string;
}

export interface FlowRecord {
	/** From 1, in the order in which the flows opened. */
	readonly id: number;
	/** `tcp`, `udp`, `udplite`, `sctp`, `icmp`, `icmpv6`, `gre`, … or `ip-<number>`. */
	readonly transport: string;
	/** ISO 8601, UTC, nanoseconds. */
	readonly start: string;
	readonly end: string;
	/** Seconds between first and last packet. */
	readonly duration: number;
	readonly client: Endpoint;
	readonly server: Endpoint;
	readonly direction: DirectionVerdict;
	/** VLAN ids, outermost first. */
	readonly vlan: readonly number[];
	readonly tcp?: TcpState;
	readonly icmp?: { readonly type: number; readonly code: number; readonly id: number };
	/** What the payload showed; null where it showed nothing. */
	readonly application: ({ readonly protocol: string } & Record<string, unknown>) | null;
	readonly label: Label;
	readonly findings: readonly Finding[];
	/** Id of the TFTP transfer that the flow is part of, of several the latest. */
	readonly transfer?: number;
	/** Ids of all of these, ascending, where there are several: ports are used again. */
	readonly transfers?: readonly number[];
	/** Ids of the calls that the flow signals, or whose media it carries. */
	readonly call?: readonly number[];
	/** RTP streams that the flow carries. */
	readonly streams?: readonly StreamRecord[];
	/** Where Wireshark finds the flow: its first packet's file and number in that file, from 1. */
	readonly first: { readonly file: string; readonly packet: number };
	readonly ended: FlowEnd;
	/** Present and true for a flow seen inside a tunnel (GRE, ERSPAN, VXLAN, …). */
	readonly tunnelled?: boolean;
}

export interface TransferRecord {
	readonly id: number;
	/** `address:port`, an IPv6 address in brackets. */
	readonly client: string;
	readonly server: string;
	readonly file: string;
	readonly mode: string;
	/** As the client asked: `read` fetches from the server. */
	readonly direction: "read" | "write";
	readonly style: "ipoffice" | "rfc1350" | "single-port";
	/** File data, retransmissions not counted. */
	readonly bytes: number;
	readonly blocks: number;
	readonly retransmits: number;
	readonly complete: boolean;
	readonly error: string | null;
	readonly row: string | null;
	/** Ids of the transfer's flows, ascending. */
	readonly flows: readonly number[];
	readonly start: string;
	readonly end: string;
	/** Negotiated by an OACK (RFC 2347–2349, 7440). */
	readonly options?: Record<string, number>;
}

/** What was seen of an RTP stream: one synchronisation source in one direction of a flow. */
export interface StreamRecord {
	/** Id of the flow. */
	readonly flow: number;
	/** Hexadecimal, as Wireshark writes it: `0x1a2b3c4d`. */
	readonly ssrc: string;
	/** `address:port`, an IPv6 address in brackets. */
	readonly from: string;
	readonly to: string;
	/** By the session description or RFC 3551; several, in their order, where the sender changed; null where unknown. */
	readonly codec: string | null;
	/** The first one; null for a stream of digits alone. */
	readonly payloadType: number | null;
	/** Whether signalling or a DTLS handshake says that it is encrypted. */
	readonly srtp: boolean;
	readonly packets: number;
	/** Packets that the sequence numbers tell of and that are not in the capture. */
	readonly lost: number;
	/** Of those expected. */
	readonly lossPercent: number;
	/** Packets that came after one with a higher number. */
	readonly reordered: number;
	readonly duplicates: number;
	/** Interarrival jitter (RFC 3550, A.8), the mean over all packets; null where the clock rate is not known. */
	readonly jitterMs: number | null;
	readonly maxJitterMs: number | null;
	/** Time stamp units in a second; null where unknown. */
	readonly clockRate: number | null;
	/** Present and true where the rate was concluded from the time stamps. */
	readonly clockRateAssumed?: boolean;
	/** Longest time between two packets. */
	readonly maxGapMs: number;
	/** Differentiated services code point of the first packet: 46 is expedited forwarding. */
	readonly dscp: number;
	/**
	 * Listening quality as the E-model (ITU-T G.107) estimates it: rating, mean opinion score, and what it supposes; null
	 * for codecs without figures, and for streams of a moment. `atMost` where the stream shows that something supposed is not so.
	 */
	readonly quality: {
		readonly r: number;
		readonly mos: number;
		readonly assumed: readonly string[];
		readonly atMost?: true;
	} | null;
	/** Digits sent as events (RFC 4733). */
	readonly digits?: number;
	/** What the receiver last reported by RTCP. */
	readonly reported?: { readonly lost: number; readonly jitterMs: number | null };
	readonly start: string;
	readonly end: string;
}

/** A stream that one party of a call offered or accepted. */
export interface OfferRecord {
	readonly time: string;
	readonly party: "from" | "to";
	/** `audio`, `video`, `image`, … */
	readonly media: string;
	/** Where it wants to receive. */
	readonly endpoint: string;
	readonly protocol: "rtp" | "t38";
	readonly direction: "sendrecv" | "sendonly" | "recvonly" | "inactive";
	readonly srtp: boolean;
	readonly codecs: readonly string[];
}

/** A call, by its signalling. */
/** One message of a call's signalling. */
export interface MessageRecord {
	readonly time: string;
	readonly flow: number;
	/** `address:port` of sender and receiver. */
	readonly from: string;
	readonly to: string;
	/** `INVITE`, `403 Forbidden`; of H.323 `setup`, `connect`. */
	readonly text: string;
	/** Present and true where it offers or accepts media. */
	readonly media?: true;
	readonly packet: { readonly file: string; readonly packet: number };
}

export interface CallRecord {
	readonly id: number;
	readonly protocol: "sip" | "h323";
	/** SIP's Call-ID, H.323's call identifier. */
	readonly callId: string;
	/** `user@host` or a number; empty where unknown. */
	readonly from: string;
	readonly to: string;
	/** Display names, where the signalling has them. */
	readonly fromName?: string;
	readonly toName?: string;
	readonly start: string;
	/** By 180, or by progress (183) that went on for four seconds: the network plays the tone then. */
	readonly ringing: string | null;
	readonly answered: string | null;
	readonly end: string | null;
	/** Present and true where the capture began after the call. */
	readonly beganBefore?: boolean;
	/** Seconds from the answer (or the first message seen) to the end (or the last packet seen); null where not answered. */
	readonly duration: number | null;
	/** `answered`, `busy`, `cancelled`, `no answer` (it rang), `rejected 403 Forbidden`, `failed 488 …`, `redirected 302 …`, `in progress`, `unanswered request`. */
	readonly result: string;
	/** SIP's final answer to the request for the call: 200, 486, …; null without one, and for H.323. */
	readonly status: number | null;
	/** What a refusal says is the reason, or the BYE that ends an answered call (RFC 3326); null without one. */
	readonly reason: string | null;
	/** Cause of the refusal or end (ITU-T Q.850), where one is told. */
	readonly cause: number | null;
	/** What the streams carry, without streams what was agreed on; several where they differ or changed. */
	readonly codec: string | null;
	/** Ids of the signalling flows. */
	readonly flows: readonly number[];
	/** Ids of the flows on the endpoints that the call announced: RTP, RTCP, T.38. */
	readonly mediaFlows: readonly number[];
	readonly offers: readonly OfferRecord[];
	readonly media: readonly StreamRecord[];
	readonly findings: readonly Finding[];
	/** Its signalling, in the order in which it was captured: the first hundred messages, of very many calls fewer. */
	readonly messages: readonly MessageRecord[];
	/** Messages beyond those; absent for none. */
	readonly messagesBeyond?: number;
	/** Wireshark display filter for its signalling (SIP's wherever it passes, H.323's connections) and the media that it announced (of more than 16 flows, the first); null for Call-IDs that no filter can quote. */
	readonly filter: string | null;
}

export interface HostRecord {
	readonly address: string;
	readonly products: readonly string[];
	readonly source: "given" | "inferred";
	readonly reasons: readonly string[];
	/** Flows that the host is one end of. */
	readonly flows: number;
	/** What the host says of itself in the capture: kind of system, release, the system's name. */
	readonly model?: string;
	readonly release?: string;
	readonly system?: string;
	/** Base of its services, where the site has moved them from their default ports. */
	readonly basePort?: number;
	/** Kinds of what was found on its flows; in reports. */
	readonly findings?: readonly FindingKind[];
}

/** Packets that are in no flow, or not whole in one, and why. */
export interface NotDecoded {
	/** e.g. `link type 276 not supported`. */
	readonly reason: string;
	readonly packets: number;
	/** `other`: traffic that has no flows (ARP, spanning tree); `problem`: something that flowmatrix could not read. */
	readonly class: "other" | "problem";
	/** What would help, if anything. */
	readonly hint?: string;
}

/** What of the captures was asked for, by packets' times. */
export interface CaptureWindow {
	/** ISO 8601, UTC; both ends belong to it, null where it is open. */
	readonly from: string | null;
	readonly to: string | null;
	/** Of the whole captures, as of {@link CaptureSummary}. */
	readonly all: { readonly packets: number; readonly start: string; readonly end: string };
}

export interface CaptureSummary {
	readonly files: readonly string[];
	/** Where only packets of some time were asked for; all figures are of these. */
	readonly window?: CaptureWindow;
	readonly packets: number;
	/** As on the wire. */
	readonly bytes: number;
	/** ISO 8601, UTC; null for a capture without packets. */
	readonly start: string | null;
	readonly end: string | null;
	/** Names such as `ethernet`, in the order in which they came. */
	readonly linkTypes: readonly string[];
	/** Copies: packets captured before on another interface, in another file, or by a mirror of several ports. In `packets` and `bytes`, but in no flow. */
	readonly duplicates: number;
	/** Packets that the capturing hosts say they could not keep (pcapng interface statistics). */
	readonly dropped: number;
	readonly notDecoded: readonly NotDecoded[];
}

export interface RowSummary {
	readonly row: string;
	/** Short name of the row's service. */
	readonly service: string;
	readonly flows: number;
	readonly packets: number;
	readonly bytes: number;
	/** Flows that show the row to work, and to fail; of the others the capture does not tell. */
	readonly working: number;
	readonly failing: number;
}

export interface MatrixSummary {
	readonly name: string;
	readonly release: string;
	/** `given` by the user, told by the `traffic`, or the matrix's own by `default`. */
	readonly source: "default" | "given" | "traffic";
	/** For `traffic`: which host says that it runs the release. */
	readonly reason?: string;
	/** The products that the matrix is about, with their names. */
	readonly products: readonly { readonly id: string; readonly name: string }[];
}

/** Everything but the flows: small, whatever the capture's size. */
export interface ReportHead {
	readonly schema: "flowmatrix/1";
	/** Whether what identifies a site or a person was replaced: then none of it is true. */
	readonly anonymized?: true;
	readonly capture: CaptureSummary;
	readonly problems: readonly Problem[];
	readonly matrix: MatrixSummary;
	readonly hosts: readonly HostRecord[];
}

/** Flows that ended the same way: how many matched, stayed ambiguous, are unknown. */
export interface LabelCounts {
	readonly flows: number;
	readonly matched: number;
	readonly ambiguous: number;
	readonly unknown: number;
}

/** Unknown (or ambiguous) flows that share one reason. */
export interface ReasonGroup {
	readonly status: "ambiguous" | "unknown";
	/** The reason, without what differs from flow to flow. */
	readonly reason: string;
	readonly flows: number;
	readonly packets: number;
	readonly bytes: number;
	/** Ids of the first few flows. */
	readonly examples: readonly number[];
}

/** The result of a run. Flows are made one at a time, when asked for. */
export interface Report extends ReportHead {
	/** In the order of their ids. Each call starts anew. */
	flows(): Iterable<FlowRecord>;
	/** What the capture shows of every row of every product host, by host, in the matrix's order. Not in `--format json`. */
	coverage(): readonly RowCoverage[];
	/** What peers wrote, and sentences quote; in no output. Not there where the report was read from a file. */
	quotes?(): Iterable<string>;
	/** Texts of the matrix that labelled, of which sentences are made too; in no output. */
	matrixTexts?(): Iterable<string>;
	readonly transfers: readonly TransferRecord[];
	readonly calls: readonly CallRecord[];
	readonly rows: readonly RowSummary[];
	readonly labels: LabelCounts;
	readonly reasons: readonly ReasonGroup[];
	readonly findings: readonly CaptureFinding[];
}
