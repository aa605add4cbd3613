import { describe, expect, it } from "vitest";
import { findingsIn, kindsIn } from "../../support/findings.ts";
import { at, FLAGS, segment, undeliverable } from "../../support/frames.ts";
import { clientHelloBody, message, record } from "../../support/hello.ts";
import type { TcpOptions } from "../../support/packet-builder.ts";

const CLIENT = "10.0.0.50:40000";
const SERVER = "10.0.0.1:8411";
const { fin: FIN, syn: SYN, rst: RST, ack: ACK } = FLAGS;

const client = (seconds: number, options: TcpOptions, bytes = 0) =>
	at(seconds, segment(CLIENT, SERVER, { flags: ACK, window: 1000, ...options }, "x".repeat(bytes)));
const server = (seconds: number, options: TcpOptions, bytes = 0) =>
	at(seconds, segment(SERVER, CLIENT, { flags: ACK, window: 1000, ...options }, "y".repeat(bytes)));

/** Numbers begin at 100 for the client and at 500 for the server; the round trip takes `seconds`. */
function handshake(seconds = 0.02) {
	return [
		client(0, { flags: SYN, sequence: 99 }),
		server(seconds, { flags: SYN | ACK, sequence: 499, acknowledgement: 100 }),
		client(seconds, { sequence: 100, acknowledgement: 500 }),
	];
}

/** Segments of 10 bytes of the server, 250 ms apart, each acknowledged; those for which `lost` holds, sent again 200 ms later. */
function download(count: number, lost: (index: number) => boolean) {
	return Array.from({ length: count }, (_, i) => {
		const sent = { sequence: 500 + 10 * i, acknowledgement: 100 };
		const start = 1 + 0.25 * i;
		const again = lost(i) ? [server(start + 0.2, sent, 10)] : [];
		return [server(start, sent, 10), ...again, client(start + 0.21, { sequence: 100, acknowledgement: 510 + 10 * i })];
	}).flat();
}

