/** How TLS and DTLS handshakes end, as incidents of the sessions. */
import { describe, expect, it } from "vitest";
import { Content } from "../../../src/protocol/tls/record.ts";
import { analyse, datagram } from "../../support/analyse.ts";
import { makeCertificate } from "../../support/certificate.ts";
import {
	certificateBody,
	clientHelloBody,
	extension,
	handshakeRecord,
	list16,
	message,
	record,
	serverHelloBody,
	u8,
	u16,
} from "../../support/hello.ts";
import { concat, hex } from "../../support/packet-builder.ts";
import { Connection, Scene } from "../../support/scene.ts";

const HELLO = handshakeRecord(message(1, clientHelloBody()));
const serverHello = handshakeRecord(message(2, serverHelloBody()));
const tls13Hello = handshakeRecord(
	message(2, serverHelloBody({ ciphers: [0x1301], extensions: [extension(43, Uint8Array.of(3, 4))] })),
);
const certificate = handshakeRecord(message(11, certificateBody(makeCertificate({ subject: [[3, "a.example"]] }).der)));
const DONE = handshakeRecord(message(14));
const CHANGE = record(20, Uint8Array.of(1));
const alert = (level: number, description: number) => record(Content.Alert, Uint8Array.of(level, description));
const encrypted = (length: number) => record(Content.ApplicationData, new Uint8Array(length).fill(0x5a));
const finished = record(22, new Uint8Array(40).fill(0xe7));

/** The flow's incidents after this, and the number of the packet that showed its certificate. */
function told(talk: (connection: Connection, scene: Scene) => unknown, port = 443) {
	const scene = new Scene();
	talk(new Connection(scene, "10.0.0.2:50000", `10.0.0.1:${port}`), scene);
	const { sessions } = analyse(scene.frames);
	sessions.finish();
	return sessions.incidents.of(0).map(({ kind, side, detail }) => `${kind} of ${side}: ${detail}`);
}

describe("a TLS handshake", () => {
	it("that alerts closed on purpose stops where it stood", () => {
		for (const description of [0, 90, 100])
			expect(told((each) => each.say("client", HELLO).say("server", alert(1, description)))).toEqual([
				"tls-incomplete of 0: client hello",
			]);
		for (const description of [0, 90, 100])
			expect(told((each) => each.say("client", HELLO).say("server", alert(2, description)))).toEqual([
				"tls-incomplete of 0: client hello",
			]);
	});

	it("ends in an alert of either side, of which the last before it is forgotten", () => {
		const begun = (each: Connection) => each.say("client", HELLO).say("server", concat(serverHello, certificate, DONE));
		expect(told((each) => begun(each).say("client", alert(2, 48)))).toEqual(["tls-alert of 0: unknown_ca"]);
		expect(told((each) => begun(each).say("client", alert(1, 41)).say("client", alert(2, 42)))).toEqual([
			"tls-alert of 0: bad_certificate",
		]);
		expect(told((each) => begun(each).say("server", alert(1, 112)).say("client", CHANGE))).toEqual([
			"tls-incomplete of 0: change cipher spec",
		]);
	});

	it("whose beginning is not there may still end in an alert, and in nothing else", () => {
		const flight = concat(serverHello, certificate, DONE);
		expect(told((each) => each.say("server", flight).say("client", alert(2, 48)))).toEqual([
			"tls-alert of 0: unknown_ca",
		]);
		expect(told((each) => each.say("server", flight).say("client", alert(1, 41)))).toEqual([]);
		expect(told((each) => each.say("server", flight).say("client", alert(2, 0)))).toEqual([]);
		expect(told((each) => each.say("server", flight).say("client", CHANGE))).toEqual([]);
	});

	it("is over with both Finished, with data before TLS 1.3, and with what is no TLS", () => {
		const client = concat(handshakeRecord(message(16, new Uint8Array(33).fill(32))), CHANGE, finished);
		const begun = (each: Connection) =>
			each
				.say("client", HELLO)
				.say("server", concat(serverHello, certificate, DONE))
				.say("client", client);
		expect(told((each) => begun(each))).toEqual(["tls-incomplete of 0: finished"]);
		expect(told((each) => begun(each).say("server", CHANGE))).toEqual(["tls-incomplete of 1: change cipher spec"]);
		expect(told((each) => begun(each).say("server", concat(CHANGE, finished)))).toEqual([]);
		expect(told((each) => begun(each).say("server", encrypted(100)))).toEqual([]);
		expect(told((each) => begun(each).say("server", "what is this?\r\n"))).toEqual([]);
	});

	it("is one of TLS 1.3 by its server hello: change-cipher-spec is no step of it", () => {
		const begun = (each: Connection) =>
			each.say("client", HELLO).say("server", concat(tls13Hello, CHANGE, encrypted(900)));
		expect(told((each) => begun(each))).toEqual(["tls-incomplete of 1: encrypted handshake"]);
		expect(told((each) => begun(each).say("client", CHANGE))).toEqual(["tls-incomplete of 1: encrypted handshake"]);
		expect(told((each) => begun(each).say("client", concat(CHANGE, encrypted(53))))).toEqual([]);
		expect(told((each) => begun(each).say("client", concat(CHANGE, encrypted(19))))).toEqual([
			"tls-alert of 0: an encrypted alert",
		]);
	});

	it("that is answered with something else is told where the answer is the server's first", () => {
		const other = "HTTP/1.1 400 Bad Request\r\n\r\n";
		expect(told((each) => each.say("client", HELLO).say("server", other))).toEqual(["tls-incomplete of 1: not TLS"]);
		expect(told((each) => each.say("client", HELLO).say("client", other))).toEqual([]);
		expect(told((each) => each.say("client", HELLO).say("server", serverHello).say("server", other))).toEqual([]);
		expect(told((each) => each.say("client", HELLO).say("server", serverHello).say("client", other))).toEqual([]);
	});

	it("shows its certificate in the first packet that has one", () => {
		const scene = new Scene();
		const connection = new Connection(scene, "10.0.0.2:50000", "10.0.0.1:443");
		connection.say("client", HELLO).say("server", serverHello).say("server", concat(certificate, DONE));
		connection.say("client", certificate);
		const { sessions } = analyse(scene.frames);
		expect(sessions.certificatePlaceOf(0)).toMatchObject({ number: 8 });
		expect(sessions.certificatePlaceOf(1)).toBeUndefined();
	});
});

describe("a DTLS handshake", () => {
	const dtls = (type: number, body: Uint8Array) =>
		concat(u8(type), u16(0xfefd), u16(0), hex("000000000001"), list16(body));
	const hello = dtls(22, concat(hex("01 000000 0000 000000 000000"), clientHelloBody({ version: 0xfefd })));
	const ended = (level: number, description: number) => {
		const packets = [
			datagram("10.0.0.2:50000", "10.0.0.1:50002", hello),
			datagram("10.0.0.1:50002", "10.0.0.2:50000", dtls(21, Uint8Array.of(level, description))),
		];
		const { sessions } = analyse(packets);
		sessions.finish();
		return sessions.incidents.of(0).map(({ kind, side, detail }) => `${kind} of ${side}: ${detail}`);
	};

	it("ends in a fatal alert alone", () => {
		expect([ended(2, 40), ended(1, 40), ended(2, 0)]).toEqual([["tls-alert of 1: handshake_failure"], [], []]);
	});
});
