import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Transfer } from "../../../src/session/transfer/transfer.ts";
import { analyse, datagram } from "../../support/analyse.ts";
import { at } from "../../support/frames.ts";
import { concat, type Packet } from "../../support/packet-builder.ts";
import { ack, data, error, oack, rrq, wrq } from "../../support/tftp.ts";

const CLIENT = "10.0.0.2:3000";
const SERVER = "10.0.0.1:5000";
const PORT_69 = "10.0.0.1:69";

function transfers(...packets: Packet[]): Transfer[] {
	return analyse(packets).sessions.transfers.transfers;
}

const ask = (payload = rrq("x")) => datagram(CLIENT, PORT_69, payload);
const fromServer = (payload: Uint8Array) => datagram(SERVER, CLIENT, payload);
const fromClient = (payload: Uint8Array) => datagram(CLIENT, SERVER, payload);
/** Packets with their times in seconds. */
const timed = (...packets: [seconds: number, packet: { bytes: Uint8Array }][]) =>
	transfers(...packets.map(([seconds, packet]) => at(seconds, packet)));

describe("what a transfer tells", () => {
	it("is how often the client asked, and whether anew after data had come", () => {
		expect(transfers(ask(), ask())[0]).toMatchObject({ requests: 2, retransmits: 1, restarts: 0 });
		const [restarted] = transfers(ask(), fromServer(data(1, 512)), ask());
		expect(restarted).toMatchObject({ requests: 2, retransmits: 1, restarts: 1, blocks: 1 });
		expect(restarted!.requested).toMatchObject({ number: 1, time: 0 });
		expect(transfers(fromServer(data(1, 512)), ask())[0]!.requested).toMatchObject({ number: 2 });
	});

	it("is whether it wants to know the file's size", () => {
		const asks = (...options: string[]) => transfers(ask(rrq("x", options)))[0]!.asksSize;
		expect([asks("tsize", "0"), asks("blksize", "512"), asks()]).toEqual([true, false, false]);
	});

	it("is who spoke last, and how often the same again", () => {
		const turn = (...packets: Packet[]) => {
			const { lastBy, repeats } = transfers(...packets)[0]!;
			return [lastBy, repeats];
		};
		const block = fromServer(data(1, 512));
		expect(turn(ask())).toEqual(["client", 0]);
		expect(turn(ask(), ask(), ask())).toEqual(["client", 2]);
		expect(turn(ask(), block)).toEqual(["server", 0]);
		expect(turn(ask(), block, block, block)).toEqual(["server", 2]);
		expect(turn(ask(), block, fromClient(ack(1)), block)).toEqual(["server", 0]);
		expect(turn(ask(), block, block, fromServer(data(2, 512)))).toEqual(["server", 0]);
		expect(turn(ask(), block, fromClient(ack(1)), fromClient(ack(1)))).toEqual(["client", 1]);
		expect(turn(ask(), datagram(SERVER, "10.0.0.2:69", wrq("x")))).toEqual(["server", 0]);
	});

	it("is whether data was acknowledged", () => {
		const of = (...packets: Packet[]) => transfers(ask(), ...packets)[0]!.isAcknowledged;
		expect(of(fromServer(oack("tsize", "5")), fromClient(ack(0)))).toBe(false);
		expect(of(fromServer(data(1, 512)))).toBe(false);
		expect(of(fromServer(data(1, 512)), fromClient(ack(1)))).toBe(true);
	});

	it("is the first error, by whom and where", () => {
		const [refused] = transfers(ask(), fromServer(error(1, "File not found")), fromServer(error(2, "again")));
		expect(refused).toMatchObject({ error: "1 File not found", errorBy: "server", complete: false });
		expect(refused!.errorAt).toMatchObject({ number: 2 });
		const [given] = transfers(ask(), fromServer(data(1, 512)), fromClient(error(3, "Disk full")));
		expect(given).toMatchObject({ error: "3 Disk full", errorBy: "client" });
		const [late] = transfers(ask(), fromServer(data(1, 5)), fromClient(error(0, "stop")));
		expect(late).toMatchObject({ blocks: 1, complete: false });
	});

	it("is when it began and when its last packet came", () => {
		const [transfer] = timed(
			[1, ask()],
			[2, fromServer(data(1, 512))],
			[3.5, fromClient(ack(1))],
			[3, fromServer(data(2, 1))],
		);
		expect(transfer).toMatchObject({ start: 1e9, end: 3.5e9 });
	});

	it("is the address that was asked, and the port that answered", () => {
		const [transfer] = transfers(
			datagram(CLIENT, "10.0.0.255:69", rrq("x")),
			datagram("10.0.0.9:6000", CLIENT, data(1, 5)),
			datagram(CLIENT, "10.0.0.9:6000", ack(1)),
		);
		expect(transfer).toMatchObject({
			asked: "10.0.0.255",
			server: { address: "10.0.0.9", port: 6000 },
			style: "rfc1350",
			complete: true,
			flows: [0, 1],
		});
	});
});

