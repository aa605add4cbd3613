import type { Verdict } from "../captures/truth.ts";

/** What the lab knows of a conversation because it started both ends. */
export interface LabFlow extends Verdict {
	/** What was played, in a few words. */
	readonly service: string;
	readonly transport: "tcp" | "udp";
	/** `address:port`, an IPv6 address in brackets; `*` for a port that the program left to the kernel. */
	readonly client: string;
	readonly server: string;
	/** Protocol that the payload shows, in flowmatrix's words; absent where it is proprietary or missing. */
	readonly shows?: string;
	/** Kind of the finding that the flow must have. */
	readonly finding?: string;
}

/** With the play that it belongs to, and when that began and ended (ISO 8601): other plays may use the same ports. */
export interface PlayedFlow extends LabFlow {
	readonly play: string;
	readonly from: string;
	readonly to: string;
}

/** A TFTP exchange. */
export interface LabTransfer {
	readonly file: string;
	readonly style: "ipoffice" | "rfc1350" | "single-port";
	readonly direction: "read" | "write";
	readonly bytes: number;
	readonly row: string | null;
}

/** What is kept beside a capture of the lab. */
export interface LabTruth {
	readonly files: readonly string[];
	/** Addresses by product. */
	readonly hosts: Readonly<Record<string, readonly string[]>>;
	readonly flows: readonly PlayedFlow[];
	readonly transfers: readonly LabTransfer[];
}

/** As `classify` takes them. */
export function hostsOf({ hosts }: LabTruth): { product: string; address: string }[] {
	return Object.entries(hosts).flatMap(([product, addresses]) => addresses.map((address) => ({ product, address })));
}

/** `address:port` as the report's ends are compared with. */
export function endText(address: string, port: number | "*"): string {
	return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
