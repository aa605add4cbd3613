import type { CallRecord } from "../../document/document.ts";
import { counted } from "../../finding/words.ts";

/** `MOS 4.2, 0.4 % lost, jitter 3.1 ms, 2 streams`: the worst of a call's streams; empty where no media was seen. */
export function mediaText({ media, mediaFlows, findings }: CallRecord): string {
	const notes = [...new Set(findings.map(({ kind }) => kind))];
	if (media.length === 0)
		return [...notes, ...(mediaFlows.length > 0 ? [counted(mediaFlows.length, "flow")] : [])].join(", ");
	const scores = media.flatMap(({ quality }) => quality?.mos ?? []);
	const isAtMost = media.some(({ quality }) => quality?.atMost);
	const jitters = media.flatMap(({ jitterMs }) => jitterMs ?? []);
	return [
		...notes,
		...(scores.length > 0
			? [
					`MOS ${isAtMost ? "≤ " : ""}${Math.min(...scores).toFixed(1)}${notes.includes("one-way-media") ? " (one way)" : ""}`,
				]
			: []),
		`${Math.max(...media.map(({ lossPercent }) => lossPercent))} % lost`,
		...(jitters.length > 0 ? [`jitter ${Math.max(...jitters).toFixed(1)} ms`] : []),
		counted(media.length, "stream"),
		...(media.every(({ srtp }) => srtp) ? ["SRTP"] : []),
	].join(", ");
}

/** What kind of answer a SIP message is, by its {@link MessageRecord.text}; undefined for a request. */
export function answerOf(text: string): "provisional" | "challenge" | "success" | "refusal" | undefined {
	const [, status] = /^([1-6]\d\d)(?: |$)/.exec(text) ?? [];
	if (status === undefined) return undefined;
	if (status < "200") return "provisional";
	// The caller is to prove who it is: the same request comes again.
	if (status === "401" || status === "407") return "challenge";
	return status < "300" ? "success" : "refusal";
}

/** Whether something is wrong with a call. */
export function isTroubled({ findings }: CallRecord): boolean {
	return findings.some(({ severity }) => severity !== "info");
}

/** Calls that something is wrong with first, each part in the order of time. */
export function troubleFirst(calls: readonly CallRecord[]): CallRecord[] {
	return [...calls.filter(isTroubled), ...calls.filter((call) => !isTroubled(call))];
}

/** `answered`, `busy (486)`, `rejected 403 Forbidden`: a refusal always with its status. */
export function resultText({ result, status }: Pick<CallRecord, "result" | "status">): string {
	const isTold = status === null || status < 300 || result === "cancelled" || result.includes(String(status));
	return isTold ? result : `${result} (${status})`;
}

/** Why an answered call ended, as far as its BYE says; empty for most. */
export function endReasonText({ result, reason, cause }: Pick<CallRecord, "result" | "reason" | "cause">): string {
	if (result !== "answered") return "";
	return [...(reason === null ? [] : [reason]), ...(cause === null ? [] : [`cause ${cause}`])].join(", ");
}

/**
 * Minutes and seconds from the answer on; `≥` where the call began before the capture or went on after it; empty where nothing was
 * seen of it after the answer.
 */
export function lastedText({ duration, end, beganBefore }: CallRecord): string {
	if (duration === null) return "";
	const seconds = Math.max(0, Math.round(duration));
	const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
	if (end !== null && !beganBefore) return time;
	return seconds === 0 ? "" : `≥${time}`;
}
