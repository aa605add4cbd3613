import type { Problem } from "../capture/problem.ts";

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

export interface Finding {
	readonly kind: string;
	readonly severity: "info" | "warning" | "error";
	readonly message: string;
}

/** Why a flow's record ended. */
export type FlowEnd = "closed" | "reset" | "idle" | "reused" | "end-of-capture" | "evicted";

export interface TcpState {
	/** Zeek's conn_state: S0, S1, SF, REJ, S2, S3, RSTO, RSTR, RSTOS0, RSTRH, SH, SHR, OTH. */
	readonly state: string;
	/** Zeek's history: one letter for each first event of a side, upper case for the originator. */
	readonly history: string;
}

/** How the server was told from the client. */
export interface DirectionVerdict {
	readonly basis: "handshake" | "payload" | "port" | "first-packet";
	/** False where it is a guess (the first packet seen). */
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
	/** Id of the TFTP transfer that the flow is part of. */
	readonly transfer?: number;
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

export interface CaptureSummary {
	readonly files: readonly string[];
	readonly packets: number;
	/** As on the wire. */
	readonly bytes: number;
	/** ISO 8601, UTC; null for a capture without packets. */
	readonly start: string | null;
	readonly end: string | null;
	/** Names such as `ethernet`, in the order in which they came. */
	readonly linkTypes: readonly string[];
	/** Packets seen before on another interface: in `packets` and `bytes`, but in no flow. */
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
}

export interface MatrixSummary {
	readonly name: string;
	readonly release: string;
	/** `given` by the user, told by the `traffic`, or the matrix's own by `default`. */
	readonly source: "default" | "given" | "traffic";
	/** For `traffic`: which host says that it runs the release. */
	readonly reason?: string;
}

/** Everything but the flows: small, whatever the capture's size. */
export interface ReportHead {
	readonly schema: "flowmatrix/1";
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
	readonly transfers: readonly TransferRecord[];
	readonly rows: readonly RowSummary[];
	readonly labels: LabelCounts;
	readonly reasons: readonly ReasonGroup[];
	readonly findings: readonly Finding[];
}
