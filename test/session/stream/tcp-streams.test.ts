import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BATCH_PACKETS } from "../../../src/capture/batch.ts";
import { FlowTracker } from "../../../src/flow/tracker.ts";
import { PacketDecoder } from "../../../src/packet/decode.ts";
import { MAX_MESSAGE, type StreamPart, TcpStreams } from "../../../src/session/stream/tcp-streams.ts";
import { batchOf, captureInterface, concat, ethernet, ipv4, type Packet, tcp } from "../../support/packet-builder.ts";

const ACK = 16;
const SYN = 2;
const START = 0xfffffff0; // the sequence numbers wrap inside the stream

/** A segment whose payload begins `offset` bytes into the client's stream. */
function segment(offset: number, payload: Uint8Array): Packet {
	const sequence = (START + 1 + offset) >>> 0;
	return ethernet(ipv4("10.0.0.2", "10.0.0.1", tcp(40000, 80, { flags: ACK, sequence }, payload)));
}

const syn: Packet = ethernet(ipv4("10.0.0.2", "10.0.0.1", tcp(40000, 80, { flags: SYN, sequence: START })));

/** Messages of one length byte and so many bytes, as a reader takes them off the stream; the last may lack its end. */
function read(packets: readonly Packet[]): { messages: string[]; partial: string[] } {
	const messages: string[] = [];
	const partial: string[] = [];
	const tracker = new FlowTracker({ severalFiles: false });
	const decoder = new PacketDecoder([captureInterface()]);
	const streams = new TcpStreams(tracker.table.store, {
		lose() {},
		read({ data, start, end, isLast }: StreamPart) {
			let at = start;
			while (at < end) {
				const next = at + 1 + data[at]!;
				const text = Buffer.from(data.subarray(at, Math.min(end, next))).toString("hex");
				if (next > end) {
					if (isLast) partial.push(text);
					break;
				}
				messages.push(text);
				at = next;
			}
			return at - start;
		},
	});
	for (let from = 0; from < packets.length; from += BATCH_PACKETS) {
		const batch = batchOf(packets.slice(from, from + BATCH_PACKETS), from);
		for (let i = 0; i < batch.count; i++) {
			decoder.decode(batch, i);
			const { packet } = decoder;
			if (tracker.take(packet)) streams.observe(packet, packet.flow, packet.side);
		}
	}
	streams.finish();
	return { messages, partial };
}

const message = fc.uint8Array({ minLength: 0, maxLength: 60 }).map((bytes) => concat([bytes.length], bytes));
const texts = (all: readonly Uint8Array[]) => all.map((bytes) => Buffer.from(bytes).toString("hex"));

describe("messages of a stream", () => {
	it("come out the same however they are cut, repeated and put out of order", () => {
		fc.assert(
			fc.property(
				fc.array(message, { minLength: 1, maxLength: 12 }),
				fc.array(fc.nat(), { maxLength: 10 }),
				fc.array(fc.nat(), { maxLength: 8 }),
				fc.array(fc.nat(), { maxLength: 4 }),
				(messages, cuts, swaps, repeats) => {
					const stream = concat(...messages);
					const places = [0, ...cuts.map((cut) => cut % stream.length), stream.length].sort((a, b) => a - b);
					const pieces = places
						.slice(1)
						.map((end, i) => ({ offset: places[i]!, bytes: stream.subarray(places[i]!, end) }))
						.filter(({ bytes }) => bytes.length > 0);
					// Each swap moves a segment by one place: less than what makes a hole count as lost.
					for (const swap of swaps.slice(0, 4)) {
						const at = swap % pieces.length;
						if (at + 1 < pieces.length) [pieces[at], pieces[at + 1]] = [pieces[at + 1]!, pieces[at]!];
					}
					for (const repeat of repeats) {
						const at = repeat % pieces.length;
						pieces.splice(at, 0, pieces[at]!);
					}
					const packets = pieces.map(({ offset, bytes }) => segment(offset, bytes));
					expect(read([syn, ...packets])).toEqual({ messages: texts(messages), partial: [] });
				},
			),
		);
	});

	it("go on behind a hole that nothing fills", () => {
		const one = Uint8Array.of(1, 0xaa);
		const later = Array.from({ length: 6 }, (_, i) => segment(10 + 2 * i, Uint8Array.of(1, i)));
		expect(read([syn, segment(0, one), ...later]).messages).toEqual([
			"01aa",
			"0100",
			"0101",
			"0102",
			"0103",
			"0104",
			"0105",
		]);
	});

	it("are read as far as they go when the capture ends", () => {
		expect(read([syn, segment(0, Uint8Array.of(5, 1, 2))])).toEqual({ messages: [], partial: ["050102"] });
		expect(read([syn, segment(4, Uint8Array.of(1, 7))]).messages).toEqual(["0107"]);
	});

	it("begin with the first byte seen where the capture began later", () => {
		expect(read([segment(500, Uint8Array.of(2, 1)), segment(502, Uint8Array.of(2))]).messages).toEqual(["020102"]);
	});

	it("are kept up to a bound", () => {
		const tracker = new FlowTracker({ severalFiles: false });
		const decoder = new PacketDecoder([captureInterface()]);
		let longest = 0;
		const streams = new TcpStreams(tracker.table.store, {
			lose() {},
			read({ start, end }) {
				longest = Math.max(longest, end - start);
				return 0;
			},
		});
		const packets = [syn, ...Array.from({ length: 100 }, (_, i) => segment(1000 * i, new Uint8Array(1000)))];
		const batch = batchOf(packets);
		for (let i = 0; i < batch.count; i++) {
			decoder.decode(batch, i);
			const { packet } = decoder;
			if (tracker.take(packet)) streams.observe(packet, packet.flow, packet.side);
		}
		expect(longest).toBeGreaterThanOrEqual(MAX_MESSAGE);
		expect(longest).toBeLessThan(MAX_MESSAGE + 1000);
	});
});
