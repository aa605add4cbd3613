import { join, text, u16, u24 } from "../captures/bytes.ts";
import type { Random } from "../captures/random.ts";

const NAMES = 16;

/** A TLS record with a certificate (RFC 5280, 4.1) of sixteen names of 250 letters; its key and signature are noise. */
export function certificateMessage(random: Random): Uint8Array {
	const name = sequence(tlv(0x31, sequence(tlv(0x06, Uint8Array.of(0x55, 4, 3)), tlv(0x0c, text(random.digits(60))))));
	const names = Array.from({ length: NAMES }, () => tlv(0x82, text(random.digits(250))));
	const alternative = sequence(tlv(0x06, Uint8Array.of(0x55, 0x1d, 0x11)), tlv(0x04, sequence(...names)));
	const signed = sequence(
		tlv(0xa0, tlv(0x02, Uint8Array.of(2))),
		tlv(0x02, random.bytes(8)),
		sequence(tlv(0x06, Uint8Array.of(0x2a, 3))),
		name,
		sequence(tlv(0x17, text("260101000000Z")), tlv(0x17, text("360101000000Z"))),
		name,
		sequence(tlv(0x03, random.bytes(33))),
		tlv(0xa3, sequence(alternative)),
	);
	const certificate = sequence(signed, sequence(tlv(0x06, Uint8Array.of(0x2a, 3))), tlv(0x03, random.bytes(64)));
	const list = join(u24(certificate.length), certificate);
	const body = join(u24(list.length), list);
	const hello = join(2, u24(38), 3, 3, random.bytes(32), 0, u16(0xc02f), 0);
	const messages = join(hello, 11, u24(body.length), body);
	return join(22, 3, 3, u16(messages.length), messages);
}

function sequence(...contents: readonly Uint8Array[]): Uint8Array {
	return tlv(0x30, ...contents);
}

/** Tag, length, value (X.690, 8.1). */
function tlv(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
	const value = join(...contents);
	return value.length < 0x80 ? join(tag, value.length, value) : join(tag, 0x82, u16(value.length), value);
}
