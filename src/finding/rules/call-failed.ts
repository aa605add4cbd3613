import type { Call } from "../../session/call/call.ts";
import { isSipToWireshark } from "../filters.ts";
import type { CallCase, CallObservation } from "../observation.ts";
import { checksOf } from "./refusal-checks.ts";

/** Answers that tell what the people did or dialled: busy, away, declined, a wrong number (RFC 3261, 21; RFC 8197). */
const PEOPLE: ReadonlySet<number> = new Set([404, 410, 480, 484, 485, 486, 487, 600, 603, 604, 607, 608]);
/** Answers that another request is to follow: extensions, intervals, an agreement, one at a time. */
const STEPS: ReadonlySet<number> = new Set([401, 407, 420, 421, 422, 423, 491, 494]);
const TIME_OUT = 408;

/** Causes of Q.850 (table 1) that are no matter of the people. */
const CAUSES: ReadonlyMap<number, string> = new Map([
	[2, "no route to the specified transit network"],
	[3, "no route to the destination"],
	[25, "exchange routing error"],
	[27, "destination out of order"],
	[29, "facility rejected"],
	[34, "no circuit or channel available"],
	[38, "network out of order"],
	[41, "temporary failure"],
	[42, "switching equipment congestion"],
	[44, "requested circuit or channel not available"],
	[47, "resource unavailable"],
	[49, "quality of service not available"],
	[50, "requested facility not subscribed"],
	[57, "bearer capability not authorized"],
	[58, "bearer capability not presently available"],
	[63, "service or option not available"],
	[65, "bearer capability not implemented"],
	[69, "requested facility not implemented"],
	[79, "service or option not implemented"],
	[81, "invalid call reference"],
	[88, "incompatible destination"],
	[95, "invalid message"],
	[96, "mandatory information element is missing"],
	[97, "message type non-existent or not implemented"],
	[99, "information element non-existent"],
	[100, "invalid information element contents"],
	[101, "message not compatible with call state"],
	[102, "recovery on timer expiry"],
	[111, "protocol error"],
	[127, "interworking"],
]);
/** Reasons of a release (H.225.0, ReleaseCompleteReason) that are no matter of the people. */
const REASONS: ReadonlySet<string> = new Set([
	...["noBandwidth", "gatekeeperResources", "unreachableDestination", "invalidRevision", "noPermission"],
	...["unreachableGatekeeper", "gatewayResources", "securityDenied", "callerNotRegistered"],
	...["neededFeatureNotSupported", "tunnelledSignallingRejected", "securityError", "hopCountExceeded"],
]);
/** Another try at the same number belongs to a failed call for so long. */
const NEXT_TRY = 10e9;

/** Calls that ended in an error of network or servers, by their final outcome. */
export function callFailed(subject: CallCase): readonly CallObservation[] | undefined {
	const { call, sessions } = subject;
	const why = failureOf(call, subject);
	if (why === undefined) return undefined;
	const tries = sessions.calls.alike(call);
	// The leg behind it failed: that is the cause.
	if (tries.some((other) => isInside(other, call) && failureOf(other, subject) !== undefined)) return undefined;
	const isOvercome = tries.some((other) => other.answered !== null && isNear(other, call));
	const end = isOvercome ? ", but another try was answered" : "";
	const { protocol, status, from, to, explanation, refusedAt } = call;
	return [
		{
			kind: "call-failed",
			severity: isOvercome ? "info" : "error",
			what: `calls failed: ${why}${end}`,
			message: `the call of ${from.address || "?"} to ${to.address || "?"} failed: ${why}${explanation ? ` (${explanation})` : ""}${end}`,
			flows: call.flows,
			...(refusedAt ? { from: refusedAt } : {}),
			...checksOf(protocol === "sip" ? status : 0),
			filter: protocol === "h323" ? "q931 || h225" : isSipToWireshark(call) ? `sip.Status-Code == ${status}` : "",
		},
	];
}

/** Why a call failed; undefined for one that did not. */
function failureOf(call: Call, { end, thresholds }: CallCase): string | undefined {
	const { protocol, answered, isEstablished, isCancelled, status, refusalReason, ringing, progress, challenges, last } =
		call;
	if (answered !== null || isEstablished) return undefined;
	// Who gives up is answered by a refusal; that the next hop timed out is why they did.
	if (isCancelled && (status !== TIME_OUT || ringing !== null || progress !== null)) return undefined;
	if (protocol === "h323") return releaseOf(call);
	const words = `${status} ${refusalReason}`.trimEnd();
	if (status === 401 || status === 407) {
		const isOver = end - last >= thresholds["answer-time"] * 1e9;
		return challenges.count > 0 && isOver ? `credentials were not accepted: ${words}` : undefined;
	}
	// After ringing, it is people who did not answer in time.
	if (status === TIME_OUT && ringing !== null) return undefined;
	return status < 400 || PEOPLE.has(status) || STEPS.has(status) ? undefined : words;
}

function releaseOf({ ended, cause, refusalReason }: Call): string | undefined {
	if (ended === null) return undefined;
	const words = CAUSES.get(cause);
	if (words !== undefined) return `cause ${cause}, ${words}`;
	return cause === 0 && REASONS.has(refusalReason) ? refusalReason : undefined;
}

function isInside(inner: Call, outer: Call): boolean {
	return inner.start > outer.start && (inner.ended ?? inner.last) < (outer.ended ?? outer.last);
}

function isNear(other: Call, { start, ended, last }: Call): boolean {
	return other.start >= start - NEXT_TRY && other.start <= (ended ?? last) + NEXT_TRY;
}
