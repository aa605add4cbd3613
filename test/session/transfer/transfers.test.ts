import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Transfer } from "../../../src/session/transfer/transfer.ts";
import { analyse, datagram } from "../../support/analyse.ts";
import { at } from "../../support/frames.ts";
import { concat, type Packet } from "../../support/packet-builder.ts";
import { ack, data, error, oack, rrq, wrq } from "../../support/tftp.ts";

const C = "10.0.0.2";
const S = "10.0.0.1";

function transfers(...packets: Packet[]): Transfer[] {
	return analyse(packets).sessions.transfers.transfers;
}

/** The exchange of the port matrix document, with its own port numbers. */
const document = [
	datagram(`${C}:2421`, `${S}:69`, rrq("nasystem/who_is")),
	datagram(`${S}:4153`, `${C}:69`, wrq("nasystem/who_is")),
	datagram(`${S}:4153`, `${C}:2421`, data(1, 512)),
	datagram(`${C}:2421`, `${S}:4153`, ack(1)),
	datagram(`${S}:4153`, `${C}:2421`, data(2, 100)),
	datagram(`${C}:2421`, `${S}:4153`, ack(2)),
];

describe("IP Office's exchange", () => {
	it("is one transfer of three flows", () => {
		const [transfer, ...others] = transfers(...document);
		expect(others).toEqual([]);
		expect(transfer).toMatchObject({
			client: { address: C, port: 2421 },
			server: { address: S, port: 4153 },
			file: "nasystem/who_is",
			mode: "octet",
			direction: "read",
			style: "ipoffice",
			bytes: 612,
			blocks: 2,
			retransmits: 0,
			complete: true,
			error: null,
			flows: [0, 1, 2],
		});
	});

	it("is known by its write request and data where the read request was missed", () => {
		const [transfer, ...others] = transfers(...document.slice(1));
		expect(others).toEqual([]);
		expect(transfer).toMatchObject({
			client: { address: C, port: 2421 },
			server: { address: S, port: 4153 },
			direction: "read",
			style: "ipoffice",
			bytes: 612,
			complete: true,
		});
	});

	it("counts repeated requests of both sides", () => {
		const [transfer, ...others] = transfers(
			document[0]!,
			document[0]!,
			document[1]!,
			document[1]!,
			...document.slice(2),
		);
		expect(others).toEqual([]);
		expect(transfer).toMatchObject({ retransmits: 2, bytes: 612, complete: true, flows: [0, 1, 2] });
	});

	it("works over IPv6", () => {
		const [transfer] = transfers(
			datagram("[fd00::2]:2421", "[fd00::1]:69", rrq("nasystem/who_is")),
			datagram("[fd00::1]:4153", "[fd00::2]:69", wrq("nasystem/who_is")),
			datagram("[fd00::1]:4153", "[fd00::2]:2421", data(1, 7)),
			datagram("[fd00::2]:2421", "[fd00::1]:4153", ack(1)),
		);
		expect(transfer).toMatchObject({
			style: "ipoffice",
			bytes: 7,
			complete: true,
			client: { address: "fd00::2", port: 2421 },
		});
	});

	it("keeps concurrent transfers between the same hosts apart", () => {
		const found = transfers(
			datagram(`${C}:2421`, `${S}:69`, rrq("a")),
			datagram(`${C}:2422`, `${S}:69`, rrq("b")),
			datagram(`${S}:4154`, `${C}:69`, wrq("b")),
			datagram(`${S}:4153`, `${C}:69`, wrq("a")),
			datagram(`${S}:4154`, `${C}:2422`, data(1, 20)),
			datagram(`${S}:4153`, `${C}:2421`, data(1, 10)),
			datagram(`${C}:2422`, `${S}:4154`, ack(1)),
			datagram(`${C}:2421`, `${S}:4153`, ack(1)),
		);
		expect(
			found.map(({ file, bytes, server, flows, complete }) => ({ file, bytes, port: server.port, flows, complete })),
		).toEqual([
			{ file: "a", bytes: 10, port: 4153, flows: [0, 3, 5], complete: true },
			{ file: "b", bytes: 20, port: 4154, flows: [1, 2, 4], complete: true },
		]);
	});
});

