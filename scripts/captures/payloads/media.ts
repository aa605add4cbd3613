import { hex, join, u16, u32 } from "../bytes.ts";
import type { Random } from "../random.ts";

/** An RTP packet of 20 ms of G.711 A-law (RFC 3550, 5.1; RFC 3551). */
export function rtp(random: Random, sequence: number, source: number, payloadType = 8): Uint8Array {
	return join(0x80, payloadType, u16(sequence), u32(sequence * 160), u32(source), random.bytes(160));
}

/** An RTP packet whose time stamp, marker, payload type and payload the caller chooses. */
export function rtpPacket(header: {
	readonly sequence: number;
	readonly timestamp: number;
	readonly source: number;
	readonly type: number;
	readonly marker?: boolean;
	readonly payload: Uint8Array;
}): Uint8Array {
	const { sequence, timestamp, source, type, marker = false, payload } = header;
	return join(0x80, (marker ? 0x80 : 0) | type, u16(sequence & 0xffff), u32(timestamp >>> 0), u32(source), payload);
}

/** A receiver report (RFC 3550, 6.4.2) on one source: packets lost, highest number, jitter in clock units. */
export function receiverReport(
	reporter: number,
	source: number,
	lost: number,
	highest: number,
	jitter: number,
	on: { readonly lastReport: number; readonly delay: number } = { lastReport: 0, delay: 0 },
): Uint8Array {
	const block = [source, lost, highest, jitter, on.lastReport, on.delay];
	return join(0x81, 201, u16(7), u32(reporter), ...block.map(u32));
}

/** A T.38 packet (UDPTL): a sequence number, one V.21 flag indicator, no redundancy. */
export function udptl(sequence: number): Uint8Array {
	return join(u16(sequence), 1, 0x06, 0, 0);
}

/** A sender report with a source description (RFC 3550, 6.4.1 and 6.5). @param seconds since 1900. */
export function rtcp(source: number, seconds = 0xe0000000): Uint8Array {
	const report = join(0x80, 200, u16(6), u32(source), u32(seconds), u32(0), u32(16000), u32(100), u32(16000));
	const description = join(0x81, 202, u16(3), u32(source), 1, 5, "phone", 0);
	return join(report, description);
}

const COOKIE = 0x2112a442;

/** A STUN binding request, or its success response (RFC 8489). */
export function stun(random: Random, response = false): Uint8Array {
	const attributes = response ? join(u16(0x20), u16(8), 0, 1, random.bytes(6)) : hex("8022 0004 74657374");
	return join(u16(response ? 0x0101 : 0x0001), u16(attributes.length), u32(COOKIE), random.bytes(12), attributes);
}

/** A DTLS 1.2 client or server hello (RFC 6347, 4.1 and 4.2). */
export function dtlsHello(random: Random, server = false): Uint8Array {
	const hello = join(0xfe, 0xfd, random.bytes(32), 0, ...(server ? [u16(0xc02b), 0] : [0, u16(2), u16(0xc02b), 1, 0]));
	const message = join(server ? 2 : 1, 0, u16(hello.length), u16(0), 0, u16(0), 0, u16(hello.length), hello);
	return join(22, 0xfe, 0xfd, u16(0), u32(0), u16(0), u16(message.length), message);
}
