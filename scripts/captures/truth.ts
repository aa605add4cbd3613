/** What the maker of a capture knows of one conversation: the label that it must get, and why. */
export interface Verdict {
	readonly status: "matched" | "ambiguous" | "unknown";
	readonly row: string | null;
	readonly peerRow: string | null;
	/** Rows that stay equal, where `status` is `ambiguous`. */
	readonly candidates?: readonly string[];
	readonly why: string;
	/** Where the rules allow more than one reading: the one taken. */
	readonly reading?: string;
}

/** One conversation. */
export interface FlowTruth extends Verdict {
	/** `address:port`, an IPv6 address in brackets; port 0 where the transport has none. */
	readonly client: string;
	readonly server: string;
	readonly transport: "tcp" | "udp" | "icmp" | "icmpv6";
	/** VLAN ids, outermost first; absent for untagged frames. */
	readonly vlan?: readonly number[];
	readonly tunnelled?: true;
	/** The flow's first packet: its file, and its number in that file, from 1. */
	readonly first: { readonly file: string; readonly packet: number };
	/** Packets of each side. */
	readonly packets: { readonly client: number; readonly server: number };
}

/** One TFTP exchange. */
export interface TransferTruth {
	readonly client: string;
	/** The port that data comes from or goes to; 69 where the server never chose another. */
	readonly server: string;
	readonly file: string;
	readonly style: "ipoffice" | "rfc1350" | "single-port";
	readonly direction: "read" | "write";
	/** File data, retransmissions not counted. */
	readonly bytes: number;
	readonly complete: boolean;
	readonly row: string | null;
	/** Data packets sent again. */
	readonly retransmits: number;
	/** The error message that ended it. */
	readonly error: string | null;
	readonly reading?: string;
}

/** What the maker knows of an RTP stream. */
export interface StreamTruth {
	readonly from: string;
	readonly to: string;
	readonly codec: string | null;
	readonly packets: number;
	readonly lost: number;
	readonly duplicates: number;
	readonly reordered: number;
	readonly srtp: boolean;
}

/** One call. */
export interface CallTruth {
	readonly callId: string;
	readonly from: string;
	readonly to: string;
	readonly result: string;
	readonly codec: string | null;
	/** In the order of the streams' first packets. */
	readonly media: readonly StreamTruth[];
	/** Kinds, in the order of the alphabet. */
	readonly findings: readonly string[];
	readonly why: string;
}

/** What `captures/<name>.truth.json` holds. */
export interface Truth {
	readonly file: string;
	/** All files of the capture, where it has several. */
	readonly files?: readonly string[];
	/** What is to be given with `--host`, by product. */
	readonly hosts: Readonly<Record<string, readonly string[]>>;
	/** The release that its systems say they run, where it is not the matrix's own. */
	readonly release?: string;
	/** In the order of their first packets. */
	readonly flows: readonly FlowTruth[];
	readonly transfers: readonly TransferTruth[];
	/** In the order of their first messages; absent where a capture is not about calls. */
	readonly calls?: readonly CallTruth[];
	/** Kinds of damage that the file has. */
	readonly problems?: readonly string[];
	/** Transports of flows beside these: the tunnels themselves. */
	readonly otherFlows?: readonly string[];
	/** Zeek's state and history, by the client's end. */
	readonly tcp?: Readonly<Record<string, { readonly state: string; readonly history: string }>>;
}

/** Further parts of a verdict. */
export interface VerdictDetail {
	readonly peerRow?: string;
	readonly reading?: string;
}

export function matched(row: string, why: string, detail: VerdictDetail = {}): Verdict {
	return { status: "matched", row, peerRow: detail.peerRow ?? null, why, ...readingOf(detail.reading) };
}

export function unknown(why: string, reading?: string): Verdict {
	return { status: "unknown", row: null, peerRow: null, why, ...readingOf(reading) };
}

export function ambiguous(candidates: readonly string[], why: string, reading?: string): Verdict {
	return { status: "ambiguous", row: null, peerRow: null, candidates, why, ...readingOf(reading) };
}

function readingOf(reading: string | undefined): { reading?: string } {
	return reading === undefined ? {} : { reading };
}
