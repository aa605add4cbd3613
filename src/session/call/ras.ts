import { addressText } from "../../packet/address.ts";
import type { PacketView } from "../../packet/view.ts";
import { detached } from "../../protocol/bytes.ts";
import { parseRas, type RasMessage } from "../../protocol/h323/ras.ts";
import type { IncidentTable } from "../incidents.ts";
import { dropOldest } from "../oldest.ts";
import { Overflow } from "../overflow.ts";
import type { Refusals } from "./refusals.ts";
import { LIFETIME, type Transactions } from "./transactions.ts";

/** Requests whose sender is remembered until the answer; the oldest gives way. */
const MAX_ASKED = 10_000;
const BEYOND = `RAS requests beyond ${MAX_ASKED} at a time: what refuses them is told without their alias`;
/** What has to be confirmed or rejected; an information request is answered by a message that comes unasked, too. */
const REQUEST = /^(?!info).*Request$/;
const ANSWER = /(?:Confirm|Reject|InProgress|unknownMessageResponse)$/;
/** Rejects of a registration that only ask for another request first (H.225.0, 7.9.3). */
const STEPS: ReadonlySet<string> = new Set(["discoveryRequired", "fullRegistrationRequired"]);
/** Rejects of an admission that are an answer to whoever called, or send the call another way (H.225.0, 7.11.3). */
const NO_FAILURES: ReadonlySet<string> = new Set([
	...["calledPartyNotRegistered", "incompleteAddress", "unallocatedNumber", "aliasesInconsistent"],
	...["routeCallToGatekeeper", "routeCallToSCN", "collectDestination", "collectPIN"],
]);

/** Follows what endpoints ask of their gatekeepers (H.225.0, 7.8 to 7.11): who was refused what. */
export class RasTracker {
	readonly #refusals: Refusals;
	readonly #incidents: IncidentTable;
	readonly #transactions: Transactions;
	/** Alias of those who asked, and when, by flow and sequence number. */
	readonly #asked = new Map<string, { readonly who: string; readonly time: number }>();

	readonly #overflow: Overflow;

	constructor(refusals: Refusals, incidents: IncidentTable, transactions: Transactions, overflow = new Overflow()) {
		this.#overflow = overflow;
		this.#transactions = transactions;
		this.#refusals = refusals;
		this.#incidents = incidents;
	}

	/** Looks at a whole message. @param side its sender's. */
	observe(data: Uint8Array, start: number, end: number, packet: PacketView, flow: number, side: 0 | 1): void {
		const message = parseRas(data, start, end);
		if (!message) return;
		this.#follow(message, packet, flow, side);
		const key = `${flow}|${message.sequence}`;
		switch (message.message) {
			case "gatekeeperRequest":
			case "registrationRequest":
			case "admissionRequest":
				this.#ask(key, message, packet.time);
				return;
			case "registrationConfirm":
				this.#refusals.succeed(this.#userOf(key, message, packet), packet.time);
				return;
			case "gatekeeperReject":
			case "registrationReject":
				this.#refuse(this.#userOf(key, message, packet), message, packet, flow, (1 - side) as 0 | 1);
				return;
			case "admissionReject":
				this.#refuseCall(this.#asked.get(key)?.who ?? "", message, packet, flow, (1 - side) as 0 | 1);
		}
	}

	#follow({ message, sequence, alias = "" }: RasMessage, packet: PacketView, flow: number, side: 0 | 1): void {
		if (sequence === undefined) return;
		if (REQUEST.test(message))
			this.#transactions.ask(
				flow,
				side,
				sequence,
				packet,
				`RAS ${message.replace("Request", " request")}`,
				detached(alias),
			);
		else if (ANSWER.test(message)) this.#transactions.answer(flow, side, sequence, packet);
	}

	#ask(key: string, { message, alias, caller = "", called = "" }: RasMessage, time: number): void {
		const who = message === "admissionRequest" ? `${caller} to ${called}` : (alias ?? "");
		this.#asked.delete(key);
		this.#asked.set(key, { who: detached(who), time });
		if (this.#asked.size <= MAX_ASKED) return;
		dropOldest(this.#asked, (_, old) => {
			if (time - old.time < LIFETIME) this.#overflow.add(BEYOND);
		});
	}

	/** Who was answered: its alias, else the address that the answer goes to. */
	#userOf(key: string, { alias }: RasMessage, { ipVersion, dst0, dst1, dst2, dst3 }: PacketView): string {
		return this.#asked.get(key)?.who || alias || addressText(ipVersion, dst0, dst1, dst2, dst3);
	}

	#refuse(user: string, { message, reason = "" }: RasMessage, packet: PacketView, flow: number, side: 0 | 1): void {
		if (STEPS.has(reason)) return;
		const words = `${message === "gatekeeperReject" ? "gatekeeper" : "registration"} reject, ${reason || "no reason"}`;
		this.#refusals.note(flow, side, packet, { user, words });
	}

	#refuseCall(subject: string, { reason = "" }: RasMessage, packet: PacketView, flow: number, side: 0 | 1): void {
		if (NO_FAILURES.has(reason)) return;
		const detail = `admission reject, ${reason || "no reason"}`;
		this.#incidents.note(flow, packet, { kind: "call-failed", side, detail, subject });
	}
}
