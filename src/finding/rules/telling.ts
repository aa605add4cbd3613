import type { Incident } from "../../session/incidents.ts";
import type { FlowCase, Severity } from "../observation.ts";

/** How an incident is told. */
export interface Telling {
	readonly severity: Severity | ((incident: Incident, subject: FlowCase) => Severity);
	/** Whether it is worth telling, in the light of all that is known at the end; always where this is left out. */
	isTold?(incident: Incident, subject: FlowCase): boolean;
	/** Whether it only adds to others of its kind, which make sure of it. */
	isPending?(incident: Incident, subject: FlowCase): boolean;
	/** In words that fit all incidents of the kind which share their detail. */
	what(incident: Incident, subject: FlowCase): string;
	/** Wireshark display filter, where the kind's own does not find it. */
	filter?(incident: Incident): string | undefined;
	/** With what this one was about. */
	message?(incident: Incident, subject: FlowCase): string;
}
