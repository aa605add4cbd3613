import type { PacketView } from "../../packet/view.ts";
import { Pdu, parseSnmp, type SnmpMessage } from "../../protocol/snmp-message.ts";
import type { IncidentTable } from "../incidents.ts";
import { isToMany, type Requests } from "./requests.ts";

/** What expects an answer; a trap does not (RFC 3416, 4.2.6). */
const REQUESTS: Readonly<Record<number, string>> = {
	[Pdu.Get]: "SNMP get",
	[Pdu.GetNext]: "SNMP get-next",
	[Pdu.Set]: "SNMP set",
	[Pdu.GetBulk]: "SNMP get-bulk",
	[Pdu.Inform]: "SNMP inform",
};
const ENCRYPTED_REQUEST = "SNMP version 3 request";

/** Reports by which a manager learns the agent's engine id and clock: steps of every version 3 conversation (RFC 3414, 4). */
const STEPS: ReadonlySet<string> = new Set(["", "unknownEngineIDs", "notInTimeWindows"]);
/** What managers ask into: a smaller answer (RFC 3416, 4.2.3), and the end of a version 1 walk (RFC 1157, 4.1.3). */
const NO_FAULT: ReadonlySet<string> = new Set(["noError", "tooBig"]);
const END_OF_WALK = "noSuchName";

/** SNMP requests, their answers, and what agents say is wrong with them. */
export class SnmpTracker {
	readonly #requests: Requests;
	readonly #incidents: IncidentTable;

	constructor(requests: Requests, incidents: IncidentTable) {
		this.#requests = requests;
		this.#incidents = incidents;
	}

	/** Looks at a datagram. */
	observe(data: Uint8Array, start: number, end: number, packet: PacketView, flow: number, side: 0 | 1): void {
		const message = parseSnmp(data, start, end);
		// What cannot be read may have been an answer.
		if (!message) this.#requests.forget(flow);
		else {
			const what = requestName(message);
			if (what === undefined) this.#answer(message, packet, flow, side);
			else if (!isToMany(packet)) this.#requests.open(flow, side, message.id, packet, what);
		}
	}

	#answer({ id, error, report }: SnmpMessage, packet: PacketView, flow: number, side: 0 | 1): void {
		const request = this.#requests.close(flow, side, id);
		const isEndOfWalk = error === END_OF_WALK && request?.what === REQUESTS[Pdu.GetNext];
		const detail = !STEPS.has(report) ? report : NO_FAULT.has(error) || isEndOfWalk ? "" : error;
		if (detail !== "")
			this.#incidents.note(flow, packet, { kind: "snmp-error", side, detail, subject: request?.what ?? "" });
	}
}

/** Undefined for answers, traps, and what is encrypted and asks for nothing. */
function requestName({ pdu, isReportable }: SnmpMessage): string | undefined {
	if (pdu === 0) return isReportable ? ENCRYPTED_REQUEST : undefined;
	return REQUESTS[pdu];
}
