import { counted16, join, u16, u24, zeros } from "../bytes.ts";
import type { Random } from "../random.ts";

function record(type: number, body: Uint8Array): Uint8Array {
	return join(type, 3, 3, u16(body.length), body);
}

function handshake(type: number, body: Uint8Array): Uint8Array {
	return record(22, join(type, u24(body.length), body));
}

/** A TLS 1.2/1.3 client hello (RFC 8446, 4.1.2). @param name server name, if the client asks for one */
export function clientHello(random: Random, name?: string, alpn: readonly string[] = []): Uint8Array {
	const serverName = name === undefined ? [] : [join(u16(0), counted16(counted16(0, counted16(name))))];
	const protocols = alpn.map((each) => join(each.length, each));
	const extensions = join(
		...serverName,
		...(alpn.length > 0 ? [join(u16(16), counted16(counted16(...protocols)))] : []),
		join(u16(10), counted16(counted16(u16(0x1d), u16(0x17)))),
		join(u16(43), counted16(4, u16(0x304), u16(0x303))),
	);
	return handshake(
		1,
		join(
			3,
			3,
			random.bytes(32),
			32,
			random.bytes(32),
			counted16(u16(0x1301), u16(0xc02f), u16(0xc030)),
			1,
			0,
			counted16(extensions),
		),
	);
}

export function serverHello(random: Random): Uint8Array {
	return handshake(
		2,
		join(3, 3, random.bytes(32), 32, random.bytes(32), u16(0xc02f), 0, counted16(join(u16(0xff01), counted16(0)))),
	);
}

export function changeCipherSpec(): Uint8Array {
	return record(20, Uint8Array.of(1));
}

export function applicationData(random: Random, length: number): Uint8Array {
	return record(23, random.bytes(length));
}

/** @param description RFC 8446, 6: 48 is unknown_ca */
export function alert(description: number): Uint8Array {
	return record(21, Uint8Array.of(2, description));
}

/** A whole certificate message's size without a real certificate in it. */
export function certificate(): Uint8Array {
	return handshake(11, zeros(900));
}
