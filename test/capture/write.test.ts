import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PcapngWriter } from "../../src/capture/write/pcapng.ts";
import { addressOfBytes } from "../../src/packet/address.ts";
import { read } from "../support/capture-file.ts";
import { programMissing, skipNote } from "../support/programs.ts";

const EPOCH = 1_700_000_000;

/** A packet as the tests say it. */
const packet = fc.record({
	id: fc.nat(2),
	/** Less than 104 days: a double is exact. */
	time: fc.integer({ min: -1_000_000_000, max: 8_000_000_000_000_000 }),
	bytes: fc.uint8Array({ maxLength: 70 }),
	more: fc.nat(70_000),
	comment: fc.option(fc.string({ unit: "grapheme", maxLength: 9 }), { nil: undefined }),
});

describe("the pcapng writer", () => {
	it("writes what our reader reads back, wherever the bytes are taken", () =>
		fc.assert(
			fc.asyncProperty(fc.array(packet, { maxLength: 12 }), fc.nat(3), async (packets, every) => {
				const writer = new PcapngWriter("test");
				writer.epoch = EPOCH;
				for (const linkType of [1, 101, 276]) writer.interface({ linkType, snaplen: 65535, name: `if${linkType}` });
				const chunks: Uint8Array[] = [];
				for (const [i, { id, time, bytes, more, comment }] of packets.entries()) {
					// The packet lies somewhere in a larger buffer, as in a batch.
					const data = Buffer.concat([Buffer.alloc(3, 0xee), bytes, Buffer.alloc(5, 0xee)]);
					const wireLength = bytes.length + more;
					writer.packet({ interface: id, time, data, start: 3, capturedLength: bytes.length, wireLength, comment });
					if (i % (every + 1) === 0) chunks.push(writer.take());
				}
				chunks.push(writer.take());
				expect(writer.pending).toBe(0);
				const got = await read(Buffer.concat(chunks));
				// Random times are out of order.
				expect(got.problems.filter(({ kind }) => kind !== "time-order")).toEqual([]);
				expect(
					got.packets.map(({ time, data, wireLength, interface: id }) => ({ time, data, wireLength, id })),
				).toEqual(
					packets.map(({ id, time, bytes, more }) => ({
						time: BigInt(EPOCH) * 1_000_000_000n + BigInt(time),
						data: Buffer.from(bytes).toString("hex"),
						wireLength: bytes.length + more,
						id,
					})),
				);
			}),
		));

	it("keeps names and drop counts", async () => {
		const writer = new PcapngWriter("test");
		const id = writer.interface({ linkType: 1, snaplen: 0, fcsLength: 4 });
		writer.names([
			{ address: Uint8Array.of(10, 0, 0, 1), names: ["pbx.example", "p"] },
			{ address: new Uint8Array(16).fill(1), names: ["six\0.example", ""] },
			{ address: Uint8Array.of(10, 0, 0, 2), names: [] },
		]);
		writer.statistics(id, 0, { received: 2 ** 33 + 5, dropped: 2 ** 32 + 7 });
		const { names, dropped, interfaces, problems } = await read(writer.take());
		expect(problems).toEqual([]);
		expect(names.map(({ address, name }) => [addressOfBytes(address), name])).toEqual([
			["10.0.0.1", "pbx.example"],
			["10.0.0.1", "p"],
			["101:101:101:101:101:101:101:101", "six.example"],
		]);
		expect(dropped).toBe(2 ** 32 + 7);
		expect(interfaces).toMatchObject([{ linkType: 1, snaplen: 0, fcsLength: 4 }]);
	});

	it("cuts a comment that is too long for an option between two characters", async () => {
		const writer = new PcapngWriter("test", "é".repeat(40_000));
		writer.interface({ linkType: 1, snaplen: 0 });
		const data = Buffer.from("hello");
		writer.packet({
			interface: 0,
			time: 0,
			data,
			start: 0,
			capturedLength: 5,
			wireLength: 5,
			comment: "€".repeat(70_000),
		});
		const bytes = Buffer.from(writer.take());
		const { packets, problems } = await read(bytes);
		expect(problems).toEqual([]);
		expect(packets).toHaveLength(1);
		// 65535 bytes hold 32767 of two bytes and 21845 of three.
		expect(bytes.toString("utf8").match(/é/g)).toHaveLength(32_767);
		expect(bytes.toString("utf8").match(/€/g)).toHaveLength(21_845);
	});

	it.skipIf(programMissing("tshark"))(`writes what tshark and capinfos read${skipNote("tshark")}`, () => {
		fc.assert(
			fc.property(fc.array(packet, { minLength: 1, maxLength: 12 }), (packets) => {
				const writer = new PcapngWriter("flowmatrix test", "about this capture");
				writer.epoch = EPOCH;
				// Packets of user link type 0: no dissector takes their bytes for something.
				for (let i = 0; i < 3; i++)
					writer.interface({ linkType: 147, snaplen: 262_144, name: `port ${i}`, description: "ü", filter: "udp" });
				writer.names([{ address: Uint8Array.of(192, 0, 2, 1), names: ["host.example"] }]);
				for (const { id, time, bytes, more, comment } of packets)
					writer.packet({
						interface: id,
						time: Math.abs(time),
						data: bytes,
						start: 0,
						capturedLength: bytes.length,
						wireLength: bytes.length + more,
						// tshark shows no comment of blanks, and spells controls out.
						comment: comment?.replace(/[^\p{L}\p{N}]/gu, "") || undefined,
					});
				writer.statistics(1, 0, { received: packets.length, dropped: 3 });
				const folder = mkdtempSync(join(tmpdir(), "flowmatrix-test-"));
				try {
					const path = join(folder, "a.pcapng");
					writeFileSync(path, writer.take());
					const fields = ["frame.time_epoch", "frame.cap_len", "frame.len", "frame.interface_name", "frame.comment"];
					const run = spawnSync("tshark", ["-r", path, "-T", "fields", ...fields.flatMap((field) => ["-e", field])], {
						encoding: "utf8",
					});
					expect(run.stderr.split("\n").filter((line) => line !== "" && !line.startsWith("Running as"))).toEqual([]);
					expect(run.stdout.split("\n").slice(0, -1)).toEqual(
						packets.map(({ id, time, bytes, more, comment }) => {
							const at = BigInt(EPOCH) * 1_000_000_000n + BigInt(Math.abs(time));
							const shown = `${at / 1_000_000_000n}.${String(at % 1_000_000_000n).padStart(9, "0")}`;
							const text = comment?.replace(/[^\p{L}\p{N}]/gu, "") ?? "";
							return `${shown}\t${bytes.length}\t${bytes.length + more}\tport ${id}\t${text}`;
						}),
					);
					const info = execFileSync("capinfos", ["-M", path], { encoding: "utf8" });
					expect(info).toContain("flowmatrix test");
					expect(info).toContain("about this capture");
					expect(info).toContain(`Number of packets:   ${packets.length}`);
					expect(info).toMatch(/timestamp precision: +nanoseconds/);
				} finally {
					rmSync(folder, { recursive: true });
				}
			}),
			{ numRuns: 8 },
		);
	});
});
