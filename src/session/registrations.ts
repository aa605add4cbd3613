import { detached } from "../protocol/bytes.ts";
import type { Fields } from "../protocol/recogniser.ts";
import type { SipMessage } from "../protocol/sip-message.ts";

/** Flows whose registrations are kept; a flood of answers must not fill the memory. */
const MAX_FLOWS = 100_000;

/** How registrations ended (RFC 3261, 10), by the flow that carried them: of each flow, the latest. */
export class RegistrationTable {
	readonly #fields = new Map<number, Fields>();

	/** Looks at a message of a REGISTER transaction. */
	observe({ status, reason, to, expires }: SipMessage, flow: number): void {
		if (status < 200) return;
		const known = this.#fields.get(flow);
		if (!known && this.#fields.size >= MAX_FLOWS) return;
		// A challenge is a step of every registration: it is the result only where nothing came after it.
		if ((status === 401 || status === 407) && known && known.user === to.address) return;
		this.#fields.set(flow, {
			user: detached(to.address),
			registration: detached(`${status} ${reason}`.trimEnd()),
			...(expires >= 0 && status < 300 ? { expires } : {}),
		});
	}

	/** `user`, `registration` (status and reason), `expires` in seconds; undefined for a flow without registrations. */
	of(flow: number): Readonly<Fields> | undefined {
		return this.#fields.get(flow);
	}
}
