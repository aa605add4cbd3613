import { Protocol } from "../../packet/view.ts";
import { PARTLY } from "../../session/call/sip-addresses.ts";
import type { Incident, IncidentKind } from "../../session/incidents.ts";
import { REFUSED_THEN_SERVED } from "../../session/service/dhcp-clients.ts";
import { ANSWERED_LATER } from "../../session/service/dns.ts";
import type { FlowCase, Observation, Severity } from "../observation.ts";
import { counted } from "../words.ts";
import { tlsAlert, tlsIncomplete } from "./handshakes.ts";
import { undelivered } from "./reachability.ts";
import type { Telling } from "./telling.ts";
import { isOverdue, lacksBytes } from "./waiting.ts";

/** A server that does not know a command: clients ask for some to find out (RFC 5321, 4.2.4 and 3.2). */
const UNKNOWN_COMMAND = /\b50[02]\b/;

/** Null for kinds that a rule of their own weighs. */
const TELLINGS: Readonly<Record<IncidentKind, Telling | null>> = {
	unreachable: null,
	prohibited: null,
	"fragmentation-needed": null,
	unanswered: {
		severity: unansweredSeverity,
		isTold: (_incident, subject) => !lacksBytes(subject) && undelivered(subject).length === 0,
		isPending: (incident, subject) => !isOverdue(incident, subject),
		what: ({ detail }) => unansweredText(detail, (request) => pluralOf(request)),
		message: ({ detail, subject, count, requests }) =>
			unansweredText(
				detail,
				(request) =>
					`${counted(requests, request, pluralOf(request))}${subject ? ` (${subject})` : ""}${count > requests ? `, sent ${counted(count, "time")},` : ""}`,
			),
	},
	"call-failed": {
		severity: "error",
		what: ({ detail }) => `the gatekeeper does not admit calls: ${detail}`,
		message: ({ detail, subject }) =>
			`the gatekeeper does not admit the call${subject ? ` of ${subject}` : ""}: ${detail}`,
	},
	"sip-alg": {
		severity: "warning",
		// A change that was seen happen says more than what one message looks like.
		isTold: ({ detail }, subject) => detail !== PARTLY || !isNoted(subject, "sip-alg", PARTLY),
		what: ({ detail }) => rewritingText(detail),
		message: ({ detail, subject }) => `${rewritingText(detail)} (${subject})`,
	},
	"sip-nat": {
		severity: "warning",
		isTold: (_incident, subject) => !isNoted(subject, "sip-alg"),
		what: () => "SIP messages announce a private address that they do not come from",
		message: ({ subject }) => `SIP messages announce a private address that they do not come from: ${subject}`,
	},
	"dns-failure": {
		severity: ({ detail }) => (detail.endsWith(ANSWERED_LATER) ? "info" : "warning"),
		what: ({ detail }) => `the name server answered ${detail}`,
		message: ({ detail, subject }) => `the name server answered ${detail}${subject ? ` (${subject})` : ""}`,
	},
	"dhcp-no-offer": {
		severity: "error",
		isTold: isOverdue,
		what: () => "no DHCP server offered the client an address",
		message: ({ subject, count }) => `no DHCP server offered ${subject} an address, which it asked for ${count} times`,
	},
	"dhcp-refused": {
		severity: ({ detail }) => (detail === REFUSED_THEN_SERVED ? "info" : "warning"),
		what: ({ detail }) => `the DHCP server refused the address that a client asked for ${detail}`.trim(),
		message: ({ detail, subject }) => `the DHCP server refused the address that ${subject} asked for ${detail}`.trim(),
	},
	"ntp-refused": {
		severity: "warning",
		what: ({ detail }) => `the time server refuses to serve (${detail})`,
	},
	"ntp-unsynchronised": {
		severity: "warning",
		what: ({ detail }) => `the time server says that its own clock is not synchronised (${detail})`,
	},
	"snmp-error": {
		severity: "warning",
		what: ({ detail }) => `the SNMP agent answered ${detail}`,
		message: ({ detail, subject }) => `the SNMP agent answered ${detail}${subject ? ` to an ${subject}` : ""}`,
	},
	"smtp-error": {
		severity: ({ detail }) => (UNKNOWN_COMMAND.test(detail) ? "info" : "warning"),
		what: ({ detail }) => `the mail server refused: ${detail}`,
		message: withText("the mail server refused"),
	},
	"imap-error": {
		severity: "warning",
		what: ({ detail }) => `the mailbox server refused: ${detail}`,
		message: withText("the mailbox server refused"),
	},
	"starttls-missing": {
		severity: (_incident, subject) => (offersTls(subject) ? "warning" : "info"),
		what: ({ detail }, subject) =>
			`${detail} went in clear text, ${offersTls(subject) ? "though the server offers" : "and the server was not seen to offer"} STARTTLS`,
	},
	"ldap-bind-failed": {
		severity: "warning",
		what: ({ detail }) => `the directory server refused the login: ${detail}`,
		message: withText("the directory server refused the login"),
	},
	"tls-alert": tlsAlert,
	"tls-incomplete": tlsIncomplete,
};

