import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PacketView } from "../../../src/packet/view.ts";
import { TftpOpcode } from "../../../src/protocol/tftp.ts";
import { Overflow } from "../../../src/session/overflow.ts";
import { MidstreamTransfers } from "../../../src/session/transfer/midstream-transfers.ts";

const { DATA, ACK, ERROR, OACK } = TftpOpcode;
const SENDER = 4153;
const TAKER = 2421;

const fromSender = (seconds = 0) =>
	Object.assign(new PacketView(), { srcPort: SENDER, dstPort: TAKER, time: seconds * 1e9 });
const fromTaker = () => Object.assign(new PacketView(), { srcPort: TAKER, dstPort: SENDER });
/** What is answered to packets of one flow, in turn. */
const told = (...packets: readonly (readonly [packet: PacketView, opcode: number, block: number])[]) => {
	const found = new MidstreamTransfers(new Overflow());
	return packets.map(([packet, opcode, block]) => found.observe(packet, 7, opcode, block) !== undefined);
};
const step = (block: number) => [[fromSender(), DATA, block] as const, [fromTaker(), ACK, block] as const];

describe("a transfer without its request", () => {
	it("is shown by the third block in its turn that is acknowledged, once, wherever the numbers begin and wrap", () => {
		fc.assert(
			fc.property(fc.nat(0xffff), (first) => {
				const blocks = [0, 1, 2, 3].map((n) => (first + n) & 0xffff);
				expect(told(...blocks.flatMap(step))).toEqual([false, false, false, false, false, true, false, false]);
			}),
		);
	});

	it("may have blocks that are sent again", () => {
		const again = [fromSender(), DATA, 6] as const;
		expect(told(...step(5), ...step(6), again, ...step(7)).lastIndexOf(true)).toBe(6);
	});

	it("is not shown where a block is left out, or comes from the other side", () => {
		expect(told(...step(5), ...step(6), ...step(8))).not.toContain(true);
		expect(told(...step(5), ...step(6), ...step(5))).not.toContain(true);
		const swapped = [[fromTaker(), DATA, 7] as const, [fromSender(), ACK, 7] as const];
		expect(told(...step(5), ...step(6), ...swapped)).not.toContain(true);
	});

	it("is not shown by acknowledgements of other blocks, by the sender itself, or by other packets", () => {
		const third = (...after: [PacketView, number, number]) =>
			told(...step(5), ...step(6), [fromSender(), DATA, 7], after).at(-1);
		expect(third(fromTaker(), ACK, 7)).toBe(true);
		expect(third(fromTaker(), ACK, 6)).toBe(false);
		expect(third(fromSender(), ACK, 7)).toBe(false);
		expect(third(fromTaker(), ERROR, 7)).toBe(false);
		expect(third(fromTaker(), OACK, 7)).toBe(false);
		expect(told([fromTaker(), ACK, 7])).toEqual([false]);
	});
});

describe("what was seen of a transfer before it was known to be one", () => {
	it("is its first block and time, the blocks before the latest, their bytes, and how many came again", () => {
		const sized = (seconds: number, length: number) =>
			Object.assign(fromSender(seconds), { payloadLength: 4 + length });
		const found = new MidstreamTransfers(new Overflow());
		const seen = [
			[sized(1, 512), DATA, 0xffff],
			[fromTaker(), ACK, 0xffff],
			[sized(2, 500), DATA, 0],
			[sized(3, 500), DATA, 0],
			[fromTaker(), ACK, 0],
			[sized(4, 20), DATA, 1],
			[fromTaker(), ACK, 1],
		] as const;
		const told = seen.map(([packet, opcode, block]) => found.observe(packet, 7, opcode, block));
		expect(told.slice(0, -1).every((each) => each === undefined)).toBe(true);
		expect(told.at(-1)).toMatchObject({
			senderPort: SENDER,
			first: 0xffff,
			start: 1e9,
			blocks: 2,
			bytes: 1012,
			retransmits: 1,
			block: 1,
			length: 20,
			time: 4e9,
		});
	});
});

describe("flows that may be one", () => {
	const MAX = 4096;
	/** A sixteenth of one more than there is room for. */
	const GONE = 257;

	/** Flows that begin at 100 s, and one more that begins some seconds after them. */
	function full(seconds: number) {
		const overflow = new Overflow();
		const found = new MidstreamTransfers(overflow);
		const acknowledged = (flow: number) =>
			[5, 6, 7].map((block) => {
				if (block > 5) found.observe(fromSender(100), flow, DATA, block);
				return found.observe(fromTaker(), flow, ACK, block) !== undefined;
			});
		for (let flow = 0; flow < MAX; flow++) found.observe(fromSender(100), flow, DATA, 5);
		const before = [...overflow.entries()];
		found.observe(fromSender(100 + seconds), MAX, DATA, 5);
		return { acknowledged, before, counts: [...overflow.entries()].map(([, count]) => count) };
	}

	it("are so many at a time: a sixteenth gives way, the oldest, and is told where it was seen a minute ago or less", () => {
		const { acknowledged, before, counts } = full(59.9);
		expect([before, counts]).toEqual([[], [GONE]]);
		expect(acknowledged(GONE)).toEqual([false, false, true]);
		expect(acknowledged(GONE - 1)).toEqual([false, false, false]);
		expect(full(60).counts).toEqual([]);
	});
});
