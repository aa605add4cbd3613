import type { Incident } from "../../session/incidents.ts";
import { ENCRYPTED_ALERT } from "../../session/service/encrypted-handshake.ts";
import { NOT_TLS, WARNING } from "../../session/service/handshakes.ts";
import type { FlowCase } from "../observation.ts";
import { invalidity, refusalOf } from "./certificates.ts";
import type { Telling } from "./telling.ts";
import { endOf, isOverdue, lacksBytes, sideName } from "./waiting.ts";

/** Messages behind which their own sender goes on; behind the others it is the other side's turn. */
const GOES_ON: ReadonlySet<string> = new Set([
	"server hello",
	"certificate",
	"server key exchange",
	"certificate request",
	"certificate status",
	"session ticket",
	"client key exchange",
	"certificate verify",
	"change cipher spec",
]);
const CLIENT_HELLO = "client hello";
const FINISHED = "finished";
/** Alerts by which a side may refuse another's certificate. */
const ABOUT_CERTIFICATES = /cert|unknown_ca|handshake_failure|access_denied/;

export const tlsAlert: Telling = {
	severity: "error",
	/** A fatal alert in clear is sure; what may be one, or may be ignored, is told by what follows; some with their cause. */
	isTold: (incident, subject) =>
		((incident.detail !== ENCRYPTED_ALERT && !incident.detail.startsWith(WARNING)) || endOf(subject) !== undefined) &&
		refusalOf(subject) !== incident,
	what: alertText,
	filter: ({ detail }) =>
		detail === ENCRYPTED_ALERT ? "(tls.record.content_type == 21 || tls.record.length <= 19)" : undefined,
	message(incident, subject) {
		const reason = alertReason(incident, subject);
		return `${alertText(incident, subject)}${reason === "" ? "" : `: ${reason}`}`;
	},
};

function alertText({ detail, side }: Incident, subject: FlowCase): string {
	const by = sideName(subject, side);
	if (detail === ENCRYPTED_ALERT)
		return `the ${by} ended the TLS handshake with an encrypted alert where its next message was due`;
	return `the ${by} ended the TLS handshake with the alert ${detail}`;
}

/** What the rest of the handshake says of the alert's cause; empty where it says nothing. */
function alertReason({ detail, side }: Incident, subject: FlowCase): string {
	const fields = subject.sessions.fieldsOf(subject.flow) ?? {};
	if (detail.includes("protocol_version"))
		return typeof fields.offeredVersion === "string" ? `the client offers at most ${fields.offeredVersion}` : "";
	const isAboutCertificate = detail === ENCRYPTED_ALERT || ABOUT_CERTIFICATES.test(detail);
	if (!isAboutCertificate) return "";
	if (sideName(subject, side) === "server")
		return fields.clientCertificate === false ? "it asked for a certificate, and the client has none" : "";
	const invalid = invalidity(subject);
	if (invalid) return invalid.text;
	return fields.selfSigned === true ? `the server's certificate for ${fields.certificate} is signed by itself` : "";
}

export const tlsIncomplete: Telling = {
	severity: (incident, subject) => (isGivenUp(incident, subject) ? "warning" : "error"),
	isTold(incident, subject) {
		if (incident.detail === NOT_TLS) return true;
		const { store, flow } = subject;
		const isTwoWay = store.packets(flow, 0) > 0 && store.packets(flow, 1) > 0;
		if (!isTwoWay || lacksBytes(subject) || mayBeComplete(incident, subject)) return false;
		return endOf(subject) !== undefined || (isOverdue(incident, subject) && isAlive(incident, subject));
	},
	what(incident, subject) {
		const { detail, side } = incident;
		if (detail === NOT_TLS) return "the server answered the client hello with something that is not TLS";
		// Hellos and server's messages have their sender in their names.
		const last = /^(client|server) /.test(detail) ? detail : `${sideName(subject, side)}'s ${detail}`;
		return `the TLS handshake stopped after the ${last}: ${silence(dueSide(incident, subject), subject)}`;
	},
	/** Wireshark sees no handshake in such an answer. */
	filter: ({ detail }) => (detail === NOT_TLS ? "tcp.len > 0" : undefined),
};

/** In TLS 1.3 a server need not answer the client's Finished: that it ends the connection shows that it was not content. */
function mayBeComplete({ detail, side }: Incident, subject: FlowCase): boolean {
	if (detail !== FINISHED || subject.sessions.fieldsOf(subject.flow)?.version !== "TLS 1.3") return false;
	return endOf(subject)?.side !== 1 - side;
}

/** The side whose message was due. */
function dueSide({ detail, side }: Incident, subject: FlowCase): "client" | "server" {
	return sideName(subject, GOES_ON.has(detail) ? side : ((1 - side) as 0 | 1));
}

/**
 * Whether a connection that nobody ended was still there when an answer was overdue. Behind a client's hello silence is
 * enough: the server has to speak.
 */
function isAlive({ detail, last }: Incident, { store, flow, thresholds }: FlowCase): boolean {
	return detail === CLIENT_HELLO || store.last(flow) - last >= thresholds["answer-time"] * 1e9;
}

/** Whether the client left of its own accord, as browsers do that opened more connections than they need. */
function isGivenUp(incident: Incident, subject: FlowCase): boolean {
	const end = endOf(subject);
	if (incident.detail === NOT_TLS || !end || sideName(subject, end.side) === "server") return false;
	if (dueSide(incident, subject) === "client") return true;
	return subject.store.last(subject.flow) - incident.last < subject.thresholds["answer-time"] * 1e9;
}

/** What the side did whose message was due. */
function silence(due: string, subject: FlowCase): string {
	const end = endOf(subject);
	if (!end) return `the ${due} sent nothing more`;
	const by = sideName(subject, end.side);
	const how = end.how === "reset" ? "reset" : "closed";
	return by === due
		? `the ${due} ${how} the connection`
		: `the ${due} sent nothing, and the ${by} ${how} the connection`;
}

/** Whether a connection's end is told already: its TLS handshake failed, and what follows is no trouble of its own. */
export function endedByHandshake(subject: FlowCase): boolean {
	if (refusalOf(subject)) return true;
	return subject.sessions.incidents.of(subject.flow).some((incident) => {
		const telling =
			incident.kind === "tls-alert" ? tlsAlert : incident.kind === "tls-incomplete" ? tlsIncomplete : undefined;
		return telling?.isTold?.(incident, subject) === true;
	});
}