/** Where the other side answers others, or another try was answered, the service works. */
function unansweredSeverity({ detail, side }: Incident, { store, flow }: FlowCase): Severity {
	if (detail.endsWith(ANSWERED_LATER)) return "info";
	const isAnswering = store.protocol(flow) === Protocol.UDP && store.packets(flow, (1 - side) as 0 | 1) > 0;
	return isAnswering ? "warning" : "error";
}

/** @param words how the requests are called, without what may follow behind a comma. */
function unansweredText(detail: string, words: (request: string) => string): string {
	const rest = detail.endsWith(ANSWERED_LATER) ? ANSWERED_LATER : "";
	return `${words(detail.slice(0, detail.length - rest.length))} got no answer${rest}`;
}

/** `queries`, `requests`. */
function pluralOf(request: string): string {
	return request.endsWith("y") ? `${request.slice(0, -1)}ies` : `${request}${request.endsWith("ch") ? "es" : "s"}`;
}

function rewritingText(detail: string): string {
	if (detail !== PARTLY) return "addresses in SIP messages are rewritten on the way";
	return "addresses in SIP messages are translated in part, private ones stay: by an inspection on the way (ALG), or by the sender itself";
}

/** Whether something of the kind was noted of the flow. @param other a detail that does not count. */
function isNoted({ sessions, flow }: FlowCase, kind: IncidentKind, other?: string): boolean {
	return sessions.incidents.of(flow).some((each) => each.kind === kind && each.detail !== other);
}

function offersTls({ sessions, flow }: FlowCase): boolean {
	return sessions.fieldsOf(flow)?.tlsOffered === true;
}

/** The other side's own words behind the detail. */
function withText(words: string): (incident: Incident) => string {
	return ({ detail, subject, count }) =>
		`${words}${count > 1 ? ` ${counted(count, "time")}` : ""}: ${detail}${subject && !detail.endsWith(subject) ? ` (${subject})` : ""}`;
}

/** What the sessions noted of a flow. */
export function incidents(subject: FlowCase): readonly Observation[] | undefined {
	const noted = subject.sessions.incidents.of(subject.flow);
	if (noted.length === 0) return undefined;
	return noted.flatMap((incident) => {
		const { kind, count, first, last } = incident;
		const telling = TELLINGS[kind];
		if (!telling || !(telling.isTold?.(incident, subject) ?? true)) return [];
		const { severity, what, message } = telling;
		const own = message?.(incident, subject);
		const filter = telling.filter?.(incident);
		return {
			kind,
			severity: typeof severity === "string" ? severity : severity(incident, subject),
			what: what(incident, subject),
			...(own === undefined ? {} : { message: own }),
			...(telling.isPending?.(incident, subject) ? { isPending: true as const } : {}),
			...(filter === undefined ? {} : { filter }),
			count,
			from: first,
			until: last,
		};
	});
}
