/** What a field of the report document is, for whoever replaces what identifies somebody. */
export type Meaning =
	/** Of the traffic's shape, or of flowmatrix: it stays. */
	| "keep"
	/** An address, with or without a port. */
	| "address"
	/** Somebody chose it (a name, a number, a file): all of it goes. */
	| "name"
	/** Words of ours, or of a protocol's, with addresses and names among them. */
	| "words"
	/** What a peer wrote: words of a protocol may stay, numbers do not. */
	| "foreign"
	/** A protocol's code, and what a peer wrote behind it. */
	| "answer"
	/** A release's number; else words. */
	| "release"
	/** A Wireshark display filter. */
	| "filter"
	/** A capture file, as the user named it. */
	| "file"
	/** Fields that a protocol's payload yields: {@link APPLICATION}. */
	| "application";

/** Meanings of an object's fields. A list has the meaning of its elements. */
export interface Meanings {
	readonly [field: string]: Meaning | Meanings;
}

/** These stay. */
function kept(...fields: readonly string[]): Meanings {
	return Object.fromEntries(fields.map((field) => [field, "keep"]));
}

const ENDPOINT: Meanings = { address: "address", ...kept("port", "packets", "bytes") };
const PLACE: Meanings = { file: "file", packet: "keep" };
const FINDING: Meanings = { ...kept("kind", "severity"), message: "words", check: "words" };
const TCP_SIDE: Meanings = kept(
	...["retransmissions", "fastRetransmissions", "spuriousRetransmissions", "outOfOrder", "duplicateAcks"],
	...["zeroWindows", "keepAlives", "lostSegments", "ackedLostSegments"],
);

const STREAM: Meanings = {
	...kept("flow", "ssrc", "payloadType", "srtp", "packets", "lost", "lossPercent", "reordered", "duplicates"),
	...kept("jitterMs", "maxJitterMs", "clockRate", "clockRateAssumed", "maxGapMs", "dscp", "digits", "start", "end"),
	from: "address",
	to: "address",
	codec: "words",
	quality: { ...kept("r", "mos", "atMost"), assumed: "words" },
	reported: kept("lost", "jitterMs"),
};

export const FLOW: Meanings = {
	...kept("id", "transport", "start", "end", "duration", "vlan", "transfer", "transfers", "call", "ended", "tunnelled"),
	client: ENDPOINT,
	server: ENDPOINT,
	direction: { ...kept("basis", "certain"), reason: "words" },
	tcp: {
		...kept("state", "history", "syns", "resetBy", "halfOpen"),
		handshake: kept("serverMs", "clientMs"),
		client: TCP_SIDE,
		server: TCP_SIDE,
	},
	icmp: kept("type", "code", "id"),
	application: "application",
	label: {
		...kept("status", "row", "peerRow", "candidates", "confidence", "nearest", "service"),
		reasons: "words",
	},
	findings: FINDING,
	streams: STREAM,
	first: PLACE,
};

export const HOST: Meanings = {
	...kept("products", "source", "flows", "basePort", "findings"),
	address: "address",
	reasons: "words",
	release: "release",
	model: "words",
	system: "name",
};

/** Of what is no part of the document: whether rows of hosts work. */
export const COVERAGE: Meanings = {
	...kept("row", "service", "state", "flows", "working", "failing", "kinds", "examples", "default", "direction"),
	host: "address",
};

/** Of the document as a whole; flows apart, which come one by one. */
export const DOCUMENT: Meanings = {
	...kept("schema", "anonymized"),
	capture: {
		...kept("packets", "bytes", "start", "end", "linkTypes", "duplicates", "dropped"),
		files: "file",
		window: { ...kept("from", "to"), all: kept("packets", "start", "end") },
		notDecoded: { ...kept("packets", "class"), reason: "words", hint: "words" },
	},
	problems: { ...kept("offset", "kind"), file: "file", message: "words" },
	matrix: { ...kept("name", "release", "source", "products"), reason: "words" },
	hosts: HOST,
	flows: FLOW,
	transfers: {
		...kept("id", "direction", "style", "bytes", "blocks", "retransmits", "complete", "row", "flows", "start", "end"),
		client: "address",
		server: "address",
		file: "name",
		mode: "words",
		error: "answer",
		options: "keep",
	},
	calls: {
		...kept("id", "protocol", "start", "ringing", "answered", "end", "beganBefore", "duration", "flows", "mediaFlows"),
		callId: "name",
		from: "name",
		to: "name",
		fromName: "name",
		toName: "name",
		result: "words",
		status: "keep",
		reason: "foreign",
		cause: "keep",
		filter: "filter",
		codec: "words",
		offers: {
			...kept("time", "party", "protocol", "direction", "srtp"),
			media: "words",
			endpoint: "address",
			codecs: "words",
		},
		media: STREAM,
		findings: FINDING,
		messages: { ...kept("time", "flow", "media"), from: "address", to: "address", text: "answer", packet: PLACE },
		messagesBeyond: "keep",
	},
	rows: kept("row", "service", "flows", "packets", "bytes", "working", "failing"),
	labels: kept("flows", "matched", "ambiguous", "unknown"),
	reasons: { ...kept("status", "flows", "packets", "bytes", "examples"), reason: "words" },
	findings: {
		...FINDING,
		...kept("row", "flows", "flowCount", "calls", "count", "start", "end"),
		host: "address",
		clients: "address",
		servers: "address",
		first: PLACE,
		filter: "filter",
	},
};
