/** Messages of a TLS handshake for tests, and the records and segments that carry them. */
import { makeCertificate } from "./certificate.ts";
import { alpn, certificateBody, clientHelloBody, message, record, serverHelloBody, serverName, u8 } from "./hello.ts";
import { concat } from "./packet-builder.ts";

export const OWN_CERTIFICATE = makeCertificate({ subject: [[3, "ipo.example"]], names: ["ipo.example"] }).der;
export const HELLO = message(1, clientHelloBody({ extensions: [serverName("pbx.example"), alpn("h2", "http/1.1")] }));
export const SERVER_HELLO = message(2, serverHelloBody({ extensions: [alpn("h2")] }));
export const CERTIFICATE = message(11, certificateBody(OWN_CERTIFICATE));
export const KEY_EXCHANGE = message(12, new Uint8Array(70).fill(3));
export const REQUEST = message(13, new Uint8Array(20).fill(1));
export const DONE = message(14);
export const CLIENT_KEY = message(16, new Uint8Array(33).fill(32));
export const TICKET = message(4, new Uint8Array(60).fill(1));
export const CHANGE = record(20, u8(1));
export const FINISHED = record(22, new Uint8Array(40).fill(0xe7));
export const DATA = record(23, new Uint8Array(50).fill(0x5a));

/** The bytes cut at these places, for a stream in segments. */
export const cut = (bytes: Uint8Array, ...places: readonly number[]) =>
	[0, ...places].map((from, i) => bytes.subarray(from, places[i] ?? bytes.length));
/** Handshake messages in records of this many bytes. */
export const inRecords = (size: number, ...messages: readonly Uint8Array[]) => {
	const bytes = concat(...messages);
	const count = Math.ceil(bytes.length / size);
	return concat(...Array.from({ length: count }, (_, i) => record(22, bytes.subarray(i * size, (i + 1) * size))));
};
