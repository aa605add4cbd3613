import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { capturePath, reportOf } from "../support/captures.ts";
import { run } from "../support/cli.ts";
import { has, output } from "../support/tools.ts";

const OFFICE = capturePath("office-day.pcapng");
const home = mkdtempSync(join(tmpdir(), "flowmatrix-wireshark-"));
const folder = join(home, "written");
const PROFILE = ["colorfilters", "dfilters", "cfilters", "preferences"];
afterAll(() => rmSync(home, { recursive: true }));

const HOSTS = ["--host", "ipo=10.10.0.10,10.10.0.20", "--host", "vmpro=10.10.0.10", "--host", "onex=10.10.0.11"];

describe("flowmatrix wireshark", () => {
	beforeAll(async () => {
		expect(await run(["wireshark", "-o", folder, ...HOSTS])).toMatchObject({ status: 0, stdout: "" });
	});

	it("writes a profile, a plugin, and where to put them; again over its own files", async () => {
		for (const name of [...PROFILE, "flowmatrix.lua", "README.txt"])
			expect(existsSync(join(folder, name)), name).toBe(true);
		const { status, stderr } = await run(["wireshark", "-o", folder]);
		expect(status).toBe(0);
		expect(stderr).toContain("README.txt");
		await run(["wireshark", "-o", folder, ...HOSTS]);
	});

	it("leaves a folder alone that has other files", async () => {
		const other = join(home, "mine");
		mkdirSync(other);
		writeFileSync(join(other, "colorfilters"), "my own");
		const { status, stderr } = await run(["wireshark", "-o", other]);
		expect(status).toBe(2);
		expect(stderr).toMatch(/has other files/);
		expect(readFileSync(join(other, "colorfilters"), "utf8")).toBe("my own");
	});

	it("colours no product but those whose hosts are given", async () => {
		const { stdout } = await run(["wireshark", "colorfilters", "--host", "ipo=10.0.0.1"]);
		const names = (text: string) =>
			text.split("\n").flatMap((line) => /^@([^@]* \(port matrix\))@/.exec(line)?.[1] ?? []);
		expect(names(stdout)).toEqual(["IP Office (port matrix)", "Media (port matrix)"]);
		expect(names((await run(["wireshark", "colorfilters"])).stdout).length).toBeGreaterThan(4);
	});

	it("prints one part", async () => {
		const { stdout } = await run(["wireshark", "dfilters", ...HOSTS]);
		expect(stdout).toBe(readFileSync(join(folder, "dfilters"), "utf8"));
		expect(stdout).toMatch(
			/^"IPO-IN-43 Configuration \(TLS\)" ip\.addr in \{10\.10\.0\.10, 10\.10\.0\.20\} && \(tcp\.port == 50805/m,
		);
	});

	it.each([[[]], [["lua", "-o", "x"]], [["svg"]]])("%j is wrong usage", async (args) => {
		expect((await run(["wireshark", ...args])).status).toBe(2);
	});
});

/** tshark with a home folder of its own. */
function tshark(args: readonly string[]): string {
	return output("env", [`HOME=${home}`, `XDG_CONFIG_HOME=${join(home, ".config")}`, "tshark", "-n", ...args]);
}

describe.skipIf(!has("tshark"))("Wireshark's own programs (skipped without tshark)", () => {
	it("name the same rows in the same order, whichever way a packet goes", async () => {
		const calls = capturePath("calls.pcapng");
		const script = join(home, "calls.lua");
		writeFileSync(script, (await run(["wireshark", "lua", "--host", "ipo=10.20.0.10"])).stdout);
		const rows = tshark([
			"-X",
			`lua_script:${script}`,
			"-r",
			calls,
			"-Y",
			"sip",
			"-T",
			"fields",
			"-e",
			"flowmatrix.row",
		]);
		expect(
			new Set(
				rows
					.trim()
					.split("\n")
					.filter((line) => line.includes(",")),
			),
		).toEqual(new Set(["IPO-IN-19,IPO-OUT-18"]));
	});

	beforeAll(() => {
		const profile = join(home, ".config", "wireshark", "profiles", "flowmatrix");
		mkdirSync(profile, { recursive: true });
		for (const name of PROFILE) cpSync(join(folder, name), join(profile, name));
	});
	const withLua = ["-X", `lua_script:${join(folder, "flowmatrix.lua")}`];

	it("name the rows of every packet whose flow the report labels", async () => {
		const rows = new Map<number, string[]>();
		const lines = tshark([...withLua, "-r", OFFICE, "-T", "fields", "-e", "frame.number", "-e", "flowmatrix.row"]);
		for (const line of lines.trim().split("\n")) {
			const [number = "", names = ""] = line.split("\t");
			rows.set(Number(number), names.split(","));
		}
		let checked = 0;
		for (const { first, label, id } of (await reportOf("office-day.pcapng")).flows()) {
			if (label.row === null || label.row === "IPO-IN-32") continue;
			expect(rows.get(first.packet), `flow ${id}`).toContain(label.row);
			checked++;
		}
		expect(checked).toBeGreaterThan(30);
		const media = tshark([
			...withLua,
			"-r",
			OFFICE,
			"-Y",
			'rtp && flowmatrix.row == "IPO-IN-32"',
			"-T",
			"fields",
			"-e",
			"frame.number",
		]);
		expect(media.trim().split("\n").length).toBeGreaterThan(10);
	});

	it("know the data of a TFTP transfer between free ports", async () => {
		const script = join(home, "without-hosts.lua");
		writeFileSync(script, (await run(["wireshark", "lua"])).stdout);
		const rows = tshark([
			"-X",
			`lua_script:${script}`,
			"-r",
			capturePath("tftp-ipoffice.pcap"),
			"-T",
			"fields",
			"-e",
			"flowmatrix.by",
			"-e",
			"udp.port",
		]);
		expect(rows).toMatch(/TFTP request\t4153,2421/);
	});

	it("take the profile: its column, and its colours", () => {
		const args = ["-C", "flowmatrix", ...withLua, "-r", OFFICE];
		expect(tshark(args)).toMatch(/TFTP +IPO-IN-5 /);
		const rules = tshark([...args, "--color", "-T", "fields", "-e", "frame.coloring_rule.name"]);
		expect(rules).toMatch(/^IP Office \(port matrix\)$/m);
		expect(rules).toMatch(/^Media \(port matrix\)$/m);
	});

	it("accept every saved filter", () => {
		const filters = (name: string) =>
			readFileSync(join(folder, name), "utf8")
				.trim()
				.split("\n")
				.map((line) => /^"[^"]+" (.+)$/.exec(line)![1]!);
		tshark([
			"-r",
			OFFICE,
			"-Y",
			filters("dfilters")
				.map((filter) => `(${filter})`)
				.join(" || "),
		]);
		const colours = readFileSync(join(folder, "colorfilters"), "utf8").trim().split("\n").slice(1);
		tshark(["-r", OFFICE, "-Y", colours.map((line) => `(${line.split("@")[2]})`).join(" || ")]);
		if (!has("tcpdump")) return;
		for (const filter of filters("cfilters").slice(0, 20)) output("tcpdump", ["-y", "EN10MB", "-d", filter]);
	});
});
