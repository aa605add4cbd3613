import { describe, expect, it } from "vitest";
import { mapKey } from "../../src/flow/map-key.ts";

const BUCKETS = 4096;

/** `ComputeUnseededHash` of V8's src/base/hashing.h, by which a Map finds the bucket of a number. */
function hashOfV8(key: number): number {
	let hash = key | 0;
	hash = (~hash + (hash << 15)) | 0;
	hash ^= hash >>> 12;
	hash = (hash + (hash << 2)) | 0;
	hash ^= hash >>> 4;
	hash = Math.imul(hash, 2057);
	return (hash ^ (hash >>> 16)) >>> 0;
}

describe("keys of maps", () => {
	it("are not those that were chosen to fall into one bucket", () => {
		const chosen: number[] = [];
		for (let key = 0; chosen.length < 64; key++) if (hashOfV8(key) % BUCKETS === 0) chosen.push(key);
		expect(new Set(chosen.map((key) => hashOfV8(mapKey(key)) % BUCKETS)).size).toBeGreaterThan(16);
	});

	it("are different for different numbers, and 32 bits, signed", () => {
		const keys = [0, 1, -1, 2 ** 31, 2 ** 32 - 2].map(mapKey);
		expect(new Set(keys).size).toBe(5);
		for (const key of keys) expect(key).toBe(key | 0);
	});
});
