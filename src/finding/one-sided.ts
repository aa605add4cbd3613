import type { FlowStore } from "../flow/store.ts";
import { Protocol } from "../packet/view.ts";
import type { FindingKind } from "./kinds.ts";
import { isOneSided } from "./rules/one-way.ts";

/** One-sided connections that make a capture one-sided, and their part of all that go on. */
const ENOUGH_FLOWS = 3;
const PART = 0.8;

/** What cannot be told where the other direction is not in the capture: that it is silent. */
export const NEEDS_BOTH_SIDES: ReadonlySet<FindingKind> = new Set<FindingKind>([
	"unanswered",
	"one-way",
	"half-open",
	"blocked-direction",
	"tls-incomplete",
	"dhcp-no-offer",
	"tftp-no-data",
	"tftp-incomplete",
	"tftp-restarted",
	"one-way-media",
	"no-media",
	"media-stopped",
	"no-ack",
	"subscription-fallback",
]);

/** The TCP connections of which the capture holds one direction; empty where that is not most of them. */
export function oneSidedFlows(store: FlowStore): number[] {
	const flows: number[] = [];
	let whole = 0;
	for (let flow = 0; flow < store.size; flow++) {
		if (store.protocol(flow) !== Protocol.TCP) continue;
		if (store.packets(flow, 0) > 0 && store.packets(flow, 1) > 0) whole++;
		else if (isOneSided(store, flow)) flows.push(flow);
	}
	return flows.length >= ENOUGH_FLOWS && flows.length >= PART * (flows.length + whole) ? flows : [];
}