describe("RFC 1350", () => {
	it("ties the data to the request by the client's port", () => {
		const [transfer] = transfers(
			datagram(`${C}:3000`, `${S}:69`, rrq("bin.cfg")),
			datagram(`${S}:5000`, `${C}:3000`, data(1, 512)),
			datagram(`${C}:3000`, `${S}:5000`, ack(1)),
			datagram(`${S}:5000`, `${C}:3000`, data(2, 0)),
			datagram(`${C}:3000`, `${S}:5000`, ack(2)),
		);
		expect(transfer).toMatchObject({
			style: "rfc1350",
			server: { address: S, port: 5000 },
			bytes: 512,
			blocks: 2,
			complete: true,
			flows: [0, 1],
		});
	});

	it("follows a write", () => {
		const [transfer] = transfers(
			datagram(`${C}:3000`, `${S}:69`, wrq("upload.bin")),
			datagram(`${S}:5000`, `${C}:3000`, ack(0)),
			datagram(`${C}:3000`, `${S}:5000`, data(1, 33)),
			datagram(`${S}:5000`, `${C}:3000`, ack(1)),
		);
		expect(transfer).toMatchObject({ direction: "write", style: "rfc1350", bytes: 33, complete: true });
	});

	it("obeys negotiated options", () => {
		const [transfer] = transfers(
			datagram(`${C}:3000`, `${S}:69`, rrq("x", ["blksize", "1428", "windowsize", "4"])),
			datagram(`${S}:5000`, `${C}:3000`, oack("blksize", "1428", "windowsize", "4")),
			datagram(`${C}:3000`, `${S}:5000`, ack(0)),
			...[1, 2, 3].map((n) => datagram(`${S}:5000`, `${C}:3000`, data(n, 1428))),
			datagram(`${S}:5000`, `${C}:3000`, data(4, 600)),
			datagram(`${C}:3000`, `${S}:5000`, ack(4)),
		);
		expect(transfer).toMatchObject({
			bytes: 3 * 1428 + 600,
			blocks: 4,
			complete: true,
			options: { blksize: 1428, windowsize: 4 },
		});
	});

	it("counts data once and retransmissions apart", () => {
		const [transfer] = transfers(
			datagram(`${C}:3000`, `${S}:69`, rrq("x")),
			datagram(`${S}:5000`, `${C}:3000`, data(1, 512)),
			datagram(`${S}:5000`, `${C}:3000`, data(1, 512)),
			datagram(`${C}:3000`, `${S}:5000`, ack(1)),
			datagram(`${S}:5000`, `${C}:3000`, data(2, 5)),
			datagram(`${C}:3000`, `${S}:5000`, ack(2)),
		);
		expect(transfer).toMatchObject({ bytes: 517, blocks: 2, retransmits: 1, complete: true });
	});

	it("is incomplete without a short last block, and where that block is repeated without an answer", () => {
		const start = [datagram(`${C}:3000`, `${S}:69`, rrq("x")), datagram(`${S}:5000`, `${C}:3000`, data(1, 512))];
		expect(transfers(...start)[0]).toMatchObject({ complete: false, bytes: 512 });
		const last = datagram(`${S}:5000`, `${C}:3000`, data(2, 5));
		expect(transfers(...start, last)[0]).toMatchObject({ complete: true });
		expect(transfers(...start, last, last, last)[0]).toMatchObject({ complete: false, retransmits: 2 });
	});

	it("reports a refusal", () => {
		const [transfer] = transfers(
			datagram(`${C}:3000`, `${S}:69`, rrq("missing")),
			datagram(`${S}:5000`, `${C}:3000`, error(1, "File not found")),
		);
		expect(transfer).toMatchObject({ complete: false, bytes: 0, error: "1 File not found", flows: [0, 1] });
	});

	it("leaves a request that nobody answers open", () => {
		expect(transfers(datagram(`${C}:3000`, `${S}:69`, rrq("x")))[0]).toMatchObject({
			style: undefined,
			server: { address: S, port: 69 },
			complete: false,
			error: null,
		});
	});

	it("counts on where block numbers wrap", () => {
		fc.assert(
			fc.property(fc.integer({ min: 65_530, max: 65_545 }), fc.constantFrom(0, 1), (blocks, wrapTo) => {
				const packets = [
					datagram(`${C}:3000`, `${S}:69`, rrq("big", ["blksize", "8"])),
					datagram(`${S}:5000`, `${C}:3000`, oack("blksize", "8")),
				];
				const engine = analyse(packets);
				const transfer = engine.sessions.transfers.transfers[0]!;
				transfer.highest = 65_520;
				for (let n = 65_521; n <= blocks; n++) {
					const number = n <= 65_535 ? n : n - 65_536 + wrapTo;
					engine.observe([datagram(`${S}:5000`, `${C}:3000`, data(number, n === blocks ? 3 : 8))]);
				}
				expect(transfer.bytes).toBe((blocks - 65_521) * 8 + 3);
				expect(transfer.missing.size).toBe(0);
				expect(transfer.complete).toBe(true);
			}),
			{ numRuns: 20 },
		);
	});
});

