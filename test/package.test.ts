import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const CAPTURE = join(ROOT, "captures/office-day.pcapng");
const TSC = join(ROOT, "node_modules/typescript/bin/tsc");

/** What is cached is enough; a registry that is asked has to answer soon. */
const INSTALL = [
	"install",
	"--omit=dev",
	"--prefer-offline",
	"--no-audit",
	"--no-fund",
	"--fetch-retries=0",
	"--fetch-timeout=30000",
];
/** A registry that cannot be reached, in npm's words. */
const UNREACHABLE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED/;

const exec = promisify(execFile);
// A folder whose path has spaces, as users' have.
const consumer = mkdtempSync(join(tmpdir(), "flowmatrix consumer-"));
const inside = join(consumer, "node_modules/flowmatrix");
const main = join(inside, "dist/cli/main.js");
let unreachable: string | undefined;

/** Runs a command in the folder of the project that uses the package. @throws where it fails, with what it printed. */
async function run(command: string, ...args: string[]): Promise<string> {
	const options = { cwd: consumer, env: { ...process.env, NODE_OPTIONS: "" }, maxBuffer: 1 << 26 };
	try {
		return (await exec(command, args, options)).stdout;
	} catch (error) {
		const { stdout, stderr } = error as { stdout: string; stderr: string };
		throw Object.assign(error as Error, { message: `${(error as Error).message}\n${stdout}${stderr}` });
	}
}

beforeAll(async () => {
	// The build was made before the tests; making it again would take it away from under those that run beside this one.
	await exec("npm", ["pack", "--ignore-scripts", "--pack-destination", consumer], { cwd: ROOT });
	const [tarball] = readdirSync(consumer).filter((name) => name.endsWith(".tgz"));
	writeFileSync(join(consumer, "package.json"), '{ "name": "consumer", "type": "module", "private": true }');
	try {
		await run("npm", ...INSTALL, `./${tarball}`);
	} catch (error) {
		const said = String((error as { stderr?: string }).stderr);
		if (!UNREACHABLE.test(said)) throw error;
		unreachable = `the package registry cannot be reached: ${UNREACHABLE.exec(said)![0]}`;
	}
});
afterAll(() => rmSync(consumer, { recursive: true }));

describe("the package, installed from its tarball", () => {
	const installed = (name: string, test: () => Promise<void> | void) =>
		it(name, async ({ skip }) => {
			skip(unreachable !== undefined, unreachable);
			await test();
		});

	installed("holds what is needed, and nothing else", () => {
		const files = readdirSync(inside, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) =>
				join(entry.parentPath, entry.name)
					.slice(inside.length + 1)
					.replaceAll("\\", "/"),
			);
		const rest = files.filter((path) => !/^dist\/[\w/-]+(\.js|\.d\.ts)$/.test(path) && path !== "dist/page/page.css");
		expect(rest.sort()).toEqual([
			"CHANGELOG.md",
			"LICENSE",
			"README.md",
			"matrix/ip-office.json",
			"package.json",
			"schema/coverage.schema.json",
			"schema/diff.schema.json",
			"schema/events.schema.json",
			"schema/matrix.schema.json",
			"schema/report.schema.json",
			"schema/sides.schema.json",
		]);
		for (const path of files) {
			const text = readFileSync(join(inside, path), "utf8");
			for (const machine of [ROOT, homedir()]) if (machine.length > 5) expect(text.includes(machine), path).toBe(false);
		}
		expect(
			readdirSync(join(consumer, "node_modules"))
				// cap and what it needs are there where they could be compiled.
				.filter((name) => !name.startsWith(".") && !["cap", "nan"].includes(name))
				.sort(),
		).toEqual([
			"ajv",
			"commander",
			"d3-array",
			"d3-color",
			"d3-format",
			"d3-interpolate",
			"d3-path",
			"d3-scale",
			"d3-shape",
			"d3-time",
			"d3-time-format",
			"fast-deep-equal",
			"fast-uri",
			"flowmatrix",
			"internmap",
			"json-schema-traverse",
			"require-from-string",
		]);
	});

	installed("runs by its name", async () => {
		expect(statSync(main).mode & 0o111 || process.platform === "win32").toBeTruthy();
		const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
		expect(await run(process.execPath, main, "--version")).toBe(`${manifest.version}\n`);
		const report = JSON.parse(await run("npx", "--no", "--", "flowmatrix", CAPTURE, "--summary", "--format", "json"));
		expect(report.labels).toMatchObject({ flows: 50, matched: 42, unknown: 8 });
	});

	installed("finds its schema and what reads it", async () => {
		cpSync(join(inside, "matrix/ip-office.json"), join(consumer, "own.json"));
		expect(await run(process.execPath, main, "matrix", "IPO-IN-19", "--matrix", "own.json")).toContain("IPO-IN-19");
		writeFileSync(join(consumer, "bad.json"), "{}");
		await expect(run(process.execPath, main, "matrix", "--matrix", "bad.json")).rejects.toMatchObject({
			code: 2,
		});
	});

	installed("is a library, its second thread included", async () => {
		writeFileSync(
			join(consumer, "use.js"),
			`import { classify, loadMatrix, OUTPUTS } from "flowmatrix";
			import matrix from "flowmatrix/matrix/ip-office.json" with { type: "json" };
			const seen = [];
			for (const threads of [0, 1]) seen.push((await classify([process.argv[2]], { threads })).labels);
			const rows = [matrix, await loadMatrix()].map((each) => each.rows.length);
			console.log(JSON.stringify({ seen, rows, outputs: Object.keys(OUTPUTS) }));`,
		);
		const { seen, rows, outputs } = JSON.parse(await run(process.execPath, "use.js", CAPTURE));
		expect(seen[0]).toMatchObject({ flows: 50, matched: 42 });
		expect(seen[1]).toEqual(seen[0]);
		expect(rows).toEqual([134, 134]);
		expect(outputs).toContain("ndjson");
	});

	for (const [module, moduleResolution] of [
		["nodenext", "nodenext"],
		["esnext", "bundler"],
	] as const) {
		installed(`has types for a project with moduleResolution ${moduleResolution}`, async () => {
			const folder = join(consumer, moduleResolution);
			mkdirSync(folder);
			writeFileSync(
				join(folder, "use.ts"),
				`import { CaptureError, classify, type Report } from "flowmatrix";
				const report: Report = await classify(["case.pcapng"], { hosts: [{ product: "ipo", address: "10.0.0.1" }] });
				for (const flow of report.flows()) {
					const row: string | null = flow.label.row;
					console.log(row, flow.label.reasons.map((reason) => reason.length), CaptureError.name);
				}
				// @ts-expect-error: paths are a list.
				await classify("case.pcapng");
				// @ts-expect-error: the types are known, not any.
				const wrong: boolean = report.labels.flows;`,
			);
			writeFileSync(
				join(folder, "tsconfig.json"),
				JSON.stringify({
					compilerOptions: {
						module,
						moduleResolution,
						target: "es2023",
						strict: true,
						noEmit: true,
						skipLibCheck: false,
						types: ["node"],
						typeRoots: [join(ROOT, "node_modules/@types")],
					},
				}),
			);
			await run(process.execPath, TSC, "-p", folder);
		});
	}
});
