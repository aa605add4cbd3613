import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readPaths } from "../support/capture-file.ts";
import { run } from "../support/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "flowmatrix-test-"));
const path = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

describe("flowmatrix extract", () => {
	it("writes the packets of the chosen flows and says how many", async () => {
		const { status, stdout, stderr } = await run([
			...["extract", "captures/office-day.pcapng", "--row", "ipo-in-5", "-o", path("tftp.pcapng")],
		]);
		expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
		expect(stderr).toContain("4 of 402 packets, 3 of 50 flows");
		expect((await readPaths([path("tftp.pcapng")])).packets).toHaveLength(4);
	});

	it("writes the packets of a window, as the report counts them", async () => {
		const window = ["captures/office-day.pcapng", "--from", "+10", "--to", "+12"];
		const { capture } = JSON.parse((await run([...window, "--format", "json"])).stdout);
		const { stderr } = await run(["extract", ...window, "-o", path("window.pcapng")]);
		expect(stderr).toContain(`${capture.packets} of ${capture.packets} packets`);
		const { packets } = await readPaths([path("window.pcapng")]);
		expect(packets).toHaveLength(capture.packets);
		expect(capture.packets).toBeLessThan(capture.window.all.packets);
	});

	it("writes to standard output, for a pipe", async () => {
		await run(["extract", "captures/office-day.pcapng", "--flow", "5,12-13", "-o", path("flows.pcapng")]);
		// As text, bytes that are no UTF-8 are lost; those that are tell enough.
		const { status, stdout } = await run(["extract", "captures/office-day.pcapng", "--flow", "5,12-13", "-q"]);
		expect(status).toBe(0);
		expect(stdout).toBe(readFileSync(path("flows.pcapng")).toString("utf8"));
	});

	it("takes addresses by --address and a product's place by --host, which takes an address alone as it once did", async () => {
		const chosen = async (...options: string[]) => {
			const { stderr } = await run(["extract", "captures/office-day.pcapng", ...options, "-o", path("chosen.pcapng")]);
			return /(\d+) of \d+ flows/.exec(stderr)?.[1] ?? stderr;
		};
		const [one, other] = [await chosen("--address", "10.10.0.101"), await chosen("--address", "10.10.0.20")];
		expect([one, other].map(Number).every((count) => count > 0 && count < 50)).toBe(true);
		expect(await chosen("--address", "10.10.0.101,10.10.0.20")).toBe(String(Number(one) + Number(other)));
		expect(await chosen("--host", "ipo=10.10.0.20", "--address", "10.10.0.101")).toBe(one);
		expect(await chosen("--host", "ipo=10.10.0.20")).toBe("50");
	});

	it("says how an anonymized capture is to be read, whose hosts tell no longer what they are", async () => {
		const file = path("anonymized.pcapng");
		const { stderr } = await run(["extract", "captures/office-day.pcapng", "--anonymize", "-o", file]);
		const [, options] = /read it with (--host .*?): without payload/.exec(stderr)!;
		expect(options!.match(/--host/g)!.length).toBeGreaterThan(2);
		expect(options).not.toMatch(/10\.10\.0\.10(?!\d)/);
		const matched = async (...hosts: readonly string[]) =>
			JSON.parse((await run([file, ...hosts, "--summary", "--format", "json", "-q"])).stdout).labels.matched;
		expect(await matched(...options!.split(" "))).toBeGreaterThan(await matched());
	});

	it.each([
		[["--row", "IPO-IN-999"], 2, "there is no row 'IPO-IN-999'"],
		[["--flow", "99"], 2, "the capture has no flow 99"],
		[["--flow", "7-3"], 2, "--flow: '7-3' is neither an id nor a range"],
		[["--flow", "x"], 2, "--flow: 'x' is no positive number"],
		[["--finding", "unanswerd"], 2, "'unanswerd' is no kind of finding; did you mean unanswered? (flowmatrix findings"],
		[["--finding", "bad-luck"], 2, "'bad-luck' is no kind of finding"],
		[["--address", "nobody"], 2, "--address: 'nobody' is no IPv4 or IPv6 address"],
		[["--host", "nobody"], 2, "--host: 'nobody' is not PRODUCT=ADDRESS, e.g. ipo=10.0.0.1"],
		[["--host", "pbx=10.0.0.1"], 2, "unknown product 'pbx'"],
		[["--key", "x"], 2, "--key goes with --anonymize only"],
		[["--address", "192.0.2.99"], 1, "no flow is chosen: nothing was written"],
	])("refuses %j", async (options, status, message) => {
		const file = path("none.pcapng");
		const outcome = await run(["extract", "captures/office-day.pcapng", ...options, "-o", file]);
		expect(outcome.status).toBe(status);
		expect(outcome.stderr).toContain(message);
		expect(existsSync(file)).toBe(false);
	});

	it("tells how a call is chosen", async () => {
		const { status, stderr } = await run(["extract", "captures/calls.pcapng", "call", "3", "-o", "none.pcapng"]);
		expect({ status, stderr }).toEqual({
			status: 2,
			stderr: "flowmatrix: call: no such file; a call is chosen by --call 3\n",
		});
	});

	it("says that what can be read once only is to be saved first", async () => {
		const { status, stderr } = await run(["extract", "-", "-o", path("none.pcapng")], { input: Buffer.from("x") });
		expect(status).toBe(2);
		expect(stderr).toContain("standard input can be read only once");
	});
});

describe("--anonymize", () => {
	it("replaces alike in reports and captures that have one key, which it makes and guards", async () => {
		const key = path("case.key");
		const json = path("case.json");
		const first = ["captures/office-day.pcapng", "--anonymize", "--key", key];
		expect((await run([...first, "--format", "json", "-o", json, "--mapping", path("map.csv")])).status).toBe(0);
		expect(statSync(key).mode & 0o777).toBe(0o600);
		expect(statSync(path("map.csv")).mode & 0o777).toBe(0o600);
		expect((await run(["extract", ...first, "-o", path("anonymous.pcapng")])).status).toBe(0);
		const again = await run([path("anonymous.pcapng"), "--format", "json"]);
		const ends = (text: string) =>
			JSON.parse(text).flows.map(({ client, server }: Record<string, { address: string }>) =>
				[client!.address, server!.address].sort().join(),
			);
		expect(ends(again.stdout)).toEqual(ends(readFileSync(json, "utf8")));
		const mapping = readFileSync(path("map.csv"), "utf8");
		expect(mapping).toMatch(/^original,replacement\r\n/);
		expect(mapping).toMatch(/\r\n10\.10\.0\.10,10\.\d+\.\d+\.\d+\r\n/);
		expect(mapping).toMatch(/\r\nExtn202,n-[a-z2-7]{10}\r\n/);
	});

	it("has another key every time where none is given", async () => {
		const outputs = await Promise.all(
			[1, 2].map(() => run(["captures/office-day.pcapng", "--anonymize", "--summary", "-q"])),
		);
		expect(outputs[0]!.stdout).not.toBe(outputs[1]!.stdout);
		for (const { stdout } of outputs) expect(stdout).not.toMatch(/10\.10\.0\.|office-day|Extn202|4930123456/);
	});

	it("takes no key that can be guessed", async () => {
		writeFileSync(path("short.key"), "secret");
		const { status, stderr } = await run(["captures/office-day.pcapng", "--anonymize", "--key", path("short.key")]);
		expect(status).toBe(2);
		expect(stderr).toContain("has 6 bytes, and 16 are the least");
	});
});
