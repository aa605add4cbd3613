import { connState, isUnderWay } from "../../flow/tcp.ts";
import { Protocol } from "../../packet/view.ts";
import type { FlowCase, Observation } from "../observation.ts";
import { counted, durationText } from "../words.ts";
import { severityOf, undelivered } from "./reachability.ts";
import { SURE } from "./waiting.ts";

const REFUSED = "connection requests were answered by a reset";

/** Whether a TCP connection came about. */
export function connection(subject: FlowCase): readonly Observation[] | undefined {
	const { store, flow, label } = subject;
	if (store.protocol(flow) !== Protocol.TCP || label.direction.basis !== "handshake") return undefined;
	const words = store.tcpWords(flow);
	const at = store.tcpBase(flow);
	const state = connState(words, at);
	if (state === "S0") return isUnderWay(words, at) || undelivered(subject).length > 0 ? undefined : unanswered(subject);
	return state === "REJ" ? [refused(subject)] : undefined;
}

/** A request that is younger than an answer may take, when the capture ends, says nothing by itself. */
function unanswered(subject: FlowCase): Observation[] {
	const { store, flow, label, end, thresholds } = subject;
	const client = (1 - label.direction.serverSide) as 0 | 1;
	const requests = store.packets(flow, client);
	const [first, last] = [store.first(flow), store.last(flow)];
	const isYoung = requests < SURE && end - first < thresholds["answer-time"] * 1e9;
	const span = last > first ? ` in ${durationText((last - first) / 1e9)}` : "";
	return [
		{
			kind: "unanswered",
			severity: severityOf(subject),
			what: "connection requests were never answered",
			message: `${counted(requests, "connection request")}${span} ${requests === 1 ? "was" : "were"} never answered`,
			count: requests,
			filter: "tcp.flags.syn == 1",
			...(isYoung ? { isPending: true } : {}),
		},
	];
}

/**
 * A refusal is no fault where the site uses the secure service of the pair, or where the port is closed by default. It is
 * an error where the row should work, and the port never answered in the capture.
 */
function refused(subject: FlowCase): Observation {
	const { flow, label, labels } = subject;
	const secure = labels.secureTwin(flow, label);
	if (secure !== undefined) {
		const what = `${REFUSED}, as is normal with secure services only: the host answers on tcp/${secure}`;
		return { kind: "refused", severity: "info", what };
	}
	const row = labels.rowOf(label.verdict);
	if (row?.state === "closed")
		return { kind: "refused", severity: "warning", what: `${REFUSED}: the port is closed by default` };
	const isDown = row !== undefined && !labels.hasAnswered(flow, label);
	return { kind: "refused", severity: isDown ? "error" : "warning", what: REFUSED };
}
