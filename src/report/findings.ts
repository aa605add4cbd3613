import { FlowStore } from "../flow/store.ts";
import { connState } from "../flow/tcp.ts";
import type { FlowLabel, Labels } from "../label/labels.ts";
import { Protocol } from "../packet/view.ts";
import type { Finding } from "./document.ts";

const NO_FINDINGS: readonly Finding[] = [];
const UNANSWERED: readonly Finding[] = [
	{ kind: "unanswered", severity: "error", message: "the connection request was never answered" },
];
const REFUSED = "the server refused the connection with a reset";

/** What a support engineer should know of one flow: so far, whether its TCP connection came about. */
export function flowFindings(store: FlowStore, flow: number, label: FlowLabel, labels: Labels): readonly Finding[] {
	if (store.protocol(flow) !== Protocol.TCP || label.direction.basis !== "handshake") return NO_FINDINGS;
	const state = connState(store.words(flow), store.base(flow) + FlowStore.STATE);
	if (state === "S0") return UNANSWERED;
	return state === "REJ" ? [refused(flow, label, labels)] : NO_FINDINGS;
}

/** A refusal is no fault where the site uses the secure service of the pair, or where the port is closed by default. */
function refused(flow: number, label: FlowLabel, labels: Labels): Finding {
	const secure = labels.secureTwin(flow, label);
	if (secure !== undefined) {
		const message = `${REFUSED}, as is normal with secure services only: it answers on tcp/${secure}`;
		return { kind: "refused", severity: "info", message };
	}
	const isClosed = labels.rowOf(label.verdict)?.state === "closed";
	const message = isClosed ? `${REFUSED}: the port is closed by default` : REFUSED;
	return { kind: "refused", severity: "warning", message };
}
