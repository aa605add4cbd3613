import type { PacketBatch } from "../../capture/batch.ts";
import { quotedHeaders } from "../../packet/icmp.ts";
import { transportEnd } from "../../packet/transport.ts";
import { type PacketView, Protocol } from "../../packet/view.ts";
import type { FrameBytes, FrameEditor } from "./extract.ts";

const ETHERNET = 1;
/** Bytes of link headers, by link type: what is kept of a frame in which nothing else is read. Of other types, no more than 4. */
const LINK_HEADERS: ReadonlyMap<number, number> = new Map([
	[ETHERNET, 14],
	[105, 24], // IEEE 802.11
	[113, 16], // Linux cooked, version 1
	[276, 20], // Linux cooked, version 2
]);
const LEAST = 4;
const ARP = 0x0806;
/** An ARP message of Ethernet and IPv4 (RFC 826). */
const ARP_BYTES = 28;
/** RFC 3550, 5.1: fixed header, and as many words as its first byte's last four bits tell. */
const RTP_HEADER = 12;
const VERSION = 2;
/** RTCP's packet types, where RTP has its marker and payload type (RFC 5761, 4). */
const FIRST_RTCP = 192;
const LAST_RTCP = 223;
const SOURCES = 0x0f;

/**
 * Cuts frames behind their last header that is read: payload is not kept, but RTP's own header, for loss and jitter are read
 * there. Of what is no IP, ARP is kept, else the link header.
 */
export class HeadersOnly implements FrameEditor {
	#data: Uint8Array = new Uint8Array(0);
	#start = 0;
	#captured = 0;
	/** Where the headers end. */
	#end = 0;
	#isRtp = false;

	begin(batch: PacketBatch, index: number, linkType: number, isRtp: boolean): void {
		this.#data = batch.data;
		this.#start = batch.offset[index]!;
		this.#captured = batch.capturedLength[index]!;
		this.#isRtp = isRtp;
		const link = LINK_HEADERS.get(linkType) ?? LEAST;
		const isArp = linkType === ETHERNET && this.#captured > link && batch.view.getUint16(this.#start + 12) === ARP;
		this.#end = this.#start + link + (isArp ? ARP_BYTES : 0);
	}

	header(packet: PacketView): void {
		const end = transportEnd(packet);
		this.#end =
			end +
			quotedHeaders(packet) +
			(this.#isRtp ? rtpHeader(packet, this.#data[end] ?? 0, this.#data[end + 1] ?? 0) : 0);
	}

	end(): FrameBytes {
		return { data: this.#data, start: this.#start, length: Math.min(this.#captured, this.#end - this.#start) };
	}

	linkType(linkType: number): number {
		return linkType;
	}
}

/** @param first and `second` bytes of the payload. Other protocols run in flows of RTP: RTCP, STUN, DTLS (RFC 7983). */
function rtpHeader({ protocol, laterFragment }: PacketView, first: number, second: number): number {
	const isRtp = first >>> 6 === VERSION && !(second >= FIRST_RTCP && second <= LAST_RTCP);
	return isRtp && protocol === Protocol.UDP && !laterFragment ? RTP_HEADER + 4 * (first & SOURCES) : 0;
}
