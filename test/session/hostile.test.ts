/** Hostile sequences of packets: nothing throws, and what is kept and counted stays within what was sent and the stated limits. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FlowTracker } from "../../src/flow/tracker.ts";
import { PacketDecoder } from "../../src/packet/decode.ts";
import { Overflow } from "../../src/session/overflow.ts";
import { type StreamPart, TcpStreams } from "../../src/session/stream/tcp-streams.ts";
import { MAX_GAPS } from "../../src/session/transfer/gaps.ts";
import { countBlock, newTransfer } from "../../src/session/transfer/transfer.ts";
import { analyse, datagram } from "../support/analyse.ts";
import { batchOf, captureInterface, concat, ethernet, ipv4, type Packet, tcp } from "../support/packet-builder.ts";
import { ack, data, error, oack, rrq, wrq } from "../support/tftp.ts";

const SECOND = 1e9;
const time = fc.constantFrom(0, 0.001, 1, 31, 301);

/** Packets with the times that pass between them. */
function timed(all: readonly (readonly [number, Packet])[]): Packet[] {
	let now = 0;
	return all.map(([seconds, packet]) => {
		now += seconds;
		return { packet: packet as { bytes: Uint8Array }, time: now * SECOND };
	});
}

describe("TFTP", () => {
	const host = fc.constantFrom("10.0.0.1", "10.0.0.2", "10.0.0.255");
	const port = fc.constantFrom(69, 69, 2000, 2001, 4000);
	const block = fc.oneof(fc.nat(4), fc.constantFrom(0x7fff, 0x8000, 0xfffe, 0xffff), fc.nat(0xffff));
	const length = fc.constantFrom(0, 1, 511, 512, 1024);
	const payload = fc.oneof(
		fc.constantFrom("a", "b", "nasystem/who_is").map((file) => rrq(file)),
		fc.constantFrom("a", "b").map((file) => wrq(file)),
		fc.tuple(block, length).map(([number, size]) => data(number, size)),
		block.map((number) => ack(number)),
		fc.constantFrom(0, 9).map((code) => error(code, "x")),
		fc.constantFrom("0", "8", "512", "65464", "999999999999").map((size) => oack("blksize", size)),
		fc.uint8Array({ maxLength: 6 }),
	);
	const packet = fc.tuple(time, host, port, host, port, payload);

	it("counts no more than was sent, whatever comes", () => {
		fc.assert(
			fc.property(fc.array(packet, { maxLength: 80 }), (plan) => {
				const { transfers } = analyse(
					timed(
						plan.map(([wait, from, source, to, target, body]) => [
							wait,
							datagram(`${from}:${source}`, `${to}:${target}`, body),
						]),
					),
				).sessions.transfers;
				const sent = plan
					.filter(([, , , , , body]) => body[1] === 3)
					.reduce((sum, [, , , , , body]) => sum + Math.max(0, body.length - 4), 0);
				expect(transfers.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(sent);
				expect(transfers.length).toBeLessThanOrEqual(plan.length);
				for (const { blocks, retransmits, requests, flows, missing, complete, last } of transfers) {
					expect(blocks + retransmits).toBeLessThanOrEqual(plan.length);
					expect(requests).toBeLessThanOrEqual(plan.length);
					expect(flows.length).toBeLessThanOrEqual(64);
					expect(missing.size).toBeLessThanOrEqual(MAX_GAPS);
					if (complete) expect([missing.isEmpty, last >= 0]).toEqual([true, true]);
				}
			}),
			{ numRuns: 150 },
		);
	});

	it("keeps few gaps of a sender that leaves out every second block, and does not call its transfer complete", () => {
		const end = { address: "10.0.0.1", port: 69 };
		const transfer = newTransfer({
			id: 1,
			client: end,
			server: end,
			file: "f",
			mode: "octet",
			direction: "read",
			start: 0,
		});
		for (let number = 1; number < 200_000; number += 2) countBlock(transfer, number & 0xffff, 512);
		expect([transfer.missing.size, transfer.missing.isEmpty, transfer.blocks]).toEqual([MAX_GAPS, false, 100_000]);
	});
});

describe("media", () => {
	const rtp = fc
		.record({
			type: fc.constantFrom(0, 8, 13, 96, 101, 200, 201),
			sequence: fc.oneof(fc.nat(6), fc.constantFrom(0xfffe, 0xffff, 0x8000), fc.nat(0xffff)),
			timestamp: fc.constantFrom(0, 160, 320, 0x7fffffff, -1),
			source: fc.oneof(fc.nat(2), fc.nat(40)),
			length: fc.constantFrom(0, 4, 160),
		})
		.map(({ type, sequence, timestamp, source, length }) => {
			const header = Buffer.alloc(12 + length);
			header[0] = 0x80;
			header[1] = type;
			header.writeUInt16BE(sequence, 2);
			header.writeInt32BE(timestamp, 4);
			header.writeInt32BE(source, 8);
			return Uint8Array.from(header);
		});
	const packet = fc.tuple(
		time,
		fc.boolean(),
		fc.constantFrom(5000, 5002),
		fc.oneof(rtp, rtp, rtp, fc.uint8Array({ maxLength: 30 })),
	);

	it("has no more packets in its streams than in its flow, and sixteen streams of a side at most", () => {
		fc.assert(
			fc.property(fc.array(packet, { maxLength: 120 }), (plan) => {
				const engine = analyse(
					timed(
						plan.map(([wait, isBack, port, body]) => {
							const [one, other] = [`10.0.0.1:${port}`, "10.0.0.2:6000"];
							return [wait, isBack ? datagram(other, one, body) : datagram(one, other, body)];
						}),
					),
				);
				const { store } = engine.table;
				for (let flow = 0; flow < store.size; flow++) {
					const streams = engine.sessions.rtp.streamsOf(flow);
					for (const side of [0, 1] as const) {
						const own = streams.filter((stream) => stream.side === side);
						expect(own.length).toBeLessThanOrEqual(16);
						expect(own.reduce((sum, { packets }) => sum + packets, 0)).toBeLessThanOrEqual(store.packets(flow, side));
						for (const { packets, duplicates, reordered, lost, payloadTypes, maxGap, last, first } of own) {
							expect(duplicates + reordered).toBeLessThanOrEqual(packets);
							expect(lost).toBeGreaterThanOrEqual(0);
							expect(payloadTypes.length).toBeLessThanOrEqual(6);
							expect(maxGap).toBeLessThanOrEqual(last - first);
						}
					}
				}
			}),
			{ numRuns: 150 },
		);
	});
});

describe("TCP streams", () => {
	const segment = fc.record({
		connection: fc.nat(2),
		isBack: fc.boolean(),
		isSyn: fc.constantFrom(false, false, false, true),
		place: fc.oneof(fc.nat(40), fc.integer({ min: -20, max: 60_000 }), fc.constantFrom(0x7fffffff, -0x80000000)),
		length: fc.oneof(fc.nat(12), fc.constantFrom(1400, 20_000)),
		kept: fc.constantFrom(1, 1, 1, 0.5, 0),
	});

	it("offer no byte twice and none that was not sent, and keep no more than a message and a segment", () => {
		fc.assert(
			fc.property(fc.array(segment, { maxLength: 80 }), fc.nat(3), (plan, appetite) => {
				const tracker = new FlowTracker({ severalFiles: false });
				const decoder = new PacketDecoder([captureInterface()]);
				let done = 0;
				let sent = 0;
				let longest = 0;
				const streams = new TcpStreams(
					tracker.table.store,
					{
						lose() {},
						read({ start, end, isLast }: StreamPart) {
							longest = Math.max(longest, end - start);
							const taken = isLast ? end - start : Math.floor(((end - start) * appetite) / 3);
							done += taken;
							return taken;
						},
					},
					new Overflow(),
				);
				const packets = plan.map(({ connection, isBack, isSyn, place, length }) => {
					const [from, to] = isBack ? [80, 4000 + connection] : [4000 + connection, 80];
					const options = { flags: isSyn ? 2 : 16, sequence: (0xfffffff0 + place) >>> 0 };
					const [a, b] = isBack ? ["10.0.0.1", "10.0.0.2"] : ["10.0.0.2", "10.0.0.1"];
					return ethernet(ipv4(a, b, tcp(from, to, options, new Uint8Array(length))));
				});
				const batch = batchOf(packets);
				for (let i = 0; i < batch.count; i++) {
					const { length, kept } = plan[i]!;
					batch.capturedLength[i] = batch.capturedLength[i]! - Math.floor(length * (1 - kept));
					if (!decoder.decode(batch, i)) continue;
					const { packet } = decoder;
					const isWanted = tracker.take(packet);
					sent += packet.payloadEnd - packet.payloadStart;
					if (isWanted) streams.observe(packet, packet.flow, packet.side);
				}
				streams.finish();
				expect(done).toBeLessThanOrEqual(sent);
				expect(longest).toBeLessThan(16_384 + 20_000);
			}),
			{ numRuns: 150 },
		);
	});

	it("tell of sides that waited in vain among too many", () => {
		const overflow = new Overflow();
		const tracker = new FlowTracker({ severalFiles: false });
		const decoder = new PacketDecoder([captureInterface()]);
		let abandoned = 0;
		const streams = new TcpStreams(
			tracker.table.store,
			{
				lose() {
					abandoned++;
				},
				read: () => 0,
			},
			overflow,
		);
		const SIDES = 2100;
		for (let from = 0; from < SIDES; from += 500) {
			const count = Math.min(500, SIDES - from);
			const batch = batchOf(
				Array.from({ length: count }, (_, i) =>
					ethernet(ipv4("10.0.0.2", "10.0.0.1", tcp(1024 + from + i, 80, { flags: 16, sequence: 1 }, concat([1])))),
				),
			);
			for (let i = 0; i < count; i++) {
				decoder.decode(batch, i);
				const { packet } = decoder;
				if (tracker.take(packet)) streams.observe(packet, packet.flow, packet.side);
			}
		}
		expect([...overflow.entries()].map(([, count]) => count)).toEqual([SIDES - 2048]);
		expect(abandoned).toBe(SIDES - 2048);
	});
});
