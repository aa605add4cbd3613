/** Why a capture cannot be made. */
export type LiveFault = "missing" | "permission" | "interface" | "filter" | "other";

/** A capture cannot be made: one sentence that says why, and the command that mends it. */
export class LiveError extends Error {
	readonly fault: LiveFault;
	/** What the command line names cannot be: as for any wrong usage. */
	readonly code: "ERR_USAGE" | "ERR_LIVE";

	constructor(fault: LiveFault, message: string) {
		super(message);
		this.name = "LiveError";
		this.fault = fault;
		this.code = fault === "interface" || fault === "filter" ? "ERR_USAGE" : "ERR_LIVE";
	}
}

export interface CaptureSettings {
	/** At least one. */
	readonly interfaces: readonly string[];
	/** pcap-filter(7). */
	readonly filter?: string;
	/** Most bytes kept of a packet. */
	readonly snaplen: number;
	/** Whether packets to other hosts are captured too, as a mirror port brings them. */
	readonly promiscuous: boolean;
	/** Memory for packets that nobody has taken yet, in MiB, for each interface. */
	readonly bufferSize: number;
	/** Milliseconds since 1970, with their fractions: for what captures without time stamps of the kernel. */
	clock(): number;
}

/** Where packets can be captured. */
export interface CaptureDevice {
	readonly name: string;
	readonly description: string;
	readonly addresses: readonly string[];
	readonly isLoopback: boolean;
}

/** A capture that runs. */
export interface RunningCapture {
	/** pcapng, at once as it is captured. Ends after {@link stop}; throws where the capture breaks off by itself. To be read once. */
	readonly bytes: AsyncIterable<Uint8Array>;
	/** Ends capturing: what was captured by then still comes. */
	stop(): void;
}

/** What captures packets. */
export interface BackEnd {
	readonly name: string;
	/** Whether it tells while it captures what was dropped. */
	readonly tellsDrops: boolean;
	/** What it cannot do, for the user to know. */
	readonly limits?: string;
	/** Looks for it, without capturing. @throws LiveError where it is not there. */
	check(): Promise<void>;
	/** @throws LiveError where they cannot be told. */
	devices(): Promise<readonly CaptureDevice[]>;
	/** @throws LiveError where capturing does not begin. */
	start(settings: CaptureSettings): Promise<RunningCapture>;
}
