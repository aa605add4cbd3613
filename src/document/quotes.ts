import type { Matrix } from "../matrix/types.ts";
import type { IncidentKind } from "../session/incidents.ts";
import type { Sessions } from "../session/sessions.ts";

/** Incidents that are about something of ours: an SNMP request's kind. */
const OWN_SUBJECTS: ReadonlySet<IncidentKind> = new Set(["snmp-error"]);
/** Before a mail server's words (RFC 3463). */
const MAIL_STATUS = /^[245]\.\d{1,3}\.\d{1,3}\s+/;

/**
 * What peers wrote, and sentences of a report quote: reason phrases, explanations, errors, users, names, without the codes
 * before them. Who anonymizes sentences could only guess which of their words and numbers these are.
 */
export function* quotesOf({ calls, transfers, refusals, incidents }: Sessions): Iterable<string> {
	for (const { refusalReason, explanation, endReason } of calls.calls) {
		yield refusalReason;
		yield explanation;
		yield withoutCode(endReason);
	}
	for (const { error } of transfers.transfers) if (error !== null) yield withoutCode(error);
	for (const { user, words, explanation } of refusals.all()) {
		yield user;
		yield explanation;
		yield withoutCode(words);
	}
	for (const { kind, subject } of incidents.all()) if (!OWN_SUBJECTS.has(kind)) yield subject.replace(MAIL_STATUS, "");
}

/** Words behind a status or an error's number: `403 Forbidden`, `1 File not found`. */
export function withoutCode(text: string): string {
	return text.replace(/^\d{1,3}(?:\s+|$)/, "");
}

/** All texts of a matrix. */
export function* textsOf(value: Matrix | unknown): Iterable<string> {
	if (typeof value === "string") yield value;
	else if (typeof value === "object" && value !== null) for (const each of Object.values(value)) yield* textsOf(each);
}
