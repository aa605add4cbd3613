/** What can be wrong with a capture file. The kinds are part of the output contract. */
export type ProblemKind =
	/** The file ends inside a packet or block. */
	| "truncated"
	/** A header field cannot be true; what it governs was skipped. */
	| "corrupt"
	/** The file cannot be opened or read. */
	| "unreadable"
	/** The file is no capture that flowmatrix reads. */
	| "not-a-capture"
	/** A bound of flowmatrix was reached and something was left out. */
	| "limit"
	/** Packets are not in the order of time, by more than several network queues explain. */
	| "time-order"
	/** Reading was ended here on request: what follows was not looked at. */
	| "interrupted";

/** Damage in the input, or input that was not read. Everything read before it is kept. */
export interface Problem {
	/** The file as the user named it; `-` for standard input. */
	readonly file: string;
	/** Where in the (unpacked) file, in bytes. */
	readonly offset: number;
	readonly kind: ProblemKind;
	/** One sentence: the cause, the numbers that show it, and what was done. */
	readonly message: string;
}
