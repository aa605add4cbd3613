import { addressText, type ParsedAddress, parseAddress, scopeOf } from "../../packet/address.ts";
import type { PacketView } from "../../packet/view.ts";
import type { MediaDescription } from "../../protocol/sdp.ts";
import type { SipMessage } from "../../protocol/sip-message.ts";
import type { IncidentTable, Note } from "../incidents.ts";
import { Latest } from "../oldest.ts";
import { Overflow } from "../overflow.ts";
import { LIFETIME } from "./transactions.ts";

/** Of a message that has private and public addresses: by itself, it does not tell who translated the one and not the other. */
export const PARTLY = "in part";

/** A request as it was first seen, with what it says of where its sender is. */
interface Seen {
	readonly flow: number;
	readonly time: number;
	/** `host` or `host:port`, as written; empty for none. */
	readonly contact: string;
	/** Addresses of the session description's streams. */
	readonly media: string;
}

/** What was looked at of a flow, and what the latest request said of where its sender is. */
interface Looked {
	/** Messages. */
	count: number;
	/** Time of the first one. */
	readonly since: number;
	side: 0 | 1;
	via: string;
	contact: string;
	media: string;
	/** What is wrong with that. */
	note: Note | undefined;
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
/** Flows of which that is counted. Of more than these in so short a time, a flood's, the further ones are not looked at. */
const MAX_FLOWS = 10_000;
const BEYOND_FLOWS = `SIP messages on flows beyond ${MAX_FLOWS} at a time: the addresses in them were not compared with their packets'`;

/** Compares the addresses in SIP messages with those of their packets: what translates and rewrites on the way. */
export class SipAddresses {
	readonly #incidents: IncidentTable;
	/** By what a request keeps from hop to hop, unless a proxy sends it on: {@link SipMessage.identity}. */
	readonly #seen = new Latest<number, Seen>(MAX_SEEN);
	readonly #looked = new Latest<number, Looked>(MAX_FLOWS);

	readonly #overflow: Overflow;

	constructor(incidents: IncidentTable, overflow = new Overflow()) {
		this.#overflow = overflow;
		this.#incidents = incidents;
	}

	/** Looks at a message. @param side its sender's. */
	observe(message: SipMessage, packet: PacketView, flow: number, side: 0 | 1): void {
		const known = this.#looked.get(flow);
		if ((known && known.count >= ENOUGH) || !message.isOriginal) return;
		const looked = known ?? this.#begin(flow, packet.time);
		if (!looked) return;
		looked.count++;
		if (message.status !== 0) {
			this.#answered(message, packet, flow, (1 - side) as 0 | 1);
			return;
		}
		const { via, contactPlace: contact } = message;
		const addresses = message.contentType === "application/sdp" ? addressesOf(message.streams) : NONE;
		const media = addresses.join(" and ");
		if (this.#isRewritten(message, contact, media, packet, flow, side)) return;
		// A flow's requests say the same of it as a rule.
		if (looked.side !== side || looked.via !== via || looked.contact !== contact || looked.media !== media) {
			looked.side = side;
			looked.via = via;
			looked.contact = contact;
			looked.media = media;
			looked.note = noteOf(via, contact, addresses, packet, side);
		}
		if (looked.note) this.#incidents.note(flow, packet, looked.note);
	}

	/** @returns undefined for a flow that there is no room for. */
	#begin(flow: number, time: number): Looked | undefined {
		const { leaving } = this.#looked;
		if (leaving && time - leaving.since < LIFETIME) {
			this.#overflow.add(BEYOND_FLOWS);
			return undefined;
		}
		const looked: Looked = { count: 0, since: time, side: 0, via: "", contact: "", media: "", note: undefined };
		this.#looked.add(flow, looked);
		return looked;
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
			const gone = this.#seen.add(identity, { flow, time: packet.time, contact, media });
			if (gone && packet.time - gone.time < LIFETIME) this.#overflow.add(BEYOND);
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

/** What the places that a request names show to be wrong, beside where its packet comes from. */
function noteOf(
	via: string,
	contact: string,
	media: readonly string[],
	packet: PacketView,
	side: 0 | 1,
): Note | undefined {
	const source = addressText(packet.ipVersion, packet.src0, packet.src1, packet.src2, packet.src3);
	// Most messages say where they come from and nothing else.
	if (isAt(via, source) && isAt(contact, source) && media.every((each) => each === source)) return undefined;
	const parts = [
		["Via", via] as const,
		["Contact", contact] as const,
		...media.map((address) => ["the session description", address] as const),
	];
	const places = parts.flatMap(placeIn);
	const from = parseAddress(source)!;
	const scope = scopeOf(from);
	const inside = places.filter(({ address }) => scopeOf(address) === "private");
	if (inside.length === 0) return undefined;
	const subject = `${[...new Set(inside.map(({ text }) => text))].join(", ")}, seen as ${source}`;
	if (scope === "public" && places.some(({ text }) => text === source))
		return { kind: "sip-alg", side, detail: PARTLY, subject };
	const isAll = places[0]!.part === "Via" && inside.length === places.length;
	return isAll && isElsewhere(inside, from, scope) ? { kind: "sip-nat", side, subject } : undefined;
}

/** Each once. */
function addressesOf(streams: readonly MediaDescription[]): readonly string[] {
	if (streams.length === 0) return NONE;
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
function isElsewhere(inside: readonly Place[], source: ParsedAddress, scope: "private" | "public" | "other"): boolean {
	if (scope === "public") return true;
	return scope === "private" && inside.every(({ address }) => blockOf(address) !== blockOf(source));
}

/** First number of a private IPv4 address: it tells the blocks of RFC 1918 and RFC 6598 from each other. */
function blockOf({ version, words }: ParsedAddress): number {
	return version === 6 ? -1 : words[3] >>> 24;
}
