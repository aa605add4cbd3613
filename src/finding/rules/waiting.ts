import type { FlowStore } from "../../flow/store.ts";
import { history } from "../../flow/tcp.ts";
import { Protocol } from "../../packet/view.ts";
import type { Incident } from "../../session/incidents.ts";
import type { FlowCase } from "../observation.ts";

/** So many requests make sure that no answer is on its way. */
export const SURE = 3;

/** Whether the capture went on for long enough behind a request for its answer to come. */
export function isOverdue({ first, last, count }: Incident, { end, thresholds }: FlowCase): boolean {
	const patience = thresholds["answer-time"] * 1e9;
	return end - last >= patience || (count >= SURE && end - first.time >= patience);
}

/** Whether bytes that the receiver acknowledged are not in the capture: what seems missing may have been among them. */
export function lacksBytes({ store, flow }: Pick<FlowCase, "store" | "flow">): boolean {
	return store.protocol(flow) === Protocol.TCP && /[Gg]/.test(historyOf(store, flow));
}

/** Who ended a TCP connection first, and how; undefined where the capture does not show it. */
export function endOf({
	store,
	flow,
}: FlowCase): { readonly side: 0 | 1; readonly how: "closed" | "reset" } | undefined {
	const letters = historyOf(store, flow);
	const letter = /[FfRrIi]/.exec(letters)?.[0];
	if (letter === undefined) return undefined;
	const originator = letters.startsWith("^") ? 1 : 0;
	const isOriginator = letter < "a";
	return {
		side: (isOriginator ? originator : 1 - originator) as 0 | 1,
		how: /[Rr]/.test(letter) ? "reset" : "closed",
	};
}

function historyOf(store: FlowStore, flow: number): string {
	return history(store.tcpWords(flow), store.tcpBase(flow));
}

/** `client` or `server`. */
export function sideName({ label }: FlowCase, side: 0 | 1): "client" | "server" {
	return side === label.direction.serverSide ? "server" : "client";
}
