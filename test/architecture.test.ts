import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** Parts in the direction of the data: each imports only from itself and from those before it. */
const PARTS = [
	"capture",
	"packet",
	"flow",
	"intake",
	"protocol",
	"session",
	"matrix",
	"label",
	"finding",
	"compare",
	"document",
	"report",
	"screen",
	"cli",
];
const SRC = new URL("../src/", import.meta.url);

function importsOf(file: URL): string[] {
	return [...readFileSync(file, "utf8").matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)].map((match) => match[1]!);
}

function withoutComments(text: string): string {
	return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}

/** Whether a name is one of bytes, by what is last said of it in the code before. */
function isBytes(name: string, before: string): boolean {
	if (["data", "bytes", "subarray"].includes(name)) return true;
	const said = [...before.matchAll(new RegExp(`(?<![#\\w.])${name}\\??(: | = )([^;\\n]*)`, "g"))].at(-1);
	const [, sign, what = ""] = said ?? [];
	if (sign === ": ") return /^(Uint8Array|Buffer)\b(?!\[)/.test(what);
	return /^Buffer\b|\b(subarray|copyBytes)\(/.test(what) && !what.includes("toString(");
}

describe("the folders of src/", () => {
	const found = readdirSync(SRC, { withFileTypes: true }).filter((entry) => entry.isDirectory());

	it("are the parts, and no others", () => {
		expect(found.map((entry) => entry.name).sort()).toEqual([...PARTS].sort());
	});

	it.each(PARTS)("%s imports only from itself and the parts before it", (part) => {
		const allowed = PARTS.slice(0, PARTS.indexOf(part) + 1);
		const folder = new URL(`${part}/`, SRC);
		const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
		expect(files.length).toBeGreaterThan(0);
		for (const name of files) {
			const file = new URL(name.replaceAll("\\", "/"), folder);
			for (const path of importsOf(file)) {
				const target = new URL(path, file).href.slice(SRC.href.length);
				const top = target.split("/")[0]!;
				// The command line, the documents and the report sit on top of the composed pipeline.
				const composed =
					[
						"engine.ts",
						"analyse.ts",
						"classify.ts",
						"coverage.ts",
						"explain.ts",
						"extract.ts",
						"page.ts",
						"live.ts",
						"diff.ts",
						"sides.ts",
					].includes(target) && ["document", "report", "cli"].includes(part);
				expect(composed || allowed.includes(top), `${part}/${name} imports ${path}`).toBe(true);
			}
		}
	});

	/** Every file, `cli/main.ts`, and its code without comments. */
	const code = readdirSync(SRC, { recursive: true, encoding: "utf8" })
		.filter((name) => name.endsWith(".ts"))
		.map((name) => name.replaceAll("\\", "/"))
		.map((name) => ({ name, text: withoutComments(readFileSync(new URL(name, SRC), "utf8")) }));

	it("read no clock below the command line, but where a run is looked at before its end", () => {
		const readers = code
			.filter(({ text }) => /Date\.now\(|performance\.now\(|new Date\(\)/.test(text))
			.map(({ name }) => name);
		expect(readers.filter((name) => !name.startsWith("cli/")).sort()).toEqual(["analyse.ts", "live.ts"]);
	});

	it("copy bytes by copyBytes: slice on a Buffer copies nothing", () => {
		for (const { name, text } of code) {
			const slices = [...text.matchAll(/(#?\w+)(?:\([^()]*\))?!?\.slice\(/g)];
			const ofBytes = slices.filter((slice) => isBytes(slice[1]!, text.slice(0, slice.index)));
			expect(
				ofBytes.map(([call]) => call),
				name,
			).toEqual([]);
		}
	});

	it("are searched for slices of bytes, whatever these are called", () => {
		const declared = ["const wire = Buffer.concat(parts);", "#wire: Uint8Array = NOTHING;", "(wire: Buffer, at) => {"];
		for (const text of declared) expect(isBytes(text.startsWith("#") ? "#wire" : "wire", text), text).toBe(true);
		expect([isBytes("data", ""), isBytes("subarray", "")]).toEqual([true, true]);
		const others = ["const wire = bytes.toString();", "wire: Uint8Array[]", "wire: Buffer; wire: string", ""];
		for (const text of others) expect(isBytes("wire", text), text).toBe(false);
	});
});
