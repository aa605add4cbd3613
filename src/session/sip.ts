import type { PacketView } from "../packet/view.ts";
import { parseSip } from "../protocol/sip-message.ts";
import type { CallTracker } from "./calls.ts";
import type { Refusals } from "./refusals.ts";
import { RegistrationTable } from "./registrations.ts";

/** Reads SIP (RFC 3261) once for all who follow it. */
export class SipTracker {
	readonly registrations: RegistrationTable;
	readonly #calls: CallTracker;

	constructor(calls: CallTracker, refusals: Refusals) {
		this.#calls = calls;
		this.registrations = new RegistrationTable(refusals);
	}

	/** Looks at a whole message. @param side its sender's. */
	observe(data: Uint8Array, start: number, end: number, packet: PacketView, flow: number, side: 0 | 1): void {
		const message = parseSip(data, start, end);
		if (!message) return;
		if (message.method === "REGISTER") this.registrations.observe(message, packet, flow, side);
		this.#calls.observe(message, data, end, packet, flow);
	}
}
