import { execFile } from "node:child_process";
import {
	copyFileSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as library from "../src/index.ts";
import { capturePath } from "./support/captures.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const page = readFileSync(join(ROOT, "docs/library.md"), "utf8");
const readme = readFileSync(join(ROOT, "README.md"), "utf8");
const examples = [page, readme].flatMap((text) => [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!));
const run = promisify(execFile);

const folder = mkdtempSync(join(tmpdir(), "flowmatrix-library-"));
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
	mkdirSync(join(folder, "node_modules"));
	symlinkSync(ROOT, join(folder, "node_modules", "flowmatrix"), "junction");
	for (const name of ["case.pcapng", "today.pcapng"])
		copyFileSync(capturePath("office-day.pcapng"), join(folder, name));
	copyFileSync(capturePath("calls.pcapng"), join(folder, "yesterday.pcapng"));
	for (const name of ["inside.pcap", "outside.pcap"])
		copyFileSync(capturePath("tftp-ipoffice.pcap"), join(folder, name));
});

describe("the library's page", () => {
	it.each(examples.map((code, i) => [i + 1, /import \{ ([^}]+) \}.*"flowmatrix"/.exec(code)![1]!, code]))(
		"has an example %i that runs: %s",
		async (i, _, code) => {
			const file = join(folder, `example-${i}.mjs`);
			writeFileSync(file, code);
			const { stderr } = await run(process.execPath, [file], { cwd: folder });
			expect(stderr).toBe("");
		},
		30_000,
	);

	it("has examples that the types accept", async () => {
		for (const [i, code] of examples.entries()) writeFileSync(join(folder, `example-${i + 1}.mts`), code);
		const options = {
			module: "nodenext",
			target: "es2023",
			lib: ["es2023"],
			strict: true,
			noEmit: true,
			types: ["node"],
		};
		const compilerOptions = { ...options, typeRoots: [join(ROOT, "node_modules/@types")] };
		writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.mts"] }));
		const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
		await run(process.execPath, [tsc, "-p", folder]).catch(({ stdout }) => expect.fail(stdout));
	}, 60_000);

	it("names every function that there is", () => {
		for (const [name, value] of Object.entries(library)) {
			const isError = typeof value === "function" && value.prototype instanceof Error;
			if (!isError) expect(page + readme, name).toContain(name);
		}
	});
});

describe("the library's types", () => {
	it("have no any", () => {
		const dist = join(ROOT, "dist");
		const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".d.ts"));
		expect(files.length).toBeGreaterThan(20);
		for (const name of files) {
			const types = readFileSync(join(dist, name), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
			expect(types, name).not.toMatch(/[:<|&(,]\s*any\b|\bany\[\]/);
		}
	});
});
