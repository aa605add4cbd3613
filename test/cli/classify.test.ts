import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { capturePath } from "../support/captures.ts";
import { run } from "../support/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "flowmatrix-"));
afterAll(() => rmSync(folder, { recursive: true }));
const TFTP = capturePath("tftp-ipoffice.pcap");

describe("flowmatrix CAPTURE", () => {
	it("is short for flowmatrix classify CAPTURE", async () => {
		const short = await run([TFTP]);
		expect(short).toMatchObject({ status: 0, stderr: "" });
		expect(short.stdout).toContain("IPO-IN-5");
		expect(await run(["classify", TFTP])).toEqual(short);
	});

	it("reads standard input, packed or not", async () => {
		const bytes = readFileSync(TFTP);
		for (const input of [bytes, gzipSync(bytes)]) {
			const { status, stdout } = await run(["-", "--format", "json"], { input });
			expect(status).toBe(0);
			const document = JSON.parse(stdout);
			expect(document.capture).toMatchObject({ files: ["-"], packets: 8 });
			expect(document.transfers).toHaveLength(1);
		}
	});

	it("leaves the flows out with --summary, in every format", async () => {
		for (const format of ["json", "ndjson", "table", "markdown"]) {
			const { stdout } = await run([TFTP, "--summary", "--format", format]);
			expect(stdout).toContain("IPO-IN-5");
			expect(stdout).not.toMatch(/"type":"flow"|"flows": \[|^Flows$|## Flows/m);
		}
	});

	it("cannot list flows, by --records, and leave them out, by --summary", async () => {
		const { status, stdout, stderr } = await run([TFTP, "--records", "flows", "--format", "csv", "--summary"]);
		expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
		expect(stderr).toMatch(/--records flows .* --summary/);
	});

	it("writes a file that appears when it is whole", async () => {
		const file = join(folder, "report.json");
		const { status, stdout } = await run([TFTP, "--format", "json", "-o", file]);
		expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
		expect(JSON.parse(readFileSync(file, "utf8")).schema).toBe("flowmatrix/1");
		expect(readdirSync(folder)).toEqual(["report.json"]);
	});

	it("takes given hosts as complete for their product, and infers none with --no-infer", async () => {
		const hosts = async (...options: string[]) =>
			JSON.parse((await run([TFTP, "--format", "json", ...options])).stdout).hosts;
		expect(await hosts()).toMatchObject([{ address: "10.0.0.1", source: "inferred" }]);
		expect(await hosts("--no-infer")).toEqual([]);
		expect(await hosts("--host", "ipo=10.0.0.9")).toMatchObject([{ address: "10.0.0.9", source: "given" }]);
		const two = await hosts("--host", "ipo=10.0.0.9,fd00::1", "--host", "vmpro=10.0.0.9");
		expect(two).toMatchObject([
			{ address: "10.0.0.9", products: ["ipo", "vmpro"] },
			{ address: "fd00::1", products: ["ipo"] },
		]);
	});

	it("labels with an earlier release", async () => {
		const { stdout } = await run([capturePath("traps.pcapng"), "--format", "json", "--release", "9.1"]);
		const document = JSON.parse(stdout);
		expect(document.matrix.release).toBe("9.1");
		const vnc = document.flows.find((flow: { server: { port: number } }) => flow.server.port === 5807);
		expect(vnc.label.status).toBe("matched");
	});

	it("ends flows after the silence that --idle says", async () => {
		const count = async (...options: string[]) =>
			JSON.parse((await run([capturePath("office-day.pcapng"), "--format", "json", "--summary", ...options])).stdout)
				.labels.flows;
		expect(await count("--idle", "udp=0.001", "--idle", "tcp=0.001")).toBeGreaterThan(await count());
	});

	it("has no colour where the output is no terminal", async () => {
		expect((await run([TFTP])).stdout).not.toContain("\u001b");
	});
});

describe("exit status", () => {
	it("is 0 for a damaged capture, whose damage is told", async () => {
		const { status, stdout, stderr } = await run([capturePath("cut-off.pcap"), "--format", "json"]);
		expect(status).toBe(0);
		expect(stderr).toMatch(/cut-off\.pcap: at byte \d+: /);
		expect(JSON.parse(stdout).problems[0]).toMatchObject({ kind: "truncated", offset: expect.any(Number) });
	});

	it("is 0 where one of several files is no capture", async () => {
		const { status, stdout, stderr } = await run([TFTP, "README.md", "--format", "json"]);
		expect(status).toBe(0);
		expect(stderr).toMatch(/README\.md/);
		const { problems, flows } = JSON.parse(stdout);
		expect(problems).toMatchObject([{ file: "README.md", kind: "not-a-capture" }]);
		expect(flows).toHaveLength(3);
	});

	it("is 1, without a result, where one of several captures is not there", async () => {
		const { status, stdout, stderr } = await run([TFTP, "none.pcap", "--format", "json"]);
		expect({ status, stdout, stderr }).toEqual({
			status: 1,
			stdout: "",
			stderr: "flowmatrix: none.pcap: no such file\n",
		});
	});

	it("is 2 for a mistyped command, which is told", async () => {
		for (const word of ["repotr", "reprot", "Report", "repor"]) {
			const { status, stdout, stderr } = await run([word, TFTP]);
			expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
			expect(stderr).toContain(`${word}: no such file\n`);
			expect(stderr).toContain("did you mean report?");
		}
		expect((await run(["someting", TFTP])).stderr).not.toContain("did you mean");
		expect((await run([TFTP, "repotr"])).stderr).not.toContain("did you mean");
	});

	it("is 2 for help about a word that is no command, which is told", async () => {
		const told = async (word: string) => {
			const { status, stdout, stderr } = await run(["help", word]);
			expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
			return stderr;
		};
		const all = "(flowmatrix help lists all)";
		expect(await told("extrat")).toBe(`flowmatrix: there is no command 'extrat'; did you mean extract? ${all}\n`);
		expect(await told("wrongword")).toBe(`flowmatrix: there is no command 'wrongword' ${all}\n`);
		for (const word of ["explain", "classify", "help"]) {
			const { status, stdout } = await run(["help", word]);
			expect(status).toBe(0);
			expect(stdout).toMatch(word === "help" ? /^Usage: flowmatrix \[/ : `Usage: flowmatrix ${word}`);
		}
	});

	it.each<[string, string[], RegExp]>([
		["a file that is not there", ["none.pcap"], /none\.pcap: no such file/],
		["a folder", ["captures"], /captures: is a directory/],
		["text", ["README.md"], /README\.md: no capture: looks like .*text/],
	])("is 1 for %s", async (_, args, words) => {
		const { status, stdout, stderr } = await run(args);
		expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
		expect(stderr).toMatch(words);
	});

	it("is 1 for standard input that is no capture", async () => {
		const { status, stderr } = await run(["-"], { input: Buffer.from("<html>") });
		expect(status).toBe(1);
		expect(stderr).toMatch(/^flowmatrix: -: no capture: looks like/);
		expect((await run(["-"])).status).toBe(1);
	});

	it.each<[string, string[], RegExp]>([
		["no capture", [], /missing required argument|Usage/i],
		["an unknown option", [TFTP, "--colour"], /unknown option '--colour'/],
		["an unknown format", [TFTP, "--format", "xml"], /xml.*table, json/s],
		["an unknown product", [TFTP, "--host", "cm=10.0.0.1"], /unknown product 'cm'.*ipo/],
		["a host without its product", [TFTP, "--host", "10.0.0.1"], /PRODUCT=ADDRESS/],
		["a host that is no address", [TFTP, "--host", "ipo=office"], /'office' is no IPv4 or IPv6 address/],
		["an unknown release", [TFTP, "--release", "7.0"], /7\.0.*8\.1/],
		["a matrix that is not there", [TFTP, "--matrix", "none.json"], /none\.json: no such file/],
		["an idle time that is none", [TFTP, "--idle", "udp=soon"], /soon/],
		["an idle time of an unknown protocol", [TFTP, "--idle", "gre=5"], /gre.*tcp, udp/],
		["a bound that is none", [TFTP, "--max-flows", "many"], /many/],
	])("is 2 for %s", async (_, args, words) => {
		const { status, stdout, stderr } = await run(args);
		expect(status).toBe(2);
		expect(stdout).toBe("");
		expect(stderr).toMatch(words);
	});

	it("is 2 for a matrix that breaks the schema, with row and field", async () => {
		const file = join(folder, "matrix.json");
		const matrix = JSON.parse(readFileSync("matrix/ip-office.json", "utf8"));
		matrix.rows[18].ports[0].last = 99_999;
		writeFileSync(file, JSON.stringify(matrix));
		const { status, stderr } = await run([TFTP, "--matrix", file]);
		expect(status).toBe(2);
		expect(stderr).toMatch(/row IPO-IN-19: ports\[0\]\.last/);
		rmSync(file);
	});
});

describe("what could not be decoded", () => {
	it("is said on standard error, with what would help, unless --quiet", async () => {
		const args = [capturePath("links/unsupported.pcap")];
		const { status, stderr } = await run(args);
		expect(status).toBe(0);
		expect(stderr).toMatch(/not decoded: link type \d+.* not supported/);
		expect(stderr).toMatch(/no flows/);
		expect((await run([...args, "--quiet"])).stderr).toBe("");
	});
});
