import type { Kind } from "./captures.ts";

/**
 * A program, and what a user of it would type to read a capture, in the words of bash: see `Command` in measure.ts.
 * What differs for a kind of capture has a line of its own.
 */
export interface Contender {
	readonly name: string;
	/** What must be on the path. */
	readonly program: string;
	readonly line: string;
	readonly lines?: Partial<Record<Kind, string>>;
	/** Minutes on millions of packets: run once, and only on the office capture unless asked for by name. */
	readonly slow?: true;
}

export const FLOWMATRIX: Contender = {
	name: "flowmatrix --summary --format json",
	program: "node",
	line: 'flowmatrix "$@" --summary --format json --quiet',
};

/** Reads every packet and decodes nothing: what others are measured by. */
export const CAPINFOS: Contender = { name: "capinfos -c", program: "capinfos", line: 'capinfos -c "$@"' };

/** Reads plain files only, and no pipe. */
export const NFPCAPD: Contender = {
	name: "nfpcapd, flow files",
	program: "nfpcapd",
	line: 'nfpcapd -r "$1" -w "$OUT"',
	lines: {
		gzip: 'gzip -dc "$1" > "$OUT/capture" && nfpcapd -r "$OUT/capture" -w "$OUT"',
		ring: 'for file; do nfpcapd -r "$file" -w "$OUT"; done',
	},
};

export const CONTENDERS: readonly Contender[] = [
	FLOWMATRIX,
	{
		name: "flowmatrix --format ndjson, to a file",
		program: "node",
		line: 'flowmatrix "$@" --format ndjson --quiet -o "$OUT/flows.ndjson"',
	},
	CAPINFOS,
	NFPCAPD,
	{
		name: "argus",
		program: "argus",
		line: 'argus -r "$1" -w "$OUT/argus"',
		lines: {
			gzip: 'gzip -dc "$1" | argus -r - -w "$OUT/argus"',
			// It takes several files, but crashes on twenty (3.0.8).
			ring: 'mergecap -F pcap -w - "$@" | argus -r - -w "$OUT/argus"',
		},
	},
	{
		name: "ndpiReader -q",
		program: "ndpiReader",
		line: 'ndpiReader -q -i "$1"',
		lines: {
			gzip: 'gzip -dc "$1" | ndpiReader -q -i -',
			// A list of files, one a line.
			ring: 'printf "%s\\n" "$@" > "$OUT/files" && ndpiReader -q -i "$OUT/files"',
		},
		slow: true,
	},
	{
		name: "tshark -z conv,tcp -z conv,udp",
		program: "tshark",
		line: 'tshark -n -q -z conv,tcp -z conv,udp -r "$1"',
		lines: { ring: 'mergecap -w - "$@" | tshark -n -q -z conv,tcp -z conv,udp -r -' },
		slow: true,
	},
];
