import type { Cursor } from "./cursor.ts";
import { skipExtensions } from "./extension.ts";
import { cutOff, type Reason } from "./reasons.ts";
import { readTransport } from "./transport.ts";
import type { PacketView } from "./view.ts";

/** RFC 8200, 3. */
const AT = { payloadLength: 4, nextHeader: 6, hopLimit: 7, source: 8, destination: 24 } as const;
const HEADER = 40;

const CUT = cutOff("IPv6 header");
const VERSION = {
	class: "problem",
	text: (version) => `IPv6 header with version ${version}`,
	rest: "IPv6 header with another version",
} satisfies Reason;

/**
 * Moves the view to the IPv6 header at `at` and to the transport header behind its extension headers.
 * @returns false, counted, where the header is cut off or the extension headers do not lead to a transport.
 */
export function readIPv6(cursor: Cursor, at: number): boolean {
	const { packet } = cursor;
	if (packet.end - at < HEADER) {
		cursor.cut(CUT, at);
		return false;
	}
	const { view } = packet;
	const version = view.getUint8(at) >> 4;
	if (version !== 6) {
		cursor.stop(VERSION, version);
		return false;
	}
	// 0 for a jumbogram (RFC 2675) and for segmentation offload: both fill the frame.
	const payloadLength = view.getUint16(at + AT.payloadLength);
	if (payloadLength !== 0) cursor.wireEnd = at + HEADER + payloadLength;
	if (cursor.wireEnd < packet.end) packet.end = cursor.wireEnd;

	packet.ipVersion = 6;
	packet.ipOffset = at;
	readIPv6Addresses(packet, view, at);
	packet.trafficClass = (view.getUint16(at) >> 4) & 0xff;
	packet.ttl = view.getUint8(at + AT.hopLimit);
	packet.protocol = view.getUint8(at + AT.nextHeader);
	packet.ipId = 0;
	packet.fragmentOffset = 0;
	packet.laterFragment = false;
	packet.fragment = false;

	const transport = skipExtensions(cursor, at + HEADER);
	if (transport < 0) return false;
	readTransport(cursor, transport);
	return true;
}

/** Copies the addresses of the IPv6 header at `at`. */
export function readIPv6Addresses(into: PacketView, view: DataView, at: number): void {
	into.src0 = view.getInt32(at + AT.source);
	into.src1 = view.getInt32(at + AT.source + 4);
	into.src2 = view.getInt32(at + AT.source + 8);
	into.src3 = view.getInt32(at + AT.source + 12);
	into.dst0 = view.getInt32(at + AT.destination);
	into.dst1 = view.getInt32(at + AT.destination + 4);
	into.dst2 = view.getInt32(at + AT.destination + 8);
	into.dst3 = view.getInt32(at + AT.destination + 12);
}
