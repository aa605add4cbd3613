import type { CallCase, CallObservation } from "../observation.ts";
import { counted, durationText } from "../words.ts";
import { SURE } from "./waiting.ts";

/** A call's answer that is repeated and never acknowledged. */
export function noAck(subject: CallCase): readonly CallObservation[] | undefined {
	if (!isUnacknowledged(subject)) return undefined;
	const { from, to, acceptance, endReason, flows } = subject.call;
	const { count, first, last } = acceptance!;
	const often = `${counted(count, "time")} in ${durationText((last - first) / 1e9)}`;
	const end = endReason === "" ? "" : `; the call ended with: ${endReason}`;
	return [
		{
			kind: "no-ack",
			severity: "error",
			what: "answers to calls were sent again and again, and never acknowledged",
			message: `the answer to the call of ${from.address || "?"} to ${to.address || "?"} was sent ${often}, and never acknowledged${end}`,
			flows,
		},
	];
}

/** Whether no ACK came to a call's answer: that it was sent again for long shows that it is not the capture alone that lacks it. */
export function isUnacknowledged({ call: { acceptance }, thresholds }: CallCase): boolean {
	if (!acceptance || acceptance.isAcknowledged || acceptance.count <= SURE) return false;
	return acceptance.last - acceptance.first >= thresholds["answer-time"] * 1e9;
}
