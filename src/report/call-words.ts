import { counted } from "../finding/words.ts";
import type { CallRecord } from "./document.ts";

/** `2 streams, 0.4 % lost, jitter 3.1 ms, MOS 4.2`: the worst of a call's streams; empty where no media was seen. */
export function mediaText({ media, mediaFlows, findings }: CallRecord): string {
	const notes = findings.map(({ kind }) => kind);
	if (media.length === 0)
		return [...notes, ...(mediaFlows.length > 0 ? [counted(mediaFlows.length, "flow")] : [])].join(", ");
	const loss = Math.max(...media.map(({ lossPercent }) => lossPercent));
	const jitters = media.flatMap(({ jitterMs }) => jitterMs ?? []);
	const parts = [counted(media.length, "stream"), `${loss} % lost`];
	if (jitters.length > 0) parts.push(`jitter ${Math.max(...jitters).toFixed(1)} ms`);
	const scores = media.flatMap(({ quality }) => quality?.mos ?? []);
	if (scores.length > 0) parts.push(`MOS ${Math.min(...scores).toFixed(1)}`);
	if (media.every(({ srtp }) => srtp)) parts.push("SRTP");
	return [...notes, ...parts].join(", ");
}

/** `answered`, `busy (486)`, `rejected 403 Forbidden`: a refusal always with its status. */
export function resultText({ result, status }: Pick<CallRecord, "result" | "status">): string {
	const isTold = status === null || status < 300 || result === "cancelled" || result.includes(String(status));
	return isTold ? result : `${result} (${status})`;
}

/** Minutes and seconds from the answer on; `≥` where the call began before the capture or went on after it. */
export function lastedText({ duration, end, beganBefore }: CallRecord): string {
	if (duration === null) return "";
	const seconds = Math.max(0, Math.round(duration));
	const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
	return end === null || beganBefore ? `≥${time}` : time;
}
