import type { FlowRecord, Label } from "../../document/document.ts";
import { safeText } from "../text/safe-text.ts";

/** What a packet's comment says of its flow: `IPO-IN-5 flow 12`. */
export function flowComment({ id, label }: FlowRecord): string {
	return safeText(`${labelWords(label)} flow ${id}`);
}

/**
 * The same for the flow's first packet, with what the label rests on and what is wrong. Of what peers wrote nothing acts:
 * programs show comments as they are.
 */
export function firstComment(flow: FlowRecord): string {
	const { label, findings, transfer, call } = flow;
	const parts = [
		...(label.service === null ? [] : [label.service]),
		...(label.confidence === null ? [] : [label.confidence]),
		...(label.row === null ? label.reasons.slice(0, 1) : []),
		...(transfer === undefined ? [] : [`transfer ${transfer}`]),
		...(call === undefined ? [] : [`call ${call.join(", ")}`]),
		...findings.map(({ kind, message }) => `${kind}: ${message}`),
	];
	return parts.length > 0 ? `${flowComment(flow)}: ${safeText(parts.join("; "))}` : flowComment(flow);
}

/** `IPO-IN-5`, `IPO-IN-1/VMPRO-OUT-3` where both ends are products, `ambiguous IPO-IN-31|IPO-IN-51`, `unknown`. */
function labelWords({ status, row, peerRow, candidates }: Label): string {
	if (status === "matched") return peerRow === null ? `${row}` : `${row}/${peerRow}`;
	return status === "ambiguous" ? `ambiguous ${candidates.join("|")}` : status;
}
