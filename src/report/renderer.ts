import type { Report } from "./document.ts";

export interface RenderOptions {
	/** Leave the list of flows out. */
	readonly summary: boolean;
	/** Terminal colours (table only). */
	readonly color: boolean;
	/** Columns of the terminal (table only). */
	readonly width: number;
	/** Most flows listed by outputs for people; the others say how many there are more. Machines get all. */
	readonly maxFlows?: number;
}

/** Text of a report, in pieces. */
export type Renderer = (report: Report, options: RenderOptions) => Iterable<string>;
