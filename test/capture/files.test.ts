import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import * as zlib from "node:zlib";
import { describe, expect, it } from "vitest";
import { openCapture } from "../../src/capture/open.ts";
import { Pcapng, pcap, read, readPaths, withFiles } from "../support/capture-file.ts";

function at(...seconds: number[]): Buffer {
	return pcap(seconds.map((second) => ({ seconds: second, fraction: 0, data: Buffer.from(`t${second}`) })));
}

const text = (packets: readonly { data: string }[]) => packets.map(({ data }) => Buffer.from(data, "hex").toString());

describe("several files", () => {
	it("are merged in the order of time, whatever the order they are named in", async () => {
		const { packets } = await read(at(30, 31, 32), at(10, 11), at(12, 20, 31));
		expect(text(packets)).toEqual(["t10", "t11", "t12", "t20", "t30", "t31", "t31", "t32"]);
		expect(packets.map((packet) => packet.file)).toEqual([1, 1, 2, 2, 0, 0, 2, 0]);
		expect(packets.map((packet) => packet.number)).toEqual([1, 2, 1, 2, 1, 2, 3, 3]);
	});

	it("may be of different formats, and one that is no capture does not stop the others", async () => {
		const ng = new Pcapng("be");
		const next = Buffer.concat([ng.section(), ng.interface(101), ng.enhanced(0, 15_000_000n, Buffer.from("ng"))]);
		const { packets, problems, readable } = await read(at(10, 20), Buffer.from("plain words\n"), next);
		expect(text(packets)).toEqual(["t10", "ng", "t20"]);
		expect(readable).toBe(2);
		expect(problems).toMatchObject([{ kind: "not-a-capture", message: "no capture: looks like text" }]);
	});

	it("many that do not overlap are opened one after the other", async () => {
		const files = Array.from({ length: 60 }, (_, i) => at(2 * i, 2 * i + 1)).reverse();
		const { packets } = await read(...files);
		expect(text(packets)).toEqual(Array.from({ length: 120 }, (_, i) => `t${i}`));
	});

	it("without packets still give their interfaces and problems", async () => {
		const { interfaces, problems, readable } = await read(at(), at(1).subarray(0, 30));
		expect(interfaces).toHaveLength(2);
		expect(readable).toBe(2);
		expect(problems).toMatchObject([{ kind: "truncated" }]);
	});
});

describe("packed captures", () => {
	const plain = at(1, 2, 3);

	it("gzip is unpacked, several members too", async () => {
		const { packets } = await read(
			Buffer.concat([zlib.gzipSync(plain.subarray(0, 40)), zlib.gzipSync(plain.subarray(40))]),
		);
		expect(text(packets)).toEqual(["t1", "t2", "t3"]);
	});

	it("a cut gzip file gives what it holds", async () => {
		const big = pcap(
			Array.from({ length: 3000 }, (_, i) => ({ seconds: i, fraction: 0, data: Buffer.from(`packet ${i * 7919}`) })),
		);
		const packed = zlib.gzipSync(big);
		const { packets, problems } = await read(packed.subarray(0, packed.length >> 1));
		expect(packets.length).toBeGreaterThan(500);
		expect(problems.map((problem) => problem.message)).toContain("the gzip data is cut off");
	});

	it("gzip of something else is named", async () => {
		const { problems, readable } = await read(zlib.gzipSync("just text"));
		expect(readable).toBe(0);
		expect(problems).toMatchObject([{ message: "no capture: looks like gzip of text" }]);
	});

	it("zstd is unpacked where this Node can, and otherwise the message says what would help", async () => {
		const compress = (createRequire(import.meta.url)("node:zlib") as { zstdCompressSync?: (data: Buffer) => Buffer })
			.zstdCompressSync;
		if (compress) {
			expect(text((await read(compress(plain))).packets)).toEqual(["t1", "t2", "t3"]);
		} else {
			const { problems } = await read(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0]));
			expect(problems).toMatchObject([{ kind: "unreadable" }]);
			expect(problems[0]!.message).toMatch(/zstd needs Node 22\.15 or later.*unpack it first with zstd -d/);
		}
	});
});

describe("what cannot be read", () => {
	it("is said with its cause", async () => {
		const { problems, readable } = await readPaths(["/nowhere/x.pcap", "/"]);
		expect(readable).toBe(0);
		expect(problems).toMatchObject([
			{ file: "/nowhere/x.pcap", kind: "unreadable", message: "no such file" },
			{ file: "/", kind: "unreadable", message: "is a directory" },
		]);
	});

	it.each([
		["snoop\0\0\0\0\0\0\x02", "a Sun snoop capture"],
		["btsnoop\0\0\0", "a Bluetooth btsnoop capture"],
		["GMBU\0\x02", "a Microsoft Network Monitor capture"],
		["TRSNIFF data    \x1a", "a Sniffer capture"],
		["<!DOCTYPE html><html>", "a web page (HTML)"],
		['{"a": 1}', "JSON"],
		["12:00:01.5 IP 10.0.0.1.80 > 10.0.0.2.1234: Flags [S]\n", "text printed by a capture tool"],
		["PK\x03\x04aaaa", "a zip archive"],
		["\x0a\x0d\x0a\x0d\x0d\x0a", "a pcapng file damaged by a transfer in text mode"],
		["", "an empty file"],
		["\0\0\0\0\0\0\0\0\0", "nothing but zero bytes"],
	])("%j looks like %s", async (content, expected) => {
		const { problems } = await read(Buffer.from(content, "latin1"));
		expect(problems).toHaveLength(1);
		expect(problems[0]!.message).toContain(`no capture: looks like ${expected}`);
	});

	it("an ERF capture is known by its chain of records", async () => {
		const record = Buffer.alloc(32);
		record.writeUInt32LE(1_700_000_000, 4);
		record[8] = 2;
		record.writeUInt16BE(32, 10);
		const { problems } = await read(Buffer.concat([record, record, record]));
		expect(problems[0]!.message).toContain("an Endace ERF capture");
	});
});

describe("reading", () => {
	it("stops when told to", async () => {
		await withFiles([at(1, 2)], async (paths) => {
			const runs = openCapture(paths, { signal: AbortSignal.abort() }).runs();
			await expect(
				(async () => {
					for await (const _ of runs);
				})(),
			).rejects.toThrow(/abort/i);
		});
	});

	it("takes standard input, packed too", async () => {
		const program = `
			import { openCapture } from ${JSON.stringify(new URL("../../src/capture/open.ts", import.meta.url).href)};
			let count = 0;
			for await (const { from, to } of openCapture(["-"]).runs()) count += to - from;
			console.log(count);`;
		for (const input of [at(1, 2, 3), zlib.gzipSync(at(1, 2, 3))]) {
			const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program]);
			child.stdin.end(input);
			let output = "";
			for await (const chunk of child.stdout) output += chunk;
			expect(output.trim()).toBe("3");
		}
	}, 30_000);
});
