import type { Incident, IncidentKind } from "../../session/incidents.ts";
import type { FlowCase, Observation, Severity } from "../observation.ts";

/** How an incident is told. */
interface Telling {
	readonly severity: Severity;
	/** In words that fit all incidents of the kind which share their detail. */
	what(incident: Incident, subject: FlowCase): string;
	/** With what this one was about. */
	message?(incident: Incident, subject: FlowCase): string;
}

/** Null for kinds that a rule of their own weighs. */
const TELLINGS: Readonly<Record<IncidentKind, Telling | null>> = {
	unreachable: null,
	prohibited: null,
	"fragmentation-needed": null,
	unanswered: {
		severity: "error",
		what: ({ detail }) => `${detail} got no answer`,
		message: ({ detail, subject, count }) =>
			`${count > 1 ? `${count} ` : ""}${detail}${subject ? ` (${subject})` : ""} got no answer`,
	},
	"call-failed": {
		severity: "error",
		what: ({ detail }) => `the gatekeeper does not admit calls: ${detail}`,
		message: ({ detail, subject }) =>
			`the gatekeeper does not admit the call${subject ? ` of ${subject}` : ""}: ${detail}`,
	},
};

/** What the sessions noted of a flow. */
export function incidents(subject: FlowCase): readonly Observation[] | undefined {
	const noted = subject.sessions.incidents.of(subject.flow);
	if (noted.length === 0) return undefined;
	return noted.flatMap((incident) => {
		const { kind, count, first, last } = incident;
		const telling = TELLINGS[kind];
		if (!telling) return [];
		const { severity, what, message } = telling;
		const own = message?.(incident, subject);
		return {
			kind,
			severity,
			what: what(incident, subject),
			...(own === undefined ? {} : { message: own }),
			count,
			from: first,
			until: last,
		};
	});
}