describe("the reply to who_is", () => {
	const REPLY = 'type "IP 500 V2", version "11.1.2.3.0 build 47"';
	const identities = (file: string, ...packets: Packet[]) =>
		analyse([ask(rrq(file)), ...packets]).sessions.identities.of("10.0.0.1");
	const reply = (number: number, text = REPLY) => fromServer(concat([0, 3, 0, number], text));

	it("names the system that sends it, in its first block", () => {
		for (const file of ["nasystem/who_is", "NASYSTEM/who_is3"])
			expect(identities(file, reply(1))).toMatchObject([
				{ product: "ipo", model: "IP 500 V2", release: "11.1.2.3.0 build 47" },
			]);
		// Of 22 characters: in the header, the datagram's length is a quotation mark then.
		expect(identities("nasystem/who_is", reply(1, 'type "IP 500 V2", x ""'))).toMatchObject([{ model: "IP 500 V2" }]);
		expect(identities("nasystem/who_is", reply(2))).toEqual([]);
		expect(identities("nasystem/user_list", reply(1))).toEqual([]);
	});

	it("is the server's word, not that of one who writes it", () => {
		const put = [ask(wrq("nasystem/who_is")), fromServer(ack(0)), fromClient(concat([0, 3, 0, 1], REPLY))];
		expect([...analyse(put).sessions.identities.entries()]).toEqual([]);
	});
});

describe("an answer", () => {
	it("comes within 300 s of the transfer's latest packet", () => {
		const read = (seconds: number) => timed([0, ask()], [seconds, fromServer(data(1, 5))])[0]!.blocks;
		expect([read(300), read(300.001)]).toEqual([1, 0]);
		const write = (seconds: number) =>
			timed([0, ask()], [seconds, datagram(SERVER, "10.0.0.2:69", wrq("x"))]).map(({ style }) => style);
		expect([write(300), write(300.001)]).toEqual([["ipoffice"], [undefined, undefined]]);
		const again = (seconds: number) => timed([0, ask()], [seconds, ask()]).length;
		expect([again(300), again(300.001)]).toEqual([1, 2]);
	});

	it("to a write is the acknowledgement of block 0, to a read one of the first blocks", () => {
		const style = (request: Uint8Array, answer: Uint8Array) => transfers(ask(request), fromServer(answer))[0]!.style;
		expect([style(wrq("x"), ack(0)), style(wrq("x"), ack(1)), style(rrq("x"), ack(0))]).toEqual([
			"rfc1350",
			undefined,
			undefined,
		]);
		expect(style(wrq("x"), data(1, 512))).toBe(undefined);
		expect([0, 1, 8, 9].map((block) => style(rrq("x"), data(block, 512)))).toEqual([
			undefined,
			"rfc1350",
			"rfc1350",
			undefined,
		]);
		for (const request of [rrq("x"), wrq("x")]) expect(style(request, error(0, "no"))).toBe("rfc1350");
		expect(style(rrq("x"), oack("tsize", "7"))).toBe("rfc1350");
	});

	it("to a read with a large window is one of that many blocks", () => {
		const options = fromServer(oack("windowsize", "16"));
		const of = (block: number) => {
			const other = datagram("10.0.0.1:5001", CLIENT, data(block, 512));
			return transfers(ask(), options, other)[0]!.blocks;
		};
		expect([1, 16, 17].map(of)).toEqual([1, 1, 0]);
	});

	it("comes from the host that was asked", () => {
		const [asked, ...others] = transfers(ask(), datagram("10.0.0.3:5000", CLIENT, data(1, 5)));
		expect([asked!.style, others]).toEqual([undefined, []]);
	});
});