describe("retransmissions", () => {
	it("are told above the rate, and where chance does not make them", () => {
		const lossy = [...handshake(), ...download(40, (i) => i % 10 === 9)];
		expect(findingsIn(lossy)).toMatchObject([
			{
				kind: "retransmissions",
				severity: "warning",
				text: expect.stringMatching(/^the server sent 4 of 44 segments again \(9\.1 %\) in \d/),
				// Behind the handshake and nine segments with their acknowledgements: the tenth segment, and its repetition.
				first: { file: 0, number: 3 + 9 * 2 + 2, time: 3.45e9 },
				filter: expect.stringContaining("(tcp.analysis.retransmission || tcp.analysis.out_of_order)"),
			},
		]);
		expect(kindsIn(lossy, { thresholds: { "retransmission-rate": 10 } })).toEqual([]);
		expect(kindsIn([...handshake(), ...download(40, (i) => i >= 38)])).toEqual([]);
		expect(kindsIn([...handshake(), ...download(40, () => false)])).toEqual([]);
	});

	it("begin with the first that tells of loss, which tshark may take for out of order", () => {
		const sent = (seconds: number, place: number) =>
			server(seconds, { sequence: 500 + 10 * place, acknowledgement: 100 }, 10);
		// Filled sooner than in a round trip (20 ms), and later than in half of one.
		const filled = [1, 2, 3, 4].flatMap((start, i) => [
			sent(start, 3 * i),
			sent(start + 0.001, 3 * i + 2),
			sent(start + 0.016, 3 * i + 1),
		]);
		const repeated = [...handshake().slice(0, 2), ...handshake().slice(1), ...filled, sent(7, 11)];
		expect(findingsIn(repeated)).toMatchObject([
			{ kind: "retransmissions", count: 5, first: { number: 7 }, start: expect.closeTo(1.016e9, 0) },
		]);
	});

	it("are not told where a router said why, or a TLS handshake failed", () => {
		const lossy = [...handshake(), ...download(40, (i) => i % 10 === 9)];
		const large = server(1.01, { sequence: 500, acknowledgement: 100 }, 10);
		const tooLarge = { time: 1.02e9, packet: undeliverable("10.0.0.254", large.packet, "10.0.0.1", 3, 4) };
		const told = [...lossy.slice(0, 4), tooLarge, ...lossy.slice(4)];
		expect(kindsIn(told)).toEqual(["info fragmentation-needed"]);
		const hello = record(22, message(1, clientHelloBody()));
		const asks = [1, 1.3, 2, 4].map((time) =>
			at(time, segment(CLIENT, SERVER, { flags: ACK, sequence: 100, acknowledgement: 500 }, hello)),
		);
		const alert = segment(
			SERVER,
			CLIENT,
			{ flags: ACK, sequence: 500, acknowledgement: 600 },
			"\x15\x03\x03\0\x02\x02\x28",
		);
		expect(kindsIn([...handshake(), ...asks])).toEqual(["error tls-incomplete"]);
		expect(kindsIn([...handshake(), ...asks, at(4.1, alert)])).toEqual(["error tls-alert"]);
	});

	it("are not told of repeated requests, keep-alives, a repeated FIN or copies by the capture", () => {
		const requests = [0, 1, 3, 7].map((time) => client(time, { flags: SYN, sequence: 99 }));
		const established = handshake()
			.slice(1)
			.map(({ packet, time }) => ({ packet, time: time + 7e9 }));
		expect(kindsIn([...requests, ...established])).toEqual([]);
		const kept = [60, 120, 180, 240].flatMap((time) => [
			client(time, { sequence: 99, acknowledgement: 500 }, 1),
			server(time + 0.02, { sequence: 500, acknowledgement: 100 }),
		]);
		expect(kindsIn([...handshake(), ...kept])).toEqual([]);
		const ends = [1, 1.3, 2, 4, 8].map((time) =>
			client(time, { flags: FIN | ACK, sequence: 100, acknowledgement: 500 }),
		);
		expect(kindsIn([...handshake(), ...ends])).toEqual([]);
		const twice = [...handshake(), ...download(40, () => false)].flatMap((packet) => [
			packet,
			{ ...packet, time: packet.time + 1e5 },
		]);
		expect(kindsIn(twice)).toEqual([]);
	});
});

describe("segments out of order", () => {
	it("are told as that, not as loss", () => {
		const swapped = Array.from({ length: 60 }, (_, i) => {
			const place = i % 4 === 1 ? i + 1 : i % 4 === 2 ? i - 1 : i;
			return server(1 + 0.001 * i, { sequence: 500 + 10 * place, acknowledgement: 100 }, 10);
		});
		expect(findingsIn([...handshake(), ...swapped])).toMatchObject([
			{ kind: "out-of-order", text: "15 of 60 segments of the server came out of order (25 %)", first: { number: 6 } },
		]);
		expect(kindsIn([...handshake(), ...swapped.slice(0, 36)])).toEqual([]);
	});
});

describe("a zero window", () => {
	const full = (until: number) => [
		...handshake(),
		client(1, { sequence: 100, acknowledgement: 500 }, 10),
		server(1.02, { sequence: 500, acknowledgement: 110, window: 0 }),
		server(until, { sequence: 500, acknowledgement: 110 }),
		client(until + 0.1, { sequence: 110, acknowledgement: 500 }, 10),
	];

	it("is told where somebody had to wait", () => {
		expect(findingsIn(full(3))).toMatchObject([
			{
				kind: "zero-window",
				text: "the server said once that it could take no more data: the client had to wait, 2 s at the longest",
				first: { number: 5, time: 1.02e9 },
			},
		]);
		expect(kindsIn(full(1.1))).toEqual([]);
	});
});

describe("a slow handshake", () => {
	it("is told with the way that is slow, once for all connections of a row", () => {
		expect(findingsIn(handshake(0.3))).toMatchObject([
			{
				kind: "slow-round-trip",
				text: "the round trip of the handshake took 300 ms (300 ms to the server, 0 ms to the client)",
			},
		]);
		expect(kindsIn(handshake(0.19))).toEqual([]);
		expect(kindsIn(handshake(0.19), { thresholds: { "round-trip": 100 } })).toEqual(["warning slow-round-trip"]);
	});
});

