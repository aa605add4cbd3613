import type { SipMessage } from "../../protocol/sip-message.ts";

/** How often credentials were answered by the same challenge again (RFC 3261, 22). */
export interface Challenges {
	/** CSeq of the latest request with credentials; -1 for none. */
	asked: number;
	/** CSeq of the latest one whose answer was counted. */
	counted: number;
	count: number;
}

export function noChallenges(): Challenges {
	return { asked: -1, counted: -1, count: 0 };
}

/** Notes a request. */
export function ask(challenges: Challenges, { hasCredentials, sequence }: SipMessage): void {
	challenges.asked = hasCredentials ? sequence : -1;
}

/** Whether an answer asks for credentials. */
export function isChallenge({ status }: SipMessage): boolean {
	return status === 401 || status === 407;
}

/** Takes an answer that {@link isChallenge}: to a request with credentials, it refuses these, unless the nonce was old. */
export function challenge(challenges: Challenges, { sequence, isStale }: SipMessage): void {
	if (sequence !== challenges.asked || sequence === challenges.counted) return;
	challenges.counted = sequence;
	if (!isStale) challenges.count++;
}
