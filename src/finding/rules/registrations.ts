import type { Refusal } from "../../session/call/refusals.ts";
import type { FlowCase, Observation } from "../observation.ts";
import { listed } from "../words.ts";
import { checksOf } from "./refusal-checks.ts";

/** Users who could not register: one observation for each answer that a flow shows, whoever got it. */
export function registrations({ sessions, flow }: FlowCase): readonly Observation[] | undefined {
	const { refusals } = sessions;
	const all = refusals.of(flow);
	if (all.length === 0) return undefined;
	const kinds = new Map<string, Refusal[]>();
	for (const each of all) {
		const kind = `${each.words}|${each.isChallenge}|${refusals.isOvercome(each)}`;
		const alike = kinds.get(kind);
		if (alike) alike.push(each);
		else kinds.set(kind, [each]);
	}
	return [...kinds.values()].map((alike) => observation(alike, refusals.isOvercome(alike[0]!)));
}

/** @param isOvercome whether these users got through later: by another server, or with another password. */
function observation(alike: readonly Refusal[], isOvercome: boolean): Observation {
	const { words, explanation, isChallenge, first } = alike[0]!;
	const why = isChallenge ? `credentials are answered by the same challenge again and again: ${words}` : words;
	const end = isOvercome ? ", though a later one succeeded" : "";
	const users = [...new Set(alike.map(({ user }) => user))];
	return {
		kind: "registration-failed",
		severity: isOvercome ? "info" : "error",
		what: `registrations are refused: ${why}${end}`,
		message: `registrations of ${listed(users)} are refused: ${why}${explanation ? ` (${explanation})` : ""}${end}`,
		...checksOf(Number.parseInt(words, 10)),
		count: alike.reduce((sum, { count }) => sum + count, 0),
		from: first,
		until: Math.max(...alike.map(({ last }) => last)),
	};
}
