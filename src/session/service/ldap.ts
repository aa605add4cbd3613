import type { PacketView } from "../../packet/view.ts";
import { ldapMessage, ldapResultName } from "../../protocol/ldap.ts";
import type { IncidentTable } from "../incidents.ts";

const SUCCESS = 0;
/** The next step of a login that takes several (RFC 4513, 5.2.1). */
const BIND_IN_PROGRESS = 14;

/** What directory servers answer to logins over TCP. */
export class LdapTracker {
	readonly #incidents: IncidentTable;

	constructor(incidents: IncidentTable) {
		this.#incidents = incidents;
	}

	/** Looks at a message. @returns whether it is one: behind a login that encrypts, none is. */
	observe(data: Uint8Array, start: number, end: number, packet: PacketView, flow: number, side: 0 | 1): boolean {
		const message = ldapMessage(data, start, end);
		if (!message) return false;
		const { result, diagnostic: subject } = message;
		if (result > SUCCESS && result !== BIND_IN_PROGRESS)
			this.#incidents.note(flow, packet, { kind: "ldap-bind-failed", side, detail: ldapResultName(result), subject });
		return true;
	}
}
