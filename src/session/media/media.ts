import { type FlowStore, sideAddress } from "../../flow/store.ts";
import { staticCodec } from "../../protocol/codecs.ts";
import { type AnnouncedMedia, codecOf, type MediaDescription } from "../../protocol/sdp.ts";
import { Overflow } from "../overflow.ts";

/** Where, for which call and from when on media is to be received. */
export interface Announcement {
	readonly protocol: AnnouncedMedia["protocol"];
	/** Id of the call; 0 for none. */
	readonly call: number;
	/** Who wants to receive here: 0 the calling side, 1 the called one. */
	readonly party: 0 | 1;
	/** Nanoseconds since the run's epoch. */
	readonly time: number;
	/** What the description says of the stream; null where signalling gave the endpoint alone. */
	readonly media: MediaDescription | null;
}

/** Endpoints kept; a flood of descriptions must not fill the memory. */
const MAX_ENDPOINTS = 100_000;
/** Announcements kept of one endpoint: a port is used again by call after call. */
const MAX_OF_ENDPOINT = 64;
/** Announcements kept in all, beyond the first of each endpoint. */
const MAX_REPEATED = 300_000;
const BEYOND = "announcements of media beyond the limits were not kept, or took the place of older ones";

/** Where media is to be received, as the signalling in the capture says (RFC 3264, H.245). */
export class MediaTable {
	readonly #endpoints = new Map<string, Announcement[]>();
	readonly #overflow: Overflow;
	#repeated = 0;

	constructor(overflow = new Overflow()) {
		this.#overflow = overflow;
	}

	announce(address: string, port: number, announcement: Announcement): void {
		const key = `${address}|${port}`;
		const known = this.#endpoints.get(key);
		if (!known) {
			if (this.#endpoints.size < MAX_ENDPOINTS) this.#endpoints.set(key, [announcement]);
			else this.#overflow.add(BEYOND);
			return;
		}
		const last = known.at(-1)!;
		// RTCP's port is mostly a guess (the next one): it must not hide what was said of that port itself.
		const isGuess = announcement.protocol === "rtcp" && last.protocol !== "rtcp" && last.call === announcement.call;
		if (isGuess) return;
		if (last.call === announcement.call && last.party === announcement.party && last.protocol === announcement.protocol)
			known[known.length - 1] = { ...announcement, time: last.time };
		else {
			const isFull = known.length >= MAX_OF_ENDPOINT || this.#repeated >= MAX_REPEATED;
			if (isFull) {
				known.shift();
				this.#overflow.add(BEYOND);
			} else this.#repeated++;
			known.push(announcement);
		}
	}

	/** What was last announced for an endpoint; null for nothing. */
	at(address: string, port: number): AnnouncedMedia["protocol"] | null {
		return this.#endpoints.get(`${address}|${port}`)?.at(-1)?.protocol ?? null;
	}

	/** What was last announced for one of a flow's ends. */
	announcedFor(store: FlowStore, flow: number): AnnouncedMedia["protocol"] | null {
		return (
			this.at(sideAddress(store, flow, 0), store.port(flow, 0)) ??
			this.at(sideAddress(store, flow, 1), store.port(flow, 1))
		);
	}

	/** What each call had announced for an endpoint by a time, the newest first. */
	inForce(address: string, port: number, time: number): Announcement[] {
		const all = this.#endpoints.get(`${address}|${port}`);
		if (!all) return [];
		const newest = new Map<number, Announcement>();
		for (const each of all) if (each.time <= time) newest.set(each.call, each);
		return [...newest.values()].reverse();
	}

	/** Clock rate of a payload type that a side of a flow sends, as the receiver announced it or RFC 3551 fixes it; else 0. */
	rateFor(store: FlowStore, flow: number, side: 0 | 1, payloadType: number): number {
		const fixed = staticCodec(payloadType);
		if (fixed || this.size === 0) return fixed?.rate ?? 0;
		for (const end of [(1 - side) as 0 | 1, side]) {
			const announced = this.#endpoints.get(`${sideAddress(store, flow, end)}|${store.port(flow, end)}`)?.at(-1);
			const codec = announced?.media && codecOf(announced.media.codecs, payloadType);
			if (codec) return codec.rate;
		}
		return 0;
	}

	get size(): number {
		return this.#endpoints.size;
	}
}