describe("data", () => {
	it("is counted once, whatever is lost, repeated and out of order", () => {
		const size = fc.integer({ min: 1, max: 7 });
		const exchange = fc.tuple(size, fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 20 }));
		fc.assert(
			fc.property(exchange, ([count, order]) => {
				const blocks = order.map((index) => (index % count) + 1);
				const lengthOf = (block: number) => (block === count ? 100 : 512);
				const packets = blocks.map((block) => fromServer(data(block, lengthOf(block))));
				const [transfer] = transfers(ask(), ...packets);
				const seen = new Set(blocks);
				expect(transfer).toMatchObject({
					blocks: seen.size,
					bytes: [...seen].reduce((sum, block) => sum + lengthOf(block), 0),
					retransmits: blocks.length - seen.size,
					complete: seen.size === count && blocks.filter((block) => block === count).length === 1,
				});
			}),
		);
	});

	it("is complete where another block than the last is repeated", () => {
		const [first, last] = [fromServer(data(1, 512)), fromServer(data(2, 5))];
		expect(transfers(ask(), first, first, last)[0]).toMatchObject({ complete: true, retransmits: 1 });
		expect(transfers(ask(), first, last, first)[0]).toMatchObject({ complete: true, retransmits: 1 });
	});

	it("is not complete by an acknowledgement of what is not the last block, or by the wrong side's data", () => {
		const [first, last] = [fromServer(data(1, 512)), fromServer(data(2, 5))];
		expect(transfers(ask(), first, fromClient(ack(0xffff)), last, last)[0]!.complete).toBe(false);
		const [wrong] = transfers(ask(), first, last, last, fromClient(data(2, 5)));
		expect(wrong).toMatchObject({ complete: false, isAcknowledged: false, blocks: 2 });
	});

	it("is complete where the last block is repeated, if it is acknowledged then", () => {
		const last = fromServer(data(2, 5));
		const start = [ask(), fromServer(data(1, 512)), fromClient(ack(1)), last, last];
		expect(transfers(...start)[0]!.complete).toBe(false);
		expect(transfers(...start, fromClient(ack(1)))[0]!.complete).toBe(false);
		expect(transfers(...start, fromClient(ack(2)))[0]!.complete).toBe(true);
	});

	it("of the other side of a read, or the asking side of a write, is none", () => {
		const [read] = transfers(ask(), fromServer(data(1, 512)), fromClient(data(2, 512)));
		expect(read).toMatchObject({ blocks: 1 });
		const [write] = transfers(ask(wrq("x")), fromServer(ack(0)), fromClient(data(1, 512)), fromServer(data(2, 512)));
		expect(write).toMatchObject({ blocks: 1, direction: "write" });
	});

	it("of blocks of a negotiated size ends with a shorter one", () => {
		const of = (length: number) =>
			transfers(
				ask(rrq("x", ["blksize", "1024"])),
				fromServer(oack("blksize", "1024")),
				fromServer(data(1, length)),
			)[0]!;
		expect([of(1023).complete, of(1024).complete]).toEqual([true, false]);
	});
});
