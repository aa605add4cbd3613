/** How far a TLS handshake has come, by what one message or record of it shows in clear. */
import { u16 } from "../bytes.ts";
import { Role } from "../recogniser.ts";
import { alertName, Handshake } from "./names.ts";
import {
	Content,
	HANDSHAKE_HEADER,
	isClearMessage,
	isRecordHeader,
	messageBodyLength,
	messagesOf,
	RECORD_HEADER,
	recordEnd,
} from "./record.ts";
import { isBeforeTls13 } from "./server-hello.ts";
import { ssl2Role } from "./ssl2.ts";

/** What a message or record is. */
export type Step =
	/** Handshake messages in clear. `last` is the name of the last; `isTls13` is told by a server's hello only. */
	| {
			readonly kind: "clear";
			readonly first: number;
			readonly last: string;
			readonly isTls13: boolean | undefined;
			readonly hasCertificate: boolean;
	  }
	| { readonly kind: "change-cipher-spec" }
	/** In clear. */
	| { readonly kind: "alert"; readonly name: string; readonly isFatal: boolean }
	/** What follows change-cipher-spec or a hello of TLS 1.3: its content type as far as that is told, and its length. */
	| { readonly kind: "encrypted"; readonly content: number; readonly length: number }
	/** SSL 2.0, or what the capture has only a part of: nothing can be told of it. */
	| { readonly kind: "unknown" }
	/** No TLS. */
	| { readonly kind: "other" };

const NAMES: Readonly<Record<number, string>> = {
	[Handshake.HelloRequest]: "hello request",
	[Handshake.ClientHello]: "client hello",
	[Handshake.ServerHello]: "server hello",
	[Handshake.NewSessionTicket]: "session ticket",
	[Handshake.Certificate]: "certificate",
	[Handshake.ServerKeyExchange]: "server key exchange",
	[Handshake.CertificateRequest]: "certificate request",
	[Handshake.ServerHelloDone]: "server hello done",
	[Handshake.CertificateVerify]: "certificate verify",
	[Handshake.ClientKeyExchange]: "client key exchange",
	[Handshake.CertificateStatus]: "certificate status",
};
const CLIENT_HELLO = hello(Handshake.ClientHello, undefined);
const SERVER_HELLO = hello(Handshake.ServerHello, false);
const SERVER_HELLO_13 = hello(Handshake.ServerHello, true);
const CHANGE_CIPHER_SPEC: Step = { kind: "change-cipher-spec" };
const OTHER: Step = { kind: "other" };
const UNKNOWN: Step = { kind: "unknown" };
const FATAL = 2;

/** @param start of a message as {@link Recogniser.messageLength} of TLS cuts it. */
export function stepOf(data: Uint8Array, start: number, end: number): Step {
	if (!isRecordHeader(data, start, end)) {
		const role = ssl2Role(data, start, end);
		if (role !== Role.Client) return role === Role.No ? OTHER : UNKNOWN;
		return CLIENT_HELLO;
	}
	const content = data[start]!;
	const length = u16(data, start + 3);
	if (content === Content.ChangeCipherSpec) return CHANGE_CIPHER_SPEC;
	if (content === Content.Alert && length === 2) return alertStep(data, start, end);
	return (
		(content === Content.Handshake ? clearStep(data, start, end) : undefined) ?? { kind: "encrypted", content, length }
	);
}

function hello(type: number, isTls13: boolean | undefined): Step {
	return { kind: "clear", first: type, last: NAMES[type]!, isTls13, hasCertificate: false };
}

function alertStep(data: Uint8Array, start: number, end: number): Step {
	const body = start + RECORD_HEADER;
	const name = recordEnd(data, start) <= end ? alertName(data[body]!, data[body + 1]!) : undefined;
	return name ? { kind: "alert", name: name.replace(/^\w+ /, ""), isFatal: data[body] === FATAL } : OTHER;
}

function clearStep(data: Uint8Array, start: number, end: number): Step | undefined {
	const body = start + RECORD_HEADER;
	const next = recordEnd(data, start);
	// A hello is alone in its record as a rule, and then nothing need be put together.
	if (next === end && isClearMessage(data, body, end, end - body)) {
		const message = body + HANDSHAKE_HEADER;
		if (message + messageBodyLength(data, body) === end) {
			if (data[body] === Handshake.ClientHello) return CLIENT_HELLO;
			if (data[body] === Handshake.ServerHello)
				return isBeforeTls13(data, message, end) ? SERVER_HELLO : SERVER_HELLO_13;
		}
	}
	const messages = messagesOf(data, start, end);
	const last = messages.at(-1);
	if (!last) return undefined;
	const hello = messages.find(({ type }) => type === Handshake.ServerHello);
	return {
		kind: "clear",
		first: messages[0]!.type,
		last: NAMES[last.type] ?? "handshake message",
		isTls13: hello && !isBeforeTls13(hello.data, hello.start, hello.end),
		hasCertificate: messages.some(({ type }) => type === Handshake.Certificate),
	};
}
