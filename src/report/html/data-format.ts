/**
 * How the page holds its flows: a line of numbers for each, most of them places in lists of words that flows share. Both the
 * program that writes the page and the page's own script use it, so it imports nothing.
 */

/** Places of a flow's values in its line. What is 0 at the end of a line is left out. */
export const AT = {
	id: 0,
	/** Seconds from the capture's first packet, and between the flow's own first and last. */
	start: 1,
	duration: 2,
	/** Places in `texts`. */
	over: 3,
	client: 4,
	clientPort: 5,
	server: 6,
	serverPort: 7,
	clientPackets: 8,
	serverPackets: 9,
	clientBytes: 10,
	serverBytes: 11,
	protocol: 12,
	/** Place in `labels`. */
	label: 13,
	/** Number of the first packet in its file. */
	packet: 14,
	/** Place in `notes`. */
	notes: 15,
	/** Places in `texts`: state of a TCP connection, what the payload says, VLAN ids, ids of calls. */
	state: 16,
	fields: 17,
	file: 18,
	transfer: 19,
	calls: 20,
	vlan: 21,
} as const;

/** A flow's values, by {@link AT}. */
export type FlowLine = readonly number[];

export interface LabelWords {
	readonly status: "matched" | "ambiguous" | "unknown";
	/** As the table shows it: `IPO-IN-7 (IPO-OUT-7)`. */
	readonly text: string;
	/** All rows that it is about. */
	readonly rows: readonly string[];
	readonly sure: string;
	readonly service: string;
	readonly reasons: readonly string[];
	readonly nearest: string;
}

export interface NoteWords {
	readonly severity: "info" | "warning" | "error";
	readonly kind: string;
	readonly message: string;
}

export interface Words {
	/** Milliseconds since 1970 of the capture's first packet, and the seconds that it lasts. */
	readonly start: number;
	readonly span: number;
	/** The first is empty. */
	readonly texts: readonly string[];
	readonly labels: readonly LabelWords[];
	/** The first is empty. */
	readonly notes: readonly (readonly NoteWords[])[];
}
