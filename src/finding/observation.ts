import type { FlowStore } from "../flow/store.ts";
import type { FlowLabel, Labels } from "../label/labels.ts";
import type { PacketPlace } from "../packet/view.ts";
import type { Call } from "../session/call/call.ts";
import type { CallMedia } from "../session/call/call-media.ts";
import type { Sessions } from "../session/sessions.ts";
import type { FindingKind } from "./kinds.ts";
import type { Thresholds } from "./thresholds.ts";

/** `error`: it does not work; `warning`: it works badly, or should not be so; `info`: good to know. */
export type Severity = "info" | "warning" | "error";

/** One thing that one flow, call or transfer shows to be wrong. */
export interface Observation {
	readonly kind: FindingKind;
	readonly severity: Severity;
	/**
	 * What is wrong, in words that fit every flow which shows it: observations of one kind with the same words, on one
	 * row of one host, become one finding. Begins with a small letter, has no full stop.
	 */
	readonly what: string;
	/** The same with this flow's own figures, for {@link messageOf}; not made before it is asked for where most are told together. */
	readonly message?: string | (() => string);
	/** The row that it is about, where that is not the flow's. */
	readonly row?: string;
	/** Too young to be told by itself: it only adds to what others on the row and host make sure. */
	readonly isPending?: true;
	/** How often it happened; 1 by default. */
	readonly count?: number;
	/** The first packet that shows it; the flow's first by default. */
	readonly from?: PacketPlace;
	/** Time of the latest packet that shows it; the flow's last by default. */
	readonly until?: number;
	/** Wireshark display filter for what shows it, instead of the kind's own. */
	readonly filter?: string;
	/** What to look at next, instead of the kind's own list. */
	readonly check?: readonly string[];
}

const SEVERITIES: readonly Severity[] = ["error", "warning", "info"];

/** For sorting: the gravest has the lowest. */
export function severityRank({ severity }: { readonly severity: Severity }): number {
	return SEVERITIES.indexOf(severity);
}

/** What an observation says of its own flow; {@link Observation.what} where it has no figures. */
export function messageOf({ what, message = what }: Observation): string {
	return typeof message === "string" ? message : message();
}

/** What all rules may look at. */
export interface Run {
	readonly store: FlowStore;
	readonly sessions: Sessions;
	readonly labels: Labels;
	readonly media: CallMedia;
	/** Seconds since 1970 that all times count from. */
	readonly epoch: number;
	/** Time of the capture's latest packet; of a live one, now. */
	readonly end: number;
	/** Flows of earlier pieces of the run: ids go on from there. */
	readonly flowsBefore: number;
	readonly thresholds: Thresholds;
}

/** One flow, as a rule sees it. */
export interface FlowCase extends Run {
	readonly flow: number;
	readonly label: FlowLabel;
}

/** What one flow shows to be wrong; undefined or nothing for most. */
export type FlowRule = (flow: FlowCase) => readonly Observation[] | undefined;

/**
 * Whether a flow shows its row to work; `unclear` where the capture does not tell. An error that the server itself tells,
 * such as a wrong password, is an answer: the row works.
 */
export type Outcome = "working" | "failing" | "unclear";

/** What one flow shows to be wrong, given what came of it. */
export type StateRule = (flow: FlowCase, outcome: Outcome) => readonly Observation[] | undefined;
/** What one call shows to be wrong, and in which flows. */
export interface CallObservation extends Observation {
	/** The first one tells row and host. */
	readonly flows: readonly number[];
}

/** One call, as a rule sees it. */
export interface CallCase extends Run {
	readonly call: Call;
}

export type CallRule = (subject: CallCase) => readonly CallObservation[] | undefined;
