/** One port or an inclusive range of ports. */
export interface PortRange {
	readonly first: number;
	readonly last: number;
}

export type Direction = "in" | "out" | "intra";
export type MatrixTransport = "tcp" | "udp";

/** The source document's own words for a row, cell by cell, so that a reader can check the row against it. */
export interface SourceCells {
	readonly ports: string;
	readonly protocol: string;
	readonly optional: string;
	readonly state: string;
}

/** A row, which may be the plain one itself, and its TCP port that has TLS. */
export interface SecureTwin {
	readonly row: string;
	readonly port: number;
}

/** One line of the matrix. */
export interface MatrixRow {
	/** `<PRODUCT>-<SECTION>-<No>`, e.g. `IPO-IN-19`. */
	readonly id: string;
	/** Product id, e.g. `ipo`. */
	readonly product: string;
	readonly direction: Direction;
	/** Number in its section of the document. */
	readonly number: number;
	/** Server ports: exact ports (`first` = `last`) and default ranges. */
	readonly ports: readonly PortRange[];
	/** Ports that the row may be moved to; counts only with evidence. */
	readonly configurable: readonly PortRange[];
	/** Whether the document calls the port configurable, with or without giving a range. */
	readonly isConfigurable: boolean;
	readonly transports: readonly MatrixTransport[];
	/**
	 * Protocols that a payload on this row shows, by the names of `application.protocol`; empty where none is known
	 * (a proprietary protocol).
	 */
	readonly protocols: readonly string[];
	/** Whether the row asks for TLS: `always`, `never`, or `either` where both are in use. */
	readonly tls: "always" | "never" | "either";
	/** Whether the port can be switched on and off. */
	readonly optional: boolean;
	readonly state: "open" | "closed" | "filtered" | "n/a";
	/** Short name of the service, in flowmatrix's own words. */
	readonly service: string;
	/** What is at the other end, in flowmatrix's own words. */
	readonly peer: string;
	/** What the row is for, in flowmatrix's own words. */
	readonly description: string;
	/** Server names that tell this row from others on the same port: a name ending, e.g. `avaya-sub.com`. */
	readonly domains?: readonly string[];
	/** Whether servers may have names outside `domains`, too: a site may run its own. */
	readonly otherNames?: boolean;
	/** Products at the other end, where the document names one: tells rows apart that are equal otherwise. */
	readonly peerProducts?: readonly string[];
	/** For a port that the document lists without a use: nothing should answer on it. */
	readonly use?: "disabled" | "not used";
	/** Where the same job is done with TLS; several where systems differ. */
	readonly secureTwins?: readonly SecureTwin[];
	readonly source: SourceCells;
	/** Defects of the document that were mended in this row. */
	readonly mended?: readonly string[];
}

export interface Product {
	/** Short lower-case id, as `--host` takes it. */
	readonly id: string;
	/** Prefix of row ids. */
	readonly prefix: string;
	readonly name: string;
}

/** One line of a change table, as the document has it. */
export interface ReleaseChange {
	readonly change: "added" | "changed" | "removed";
	/** Product id; a product that the current matrix no longer has keeps an id of its own (`ccr`, `recorder`). */
	readonly product: string;
	readonly direction: Direction;
	readonly ports: readonly PortRange[];
	readonly transports: readonly MatrixTransport[];
	readonly protocols: readonly string[];
	readonly tls: "always" | "never" | "either";
	readonly service: string;
	readonly description: string;
	readonly optional: boolean;
	readonly state: "open" | "closed" | "filtered" | "n/a";
	readonly configurable: readonly PortRange[];
	/** The current rows that this line is about; empty where there are none any more. */
	readonly rows: readonly string[];
	/**
	 * What the rows were before, in the fields that the document tells. An `added` line with it added something to a row
	 * that was there already.
	 */
	readonly before?: Partial<Pick<MatrixRow, "ports" | "state" | "tls" | "protocols" | "transports">>;
	readonly source: SourceCells;
	readonly mended?: readonly string[];
	readonly note?: string;
}

export interface Release {
	/** e.g. `9.1`. */
	readonly release: string;
	/** The release that this one is compared with. */
	readonly from: string;
	/** The document's table number. */
	readonly table: string;
	readonly changes: readonly ReleaseChange[];
	/** What the table says beside its lines. */
	readonly note?: string;
	readonly mended?: readonly string[];
}

/** Which subscription feature a domain serves (the document's Appendix A). */
export interface DomainService {
	readonly domain: string;
	readonly service: string;
	readonly ports: readonly PortRange[];
	readonly transports: readonly MatrixTransport[];
	/** Rows that a flow to this domain can be. */
	readonly rows: readonly string[];
}

export interface Matrix {
	readonly $schema?: string;
	readonly name: string;
	readonly title: string;
	/** The release that `rows` describe. */
	readonly release: string;
	readonly document: { readonly title: string; readonly issue: string; readonly date: string };
	readonly products: readonly Product[];
	/** Products that only earlier releases had. */
	readonly formerProducts?: readonly Product[];
	readonly rows: readonly MatrixRow[];
	/** Oldest first. */
	readonly releases: readonly Release[];
	readonly domains: readonly DomainService[];
}