describe("a handshake without an end", () => {
	const accepted = [0.02, 1.02, 3.02].map((time) =>
		server(time, { flags: SYN | ACK, sequence: 499, acknowledgement: 100 }),
	);

	it("is half-open, once the client has had time to answer", () => {
		const [request] = handshake();
		expect(findingsIn([request!, ...accepted])).toMatchObject([
			{
				kind: "half-open",
				text: "the server sent its SYN-ACK 3 times, and the client never answered",
				first: { number: 2 },
			},
		]);
		expect(kindsIn([request!, ...accepted.slice(0, 2)])).toEqual([]);
		expect(kindsIn([request!, ...accepted, client(3.03, { flags: RST, sequence: 100 })])).toEqual([]);
	});
});

describe("a reset", () => {
	const asked = [...handshake(), client(1, { sequence: 100, acknowledgement: 500 }, 10)];
	const answered = [
		...asked,
		server(1.02, { sequence: 500, acknowledgement: 110 }, 10),
		client(1.02, { sequence: 110, acknowledgement: 510 }),
	];
	const byServer = (seconds: number) => server(seconds, { flags: RST | ACK, sequence: 500, acknowledgement: 110 });
	const byClient = (seconds: number, sequence = 110) => client(seconds, { flags: RST, sequence });
	const text = (...packets: Parameters<typeof findingsIn>[0]) =>
		findingsIn(packets).map((finding) => `${finding.severity} ${finding.kind}: ${finding.text}`);

	it("of the server is a warning", () => {
		const broken = "warning reset: a reset from the server's address broke the connection off";
		expect(text(...asked, byServer(1.5))).toEqual([
			`${broken}, 0.5 s after the client's last data, which the server did not answer`,
		]);
		expect(text(...answered, byServer(31.02))).toEqual([`${broken}, 30 s after the server's last data`]);
		expect(text(...handshake(), byServer(1))).toEqual([`${broken}, 0.98 s after the handshake, before any data`]);
	});

	it("is found at the packet that broke the connection off", () => {
		const again = byServer(31.5);
		expect(findingsIn([...answered, byServer(31.02), again])).toMatchObject([
			{ kind: "reset", first: { file: 0, number: 7, time: 31.02e9 }, start: 31.02e9, end: 31.02e9 },
		]);
		// One that the connection outlived was somebody else's.
		const forged = [...asked, byServer(1.01), ...answered.slice(4), byServer(31.02)];
		expect(findingsIn(forged)).toMatchObject([{ kind: "reset", first: { number: 8, time: 31.02e9 } }]);
	});

	it("of the client is a warning only where it waited for an answer", () => {
		const again = [...answered, client(2, { sequence: 110, acknowledgement: 510 }, 10)];
		expect(text(...again, byClient(12, 120))).toEqual([
			"warning reset: a reset from the client's address broke the connection off: the client's last data was not answered in 10 s",
		]);
		expect(kindsIn([...again, byClient(2.1, 120)])).toEqual(["info reset"]);
		expect(kindsIn([...answered, byClient(12)])).toEqual(["info reset"]);
		expect(kindsIn([...handshake(), byClient(1, 100)])).toEqual(["info reset"]);
	});

	it("is nothing after an end, a TLS alert, or before the connection was there", () => {
		expect(
			kindsIn([...answered, client(2, { flags: FIN | ACK, sequence: 110, acknowledgement: 510 }), byServer(2.1)]),
		).toEqual([]);
		const alert = at(
			2,
			segment(CLIENT, SERVER, { flags: ACK, sequence: 110, acknowledgement: 510 }, "\x15\x03\x03\0\x02\x01\0"),
		);
		expect(kindsIn([...answered, alert, byClient(2.01, 117)])).toEqual([]);
		expect(kindsIn([...handshake().slice(0, 2), byClient(1, 100)])).toEqual([]);
	});
});
