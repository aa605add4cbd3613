import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BATCH_PACKETS } from "../../../src/capture/batch.ts";
import { FlowTracker } from "../../../src/flow/tracker.ts";
import { PacketDecoder } from "../../../src/packet/decode.ts";
import { Overflow } from "../../../src/session/overflow.ts";
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

/** Streams of any flows, step by step: what the reader is given, what it is told is lost, and what is answered. */
class Watched {
	readonly overflow = new Overflow();
	/** By flow. */
	readonly messages: string[] = [];
	readonly partial: string[] = [];
	readonly lost: number[] = [];
	readonly #tracker = new FlowTracker({ severalFiles: false });
	readonly #decoder = new PacketDecoder([captureInterface()]);
	readonly streams = new TcpStreams(
		this.#tracker.table.store,
		{
			lose: (flow) => this.lost.push(flow),
			read: ({ data, start, end, isLast, flow, side }, packet) => {
				let at = start;
				while (at < end) {
					const next = at + 1 + data[at]!;
					const text = `${flow}.${side} ${Buffer.from(data.subarray(at, Math.min(end, next))).toString("hex")}`;
					if (next > end) {
						if (isLast) this.partial.push(packet ? text : `${text} at the end`);
						break;
					}
					this.messages.push(text);
					at = next;
				}
				return at - start;
			},
		},
		this.overflow,
	);

