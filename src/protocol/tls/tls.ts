/**
 * TLS and SSL over TCP: hellos, certificates in clear, alerts. A message is a flight of handshake records as far as it is
 * there ({@link flightLength}), or one record of another type.
 */
import { type Fields, type Recogniser, Role } from "../recogniser.ts";
import { describeMessages, type Message } from "./handshake.ts";
import { alertName, Handshake, sideName } from "./names.ts";
import {
	Content,
	flightLength,
	flightSender,
	HANDSHAKE_HEADER,
	handshakeEnd,
	isChangeCipherSpec,
	isClearMessage,
	isRecord,
	isRecordHeader,
	messagesOf,
	RECORD_HEADER,
	recordEnd,
} from "./record.ts";
import { isBeforeTls13 } from "./server-hello.ts";
import { ssl2Fields, ssl2Length, ssl2Role } from "./ssl2.ts";

export const tls: Recogniser = {
	protocol: "tls",
	transports: [6],
	strength: "strong",
	ports: [443, 8443, 5061, 993, 411, 50805, 50809, 50813, 50815],
	source: "RFC 8446, RFC 5246, RFC 6101 (SSL 3.0; SSL 2.0 hello in appendix E)",
	recognise(data, start, end) {
		if (!isRecord(data, start, end)) return ssl2Role(data, start, end);
		return flightSender(data, start, end);
	},
	messageLength(data, start, end) {
		return ssl2Role(data, start, end) === Role.No ? flightLength(data, start, end) : ssl2Length(data, start);
	},
	describe,
	/**
	 * After a hello, until the handshake is no longer in clear: certificates, a request for one and alerts are still to
	 * come. TLS 1.3 encrypts all behind the server hello; but a client's hello does not tell which version it will be.
	 * A warning may come even before the server's hello: that it does not know the name that the client asked for.
	 */
	leadsOn(data, start, end) {
		if (!isRecordHeader(data, start, end)) return ssl2Role(data, start, end) !== Role.No;
		const body = start + RECORD_HEADER;
		const bodyEnd = Math.min(end, recordEnd(data, start));
		if (data[start] === Content.Alert) return isWarning(data, start, end);
		if (data[start] !== Content.Handshake || !isClearMessage(data, body, bodyEnd, bodyEnd - body)) return false;
		switch (data[body]) {
			case Handshake.ServerHello:
				return isBeforeTls13(data, body + HANDSHAKE_HEADER, bodyEnd);
			case Handshake.NewSessionTicket:
			case Handshake.ClientKeyExchange:
			case Handshake.CertificateVerify:
				return false;
			default:
				return true;
		}
	},
};

/** @param sender who sends it, where that is known; it tells a client's certificate and alert from a server's */
function describe(data: Uint8Array, start: number, end: number, sender: Role = Role.Either): Fields {
	if (!isRecordHeader(data, start, end)) {
		const role = ssl2Role(data, start, end);
		return role === Role.No ? {} : ssl2Fields(data, start, end, role);
	}
	if (data[start] === Content.Alert) return alertFields(data, start, end, sender);
	if (data[start] !== Content.Handshake) return {};
	const messages = messagesOf(data, start, end);
	const fields = describeMessages(messages, "t", sender);
	if (isResumption(messages, isChangeCipherSpec(data, handshakeEnd(data, start, end), end))) fields.resumed = true;
	return fields;
}

/** An alert in clear: an encrypted one is longer. */
function alertFields(data: Uint8Array, start: number, end: number, sender: Role): Fields {
	const body = start + RECORD_HEADER;
	if (recordEnd(data, start) !== body + 2 || end - body < 2) return {};
	const alert = alertName(data[body]!, data[body + 1]!);
	return alert ? { alert: alert + sideName(sender) } : {};
}

function isWarning(data: Uint8Array, start: number, end: number): boolean {
	const body = start + RECORD_HEADER;
	return recordEnd(data, start) === body + 2 && body < end && data[body] === 1;
}

/** Before TLS 1.3 a server that resumes a session shows no certificate: its hello is followed by the end of the handshake. */
function isResumption(messages: readonly Message[], isEnd: boolean): boolean {
	const [hello, ...others] = messages;
	if (hello?.type !== Handshake.ServerHello || !isBeforeTls13(hello.data, hello.start, hello.end)) return false;
	const [next] = others;
	return next ? next.type === Handshake.NewSessionTicket : isEnd;
}
