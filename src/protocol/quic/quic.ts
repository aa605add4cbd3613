/** QUIC by its long headers: short ones look like noise. */
import { type Fields, type Recogniser, Role } from "../recogniser.ts";
import { clientHelloFields } from "../tls/client-hello.ts";
import { Handshake } from "../tls/names.ts";
import {
	afterIds,
	isLongHeader,
	PacketType,
	packetType,
	sourceIdAt,
	VERSION_NEGOTIATION,
	versionAt,
	versionName,
} from "./header.ts";
import { cryptoOfInitial } from "./initial.ts";

/** A client's first packet names its server by at least so many bytes (RFC 9000, 7.2). */
const MIN_FIRST_DESTINATION = 8;
const HANDSHAKE_HEADER = 4;

export const quic: Recogniser = {
	protocol: "quic",
	transports: [17],
	strength: "strong",
	ports: [443],
	source: "RFC 9000, 17.2; RFC 9001, 5; RFC 9369",
	recognise(data, start, end) {
		if (!isLongHeader(data, start, end)) return Role.No;
		if (versionAt(data, start) === VERSION_NEGOTIATION) return isVersionList(data, afterIds(data, start), end);
		switch (packetType(data, start)) {
			case PacketType.Retry:
				return Role.Server;
			case PacketType.ZeroRtt:
				return Role.Client;
			case PacketType.Initial:
				return initialRole(data, start);
			default:
				return Role.Either;
		}
	},
	describe,
};

/** A server's list of versions: it ends with the datagram. */
function isVersionList(data: Uint8Array, at: number, end: number): Role {
	if (at >= end || (end - at) % 4 !== 0) return Role.No;
	for (; at < end; at += 4) if (data[at] === 0xff || versionName(versionAt(data, at - 1))) return Role.Server;
	return Role.No;
}

/** Only a client may leave out its own name while it makes up a long one for the server; the answer has it the other way. */
function initialRole(data: Uint8Array, start: number): Role {
	const destination = data[start + 5]!;
	const source = data[sourceIdAt(data, start)]!;
	if (destination >= MIN_FIRST_DESTINATION && source === 0) return Role.Client;
	return destination === 0 && source > 0 ? Role.Server : Role.Either;
}

function describe(data: Uint8Array, start: number, end: number): Fields {
	const fields: Fields = {};
	const version = isLongHeader(data, start, end) ? versionName(versionAt(data, start)) : undefined;
	if (!version) return fields;
	fields.version = version;
	if (packetType(data, start) !== PacketType.Initial || data[start + 5]! < MIN_FIRST_DESTINATION) return fields;
	const hello = cryptoOfInitial(data, start, end);
	if (!hello || hello.length < HANDSHAKE_HEADER || hello[0] !== Handshake.ClientHello) return fields;
	const length = HANDSHAKE_HEADER + hello.readUIntBE(1, 3);
	const helloEnd = Math.min(hello.length, length);
	const { offeredVersion, ...shown } = clientHelloFields(
		hello,
		HANDSHAKE_HEADER,
		helloEnd,
		length <= hello.length,
		"q",
	);
	return { ...fields, ...shown };
}
