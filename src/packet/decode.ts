import type { CaptureInterface, PacketBatch } from "../capture/batch.ts";
import { Carried, Cursor, type HeaderReader } from "./cursor.ts";
import { readIPv4 } from "./ipv4.ts";
import { readIPv6 } from "./ipv6.ts";
import { carriedHeader, linkReader } from "./link/table.ts";
import { cutOff, type NotDecoded, plainReason, type Reason } from "./reasons.ts";
import { tunnelReader } from "./tunnel/table.ts";
import { type PacketView, Protocol } from "./view.ts";

/** Most IP headers that one packet may have around another; networks nest two or three. */
export const MAX_TUNNEL_DEPTH = 8;

/** Most headers before an IP header; a row of VLAN tags or MPLS labels counts as one. */
const MAX_LINK_HEADERS = 16;

const TOO_DEEP = plainReason("problem", `more than ${MAX_TUNNEL_DEPTH} tunnels in one another`);
const TOO_MANY_HEADERS = plainReason("problem", `more than ${MAX_LINK_HEADERS} headers before the IP header`);
const IP_CUT = cutOff("IP header");
const IP_VERSION = {
	class: "problem",
	text: (version) => `IP header with version ${version}`,
	rest: "IP header with another version",
} satisfies Reason;

/** A wire length beyond this is taken for this, so that offsets stay 32-bit; no packet is a gigabyte long. */
const MAX_WIRE_LENGTH = 0x3fffffff;

/**
 * Finds the IP and transport headers of packets. One {@link PacketView} is moved from header to header; nothing is
 * allocated per packet. It never throws, whatever the bytes, and reads nothing beyond a packet's captured bytes.
 */
export class PacketDecoder {
	readonly packet: PacketView;
	readonly #cursor = new Cursor();
	readonly #interfaces: readonly CaptureInterface[];
	/** Readers of the interfaces' link types, by interface index. */
	readonly #links: HeaderReader[] = [];
	/** Whether the view stands on an IP header. */
	#standing = false;

	/** @param interfaces of the run; may grow as the capture is read. */
	constructor(interfaces: readonly CaptureInterface[]) {
		this.#interfaces = interfaces;
		this.packet = this.#cursor.packet;
	}

	/**
	 * Moves the view to the outermost IP header of packet `index` of `batch`.
	 * @returns false where there is none to make a flow of; then the packet is counted in {@link notDecoded}.
	 */
	decode(batch: PacketBatch, index: number): boolean {
		const cursor = this.#cursor;
		const packet = this.packet;
		const at = batch.offset[index]!;
		const captured = batch.capturedLength[index]!;
		const wireLength = batch.wireLength[index]!;
		const interfaceIndex = batch.interface[index]!;
		packet.data = batch.data;
		packet.view = batch.view;
		packet.wireLength = wireLength;
		packet.time = batch.time[index]!;
		packet.file = batch.file;
		packet.number = batch.firstNumber + index;
		packet.interface = interfaceIndex;
		packet.subInterface = 0;
		packet.depth = 0;
		packet.vlan = 0;
		if (interfaceIndex >= this.#links.length) this.#addLinks(interfaceIndex);
		// Some writers leave the wire length 0: there are at least as many bytes as were captured.
		const onWire = wireLength > captured ? Math.min(wireLength, MAX_WIRE_LENGTH) | 0 : captured;
		cursor.wireEnd = Math.max(at, at + onWire - this.#interfaces[interfaceIndex]!.fcsLength);
		packet.end = Math.min(at + captured, cursor.wireEnd);
		cursor.snapped = onWire > captured;
		this.#standing = this.#enter(this.#links[interfaceIndex]!(cursor, at));
		return this.#standing;
	}

	/**
	 * Moves the view on to the IP header in the tunnel that the packet carries: {@link PacketView.depth} + 1.
	 * @returns false where there is none; then the view's values are void.
	 */
	next(): boolean {
		const packet = this.packet;
		if (!this.#standing || packet.protocol === Protocol.TCP) return false;
		this.#standing = this.#enterTunnel();
		return this.#standing;
	}

	/** Packets that are in no flow, or not whole in one, and why; most first. */
	notDecoded(): NotDecoded[] {
		return this.#cursor.tally.list();
	}

	#addLinks(upTo: number): void {
		for (let index = this.#links.length; index <= upTo; index++) {
			this.#links.push(linkReader(this.#interfaces[index]!.linkType));
		}
	}

	#enterTunnel(): boolean {
		const cursor = this.#cursor;
		const packet = this.packet;
		const reader = tunnelReader(packet);
		if (reader === undefined) return false;
		packet.depth++;
		const at = reader(cursor, packet.payloadStart);
		if (at >= 0 && packet.depth > MAX_TUNNEL_DEPTH) cursor.stop(TOO_DEEP);
		if (at < 0 || packet.depth > MAX_TUNNEL_DEPTH) return false;
		packet.vlan = 0;
		return this.#enter(at);
	}

	/** Goes from the header at `at`, described by `cursor.carried`, to the next IP header and into it. */
	#enter(at: number): boolean {
		const cursor = this.#cursor;
		for (let headers = 0; at >= 0 && headers < MAX_LINK_HEADERS; headers++) {
			switch (cursor.carried) {
				case Carried.IPV4:
					return readIPv4(cursor, at);
				case Carried.IPV6:
					return readIPv6(cursor, at);
				case Carried.IP:
					return readIp(cursor, at);
				default:
					at = carriedHeader(cursor, at);
			}
		}
		if (at >= 0) cursor.stop(TOO_MANY_HEADERS);
		return false;
	}
}

function readIp(cursor: Cursor, at: number): boolean {
	const { packet } = cursor;
	if (packet.end - at < 1) {
		cursor.cut(IP_CUT, at);
		return false;
	}
	const version = packet.view.getUint8(at) >> 4;
	if (version === 4) return readIPv4(cursor, at);
	if (version === 6) return readIPv6(cursor, at);
	cursor.stop(IP_VERSION, version);
	return false;
}
