import type { Report } from "../document/document.ts";

/** Kinds of records that outputs of one table can hold. */
export const RECORD_KINDS = ["flows", "rows", "findings", "transfers", "calls"] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

export interface RenderOptions {
	/** Leave the list of flows out. */
	readonly summary: boolean;
	/** Terminal colours (table only). */
	readonly color: boolean;
	/** Columns of the terminal (table only). */
	readonly width: number;
	/** Most flows listed by outputs for people; the others say how many there are more. Machines get all. */
	readonly maxFlows?: number;
	/** Records of this kind only (csv and markdown). Default: flows, or rows with `summary`; in Markdown, all of the report. */
	readonly records?: RecordKind;
}

/** Text of a report, in pieces. */
export type Renderer = (report: Report, options: RenderOptions) => Iterable<string>;
