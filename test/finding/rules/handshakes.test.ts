/** TLS handshakes that fail, of real stacks and of bytes by hand, as findings of a capture. */
import type { ConnectionOptions, TlsOptions } from "node:tls";
import { describe, expect, it } from "vitest";
import { classify } from "../../../src/classify.ts";
import { makeCertificate } from "../../support/certificate.ts";
import {
	certificateBody,
	clientHelloBody,
	extension,
	handshakeRecord,
	message,
	record,
	serverHelloBody,
} from "../../support/hello.ts";
import { concat } from "../../support/packet-builder.ts";
import { Connection, Scene } from "../../support/scene.ts";
import { type Handshake, handshake } from "../../support/tls-handshake.ts";

const CLIENT = "10.0.0.2:50000";
const SERVER = "10.0.0.1:443";

const valid = makeCertificate({ subject: [[3, "pbx.example"]] });
const expired = makeCertificate({ subject: [[3, "old.example"]], from: "200101000000Z", to: "210101000000Z" });
const future = makeCertificate({ subject: [[3, "new.example"]], from: "300101000000Z", to: "310101000000Z" });

const HELLO = handshakeRecord(message(1, clientHelloBody()));
const serverHello = handshakeRecord(message(2, serverHelloBody()));
const tls13Hello = handshakeRecord(
	message(2, serverHelloBody({ ciphers: [0x1301], extensions: [extension(43, Uint8Array.of(3, 4))] })),
);
const certificateOf = (der: Uint8Array) => handshakeRecord(message(11, certificateBody(der)));
const HELLO_DONE = handshakeRecord(message(14));
const CLIENT_FLIGHT = concat(
	handshakeRecord(message(16, new Uint8Array(33).fill(32))),
	record(20, Uint8Array.of(1)),
	record(22, new Uint8Array(40).fill(0xe7)),
);
const SERVER_END = concat(record(20, Uint8Array.of(1)), record(22, new Uint8Array(40).fill(0xe8)));
const encrypted = (length: number) => record(23, new Uint8Array(length).fill(0x5a));
const alert = (level: number, description: number) => record(21, Uint8Array.of(level, description));

/** A connection in a scene of its own, and what is found of it some seconds later. */
function connect(start?: number) {
	const scene = new Scene(start);
	const connection = new Connection(scene, CLIENT, SERVER);
	return { scene, connection, later: () => scene.wait(10).end().findings() };
}

/** A connection of real stacks, written down by the relay between them. */
async function played(server: TlsOptions, client: ConnectionOptions): Promise<string[]> {
	const { connection, later } = connect();
	const { turns }: Handshake = await handshake(server, client);
	for (const { side, bytes } of turns) connection.say(side, bytes);
	connection.close("server").close("client");
	return later();
}

