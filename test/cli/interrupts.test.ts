import { execFileSync } from "node:child_process";
import {
	chmodSync,
	closeSync,
	existsSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, describe, expect, it, type TestContext } from "vitest";
import { datagram } from "../support/analyse.ts";
import { pcap } from "../support/capture-file.ts";
import { capturePath } from "../support/captures.ts";
import { run, Started } from "../support/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "flowmatrix-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A capture of datagrams, each a flow of its own: more output than pipes hold. */
const FLOWS = 12_000;
const MANY = pcap(
	Array.from({ length: FLOWS }, (_, i) => ({
		seconds: 1_772_442_000,
		fraction: i,
		data: datagram(`10.${1 + (i >> 14)}.0.1:${1024 + (i % 16_384)}`, "192.0.2.1:9", "x").bytes,
	})),
);
const many = join(folder, "many.pcap");
writeFileSync(many, MANY);
const SMALL = capturePath("tftp-ipoffice.pcap");

/** Files of a folder of its own. */
function emptyFolder(name: string): string {
	const path = join(folder, name);
	mkdirSync(path);
	return path;
}

describe("an interrupt while captures are read", () => {
	it.each([
		["SIGINT", 130],
		["SIGTERM", 143],
	] as const)(
		"by %s ends reading: what was read is reported whole and marked so, and the status is %i",
		async (signal, status) => {
			const file = join(folder, `${signal}.json`);
			const program = new Started(["-", "--format", "json", "-o", file]);
			await program.feed(MANY);
			program.child.kill(signal);
			expect(await program.ended).toEqual({ status, signal: null });
			expect(program.stderr).toMatch(
				new RegExp(
					`^flowmatrix: interrupted \\(${signal}\\) after [\\d,]+ packets, .* [kM]?B: what was read is reported.*\\n$`,
				),
			);
			const { problems, capture, flows } = JSON.parse(readFileSync(file, "utf8"));
			expect(problems).toMatchObject([
				{ file: "-", kind: "interrupted", message: expect.stringMatching(/interrupted/) },
			]);
			expect(problems[0].offset).toBeGreaterThan(60_000);
			expect(flows).toHaveLength(capture.packets);
		},
	);

	it("lets standard input end by itself, as the rest of a pipeline does, and then it was read whole", async () => {
		const program = new Started(["-", "--format", "json", "--summary"]);
		await program.feed(MANY);
		program.child.kill("SIGINT");
		program.child.stdin.end();
		const { capture, problems } = JSON.parse(await program.stdout());
		expect({ packets: capture.packets, problems }).toEqual({ packets: FLOWS, problems: [] });
		expect(await program.ended).toEqual({ status: 0, signal: null });
	});

	it("ends the program at once the second time", async () => {
		const program = new Started(["-"]);
		await program.feed(MANY);
		const timer = setInterval(() => program.child.kill("SIGINT"), 50);
		expect(await program.ended).toEqual({ status: null, signal: "SIGINT" });
		clearInterval(timer);
	});

	it("ends reading what lies outside the window that was asked for", async () => {
		const program = new Started(["-", "--from", "+100"]);
		await program.feed(MANY);
		program.child.kill("SIGINT");
		expect(await program.stdout()).toMatch(/^only packets from .* UTC were asked for: 0 of [\d,]+ packets, which run/m);
		expect(await program.ended).toEqual({ status: 130, signal: null });
	});

	it("ends the wait for a named pipe that nobody writes to", async () => {
		const pipe = join(folder, "pipe");
		execFileSync("mkfifo", [pipe]);
		const program = new Started([pipe, SMALL, "--quiet"]);
		// The first interrupt that it handles; those before it would end it in another way.
		await until(() => openFiles(program.child.pid!).includes(pipe));
		program.child.kill("SIGTERM");
		expect(await program.stdout()).toBe("");
		expect(await program.ended).toEqual({ status: 143, signal: null });
		expect(program.stderr).toMatch(/pipe: reading was interrupted before this file was read/);
	});
});

describe("an interrupt while the result is written", () => {
	it("leaves the file that was there, and nothing beside it", async () => {
		const own = emptyFolder("interrupted");
		const file = join(own, "flows.ndjson");
		writeFileSync(file, "before");
		const program = new Started([many, "--format", "ndjson", "-o", file]);
		await until(() => readdirSync(own).length > 1);
		program.child.kill("SIGINT");
		expect(await program.ended).toEqual({ status: 130, signal: null });
		expect(program.stderr).toBe(`flowmatrix: interrupted (SIGINT): ${file} is not written\n`);
		expect(readdirSync(own)).toEqual(["flows.ndjson"]);
		expect(readFileSync(file, "utf8")).toBe("before");
	});

	it("ends at once, and says that what a reader has is not whole, though the reader takes nothing", async () => {
		const program = new Started([many, "--format", "ndjson"]);
		await new Promise((resolve) => program.child.stdout.once("readable", resolve));
		program.child.kill("SIGTERM");
		const [exit] = await Promise.all([
			new Promise((resolve) => program.child.once("exit", (status) => resolve(status))),
			program.ended,
			program.stdout(),
		]);
		expect(exit).toBe(143);
		expect(program.stderr).toMatch(/^flowmatrix: interrupted \(SIGTERM\): what standard output has .* not whole\n$/);
	});
});