describe("a server that stays on port 69", () => {
	it("is the single-port style, in one flow", () => {
		const [transfer, ...others] = transfers(
			datagram(`${C}:3000`, `${S}:69`, rrq("x")),
			datagram(`${S}:69`, `${C}:3000`, data(1, 12)),
			datagram(`${C}:3000`, `${S}:69`, ack(1)),
		);
		expect(others).toEqual([]);
		expect(transfer).toMatchObject({
			style: "single-port",
			bytes: 12,
			complete: true,
			flows: [0],
			server: { address: S, port: 69 },
		});
	});

	it("serves one transfer after the other from the same ports", () => {
		const once = (file: string, length: number) => [
			datagram(`${C}:3000`, `${S}:69`, rrq(file)),
			datagram(`${S}:69`, `${C}:3000`, data(1, length)),
			datagram(`${C}:3000`, `${S}:69`, ack(1)),
		];
		expect(
			transfers(...once("a", 3), ...once("b", 4)).map(({ file, bytes, complete }) => [file, bytes, complete]),
		).toEqual([
			["a", 3, true],
			["b", 4, true],
		]);
	});
});

describe("other UDP", () => {
	it("between the same two hosts is no part of a transfer", () => {
		const engine = analyse([
			document[0]!,
			datagram(`${S}:5060`, `${C}:5060`, "OPTIONS sip:a SIP/2.0\r\n\r\n"),
			datagram(`${S}:7000`, `${C}:2421`, concat([0x80, 0], new Uint8Array(30))),
			datagram(`${S}:7001`, `${C}:2421`, data(4000, 512)),
			...document.slice(1),
		]);
		const [transfer] = engine.sessions.transfers.transfers;
		expect(transfer!.flows.map((flow) => engine.table.store.port(flow, 0))).toEqual([2421, 4153, 4153]);
	});

	it("to port 69 that is no request makes no transfer", () => {
		expect(
			transfers(datagram(`${C}:3000`, `${S}:69`, "\0\x01"), datagram(`${C}:3001`, `${S}:69`, "\0\x01a\0b\0")),
		).toEqual([]);
	});

	it("of any bytes never throws nor makes a transfer without a valid request", () => {
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.boolean(), fc.uint8Array({ maxLength: 40 })), { maxLength: 12 }), (payloads) => {
				const packets = payloads.map(([up, bytes]) =>
					up ? datagram(`${C}:3000`, `${S}:69`, bytes) : datagram(`${S}:4000`, `${C}:3000`, bytes),
				);
				for (const transfer of transfers(...packets)) expect(transfer.mode).toMatch(/^(octet|netascii|mail)$/i);
			}),
		);
	});
});