describe("a TLS handshake of real stacks", () => {
	const own = { key: valid.key, cert: valid.pem };

	it.each(["TLSv1.2", "TLSv1.3"] as const)("that succeeds is nothing, %s", async (version) => {
		expect(await played({ ...own, maxVersion: version }, {})).toEqual([]);
	});

	it("without a common version ends in an alert", async () => {
		expect(await played({ ...own, minVersion: "TLSv1.3" }, { maxVersion: "TLSv1.2" })).toEqual([
			"error tls-alert: the server ended the TLS handshake with the alert protocol_version: the client offers at most TLS 1.2",
		]);
	});

	it("without a common cipher suite ends in an alert", async () => {
		const client = { maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES128-GCM-SHA256" } as const;
		expect(await played(own, client)).toEqual([
			"error tls-alert: the server ended the TLS handshake with the alert handshake_failure",
		]);
	});

	it("shows a certificate that has expired, and one that is not valid yet", async () => {
		const old = { key: expired.key, cert: expired.pem, maxVersion: "TLSv1.2" } as const;
		expect(await played(old, {})).toEqual([
			"error certificate-expired: the server's certificate for old.example expired on 2021-01-01",
		]);
		const young = { key: future.key, cert: future.pem, maxVersion: "TLSv1.2" } as const;
		expect(await played(young, {})).toEqual([
			"error certificate-not-yet-valid: the server's certificate for new.example is not valid before 2030-01-01",
		]);
	});

	it("shows it in the packet that has it", async () => {
		const found = [];
		for (const name of ["tls-expired", "tls-expired-checked", "tls-not-yet-valid"]) {
			const report = await classify([`captures/faults/${name}.pcap`]);
			found.push(...report.findings.map(({ kind, first }) => [kind, first?.packet]));
		}
		// As tshark finds them: tls.handshake.type == 11
		expect(found).toEqual([
			["certificate-expired", 13],
			["certificate-expired", 20],
			["certificate-not-yet-valid", 18],
		]);
	});

	it("shows a certificate whose dates count for nothing where the capture has no date", async () => {
		const { connection, later } = connect(0);
		const old = { key: expired.key, cert: expired.pem, maxVersion: "TLSv1.2" } as const;
		for (const { side, bytes } of (await handshake(old, {})).turns) connection.say(side, bytes);
		expect(await later()).toEqual([]);
	});
});

describe("an alert", () => {
	it("in clear is told with what the certificate says of its cause", async () => {
		const { connection, later } = connect();
		connection.say("client", HELLO).say("server", concat(serverHello, certificateOf(expired.der), HELLO_DONE));
		connection.say("client", alert(2, 45)).reset("client");
		expect(await later()).toEqual([
			"error certificate-expired: the server's certificate for old.example expired on 2021-01-01; the client ended the handshake with the alert certificate_expired",
		]);
	});

	it("that is not about certificates is told besides", async () => {
		const { connection, later } = connect();
		connection.say("client", HELLO).say("server", concat(serverHello, certificateOf(expired.der), HELLO_DONE));
		connection.say("client", alert(2, 51)).reset("client");
		expect((await later()).map((text) => text.split(":")[0])).toEqual(["error tls-alert", "error certificate-expired"]);
	});

	it("of a client in TLS 1.3 is known by its size where Finished is due", async () => {
		const { connection, later } = connect();
		connection.say("client", HELLO).say("server", concat(tls13Hello, encrypted(900)));
		connection.say("client", concat(record(20, Uint8Array.of(1)), encrypted(19))).close("client");
		expect(await later()).toEqual([
			"error tls-alert: the client ended the TLS handshake with an encrypted alert where its next message was due",
		]);
	});

	it("of a server in TLS 1.3 may refuse the certificate that the client showed", async () => {
		const shown = () => {
			const scene = connect();
			scene.connection.say("client", HELLO).say("server", concat(tls13Hello, encrypted(900)));
			scene.connection.say("client", concat(encrypted(700), encrypted(53)));
			return scene;
		};
		const refused = shown();
		refused.connection.say("server", encrypted(19)).close("server");
		expect(await refused.later()).toEqual([
			"error tls-alert: the server ended the TLS handshake with an encrypted alert where its next message was due",
		]);
		const accepted = shown();
		accepted.connection.say("server", encrypted(200)).say("server", encrypted(19)).close("server");
		expect(await accepted.later()).toEqual([]);
	});

	describe("of a server in TLS 1.3 that asks for a certificate", () => {
		const refusal =
			"error tls-alert: the server ended the TLS handshake with an encrypted alert where its next message was due";
		type Turn = (connection: Connection, scene: Scene) => unknown;
		/** The client has none, and says so in 25 bytes. */
		const begun = () => {
			const scene = connect();
			scene.connection.say("client", HELLO).say("server", concat(tls13Hello, encrypted(900)));
			scene.connection.say("client", concat(record(20, Uint8Array.of(1)), encrypted(25), encrypted(69)));
			return scene;
		};
		const say = (side: "client" | "server", length: number) => (connection: Connection) =>
			connection.say(side, encrypted(length));
		const [data, answer] = [say("client", 44), say("server", 44)];
		const [farewell, alerted] = [say("client", 19), say("server", 19)];
		const close = (side: "client" | "server") => (connection: Connection) => connection.close(side);
		const reset = (connection: Connection) => connection.reset("server");
		const wait = (_connection: Connection, scene: Scene) => scene.wait(60);

		it.each<[string, readonly Turn[], readonly string[]]>([
			["at once", [alerted, reset], [refusal]],
			["behind data", [data, alerted, reset], [refusal]],
			["before data that was under way", [alerted, data, reset], [refusal]],
			["before data and the client's end", [alerted, data, close("client"), reset], [refusal]],
			["before much data", [alerted, ...Array(12).fill(data), reset], [refusal]],
		])("is a refusal: %s", async (_name, turns, expected) => {
			const { scene, connection, later } = begun();
			for (const turn of turns) turn(connection, scene);
			expect(await later()).toEqual(expected);
		});

		it.each<[string, readonly Turn[]]>([
			["after an answer", [data, answer, alerted, close("server")]],
			["to the client's own", [data, farewell, alerted, close("server"), close("client")]],
			["to the client's end", [data, close("client"), alerted, close("server")]],
			["long after the client's last data", [data, wait, alerted, close("server"), close("client")]],
			["before an answer", [alerted, answer, close("server")]],
		])("is a farewell: %s", async (_name, turns) => {
			const { scene, connection, later } = begun();
			for (const turn of turns) turn(connection, scene);
			expect(await later()).toEqual([]);
		});

		it("is not missed where the client ends, and told where the server does", async () => {
			const content = begun();
			content.connection.say("client", encrypted(44)).close("client").close("server");
			expect(await content.later()).toEqual([]);
			const broken = begun();
			broken.connection.reset("server");
			expect(await broken.later()).toEqual([
				"error tls-incomplete: the TLS handshake stopped after the client's finished: the server reset the connection",
			]);
		});
	});

	it("before TLS 1.3 tells that it is one, also when it is encrypted", async () => {
		const { connection, later } = connect();
		connection.say("client", HELLO).say("server", concat(serverHello, certificateOf(valid.der), HELLO_DONE));
		connection
			.say("client", CLIENT_FLIGHT)
			.say("server", concat(record(20, Uint8Array.of(1)), record(21, new Uint8Array(26))));
		connection.close("server");
		expect(await later()).toEqual([
			"error tls-alert: the server ended the TLS handshake with an encrypted alert where its next message was due",
		]);
	});

	it.each([
		["after the handshake", concat(SERVER_END, record(21, new Uint8Array(26)))],
		["that only warns", concat(alert(1, 112), SERVER_END)],
	])("%s is nothing", async (_name, bytes) => {
		const { connection, later } = connect();
		connection.say("client", HELLO).say("server", concat(serverHello, certificateOf(valid.der), HELLO_DONE));
		connection.say("client", CLIENT_FLIGHT).say("server", bytes).close("server").close("client");
		expect(await later()).toEqual([]);
	});

	it("that warns is told where the handshake stops behind it", async () => {
		const { connection, later } = connect();
		connection.say("client", HELLO).say("server", alert(1, 112)).close("client");
		expect(await later()).toEqual([
			"error tls-alert: the server ended the TLS handshake with the alert warning unrecognized_name",
		]);
	});

	it("about a server that is gone is told as what it is", async () => {
		const { connection, later } = connect();
		connection.say("client", HELLO).close("server").say("client", alert(2, 50));
		expect(await later()).toEqual([
			"error tls-incomplete: the TLS handshake stopped after the client hello: the server closed the connection",
		]);
	});
});

describe("a handshake that stops", () => {
	it.each<[string, (connection: Connection) => void, string]>([
		[
			"client hello",
			() => {},
			"error tls-incomplete: the TLS handshake stopped after the client hello: the server sent nothing more",
		],
		[
			"client hello, and a reset",
			(connection) => connection.reset("server"),
			"error tls-incomplete: the TLS handshake stopped after the client hello: the server reset the connection",
		],
		[
			"server's certificate, at which the client leaves",
			(connection) =>
				connection.say("server", concat(serverHello, certificateOf(valid.der), HELLO_DONE)).close("client"),
			"warning tls-incomplete: the TLS handshake stopped after the server hello done: the client closed the connection",
		],
		[
			"client's part",
			(connection) =>
				connection
					.say("server", concat(serverHello, certificateOf(valid.der), HELLO_DONE))
					.say("client", CLIENT_FLIGHT)
					.close("server"),
			"error tls-incomplete: the TLS handshake stopped after the client's finished: the server closed the connection",
		],
		[
			"client hello, which is answered in plain text",
			(connection) => connection.say("server", "HTTP/1.1 400 Bad Request\r\n\r\n").close("server"),
			"error tls-incomplete: the server answered the client hello with something that is not TLS",
		],
	])("after the %s", async (_name, goOn, expected) => {
		const { connection, later } = connect();
		goOn(connection.say("client", HELLO));
		expect(await later()).toEqual([expected]);
	});

	it("with the capture is nothing", async () => {
		const { scene, connection } = connect();
		connection.say("client", HELLO);
		expect(await scene.findings()).toEqual([]);
	});

	it("began before the capture, or lacks bytes in it, is nothing", async () => {
		const midstream = connect();
		midstream.connection.say("server", concat(serverHello, certificateOf(valid.der), HELLO_DONE)).close("client");
		expect(await midstream.later()).toEqual([]);
		const cut = connect();
		cut.connection.say("client", HELLO).say("server", concat(serverHello, certificateOf(valid.der), HELLO_DONE), 60);
		cut.connection.close("client");
		expect(await cut.later()).toEqual([]);
		const lossy = connect();
		lossy.connection.say("client", HELLO).lose("server", 900).close("client");
		expect(await lossy.later()).toEqual([]);
	});

	it("after a STARTTLS is told as well", async () => {
		const scene = new Scene();
		const mail = new Connection(scene, CLIENT, "10.0.0.1:25").say("server", "220 mail.example ESMTP\r\n");
		mail.say("client", "EHLO a\r\n").say("server", "250-mail.example\r\n250 STARTTLS\r\n");
		mail.say("client", "STARTTLS\r\n").say("server", "220 go\r\n").say("client", HELLO).close("server");
		expect(await scene.wait(5).end().findings()).toEqual([
			"error tls-incomplete: the TLS handshake stopped after the client hello: the server closed the connection",
		]);
	});
});