	/** @returns of each packet, whether it brought new bytes. */
	feed(...packets: readonly Packet[]): boolean[] {
		const batch = batchOf(packets);
		const brought: boolean[] = [];
		for (let i = 0; i < batch.count; i++) {
			this.#decoder.decode(batch, i);
			const { packet } = this.#decoder;
			if (!this.#tracker.take(packet)) brought.push(false);
			else brought.push(this.streams.observe(packet, packet.flow, packet.side));
		}
		return brought;
	}
}

/** A packet of the n-th flow; `offset` bytes into its stream, -1 for its SYN. */
function of(flow: number, offset: number, payload: Uint8Array, flags = ACK): Packet {
	const sequence = (START + 1 + offset) >>> 0;
	return ethernet(ipv4("10.0.0.2", "10.0.0.1", tcp(1024 + flow, 80, { flags, sequence }, payload)));
}
const open = (flow: number) => of(flow, -1, new Uint8Array(0), SYN);
const bytes = (...values: number[]) => Uint8Array.from(values);

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

describe("segments of several streams", () => {
	it("are told as new where they bring bytes that were not there", () => {
		const watched = new Watched();
		const one = bytes(1, 0xaa);
		expect(watched.feed(open(0), open(1), of(0, 0, one), of(0, 0, one), of(0, 1, bytes(0xaa, 1, 0xbb)))).toEqual([
			false,
			false,
			true,
			false,
			true,
		]);
		expect(watched.feed(of(1, 0, bytes(1)), of(1, 5, bytes(9)), of(1, 0, bytes(1, 7)), of(1, 0, bytes(1)))).toEqual([
			true,
			true,
			true,
			false,
		]);
		expect(watched.messages).toEqual(["0.0 01aa", "0.0 01bb", "1.0 0107"]);
	});

	it("may begin in the SYN (RFC 7413)", () => {
		const watched = new Watched();
		watched.feed(of(0, -1, bytes(1, 0xaa, 2), SYN), of(0, 3, bytes(5, 6)));
		expect(watched.messages).toEqual(["0.0 01aa", "0.0 020506"]);
	});

	it("wait for each other in their flow alone, until the message is whole or the flow is released", () => {
		const watched = new Watched();
		const waiting = () => [0, 1, 2].map((flow) => watched.streams.isWaiting(flow, 0));
		watched.feed(open(0), open(1), open(2), of(0, 0, bytes(2, 1)), of(1, 3, bytes(9)), of(2, 0, bytes(1, 1)));
		expect([waiting(), watched.streams.isWaiting(0, 1)]).toEqual([[true, true, false], false]);
		watched.feed(of(0, 2, bytes(2)));
		expect(waiting()).toEqual([false, true, false]);
		watched.streams.release(1);
		expect(waiting()).toEqual([false, false, false]);
		watched.feed(of(1, 0, bytes(1, 1, 0)));
		expect(watched.messages).toEqual(["2.0 0101", "0.0 020102", "1.0 0101", "1.0 00"]);
		expect(watched.lost).toEqual([]);
	});

	it("beyond a hole are held, 15 at most, then the hole is lost", () => {
		const watched = new Watched();
		watched.feed(open(0), open(1), open(2), of(2, 0, bytes(3, 1)));
		for (let n = 0; n < 15; n++) watched.feed(of(2, 10 + 2 * n, bytes(1, n)));
		expect([watched.messages, watched.partial, watched.lost]).toEqual([[], [], []]);
		watched.feed(of(2, 10 + 2 * 15, bytes(1, 15)));
		expect(watched.partial).toEqual(["2.0 0301"]);
		expect(watched.messages).toEqual(Array.from({ length: 16 }, (_, n) => `2.0 01${n.toString(16).padStart(2, "0")}`));
		expect(new Set(watched.lost)).toEqual(new Set([2]));
		expect(watched.streams.isWaiting(2, 0)).toBe(false);
		// What fills the hole now comes too late, and what follows goes on.
		expect(watched.feed(of(2, 2, bytes(1, 1)), of(2, 42, bytes(1, 0xcc)))).toEqual([false, true]);
		expect(watched.messages.at(-1)).toBe("2.0 01cc");
	});

	it("beyond a hole are held up to 32 kB", () => {
		const held = (...lengths: number[]) => {
			const watched = new Watched();
			watched.feed(open(0));
			let offset = 100;
			for (const length of lengths) {
				watched.feed(of(0, offset, new Uint8Array(length)));
				offset += length;
			}
			return watched.streams.isWaiting(0, 0);
		};
		expect([
			held(16_384, 16_383),
			held(16_384, 16_384),
			held(10_000, 10_000, 10_000),
			held(10_000, 10_000, 12_768),
		]).toEqual([true, false, true, false]);
	});

	it("that come again before their turn count once, the longest of them", () => {
		const again = (...early: Uint8Array[]) => {
			const watched = new Watched();
			watched.feed(open(0), ...early.map((each) => of(0, 2, each)), of(0, 0, bytes(1, 0xaa)));
			return [watched.messages.map((text) => text.slice(4)), watched.streams.isWaiting(0, 0)];
		};
		const [short, long] = [bytes(1, 0xbb), bytes(1, 0xbb, 1, 0xcc)];
		expect(again(short, long)).toEqual([["01aa", "01bb", "01cc"], false]);
		expect(again(long, short)).toEqual([["01aa", "01bb", "01cc"], false]);
		const watched = new Watched();
		watched.feed(open(0), ...Array.from({ length: 40 }, () => of(0, 2, short)));
		expect(watched.lost).toEqual([]);
		// One that comes again with more takes its own place among the others.
		watched.feed(
			of(0, 8, bytes(1, 0xee)),
			of(0, 4, bytes(1)),
			of(0, 4, bytes(1, 0xcc, 1, 0xdd)),
			of(0, 0, bytes(1, 0xaa)),
		);
		expect(watched.messages.map((text) => text.slice(4))).toEqual(["01aa", "01bb", "01cc", "01dd", "01ee"]);
	});

	it("overlap: what was read is not read again", () => {
		const watched = new Watched();
		watched.feed(open(0), of(0, 3, bytes(0xbb, 1, 0xcc)), of(0, 2, bytes(1, 0xbb, 1)), of(0, 0, bytes(1, 0xaa, 1)));
		expect(watched.messages.map((text) => text.slice(4))).toEqual(["01aa", "01bb", "01cc"]);
		expect(watched.feed(of(0, 4, bytes(1, 0xcc, 1, 0xdd)))).toEqual([true]);
		expect(watched.messages.at(-1)).toBe("0.0 01dd");
	});

	it("overlap: what came early and then again with others is done with", () => {
		const watched = new Watched();
		watched.feed(open(0), of(0, 4, bytes(1, 0xcc)), of(0, 0, bytes(1, 0xaa, 1, 0xbb, 1, 0xcc, 1, 0xdd)));
		expect(watched.streams.isWaiting(0, 0)).toBe(false);
		watched.feed(of(0, 8, bytes(1, 0xee)));
		expect(watched.messages.map((text) => text.slice(4))).toEqual(["01aa", "01bb", "01cc", "01dd", "01ee"]);
		expect([watched.lost, watched.streams.isWaiting(0, 0)]).toEqual([[], false]);
	});

	it("that the snaplen cut end a message, and their flow has lost bytes", () => {
		const cut = (packet: Packet, less: number) => {
			const whole = packet as { bytes: Uint8Array };
			return { packet: whole.bytes.subarray(0, whole.bytes.length - less), wireLength: whole.bytes.length };
		};
		const watched = new Watched();
		watched.feed(open(0), open(1), cut(of(1, 0, bytes(1, 0xaa, 3, 1, 2, 3)), 2), of(1, 6, bytes(1, 0xbb)));
		expect([watched.messages, watched.partial]).toEqual([["1.0 01aa", "1.0 01bb"], ["1.0 0301"]]);
		expect(watched.lost).toEqual([1]);
		const early = new Watched();
		early.feed(
			open(0),
			cut(of(0, 2, bytes(1, 0xbb, 3, 1, 2, 3)), 2),
			of(0, 0, bytes(1, 0xaa)),
			of(0, 8, bytes(1, 0xcc)),
		);
		expect([early.messages.map((text) => text.slice(4)), early.partial, early.lost]).toEqual([
			["01aa", "01bb", "01cc"],
			["0.0 0301"],
			[0],
		]);
	});

	it("of a message longer than the longest are read as they are", () => {
		const given = (length: number) => {
			const watched = new Watched();
			// Messages of 256 bytes: the last one lacks its end, or none does.
			watched.feed(open(0), of(0, 0, new Uint8Array(length).fill(255)));
			return [watched.messages.length, watched.streams.isWaiting(0, 0), watched.lost];
		};
		expect([given(MAX_MESSAGE - 1), given(MAX_MESSAGE)]).toEqual([
			[63, true, []],
			[64, false, [0]],
		]);
	});

	it("that still wait when the capture ends are read as they are; only what lies before them is lost", () => {
		const watched = new Watched();
		watched.feed(open(0), open(1), of(0, 0, bytes(5, 1)), of(1, 4, bytes(1, 7)), of(1, 8, bytes(3, 8)));
		watched.streams.finish();
		expect(watched.messages).toEqual(["1.0 0107"]);
		expect(watched.partial).toEqual(["0.0 0501 at the end", "1.0 0308 at the end"]);
		expect([watched.lost, watched.streams.isWaiting(0, 0), watched.streams.isWaiting(1, 0)]).toEqual([
			[1, 1],
			false,
			false,
		]);
	});

	it("wait in 2048 streams at a time: the oldest gives way", () => {
		const watched = new Watched();
		for (let flow = 0; flow < 2048; flow++) watched.feed(open(flow), of(flow, 0, bytes(2, 1)));
		expect([watched.partial, [...watched.overflow.entries()]]).toEqual([[], []]);
		watched.feed(open(2048), of(2048, 0, bytes(2, 1)));
		expect([watched.partial, [...watched.overflow.entries()].map(([, count]) => count)]).toEqual([
			["0.0 0201 at the end"],
			[1],
		]);
		watched.feed(of(1, 2, bytes(9)), of(2048, 2, bytes(9)));
		expect(watched.messages).toEqual(["1.0 020109", "2048.0 020109"]);
	});
});