describe("ports and files that come again", () => {
	const again = (file: string) => document.map((_, i) => [...nameless(file)][i]!);
	function* nameless(file: string) {
		yield datagram(`${C}:2421`, `${S}:69`, rrq(file));
		yield datagram(`${S}:4153`, `${C}:69`, wrq(file));
		yield datagram(`${S}:4153`, `${C}:2421`, data(1, 512));
		yield datagram(`${C}:2421`, `${S}:4153`, ack(1));
		yield datagram(`${S}:4153`, `${C}:2421`, data(2, 100));
		yield datagram(`${C}:2421`, `${S}:4153`, ack(2));
	}

	it("are two transfers where all ports are the same", () => {
		const both = transfers(...again("a"), ...again("b"));
		expect(both).toHaveLength(2);
		for (const transfer of both)
			expect(transfer).toMatchObject({ bytes: 612, blocks: 2, retransmits: 0, complete: true, style: "ipoffice" });
	});

	it("are two transfers also by RFC 1350", () => {
		const one = (file: string) => [
			datagram(`${C}:2421`, `${S}:69`, rrq(file)),
			datagram(`${S}:4153`, `${C}:2421`, data(1, 100)),
			datagram(`${C}:2421`, `${S}:4153`, ack(1)),
		];
		const both = transfers(...one("a"), ...one("b"));
		expect(both).toHaveLength(2);
		for (const transfer of both)
			expect(transfer).toMatchObject({
				server: { address: S, port: 4153 },
				bytes: 100,
				complete: true,
				style: "rfc1350",
			});
	});

	it("ties the answer to the request whose port the data goes to", () => {
		const [lost, retried] = transfers(
			datagram(`${C}:2420`, `${S}:69`, rrq("f")),
			datagram(`${C}:2421`, `${S}:69`, rrq("f")),
			...[...nameless("f")].slice(1),
		);
		expect(lost).toMatchObject({ client: { port: 2420 }, style: undefined, bytes: 0, flows: [0] });
		expect(retried).toMatchObject({ client: { port: 2421 }, style: "ipoffice", bytes: 612, complete: true });
		expect(retried!.flows).toHaveLength(3);
	});

	it("ties a broadcast request to the host that answers", () => {
		const [transfer, ...others] = transfers(
			datagram(`${C}:2421`, "10.0.0.255:69", rrq("nasystem/who_is")),
			...document.slice(1),
		);
		expect(others).toEqual([]);
		expect(transfer).toMatchObject({ server: { address: S, port: 4153 }, complete: true, flows: [0, 1, 2] });
	});

	it("counts on behind blocks that the capture lost", () => {
		const blocks = Array.from({ length: 500 }, (_, i) => i + 1).filter((number) => number <= 100 || number > 300);
		const [transfer] = transfers(
			datagram(`${C}:2421`, `${S}:69`, rrq("f")),
			...blocks.map((number) => datagram(`${S}:4153`, `${C}:2421`, data(number, 512))),
		);
		expect(transfer).toMatchObject({ blocks: 300, bytes: 300 * 512, retransmits: 0, complete: false });
	});
});

describe("one port of a client", () => {
	const who = "nasystem/who_is";
	const served = (server: string) => [
		datagram(`${server}:4153`, `${C}:69`, wrq(who)),
		datagram(`${server}:4153`, `${C}:2421`, data(1, 100)),
		datagram(`${C}:2421`, `${server}:4153`, ack(1)),
	];
	const servers = ["10.0.0.1", "10.0.0.3", "10.0.0.4"];
	const told = ({ server, style, bytes, complete, flows }: Transfer) => ({
		server: server.address,
		style,
		bytes,
		complete,
		flows: flows.length,
	});
	const expected = servers.map((server) => ({ server, style: "ipoffice", bytes: 100, complete: true, flows: 3 }));

	it("asks several servers at once", () => {
		const asked = servers.map((server) => datagram(`${C}:2421`, `${server}:69`, rrq(who)));
		const answers = servers.map(served);
		const mixed = [0, 1, 2].flatMap((step) => answers.map((answer) => answer[step]!));
		expect(transfers(...asked, ...answers.flat()).map(told)).toEqual(expected);
		expect(transfers(...asked, ...mixed).map(told)).toEqual(expected);
	});

	it("asks all of a network, and several answer, by write requests or by data alone", () => {
		const asked = datagram(`${C}:2421`, "10.0.0.255:69", rrq(who));
		expect(transfers(asked, ...servers.flatMap(served)).map(told)).toEqual(expected);
		const plain = transfers(asked, ...servers.flatMap((server) => served(server).slice(1)));
		expect(plain.map(told)).toEqual(expected.map((each) => ({ ...each, style: "rfc1350", flows: 2 })));
	});
});

