import { FlowStore } from "../flow/store.ts";
import { connState } from "../flow/tcp.ts";
import type { Direction } from "../label/direction.ts";
import { Protocol } from "../packet/view.ts";
import type { Finding } from "./document.ts";

const NO_FINDINGS: readonly Finding[] = [];
const UNANSWERED: readonly Finding[] = [
	{ kind: "unanswered", severity: "error", message: "the connection request was never answered" },
];
const REFUSED: readonly Finding[] = [
	{ kind: "refused", severity: "warning", message: "the server refused the connection with a reset" },
];

/** What a support engineer should know of one flow: so far, whether its TCP connection came about. */
export function flowFindings(store: FlowStore, flow: number, direction: Direction): readonly Finding[] {
	if (store.protocol(flow) !== Protocol.TCP || direction.basis !== "handshake") return NO_FINDINGS;
	const state = connState(store.words(flow), store.base(flow) + FlowStore.STATE);
	if (state === "S0") return UNANSWERED;
	return state === "REJ" ? REFUSED : NO_FINDINGS;
}