describe("a reader that stops early", () => {
	it.each(["ndjson", "table"])("of %s is no error", async (format) => {
		const program = new Started([many, "--format", format]);
		program.child.stdout.once("data", () => program.child.stdout.destroy());
		expect(await program.ended).toEqual({ status: 0, signal: null });
		expect(program.stderr).toBe("");
	});
});

describe("a full disk", () => {
	it("ends with status 1 and says so: on standard output, and with --help too", async () => {
		for (const args of [[SMALL], ["matrix"], ["--help"]]) {
			const full = openSync("/dev/full", "w");
			const program = new Started(args, { stdio: ["ignore", full, "pipe"] });
			closeSync(full);
			expect(await program.ended).toEqual({ status: 1, signal: null });
			expect(program.stderr).toBe("flowmatrix: standard output cannot be written: the disk is full\n");
		}
	});

	it("leaves no half file, and is noticed where the end of standard output did not fit", async (context) => {
		const disk = tinyDisk(context);
		try {
			const file = join(disk, "flows.csv");
			writeFileSync(file, "before");
			const { status, stderr } = await run([many, "--format", "csv", "-o", file]);
			expect({ status, stderr }).toEqual({
				status: 1,
				stderr: `flowmatrix: ${file} cannot be written: the disk is full\n`,
			});
			expect(readdirSync(disk)).toEqual(["flows.csv"]);
			expect(readFileSync(file, "utf8")).toBe("before");
			// All but the end of this fits, and it is written in one piece.
			const out = openSync(join(disk, "office.json"), "w");
			const program = new Started([capturePath("office-day.pcapng"), "--format", "json"], {
				stdio: ["ignore", out, "pipe"],
			});
			closeSync(out);
			expect(await program.ended).toEqual({ status: 1, signal: null });
			expect(program.stderr).toMatch(/standard output cannot be written: the disk is full/);
		} finally {
			execFileSync("umount", [disk]);
		}
	});
});

describe("--output", () => {
	it("keeps a file's permissions, and the links that lead to it", async () => {
		const own = emptyFolder("links");
		const [file, link, dangling] = [join(own, "file"), join(own, "link"), join(own, "dangling")];
		writeFileSync(file, "before");
		chmodSync(file, 0o640);
		symlinkSync("file", link);
		symlinkSync("new", dangling);
		for (const name of [link, dangling]) expect((await run([SMALL, "--format", "csv", "-o", name])).status).toBe(0);
		expect(readdirSync(own).sort()).toEqual(["dangling", "file", "link", "new"]);
		expect([link, dangling].map((name) => lstatSync(name).isSymbolicLink())).toEqual([true, true]);
		expect(statSync(file).mode & 0o777).toBe(0o640);
		for (const name of ["file", "new"]) expect(readFileSync(join(own, name), "utf8")).toMatch(/^id,transport/);
	});

	it.each(["-", "/dev/stdout"])("%s is standard output", async (name) => {
		const { status, stdout } = await run([SMALL, "--format", "csv", "-o", name]);
		expect(status).toBe(0);
		expect(stdout).toMatch(/^id,transport/);
		expect(existsSync("-")).toBe(false);
	});

	it("never replaces one of the captures", async () => {
		const capture = join(folder, "case.pcap");
		writeFileSync(capture, readFileSync(SMALL));
		const link = join(folder, "case-link.pcap");
		symlinkSync(capture, link);
		const { status, stderr } = await run([SMALL, capture, "-o", link]);
		expect(status).toBe(2);
		expect(stderr).toMatch(/case-link\.pcap is one of the captures/);
		expect(readFileSync(capture)).toEqual(readFileSync(SMALL));
	});

	it.each([
		["a folder that is not there", join(folder, "none", "x.csv"), /there is no such folder/],
		["a folder", folder, /it is a folder/],
	])("tells that %s cannot be written before it reads", async (_, name, words) => {
		const program = new Started(["-", "-o", name]);
		expect(await program.ended).toEqual({ status: 1, signal: null });
		expect(program.stderr).toMatch(words);
	});
});

/** Waits for what the program does next. */
async function until(isSo: () => boolean): Promise<void> {
	while (!isSo()) await setTimeout(2);
}

/** Names of the files that a process has open (Linux). */
function openFiles(pid: number): string[] {
	const own = `/proc/${pid}/fd`;
	return readdirSync(own).flatMap((name) => {
		try {
			return [readlinkSync(join(own, name))];
		} catch {
			return [];
		}
	});
}

/** A file system of 64 kB. */
function tinyDisk(context: TestContext): string {
	const disk = emptyFolder("disk");
	try {
		execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], { stdio: "ignore" });
	} catch {
		context.skip("a file system of its own can be mounted by root only");
	}
	return disk;
}
