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

	it("read no clock below the command line", () => {
		for (const part of PARTS.filter((name) => name !== "cli")) {
			for (const name of readdirSync(new URL(`${part}/`, SRC), { recursive: true, encoding: "utf8" })) {
				if (!name.endsWith(".ts")) continue;
				const text = readFileSync(new URL(`${part}/${name.replaceAll("\\", "/")}`, SRC), "utf8");
				expect(text, `${part}/${name}`).not.toMatch(/Date\.now\(|performance\.now\(|new Date\(\)/);
			}
		}
	});

	it("copy bytes by copyBytes: slice on a Buffer copies nothing", () => {
		for (const name of readdirSync(SRC, { recursive: true, encoding: "utf8" })) {
			if (!name.endsWith(".ts")) continue;
			expect(readFileSync(new URL(name.replaceAll("\\", "/"), SRC), "utf8"), name).not.toMatch(
				/\b(data|bytes)\.slice\(/,
			);
		}
	});
});
