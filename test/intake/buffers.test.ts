import { describe, expect, it } from "vitest";
import { BufferViews, type BufferWord, SharedBuffers } from "../../src/intake/buffers.ts";
import { Ring, ringMemory } from "../../src/intake/ring.ts";

function both() {
	const ring = new Ring(ringMemory());
	const views = new BufferViews();
	const words: BufferWord[] = [];
	const buffers = new SharedBuffers(ring, (word) => {
		words.push(word);
		views.hear(word);
	});
	/** Fills a vector that points into the buffer. */
	const fill = (buffer: Uint8Array) => {
		ring.toFill()!.buffer = buffers.numberOf(buffer);
		ring.fill();
	};
	return { ring, views, words, buffers, fill };
}

describe("buffers of two threads", () => {
	it("are forgotten in both when they are of no size that is asked for", () => {
		const { ring, views, buffers, fill } = both();
		for (let size = 100; size < 200; size++) {
			const buffer = buffers.take(size);
			fill(buffer);
			const vector = ring.toTake(0)!;
			views.attach(vector);
			expect(vector.data.buffer).toBe(buffer.buffer);
			ring.take();
			buffers.release(buffer);
		}
		// Those that wait to be used again, and the last one.
		expect(views.size).toBeLessThan(8);
	});

	it("are used again while their size is right, without a word", () => {
		const { views, words, buffers } = both();
		for (let i = 0; i < 100; i++) buffers.release(buffers.take(100));
		expect([words.length, views.size]).toEqual([4, 4]);
	});

	it("stay known while a vector that points into one may still be taken, though nothing more is wanted", () => {
		const { ring, views, words, buffers, fill } = both();
		const first = buffers.take(100);
		fill(first);
		buffers.release(first);
		ring.stop();
		for (let size = 101; size < 110; size++) buffers.release(buffers.take(size));
		expect(words.some((word) => "gone" in word && word.gone === 1)).toBe(false);
		const vector = ring.toTake(0)!;
		views.attach(vector);
		expect(vector.data.length).toBe(100);
	});
});
