/** What the handshake messages of one flight show, of TLS and DTLS alike (RFC 5246, 7.4). */
import { u16 } from "../bytes.ts";
import { type Fields, Role } from "../recogniser.ts";
import { certificateFields } from "./certificate.ts";
import { clientHelloFields } from "./client-hello.ts";
import type { Carrier } from "./hello.ts";
import { Handshake } from "./names.ts";
import { serverHelloFields } from "./server-hello.ts";

/** A handshake message's body, as far as it is there. */
export interface Message {
	readonly type: number;
	readonly data: Uint8Array;
	readonly start: number;
	/** exclusive */
	readonly end: number;
	/** Whether all of it is there. */
	readonly isWhole: boolean;
}

/** Who sends a message of this type; `Role.Either` for a certificate, which both may send, and for what is unknown. */
export function senderOf(type: number): Role {
	switch (type) {
		case Handshake.ClientHello:
		case Handshake.ClientKeyExchange:
		case Handshake.CertificateVerify:
			return Role.Client;
		case Handshake.HelloRequest:
		case Handshake.ServerHello:
		case Handshake.HelloVerifyRequest:
		case Handshake.NewSessionTicket:
		case Handshake.ServerKeyExchange:
		case Handshake.CertificateRequest:
		case Handshake.ServerHelloDone:
		case Handshake.CertificateStatus:
			return Role.Server;
		default:
			return Role.Either;
	}
}

/** @param sender Client, Server, or anything else where it is not known: then the flight's other messages tell */
export function describeMessages(messages: readonly Message[], carrier: Carrier, sender: Role): Fields {
	const first = messages[0];
	// A client's hello is alone as a rule, and then its fields need no copy.
	if (first?.type === Handshake.ClientHello && messages.length === 1)
		return clientHelloFields(first.data, first.start, first.end, first.isWhole, carrier);
	const fields: Fields = {};
	for (const message of messages) {
		const { type, data, start, end, isWhole } = message;
		if (type === Handshake.ClientHello) Object.assign(fields, clientHelloFields(data, start, end, isWhole, carrier));
		else if (type === Handshake.ServerHello) Object.assign(fields, serverHelloFields(data, start, end, isWhole));
		else if (type === Handshake.Certificate) putCertificate(fields, message, senderOfFlight(messages, sender));
		else if (type === Handshake.CertificateRequest) fields.certificateRequested = true;
	}
	return fields;
}

function senderOfFlight(messages: readonly Message[], sender: Role): Role {
	if (sender === Role.Client || sender === Role.Server) return sender;
	return messages.map(({ type }) => senderOf(type)).find((role) => role !== Role.Either) ?? Role.Either;
}

/**
 * The first certificate of the chain: its holder's. Where nothing tells who sends it, it is taken for the server's,
 * unless the chain is empty: a client's answer that has none.
 */
function putCertificate(fields: Fields, { data, start, end }: Message, sender: Role): void {
	if (end - start === 3 && u16(data, start + 1) === 0 && sender !== Role.Server) fields.clientCertificate = false;
	if (end - start < 6) return;
	const from = start + 6;
	const to = Math.min(end, from + ((data[start + 3]! << 16) | u16(data, start + 4)));
	const certificate = certificateFields(data, from, to);
	if (sender !== Role.Client) {
		Object.assign(fields, certificate);
		return;
	}
	fields.clientCertificate = true;
	if (certificate.certificate !== undefined) fields.clientCertificateName = certificate.certificate;
}
