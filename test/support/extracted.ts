import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Extracted, type ExtractOptions, extract } from "../../src/extract.ts";

/** The file that `extract` makes of captures, and what it says of it. */
export async function extracted(
	paths: readonly string[],
	options: ExtractOptions = {},
): Promise<{ readonly bytes: Buffer; readonly result: Extracted }> {
	const result = await extract(paths, { threads: 0, ...options });
	const chunks: Uint8Array[] = [];
	for await (const chunk of result.chunks()) chunks.push(chunk);
	return { bytes: Buffer.concat(chunks), result };
}

/** Has a file with these bytes as long as `use` runs. */
export async function withFile<T>(bytes: Uint8Array, use: (path: string) => T | Promise<T>): Promise<T> {
	const folder = mkdtempSync(join(tmpdir(), "flowmatrix-test-"));
	try {
		const path = join(folder, "part.pcapng");
		writeFileSync(path, bytes);
		return await use(path);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** Fields of a file's packets as tshark reads them, a line for each packet, and what it complains of. */
export function tsharkFields(
	path: string,
	fields: readonly string[],
	more: readonly string[] = [],
): { readonly lines: string[][]; readonly complaints: string[] } {
	const run = spawnSync("tshark", ["-r", path, "-T", "fields", ...more, ...fields.flatMap((field) => ["-e", field])], {
		encoding: "utf8",
		maxBuffer: 1 << 28,
	});
	const complaints = run.stderr.split("\n").filter((line) => line !== "" && !line.startsWith("Running as"));
	return {
		lines: run.stdout
			.split("\n")
			.slice(0, -1)
			.map((line) => line.split("\t")),
		complaints,
	};
}

/** Where the options of pcapng blocks begin, by the blocks' types: of the section, of an interface, of a packet. */
const OPTIONS = new Map<number, (block: Buffer) => number>([
	[0x0a0d0d0a, () => 24],
	[1, () => 16],
	[6, (block) => 28 + Math.ceil(block.readUInt32LE(20) / 4) * 4],
]);

/** The texts of a pcapng file as `extract` writes it: comments, names, descriptions, the program. */
export function textsIn(bytes: Buffer): string[] {
	const texts: string[] = [];
	for (let at = 0; at < bytes.length; at += bytes.readUInt32LE(at + 4)) {
		const block = bytes.subarray(at, at + bytes.readUInt32LE(at + 4));
		let option = OPTIONS.get(block.readUInt32LE(0))?.(block) ?? block.length;
		while (option + 4 < block.length && block.readUInt16LE(option) !== 0) {
			const [code, length] = [block.readUInt16LE(option), block.readUInt16LE(option + 2)];
			if (code <= 4) texts.push(block.toString("utf8", option + 4, option + 4 + length));
			option += 4 + Math.ceil(length / 4) * 4;
		}
	}
	return texts;
}
