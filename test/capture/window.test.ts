import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ByteSource } from "../../src/capture/source.ts";
import { type BufferSupply, ByteWindow, OwnBuffers } from "../../src/capture/window.ts";

const byteAt = (offset: number) => Math.imul(offset, 0x9e3779b1) >>> 24;

/** Bytes that tell their place. @param most that a read gives, of those asked for. */
function sourceOf(length: number, most: (asked: number) => number): ByteSource {
	let offset = 0;
	return {
		async read(into, at, asked) {
			const count = Math.min(most(asked), asked, length - offset);
			for (let i = 0; i < count; i++) into[at + i] = byteAt(offset++);
			return count;
		},
		async close() {},
		bytesRead: 0,
		bytesTotal: undefined,
		packing: undefined,
		failure: undefined,
	};
}

class CountedBuffers implements BufferSupply {
	taken = 0;
	readonly #own = new OwnBuffers();

	take(size: number): Uint8Array {
		this.taken++;
		return this.#own.take(size);
	}

	release(buffer: Uint8Array): void {
		this.#own.release(buffer);
	}
}

describe("a window on a stream", () => {
	it("has the stream's bytes at their places, however much is asked for and given at a time", async () => {
		const step = fc.record({
			need: fc.oneof(fc.nat(2000), fc.nat(400_000)),
			skip: fc.double({ min: 0, max: 1, noNaN: true }),
		});
		await fc.assert(
			fc.asyncProperty(
				fc.array(step, { maxLength: 30 }),
				fc.constantFrom(1, 0.5, 0.01),
				fc.integer({ min: 10_000, max: 1_500_000 }),
				async (steps, share, length) => {
					const source = sourceOf(length, (asked) => Math.max(1, Math.floor(asked * share)));
					const window = new ByteWindow(source, 50_000, new OwnBuffers());
					let offset = 0;
					for (const { need, skip } of steps) {
						const isThere = await window.fill(need);
						expect(window.offset).toBe(offset);
						expect(isThere).toBe(window.available >= need);
						if (!isThere) expect(window.available).toBe(length - offset);
						for (let i = 0; i < window.available; i += 997)
							if (window.view.getUint8(window.start + i) !== byteAt(offset + i)) expect(i).toBe("the right byte");
						const gone = Math.floor(window.available * skip);
						window.start += gone;
						offset += gone;
					}
				},
			),
			{ numRuns: 30 },
		);
	});

	it("that many bytes are asked of does not move them for each read", async () => {
		const [chunk, many, reads] = [1 << 14, 1 << 20, 128];
		const buffers = new CountedBuffers();
		const window = new ByteWindow(
			sourceOf(many + reads * chunk, (asked) => asked),
			chunk,
			buffers,
		);
		for (let read = 0; read < reads; read++) {
			expect(await window.fill(many)).toBe(true);
			window.start += chunk;
		}
		// Once for each time that they have become twice as many, and once for each time that half as many were read.
		expect(buffers.taken).toBeLessThan(15);
	});
});
