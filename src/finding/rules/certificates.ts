import type { PacketPlace } from "../../packet/view.ts";
import { Protocol } from "../../packet/view.ts";
import type { Incident } from "../../session/incidents.ts";
import { WARNING } from "../../session/service/handshakes.ts";
import type { FlowCase, Observation } from "../observation.ts";
import { endOf } from "./waiting.ts";

/** No capture with a right clock is older: TLS is not. Seconds since 1970, at the beginning of 1995. */
const FIRST_TLS = 788_918_400;
/** Alerts that refuse a certificate: certificate_expired, bad_certificate, unknown_ca and their like (RFC 8446, 6.2). */
const OF_CERTIFICATES = /certificate|unknown_ca/;

/** Certificates in clear, so of TLS 1.2 and before, that were not valid when they were shown. */
export function certificates(subject: FlowCase): readonly Observation[] | undefined {
	const invalid = invalidity(subject);
	if (!invalid) return undefined;
	const { kind, text, place } = invalid;
	const refusal = refusalOf(subject);
	const what = refusal ? `${text}; the client ended the handshake with the alert ${refusal.detail}` : text;
	return [{ kind, severity: "error", what, ...(place ? { from: place } : {}) }];
}

/** The alert by which the client refused a certificate that was not valid: that is the alert's cause. */
export function refusalOf(subject: FlowCase): Incident | undefined {
	const noted = subject.sessions.incidents.of(subject.flow);
	if (noted.length === 0) return undefined;
	const client = 1 - subject.label.direction.serverSide;
	const alert = noted.find(
		({ kind, side, detail }) => kind === "tls-alert" && side === client && OF_CERTIFICATES.test(detail),
	);
	if (!alert || !invalidity(subject)) return undefined;
	return alert.detail.startsWith(WARNING) && !endOf(subject) ? undefined : alert;
}

/**
 * Why a server's certificate was not valid when it was shown, and where that was; undefined where it was valid. That of media's DTLS is
 * vouched for by signalling, its dates count for nothing (RFC 8827, 6.5).
 */
export function invalidity({ store, sessions, flow, epoch }: FlowCase):
	| {
			readonly kind: "certificate-expired" | "certificate-not-yet-valid";
			readonly text: string;
			readonly place: PacketPlace | undefined;
	  }
	| undefined {
	if (store.protocol(flow) !== Protocol.TCP) return undefined;
	const fields = sessions.fieldsOf(flow);
	if (fields?.validTo === undefined) return undefined;
	const { validFrom, validTo } = fields;
	const place = sessions.certificatePlaceOf(flow);
	const shown = epoch + (place?.time ?? store.first(flow)) / 1e9;
	if (shown < FIRST_TLS) return undefined;
	const holder = `the server's certificate for ${fields.certificate ?? "nobody"}`;
	if (typeof validTo === "string" && shown > secondsOf(validTo))
		return { kind: "certificate-expired", text: `${holder} expired on ${dateOf(validTo)}`, place };
	if (typeof validFrom === "string" && shown < secondsOf(validFrom))
		return { kind: "certificate-not-yet-valid", text: `${holder} is not valid before ${dateOf(validFrom)}`, place };
	return undefined;
}

function secondsOf(iso: string): number {
	return Date.parse(iso) / 1000;
}

/** The day, and the time where the day alone would not tell. */
function dateOf(iso: string): string {
	return iso
		.replace("T", " ")
		.replace(/:00Z$|Z$/, " UTC")
		.replace(" 00:00 UTC", "");
}
