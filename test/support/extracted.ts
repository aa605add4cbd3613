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
