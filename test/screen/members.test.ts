import { describe, expect, it } from "vitest";
import type { LiveFlow, Snapshot } from "../../src/screen/follow.ts";
import { FLOWS_OF } from "../../src/screen/members.ts";

describe("the flows of a transfer", () => {
	it("are those that name it, alone or among others", () => {
		const isOf = (key: string, record: object) =>
			FLOWS_OF.transfers({} as Snapshot, key)({ record } as unknown as LiveFlow);
		expect(isOf("1", { transfer: 1 })).toBe(true);
		expect(isOf("1", { transfer: 3, transfers: [1, 3] })).toBe(true);
		expect(isOf("2", { transfer: 3, transfers: [1, 3] })).toBe(false);
		expect(isOf("1", {})).toBe(false);
	});
});
