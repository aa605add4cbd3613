import { Protocol } from "../../packet/view.ts";
import type { FlowCase, Observation } from "../observation.ts";

/** No capture with a right clock is older: TLS is not. Seconds since 1970, at the beginning of 1995. */
const FIRST_TLS = 788_918_400;

/** Certificates in clear, so of TLS 1.2 and before, that were not valid when they were shown. */
export function certificates(subject: FlowCase): readonly Observation[] | undefined {
	const invalid = invalidity(subject);
	return invalid && [{ kind: invalid.kind, severity: "error", what: invalid.text }];
}

/**
 * Why a server's certificate was not valid at the flow's beginning; undefined where it was. That of media's DTLS is
 * vouched for by signalling, its dates count for nothing (RFC 8827, 6.5).
 */
export function invalidity({
	store,
	sessions,
	flow,
	epoch,
}: FlowCase):
	| { readonly kind: "certificate-expired" | "certificate-not-yet-valid"; readonly text: string }
	| undefined {
	const fields = store.protocol(flow) === Protocol.TCP ? sessions.fieldsOf(flow) : undefined;
	const { validFrom, validTo } = fields ?? {};
	const shown = epoch + store.first(flow) / 1e9;
	if (!fields || (validFrom ?? validTo) === undefined || shown < FIRST_TLS) return undefined;
	const holder = `the server's certificate for ${fields.certificate ?? "nobody"}`;
	if (typeof validTo === "string" && shown > secondsOf(validTo))
		return { kind: "certificate-expired", text: `${holder} expired on ${dateOf(validTo)}` };
	if (typeof validFrom === "string" && shown < secondsOf(validFrom))
		return { kind: "certificate-not-yet-valid", text: `${holder} is not valid before ${dateOf(validFrom)}` };
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
