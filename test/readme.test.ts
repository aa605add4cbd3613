import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { MAIN, run } from "./support/cli.ts";
import { has } from "./support/tools.ts";

const ROOT = new URL("../", import.meta.url);
const readme = readFileSync(new URL("README.md", ROOT), "utf8");

describe("the README", () => {
	it.runIf(has("script"))("shows what the program prints on a terminal", () => {
		const picture = /```\n(captures\/office-day\.pcapng\n[\s\S]*?)\n```/.exec(readme)?.[1];
		const command = `stty cols 110 && NO_COLOR=1 "${process.execPath}" "${MAIN}" captures/office-day.pcapng`;
		const stdout = execFileSync("script", ["-qec", command, "/dev/null"], { cwd: ROOT, encoding: "utf8" })
			.replaceAll("\r\n", "\n")
			// Of the line that tells of progress, nothing stays.
			.replaceAll(/[^\n]*\r/g, "");
		let at = 0;
		for (const line of picture!.split("\n").filter((each) => each !== "…")) {
			const found = stdout.indexOf(`${line}\n`, at);
			expect(found, line).toBeGreaterThanOrEqual(at);
			at = found;
		}
	});

	it("names every option of classify, and none that is not there", async () => {
		const options = (text: string) =>
			[...text.matchAll(/(?<![\w-])--(?!host ipo)[a-z][a-z-]+/g)].map(([option]) => option);
		const help = new Set(options((await run(["classify", "--help"])).stdout).filter((option) => option !== "--help"));
		const table = readme.slice(readme.indexOf("| option |"), readme.indexOf("Results go to standard output"));
		expect(new Set(options(table))).toEqual(help);
	});

	it("links to files that are there", () => {
		const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path!);
		expect(links.length).toBeGreaterThan(4);
		for (const path of links) expect(existsSync(new URL(path, ROOT)), path).toBe(true);
	});
});
