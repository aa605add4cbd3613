import { addressText, type ParsedAddress, parseAddress, scopeOf } from "../../packet/address.ts";
import type { PacketView } from "../../packet/view.ts";
import type { MediaDescription } from "../../protocol/sdp.ts";
import type { SipMessage } from "../../protocol/sip-message.ts";
import type { IncidentTable } from "../incidents.ts";
import { Latest } from "../oldest.ts";

/** Of a message that has private and public addresses: by itself, it does not tell who translated the one and not the other. */
export const PARTLY = "in part";

/** A request as it was first seen, with what it says of where its sender is. */
interface Seen {
	readonly flow: number;
	/** `host` or `host:port`, as written; empty for none. */
	readonly contact: string;
	/** Addresses of the session description's streams. */
	readonly media: string;
}

/** An address, by the part of the message that it stands in. */
interface Place {
	readonly part: string;
	readonly text: string;
	readonly address: ParsedAddress;
}

/** Requests that are compared with those of other flows; the oldest gives way. */
const MAX_SEEN = 10_000;
/** Messages of a flow that are looked at: what translates and rewrites does it with all of them. */
const ENOUGH = 16;
/** Flows of which that is counted; those of further ones are all looked at. */
const MAX_FLOWS = 100_000;

/** Compares the addresses in SIP messages with those of their packets: what translates and rewrites on the way. */
export class SipAddresses {
	readonly #incidents: IncidentTable;
	/** By what a request keeps from hop to hop, unless a proxy sends it on: {@link SipMessage.identity}. */
	readonly #seen = new Latest<number, Seen>(MAX_SEEN);
	/** Messages looked at, by flow. */
	readonly #looked = new Map<number, number>();

	constructor(incidents: IncidentTable) {
		this.#incidents = incidents;
	}

	/** Looks at a message. @param side its sender's. */
	observe(message: SipMessage, packet: PacketView, flow: number, side: 0 | 1): void {
		const looked = this.#looked.get(flow) ?? 0;
		if (looked >= ENOUGH || !message.isOriginal) return;
		if (looked > 0 || this.#looked.size < MAX_FLOWS) this.#looked.set(flow, looked + 1);
		if (message.status !== 0) {
			this.#answered(message, packet, flow, (1 - side) as 0 | 1);
			return;
		}
		const { via, contactPlace } = message;
		const addresses = message.contentType === "application/sdp" ? addressesOf(message.streams) : NONE;
		if (this.#isRewritten(message, contactPlace, addresses.join(" and "), packet, flow, side)) return;
		const source = addressText(packet.ipVersion, packet.src0, packet.src1, packet.src2, packet.src3);
		// Most messages say where they come from and nothing else.
		const isPlain = isAt(via, source) && isAt(contactPlace, source) && addresses.every((each) => each === source);
		if (isPlain) return;
		const parts = [
			["Via", via] as const,
			["Contact", contactPlace] as const,
			...addresses.map((address) => ["the session description", address] as const),
		];
		this.#compare(parts.flatMap(placeIn), source, packet, flow, side);
	}

	/** The same request, on another flow, announces something else: something between the two wrote it anew. */
	#isRewritten(
		message: SipMessage,
		contact: string,
		media: string,
		packet: PacketView,
		flow: number,
		side: 0 | 1,
	): boolean {
		const { identity } = message;
		if (identity === 0) return false;
		const before = this.#seen.get(identity);
		if (!before) {
			this.#seen.add(identity, { flow, contact, media });
			return false;
		}
		if (before.flow === flow) return false;
		const changes = [
			...changeOf("Contact", before.contact, contact),
			...changeOf("the session description", before.media, media),
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

const NONE: readonly string[] = [];

/** Each once. */
function addressesOf(streams: readonly MediaDescription[]): readonly string[] {
	return [...new Set(streams.map(({ address }) => address).filter((address) => address !== ""))];
}

/** Whether a part of a message writes no other address than this. */
function isAt(written: string, address: string): boolean {
	return written === "" || hostOf(written) === address;
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