describe("packets out of order", () => {
	const whole = { style: "ipoffice", direction: "read", bytes: 612, complete: true, flows: [0, 1, 2] };
	const [read, write, first, ...rest] = document;

	it("are one transfer when the data overtook the write request", () => {
		expect(transfers(read!, first!, write!, ...rest)).toMatchObject([{ ...whole, retransmits: 0 }]);
	});

	it("are one transfer when the write request overtook the read request", () => {
		expect(transfers(write!, read!, first!, ...rest)).toMatchObject([{ ...whole, retransmits: 0 }]);
	});

	it("of several answers for one file are told apart by the data's ports", () => {
		const ports = [2851, 2852, 2853];
		const asked = ports.map((port) => datagram(`${C}:${port}`, `${S}:69`, rrq("a")));
		const answers = [4553, 4551, 4552].map((port) => datagram(`${S}:${port}`, `${C}:69`, wrq("a")));
		const sent = ports.map((port, i) => datagram(`${S}:${4551 + i}`, `${C}:${port}`, data(1, 10 + i)));
		expect(transfers(...asked, ...answers, ...sent)).toMatchObject(
			ports.map((port, i) => ({ client: { port }, server: { port: 4551 + i }, bytes: 10 + i, complete: true })),
		);
	});
});

describe("a capture that begins in the middle", () => {
	/** Blocks of 512 bytes and their acknowledgements, but a last one of 20. */
	const middle = (numbers: readonly number[], sender = `${S}:4153`, taker = `${C}:2421`) =>
		numbers.flatMap((number, i) => [
			datagram(sender, taker, data(number & 0xffff, i === numbers.length - 1 ? 20 : 512)),
			datagram(taker, sender, ack(number & 0xffff)),
		]);
	const [client, server] = [
		{ address: C, port: 2421 },
		{ address: S, port: 4153 },
	];

	it("shows a transfer by blocks that are acknowledged one by one", () => {
		const found = { client, server, file: "", direction: "read", style: "rfc1350", shownBy: "data", complete: false };
		expect(transfers(...middle([7, 8, 9, 10]))).toMatchObject([found]);
	});

	it("counts from its first block on, whatever that one's number is", () => {
		const first = fc.integer({ min: 2, max: 0x10000 });
		fc.assert(
			fc.property(first, fc.integer({ min: 3, max: 8 }), (from, count) => {
				const numbers = Array.from({ length: count }, (_, n) => from + n);
				const packets = middle(numbers).map((packet, i) => at(i, packet));
				const bytes = (count - 1) * 512 + 20;
				const counted = { blocks: count, bytes, retransmits: 0, highest: from + count - 1, complete: false };
				expect(transfers(...packets)).toMatchObject([
					{ ...counted, start: 0, end: (2 * count - 1) * 1e9, isAcknowledged: true },
				]);
			}),
		);
	});

	it("is whole where only its request is missing", () => {
		expect(transfers(...middle([1, 2, 3]))).toMatchObject([{ blocks: 3, bytes: 1044, complete: true }]);
	});

	it("has one end at port 69 where its server stays there: that one serves, whoever sends the data", () => {
		const at69 = { address: S, port: 69 };
		const shown = { client, server: at69, style: "single-port", shownBy: "port", blocks: 4, bytes: 1556, flows: [0] };
		const numbers = [7, 8, 9, 10];
		expect(transfers(...middle(numbers, `${S}:69`))).toMatchObject([{ ...shown, direction: "read" }]);
		expect(transfers(...middle(numbers, `${C}:2421`, `${S}:69`))).toMatchObject([{ ...shown, direction: "write" }]);
		expect(transfers(...middle(numbers, `${S}:69`, `${C}:69`))).toMatchObject([
			{ server: at69, style: "single-port", shownBy: "data", direction: "read" },
		]);
	});

	it("shows none by other exchanges of short packets", () => {
		const packets = [7, 9, 11, 13, 15].flatMap((number) => [
			datagram(`${S}:4153`, `${C}:2421`, data(number, 512)),
			datagram(`${C}:2421`, `${S}:4153`, ack(number + 1)),
		]);
		expect(transfers(...packets)).toEqual([]);
	});
});

describe("a flood", () => {
	it("of requests and of write requests is followed in time that does not grow with what waits", () => {
		const many = Array.from({ length: 20_000 }, (_, i) => {
			const port = 1024 + (i % 60_000);
			return i % 2 === 0
				? datagram(`${C}:${port}`, `${S}:69`, rrq(`${i}`))
				: datagram(`${S}:${port}`, `${C}:69`, wrq("x"));
		});
		expect(transfers(...many)).toHaveLength(10_000);
	});
});
