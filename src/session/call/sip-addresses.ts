import { addressText, type ParsedAddress, parseAddress, scopeOf } from "../../packet/address.ts";
import type { PacketView } from "../../packet/view.ts";
import { detached } from "../../protocol/bytes.ts";
import { parseSdp } from "../../protocol/sdp.ts";
import type { SipMessage } from "../../protocol/sip-message.ts";
import type { IncidentTable } from "../incidents.ts";
import { dropOldest } from "../oldest.ts";
import { Overflow } from "../overflow.ts";
import { LIFETIME } from "./transactions.ts";

/** Of a message that has private and public addresses: by itself, it does not tell who translated the one and not the other. */
export const PARTLY = "in part";

/** What a request says of where its sender is. */
interface Announced {
	/** `host` or `host:port`, as written; empty for none. */
	readonly contact: string;
	/** Addresses of the session description's streams. */
	readonly media: string;
}

/** A request as it was first seen. */
interface Seen extends Announced {
	readonly flow: number;
	readonly time: number;
}

/** An address, by the part of the message that it stands in. */
interface Place {
	readonly part: string;
	readonly text: string;
	readonly address: ParsedAddress;
}

/** Requests that are compared with those of other flows; the oldest gives way. */
const MAX_SEEN = 10_000;
const BEYOND = `SIP requests beyond ${MAX_SEEN} at a time were not compared with the same ones on other flows`;
/** Messages of a flow that are looked at: what translates and rewrites does it with all of them. */
const ENOUGH = 16;
/** Flows of which that is counted; those of further ones are all looked at. */
const MAX_FLOWS = 100_000;

/** Compares the addresses in SIP messages with those of their packets: what translates and rewrites on the way. */
export class SipAddresses {
	readonly #incidents: IncidentTable;
	/** By what a request keeps from hop to hop, unless a proxy sends it on. */
	readonly #seen = new Map<string, Seen>();
	/** Messages looked at, by flow. */
	readonly #looked = new Map<number, number>();

	readonly #overflow: Overflow;

	constructor(incidents: IncidentTable, overflow = new Overflow()) {
		this.#overflow = overflow;
		this.#incidents = incidents;
	}

	/** Looks at a message. @param end of the data, exclusive. @param side its sender's. */
	observe(message: SipMessage, data: Uint8Array, end: number, packet: PacketView, flow: number, side: 0 | 1): void {
		const looked = this.#looked.get(flow) ?? 0;
		if (looked >= ENOUGH || !message.isOriginal) return;
		if (looked > 0 || this.#looked.size < MAX_FLOWS) this.#looked.set(flow, looked + 1);
		if (message.status !== 0) {
			this.#answered(message, packet, flow, (1 - side) as 0 | 1);
			return;
		}
		const media = message.contentType === "application/sdp" ? parseSdp(data, message.body, end) : [];
		const addresses = [...new Set(media.map(({ address }) => address).filter((address) => address !== ""))];
		const announced = { contact: message.contactPlace, media: addresses.join(" and ") };
		if (this.#isRewritten(message, announced, packet, flow, side)) return;
		const parts = [
			["Via", message.via] as const,
			["Contact", message.contactPlace] as const,
			...addresses.map((address) => ["the session description", address] as const),
		];
		const source = addressText(packet.ipVersion, packet.src0, packet.src1, packet.src2, packet.src3);
		// Most messages say where they come from and nothing else.
		if (parts.some(([, written]) => hostOf(written) !== source))
			this.#compare(parts.flatMap(placeIn), source, packet, flow, side);
	}

	/** The same request, on another flow, announces something else: something between the two wrote it anew. */
	#isRewritten(message: SipMessage, now: Announced, packet: PacketView, flow: number, side: 0 | 1): boolean {
		// Not by its Call-ID: that may have an address in it, which is rewritten too.
		const { branch, sequence, method, from } = message;
		if (branch === "") return false;
		const key = `${branch}|${sequence}|${method}|${from.tag}`;
		const before = this.#seen.get(key);
		if (!before) {
			const { contact, media } = now;
			this.#seen.set(detached(key), { flow, time: packet.time, contact: detached(contact), media: detached(media) });
			if (this.#seen.size > MAX_SEEN)
				dropOldest(this.#seen, (_, { time }) => {
					if (packet.time - time < LIFETIME) this.#overflow.add(BEYOND);
				});
			return false;
		}
		if (before.flow === flow) return false;
		const changes = [
			...changeOf("Contact", before.contact, now.contact),
			...changeOf("the session description", before.media, now.media),
		];
		if (changes.length === 0) return false;
		const subject = changes.map(({ part, change }) => `${part}: ${change}`).join(", ");
		this.#incidents.note(flow, packet, { kind: "sip-alg", side, subject });
		return true;
	}

	#compare(places: readonly Place[], source: string, packet: PacketView, flow: number, side: 0 | 1): void {
		const scope = scopeOf(parseAddress(source)!);
		const inside = places.filter(({ address, text }) => text !== source && scopeOf(address) === "private");
		if (inside.length === 0) return;
		const subject = `${[...new Set(inside.map(({ text }) => text))].join(", ")}, seen as ${source}`;
		const isPartly = scope === "public" && places.some(({ text }) => text === source);
		if (isPartly) this.#incidents.note(flow, packet, { kind: "sip-alg", side, detail: PARTLY, subject });
		else if (places[0]!.part === "Via" && inside.length === places.length && isElsewhere(inside, source, scope))
			this.#incidents.note(flow, packet, { kind: "sip-nat", side, subject });
	}

	/** The server says that the request came from elsewhere than its sender believes to be (RFC 3261, 18.2.1). */
	#answered({ via, received }: SipMessage, packet: PacketView, flow: number, side: 0 | 1): void {
		if (received === "") return;
		const [sentBy] = placeIn(["Via", via]);
		const [seenAt] = placeIn(["Via", received]);
		if (!sentBy || !seenAt || scopeOf(sentBy.address) !== "private" || scopeOf(seenAt.address) !== "public") return;
		this.#incidents.note(flow, packet, { kind: "sip-nat", side, subject: `${sentBy.text}, seen as ${seenAt.text}` });
	}
}

/** The address that a part of a message writes, without its port; none for names. */
function placeIn([part, written]: readonly [string, string]): Place[] {
	const address = parseAddress(hostOf(written));
	return address ? [{ part, text: addressText(address.version, ...address.words), address }] : [];
}

/** Without port, and without an IPv6 address's brackets. */
function hostOf(written: string): string {
	if (written.startsWith("[")) return written.slice(1, written.indexOf("]"));
	const colon = written.indexOf(":");
	return colon < 0 || written.includes(":", colon + 1) ? written : written.slice(0, colon);
}

function changeOf(part: string, before: string, now: string): { part: string; change: string }[] {
	const isChange = before !== "" && now !== "" && before !== now;
	return isChange ? [{ part, change: `${before} became ${now}` }] : [];
}

/** A host may have several private addresses of one block, and a cluster shares one: only another block's is translated. */
function isElsewhere(inside: readonly Place[], source: string, scope: "private" | "public" | "other"): boolean {
	if (scope === "public") return true;
	return scope === "private" && inside.every(({ text }) => blockOf(text) !== blockOf(source));
}

/** First number of a private IPv4 address: it tells the blocks of RFC 1918 and RFC 6598 from each other. */
function blockOf(text: string): string {
	return text.includes(":") ? "" : text.split(".")[0]!;
}
