import type { FlowRecord, Report } from "./document.ts";

/** What a live run has seen up to a moment. */
export interface Moment {
	/**
	 * Of all that was seen so far: two of them tell what happened between. Its flows are those of the present piece of the run
	 * (those of earlier pieces were told as ended when theirs was over), but in the last one: that has what `classify` has of
	 * the same packets. Good until the next moment is asked for; the last one for good.
	 */
	readonly report: Report;
	/** Milliseconds since 1970. */
	readonly time: number;
	/** Milliseconds since the run began, by a clock that nobody sets. */
	readonly elapsed: number;
	/** Whether the run is over. */
	readonly isLast: boolean;
	/**
	 * Flows that are new since the moment before, or that had packets, got another label, or ended: by their ids. What
	 * {@link Report.flows} would give of them, without the time that all the others take. May be asked once.
	 */
	changed(): Iterable<FlowRecord>;
	/** A flow of the present piece by its id. */
	flow(id: number): FlowRecord | undefined;
}
