import type { PacketBatch } from "../capture/batch.ts";
import { quotedHeaders } from "../packet/icmp.ts";
import { transportEnd } from "../packet/transport.ts";
import type { PacketView } from "../packet/view.ts";
import type { FrameBytes, FrameEditor } from "./extract.ts";

const ETHERNET = 1;
const ETHERNET_HEADER = 14;
const ARP = 0x0806;
/** An ARP message of Ethernet and IPv4 (RFC 826). */
const ARP_BYTES = 28;

/** Cuts frames behind their last header that is read: payload is not kept. Of what is no IP, ARP is kept, else the first 14 bytes. */
export class HeadersOnly implements FrameEditor {
	#data: Uint8Array = new Uint8Array(0);
	#start = 0;
	#captured = 0;
	/** Where the headers end. */
	#end = 0;

	begin(batch: PacketBatch, index: number, linkType: number): void {
		this.#data = batch.data;
		this.#start = batch.offset[index]!;
		this.#captured = batch.capturedLength[index]!;
		const isArp =
			linkType === ETHERNET && this.#captured > ETHERNET_HEADER && batch.view.getUint16(this.#start + 12) === ARP;
		this.#end = this.#start + ETHERNET_HEADER + (isArp ? ARP_BYTES : 0);
	}

	header(packet: PacketView): void {
		this.#end = transportEnd(packet) + quotedHeaders(packet);
	}

	end(): FrameBytes {
		return { data: this.#data, start: this.#start, length: Math.min(this.#captured, this.#end - this.#start) };
	}

	linkType(linkType: number): number {
		return linkType;
	}
}
