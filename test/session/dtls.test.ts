/** A DTLS handshake over several datagrams (RFC 6347, 4.2.4), as a flow of the whole pipeline. */
import { describe, expect, it } from "vitest";
import { FlowTracker } from "../../src/flow/tracker.ts";
import { PacketDecoder } from "../../src/packet/decode.ts";
import { DONE, MEDIA_MAY_FOLLOW } from "../../src/session/evidence.ts";
import { Sessions } from "../../src/session/sessions.ts";
import { makeCertificate } from "../support/certificate.ts";
import {
	certificateBody,
	clientHelloBody,
	extension,
	list16,
	serverHelloBody,
	u8,
	u16,
	u24,
} from "../support/hello.ts";
import { batchOf, captureInterface, concat, ethernet, hex, ipv4, type Packet, udp } from "../support/packet-builder.ts";

const record = (type: number, body: Uint8Array, epoch = 0) =>
	concat(u8(type), u16(0xfefd), u16(epoch), hex("000000000001"), list16(body));
const message = (type: number, body: Uint8Array) =>
	record(22, concat(u8(type), u24(body.length), u16(0), u24(0), u24(body.length), body));

const srtp = extension(14, hex("0002 0001 00"));
const hello = (cookie: Uint8Array) => message(1, clientHelloBody({ version: 0xfefd, cookie, extensions: [srtp] }));
const certificate = (name: string) => message(11, certificateBody(makeCertificate({ subject: [[3, name]] }).der));
const finished = concat(record(20, u8(1)), record(22, new Uint8Array(40).fill(9), 1));
const data = record(23, new Uint8Array(40).fill(7), 1);

const fromClient = (...records: readonly Uint8Array[]) =>
	ethernet(ipv4("10.0.0.2", "10.0.0.1", udp(50_000, 50_002, concat(...records))));
const fromServer = (...records: readonly Uint8Array[]) =>
	ethernet(ipv4("10.0.0.1", "10.0.0.2", udp(50_002, 50_000, concat(...records))));

/** Fields of the one flow, and whether nothing but media is looked for in it. */
function flowOf(packets: readonly Packet[]): { fields: unknown; isSettled: boolean } {
	const tracker = new FlowTracker({ severalFiles: false });
	const { store } = tracker.table;
	const decoder = new PacketDecoder([captureInterface()]);
	const sessions = new Sessions(store);
	const batch = batchOf(packets, 0);
	for (let i = 0; i < batch.count; i++) {
		decoder.decode(batch, i);
		const { packet } = decoder;
		if (tracker.take(packet)) sessions.observe(packet, packet.flow, packet.side);
	}
	sessions.finish();
	return { fields: sessions.fieldsOf(0), isSettled: (store.evidence(0) & (DONE | MEDIA_MAY_FOLLOW)) !== 0 };
}

describe("a DTLS handshake", () => {
	const packets = [
		fromClient(hello(new Uint8Array(0))),
		fromServer(message(3, hex("feff 04 01020304"))),
		fromClient(hello(hex("01020304"))),
		fromServer(message(2, serverHelloBody({ version: 0xfefd }))),
		fromServer(certificate("gateway.example"), message(13, new Uint8Array(8)), message(14, new Uint8Array(0))),
		fromClient(certificate("browser.example"), message(16, new Uint8Array(33)), finished),
		fromServer(finished),
	];

	it("is read to its end, behind the cookie and over the datagrams of both sides", () => {
		expect(flowOf(packets).fields).toMatchObject({
			offeredVersion: "DTLS 1.2",
			srtp: true,
			version: "DTLS 1.2",
			certificate: "gateway.example",
			certificateRequested: true,
			clientCertificate: true,
			clientCertificateName: "browser.example",
		});
	});

	it("is looked at only for media when it is encrypted", () => {
		expect(flowOf(packets.slice(0, 3)).isSettled).toBe(false);
		expect(flowOf(packets).isSettled).toBe(true);
		expect(flowOf([fromClient(data), fromServer(data)]).isSettled).toBe(true);
	});

	it("is over where something else comes: media, or what DTLS 1.3 encrypts", () => {
		const media = hex(`80 00 0001 00000000 11223344 ${"55".repeat(40)}`);
		expect(flowOf([...packets.slice(0, 5), fromClient(media), fromServer(media)]).isSettled).toBe(true);
	});

	it("of which one side was captured does not keep the flow open", () => {
		expect(flowOf(Array.from({ length: 4 }, () => fromClient(data))).isSettled).toBe(true);
		expect(flowOf(Array.from({ length: 7 }, () => fromClient(hello(new Uint8Array(0))))).isSettled).toBe(true);
	});
});
