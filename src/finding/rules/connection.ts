import { FlowStore } from "../../flow/store.ts";
import { connState, isUnderWay } from "../../flow/tcp.ts";
import { Protocol } from "../../packet/view.ts";
import type { FlowCase, Observation } from "../observation.ts";
import { counted, durationText } from "../words.ts";
import { undelivered } from "./reachability.ts";

const REFUSED = "the server refused the connection with a reset";
/** So many requests make sure that no answer is on its way. */
const SURE = 3;

/** Whether a TCP connection came about. */
export function connection(subject: FlowCase): readonly Observation[] | undefined {
	const { store, flow, label } = subject;
	if (store.protocol(flow) !== Protocol.TCP || label.direction.basis !== "handshake") return undefined;
	const words = store.words(flow);
	const at = store.base(flow) + FlowStore.STATE;
	const state = connState(words, at);
	if (state === "S0") return isUnderWay(words, at) || undelivered(subject).length > 0 ? undefined : unanswered(subject);
	return state === "REJ" ? [refused(subject)] : undefined;
}

/** A request that is younger than an answer may take, when the capture ends, says nothing. */
function unanswered({ store, flow, label, end, thresholds }: FlowCase): Observation[] | undefined {
	const client = (1 - label.direction.serverSide) as 0 | 1;
	const requests = store.packets(flow, client);
	const [first, last] = [store.first(flow), store.last(flow)];
	if (requests < SURE && end - first < thresholds["answer-time"] * 1e9) return undefined;
	const span = last > first ? ` in ${durationText((last - first) / 1e9)}` : "";
	return [
		{
			kind: "unanswered",
			severity: "error",
			what: "connection requests were never answered",
			message: `${counted(requests, "connection request")}${span} ${requests === 1 ? "was" : "were"} never answered`,
			count: requests,
			filter: "tcp.flags.syn == 1",
		},
	];
}

/** A refusal is no fault where the site uses the secure service of the pair, or where the port is closed by default. */
function refused({ flow, label, labels }: FlowCase): Observation {
	const secure = labels.secureTwin(flow, label);
	if (secure !== undefined) {
		const what = `${REFUSED}, as is normal with secure services only: it answers on tcp/${secure}`;
		return { kind: "refused", severity: "info", what };
	}
	const isClosed = labels.rowOf(label.verdict)?.state === "closed";
	const what = isClosed ? `${REFUSED}: the port is closed by default` : REFUSED;
	return { kind: "refused", severity: "warning", what };
}
