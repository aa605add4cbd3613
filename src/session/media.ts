import { parseSdp } from "../protocol/sdp.ts";

/** Endpoints kept; a flood of descriptions must not fill the memory. */
const MAX_ENDPOINTS = 100_000;

/** Where media is to be received, as the session descriptions in the capture say (RFC 3264). */
export class MediaTable {
	readonly #endpoints = new Map<string, "rtp" | "rtcp" | "t38">();

	/** Looks at a SIP message. */
	observe(data: Uint8Array, start: number, end: number): void {
		for (const { address, port, protocol } of parseSdp(data, start, end)) {
			if (this.#endpoints.size >= MAX_ENDPOINTS) return;
			this.#endpoints.set(`${address}|${port}`, protocol);
			// RFC 3550, 11: RTCP goes to the next port, unless the description says otherwise.
			const next = `${address}|${port + 1}`;
			if (protocol === "rtp" && !this.#endpoints.has(next)) this.#endpoints.set(next, "rtcp");
		}
	}

	/** What was announced for an endpoint; null for nothing. */
	at(address: string, port: number): "rtp" | "rtcp" | "t38" | null {
		return this.#endpoints.get(`${address}|${port}`) ?? null;
	}

	get size(): number {
		return this.#endpoints.size;
	}
}
