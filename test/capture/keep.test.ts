import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { CaptureKeeper } from "../../src/capture/live/keep.ts";

const folder = mkdtempSync(join(tmpdir(), "flowmatrix-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("a ring of files", () => {
	it("ends where interfaces come without end", () => {
		const faults: unknown[] = [];
		const keeper = new CaptureKeeper(join(folder, "interfaces.pcapng"), {
			ring: { files: 2, bytes: 1000 },
			clock: () => 0,
			onFault: (_, error) => faults.push((error as Error).message),
		});
		keeper.section(new Uint8Array(28));
		for (let i = 0; i < 40_000; i++) keeper.interface(new Uint8Array(32));
		expect(faults).toEqual([expect.stringContaining("interfaces without end")]);
		keeper.close();
		for (const file of keeper.files) rmSync(file);
	});

	it("tells once that an old file cannot be removed, and throws nothing", () => {
		const faults: string[] = [];
		const keeper = new CaptureKeeper(join(folder, "case.pcapng"), {
			ring: { files: 1, bytes: 10 },
			clock: () => 0,
			onFault: (file) => faults.push(file),
		});
		keeper.section(new Uint8Array(4));
		keeper.blocks(new Uint8Array(20));
		const [first] = readdirSync(folder);
		rmSync(join(folder, first!));
		mkdirSync(join(folder, first!, "within"), { recursive: true });
		for (let i = 0; i < 5; i++) keeper.blocks(new Uint8Array(20));
		expect(faults).toEqual([join(folder, first!)]);
		keeper.close();
	});
});
