import { Role } from "../protocol/recogniser.ts";

/**
 * A flow's evidence word: what its payload has shown so far, in 32 bits of the flow's record.
 *
 * Bits 0–7: recogniser (its place in the table + 1, 0 for none); 8–9: which side the payload shows to be the server
 * (0 unknown, 1 side 0, 2 side 1); 10–12 and 13–15: payloads looked at, side 0 and side 1; 16: carries RTP; 17: may
 * come to carry RTP; 18: the server side is what the first request suggests, and may be corrected; 19 and 20:
 * nothing more is wanted of side 0, side 1; 21: has gone over to TLS; 22: carries DTLS beside what was recognised; 23:
 * a follower wants what comes next; 31: nothing more to look for, so that the per-packet path tests only the sign.
 */
const RECOGNISER = 0xff;
const SERVER_SHIFT = 8;
const SEEN_SHIFT = 10;
const SEEN_MASK = 7;
const TENTATIVE = 1 << 18;
const SETTLED_SHIFT = 19;
const STARTED_TLS = 1 << 21;
export const RTP = 1 << 16;
/** STUN, DTLS or RTCP was recognised, and nothing else is looked for but the media that comes beside it (RFC 7983). */
export const MEDIA_MAY_FOLLOW = 1 << 17;
export const DTLS = 1 << 22;
const FOLLOWED = 1 << 23;
export const DONE = 1 << 31;

/** Payloads of each side that are looked at before a flow counts as showing nothing. */
export const PAYLOADS_PER_SIDE = 4;
/** Payloads of one side that are looked at at most, whatever the other side does: what the evidence word can count. */
export const MOST_PAYLOADS = 7;

/** Place in the table of recognisers, or -1. */
export function recogniserOf(evidence: number): number {
	return (evidence & RECOGNISER) - 1;
}

export function withRecogniser(evidence: number, recogniser: number): number {
	return (evidence & ~RECOGNISER) | (recogniser + 1);
}

/** The flow is found to be for another protocol: its first payloads are still to come. What showed its server stays. */
export function withRecogniserInstead(evidence: number, recogniser: number): number {
	const before = MEDIA_MAY_FOLLOW | (3 << SETTLED_SHIFT) | (SEEN_MASK << SEEN_SHIFT) | (SEEN_MASK << (SEEN_SHIFT + 3));
	return withRecogniser(evidence & ~before, recogniser);
}

/** The side that the payload shows to be the server; undefined where it does not tell. */
export function serverSideByPayload(evidence: number): 0 | 1 | undefined {
	const side = (evidence >>> SERVER_SHIFT) & 3;
	return side === 0 ? undefined : ((side - 1) as 0 | 1);
}

/** @param tentative whether a later payload may correct it. */
function withServerSide(evidence: number, side: 0 | 1, tentative: boolean): number {
	return (evidence & ~((3 << SERVER_SHIFT) | TENTATIVE)) | ((side + 1) << SERVER_SHIFT) | (tentative ? TENTATIVE : 0);
}

/** Whether the server side is only what the first request suggests. */
export function isTentative(evidence: number): boolean {
	return (evidence & TENTATIVE) !== 0;
}

/** Payloads of one side looked at so far, at most 7. */
export function seen(evidence: number, side: 0 | 1): number {
	return (evidence >>> (SEEN_SHIFT + 3 * side)) & SEEN_MASK;
}

export function withOneMoreSeen(evidence: number, side: 0 | 1): number {
	return seen(evidence, side) === SEEN_MASK ? evidence : evidence + (1 << (SEEN_SHIFT + 3 * side));
}

/** Whether one side of a flow has said what there is to learn from it. */
export function isSideSettled(evidence: number, side: 0 | 1): boolean {
	return (evidence & (1 << (SETTLED_SHIFT + side))) !== 0;
}

export function withSideSettled(evidence: number, side: 0 | 1): number {
	return evidence | (1 << (SETTLED_SHIFT + side));
}

/** Whether a connection that began in plain text has gone over to TLS. */
export function hasStartedTls(evidence: number): boolean {
	return (evidence & STARTED_TLS) !== 0;
}

/** Whether a follower wants the next messages of a flow, see {@link Follower}. */
export function isFollowed(evidence: number): boolean {
	return (evidence & FOLLOWED) !== 0;
}

export function withFollowed(evidence: number, followed: boolean): number {
	return followed ? evidence | FOLLOWED : evidence & ~FOLLOWED;
}

/** Whether nothing more is wanted of either side. */
export function areBothSettled(evidence: number): boolean {
	return isSideSettled(evidence, 0) && isSideSettled(evidence, 1);
}

/** The handshake is wanted of both sides, also of one that had said what there was to learn from it. */
export function withStartedTls(evidence: number): number {
	return (evidence | STARTED_TLS) & ~(3 << SETTLED_SHIFT);
}

/** What a payload's role says of the direction: the first word counts, unless it was only a suggestion. */
export function withRole(evidence: number, role: number, side: 0 | 1): number {
	if (role === Role.No || role === Role.Either) return evidence;
	const tentative = role === Role.Asks || role === Role.Answers;
	const isOpen = serverSideByPayload(evidence) === undefined || (isTentative(evidence) && !tentative);
	if (!isOpen) return evidence;
	const sends = role === Role.Server || role === Role.Answers;
	return withServerSide(evidence, sends ? side : ((1 - side) as 0 | 1), tentative);
}

/** Whether no side's next message is wanted; a side that says nothing for a while is not waited for. */
export function areSidesSettled(evidence: number, side: 0 | 1): boolean {
	const other = (1 - side) as 0 | 1;
	if (!isSideSettled(evidence, side)) return false;
	return isSideSettled(evidence, other) || (seen(evidence, other) === 0 && seen(evidence, side) >= PAYLOADS_PER_SIDE);
}

/** What a side is by all that its flow's payload showed so far. */
export function senderOf(evidence: number, side: 0 | 1): Role {
	const server = serverSideByPayload(evidence);
	if (server === undefined) return Role.Either;
	return server === side ? Role.Server : Role.Client;
}
