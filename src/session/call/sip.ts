import type { PacketView } from "../../packet/view.ts";
import { SipMessage } from "../../protocol/sip-message.ts";
import type { IncidentTable } from "../incidents.ts";
import { Overflow } from "../overflow.ts";
import type { CallTracker } from "./calls.ts";
import type { Refusals } from "./refusals.ts";
import { RegistrationTable } from "./registrations.ts";
import { SipAddresses } from "./sip-addresses.ts";
import type { Transactions } from "./transactions.ts";

/** Nobody answers an ACK (RFC 3261, 17.1.1.3), and a CANCEL goes the way of what it cancels. */
const WITHOUT_ANSWER: ReadonlySet<string> = new Set(["ACK", "CANCEL"]);

/** Reads SIP (RFC 3261) once for all who follow it. */
export class SipTracker {
	readonly registrations: RegistrationTable;
	readonly #calls: CallTracker;
	readonly #transactions: Transactions;
	readonly #addresses: SipAddresses;
	readonly #message = new SipMessage();

	constructor(
		calls: CallTracker,
		refusals: Refusals,
		transactions: Transactions,
		incidents: IncidentTable,
		overflow = new Overflow(),
	) {
		this.#addresses = new SipAddresses(incidents, overflow);
		this.#calls = calls;
		this.#transactions = transactions;
		this.registrations = new RegistrationTable(refusals, overflow);
	}

	/** Looks at a whole message. @param side its sender's. */
	observe(data: Uint8Array, start: number, end: number, packet: PacketView, flow: number, side: 0 | 1): void {
		const message = this.#message;
		if (!message.read(data, start, end)) return;
		this.#follow(message, packet, flow, side);
		this.#addresses.observe(message, packet, flow, side);
		if (message.method === "REGISTER") this.registrations.observe(message, packet, flow, side);
		this.#calls.observe(message, packet, flow, side);
	}

	/**
	 * What is answered by anything, if only by 100 (Trying), has reached somebody. So has an INVITE that its own sender
	 * acknowledges: the answer was there, if not in the capture.
	 */
	#follow(message: SipMessage, packet: PacketView, flow: number, side: 0 | 1): void {
		const { method, status, transaction } = message;
		if (method === "ACK") this.#transactions.acknowledge(flow, side, transaction);
		else if (status !== 0) this.#transactions.answer(flow, side, transaction, packet);
		else if (!WITHOUT_ANSWER.has(method))
			this.#transactions.ask(flow, side, transaction, packet, `SIP ${method} request`, message.uri);
	}
}
