/** Packets that are in no flow, or not whole in one, and why. The shape of the report's `notDecoded`. */
export interface NotDecoded {
	readonly reason: string;
	readonly packets: number;
	/** `other`: traffic that has no flows (ARP, spanning tree); `problem`: something that flowmatrix could not read. */
	readonly class: "other" | "problem";
	/** What would help, if anything. */
	readonly hint?: string;
}

/**
 * Why a header's decoder stopped. Constants beside the decoders that use them; what differs from packet to packet is
 * the `detail`, a number whose meaning is the reason's own.
 */
export interface Reason {
	readonly class: "other" | "problem";
	text(detail: number): string;
	/** Stands for all details beyond the first {@link MAX_DETAILS}. */
	readonly rest: string;
	hint?(detail: number): string | undefined;
}

/** Different details that one reason keeps: a hostile capture can hold 65,536 EtherTypes. */
const MAX_DETAILS = 100;

/** A reason without detail. */
export function plainReason(kind: "other" | "problem", text: string, hint?: string): Reason {
	return { class: kind, text: () => text, rest: text, hint: () => hint };
}

/** Detail of a {@link cutOff} where the frame was longer on the wire; else the detail is the bytes that are there. */
export const BY_SNAPLEN = -1;

/** @param what the header that is not all there, e.g. `IPv4 header`. */
export function cutOff(what: string): Reason {
	return {
		class: "problem",
		text(bytes) {
			if (bytes === BY_SNAPLEN) return `${what} cut off by the snaplen`;
			return bytes === 0 ? `${what} missing` : `${what} cut off after ${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
		},
		rest: `${what} cut off`,
		hint: (bytes) => (bytes === BY_SNAPLEN ? "capture with a larger snaplen (tcpdump -s 0)" : undefined),
	};
}

/** Counts packets by reason and detail. After the first packet of a kind, counting allocates nothing. */
export class ReasonTally {
	readonly #outside = new Map<Reason, Map<number, number>>();
	readonly #inTunnel = new Map<Reason, Map<number, number>>();

	/** @param inTunnel whether headers around the one that stopped were decoded, so that the packet has a flow. */
	count(reason: Reason, detail: number, inTunnel: boolean): void {
		const reasons = inTunnel ? this.#inTunnel : this.#outside;
		let details = reasons.get(reason);
		if (details === undefined) {
			details = new Map();
			reasons.set(reason, details);
		}
		let known = details.get(detail);
		if (known === undefined) {
			if (details.size >= MAX_DETAILS) detail = REST;
			known = details.get(detail) ?? 0;
		}
		details.set(detail, known + 1);
	}

	/** @returns what was counted, most packets first. */
	list(): NotDecoded[] {
		const found = new Map<string, NotDecoded>();
		addTo(found, this.#outside, "");
		addTo(found, this.#inTunnel, "inside a tunnel: ");
		return [...found.values()].sort((a, b) => b.packets - a.packets || (a.reason < b.reason ? -1 : 1));
	}
}

/** Key of the details that came after {@link MAX_DETAILS} others; no detail is this low. */
const REST = -(2 ** 31);

function addTo(found: Map<string, NotDecoded>, reasons: Map<Reason, Map<number, number>>, prefix: string): void {
	for (const [reason, details] of reasons) {
		for (const [detail, packets] of details) {
			const text = prefix + (detail === REST ? reason.rest : reason.text(detail));
			const hint = detail === REST ? undefined : reason.hint?.(detail);
			const before = found.get(text)?.packets ?? 0;
			found.set(text, {
				reason: text,
				packets: before + packets,
				class: reason.class,
				...(hint === undefined ? {} : { hint }),
			});
		}
	}
}
