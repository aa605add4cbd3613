import type { PacketPlace, PacketView } from "../packet/view.ts";
import { detached } from "../protocol/bytes.ts";
import { Overflow } from "./overflow.ts";

/**
 * What a message, or its absence, showed to be wrong, by the name of the finding that it leads to. The sessions note
 * what happened; what it means is the finding part's to say.
 */
const INCIDENT_KINDS = [
	"unanswered",
	"unreachable",
	"prohibited",
	"fragmentation-needed",
	"call-failed",
	"sip-alg",
	"sip-nat",
	"dns-failure",
	"dhcp-no-offer",
	"dhcp-refused",
	"ntp-refused",
	"ntp-unsynchronised",
	"snmp-error",
	"smtp-error",
	"imap-error",
	"starttls-missing",
	"ldap-bind-failed",
	"tls-alert",
	"tls-incomplete",
] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];

/** Something that went wrong in a flow, as often as it did. */
export interface Incident {
	readonly kind: IncidentKind;
	/** What tells it from others of its kind: an alert's name, a status, what was asked. Incidents alike in it are one. */
	readonly detail: string;
	/** What it was about, where that is worth telling: a name, a user, a file. Of the first one. */
	readonly subject: string;
	/** The side that said it; of an answer that never came, the side that asked. */
	readonly side: 0 | 1;
	readonly first: PacketPlace;
	/** Time of the latest one. */
	last: number;
	count: number;
	/** How many different requests these were: one may be sent many times. */
	requests: number;
}

/** What is noted of an incident beside its place. */
export interface Note {
	readonly kind: IncidentKind;
	readonly side: 0 | 1;
	readonly detail?: string;
	readonly subject?: string;
}

/** Incidents that are kept of a flow: more are one trouble in many words. */
const MAX_OF_FLOW = 16;
/** Incidents kept of all flows: a flood of refused requests must not fill the memory. */
const MAX_INCIDENTS = 200_000;
const BEYOND = "incidents beyond the limits are in no finding";

const NONE: readonly Incident[] = [];

/** What went wrong in the flows' conversations, by flow. */
export class IncidentTable {
	readonly #ofFlow = new Map<number, Incident[]>();
	readonly #overflow: Overflow;
	#kept = 0;
	/** While only supposed incidents are noted: what was there before, of the flows that get some. */
	#before: Map<number, Incident[] | undefined> | undefined;

	constructor(overflow = new Overflow()) {
		this.#overflow = overflow;
	}

	/** Notes what a packet showed. Text is copied out of the packet. */
	note(flow: number, packet: Pick<PacketView, "file" | "number" | "time">, note: Note): void {
		this.noteAt(flow, placeOf(packet), packet.time, 1, note);
	}

	/** Notes what was asked, or seen, `count` times from `first` on. @param last time of the latest one. @param requests how many of these were no repetitions. */
	noteAt(flow: number, first: PacketPlace, last: number, count: number, note: Note, requests = count): void {
		const { kind, side, detail = "", subject = "" } = note;
		if (this.#before && !this.#before.has(flow)) this.#keepBefore(this.#before, flow);
		const incidents = this.#ofFlow.get(flow);
		const known = incidents?.find((each) => each.kind === kind && each.side === side && each.detail === detail);
		if (known) {
			known.count += count;
			known.requests += requests;
			if (last > known.last) known.last = last;
			return;
		}
		if (this.#kept >= MAX_INCIDENTS || (incidents && incidents.length >= MAX_OF_FLOW)) {
			this.#overflow.add(BEYOND, count);
			return;
		}
		const incident = { kind, detail: detached(detail), subject: detached(subject), side, first, last, count, requests };
		if (incidents) incidents.push(incident);
		else this.#ofFlow.set(flow, [incident]);
		this.#kept++;
	}

	#keepBefore(before: Map<number, Incident[] | undefined>, flow: number): void {
		const incidents = this.#ofFlow.get(flow);
		before.set(flow, incidents);
		if (incidents)
			this.#ofFlow.set(
				flow,
				incidents.map((incident) => ({ ...incident })),
			);
	}

	/** @returns takes back what is noted from now on: it would be so if the capture ended here. */
	suppose(): () => void {
		const before = new Map<number, Incident[] | undefined>();
		const kept = this.#kept;
		this.#before = before;
		return () => {
			for (const [flow, incidents] of before) {
				if (incidents) this.#ofFlow.set(flow, incidents);
				else this.#ofFlow.delete(flow);
			}
			this.#kept = kept;
			this.#before = undefined;
		};
	}

	/** In the order in which they were noted. */
	of(flow: number): readonly Incident[] {
		return this.#ofFlow.size === 0 ? NONE : (this.#ofFlow.get(flow) ?? NONE);
	}

	/** Of all flows. */
	*all(): Iterable<Incident> {
		for (const incidents of this.#ofFlow.values()) yield* incidents;
	}
}

/** Where a packet is, once the view has moved on. */
export function placeOf({ file, number, time }: Pick<PacketView, "file" | "number" | "time">): PacketPlace {
	return { file, number, time };
}
