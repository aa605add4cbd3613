import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { classify } from "../../src/classify.ts";
import type { FlowRecord, Report } from "../../src/document/document.ts";
import { capturePath } from "../support/captures.ts";
import { run, Started } from "../support/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "flowmatrix-live-"));
afterAll(() => rmSync(folder, { recursive: true }));
const DAY = capturePath("office-day.pcapng");

const lines = (text: string) =>
	text
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line));

/** What a flow is, and what it was labelled as. */
const labelOf = ({ transport, client, server, label }: FlowRecord) =>
	`${transport} ${client.address}:${client.port} ${server.address}:${server.port} ${label.row ?? label.status} ${label.confidence}`;

describe("flowmatrix live -", () => {
	it("tells what comes as events, then the report without its flows", async () => {
		const { status, stdout } = await run(["live", "-"], { input: readFileSync(DAY) });
		expect(status).toBe(0);
		const all = lines(stdout);
		const events = all.filter(({ event }) => event !== undefined);
		const rest = all.filter(({ event }) => event === undefined);
		expect(all).toEqual([...events, ...rest]);
		const report = await classify([DAY]);
		const closed = events.filter(({ event }) => event === "closed").map(({ flow }) => labelOf(flow));
		expect(closed).toEqual([...report.flows()].map(labelOf));
		expect(rest.filter(({ type }) => type === "row").map(({ type: _, ...row }) => row)).toEqual(report.rows);
		expect(rest[0]).toMatchObject({ type: "capture", packets: 402 });
	});

	it.each(["json", "table", "csv", "markdown"])("ends with classify's report as %s", async (format) => {
		const input = readFileSync(DAY);
		const expected = await run(["-", "--format", format], { input });
		const live = await run(["live", "-", "--format", format], { input });
		expect(live.stdout).toBe(expected.stdout);
		expect(live.status).toBe(0);
	});

	it("tells events while the pipe is open, each line at once", async () => {
		const program = new Started(["live", "-"]);
		const stdout = program.child.stdout.setEncoding("utf8");
		const first = new Promise<string>((resolve) => stdout.once("data", resolve));
		await program.feed(readFileSync(DAY).subarray(0, 60_000));
		expect(lines(await first)[0].event).toMatch(/host|opened/);
		program.child.stdin.end(readFileSync(DAY).subarray(60_000));
		stdout.resume();
		expect(await program.ended).toEqual({ status: 0, signal: null });
	});

	it("ends by Ctrl-C with the report of what came, though the pipe stays open", async () => {
		const program = new Started(["live", "-", "--format", "json"]);
		await program.feed(readFileSync(DAY).subarray(0, 60_000));
		const stdout = program.stdout();
		while (!program.stderr.includes("Ctrl-C ends")) await sleep(50);
		await sleep(1500);
		program.child.kill("SIGINT");
		const report = JSON.parse(await stdout);
		expect(await program.ended).toEqual({ status: 0, signal: null });
		expect(report.capture.packets).toBeGreaterThan(100);
		expect(report.problems).toMatchObject([{ kind: "interrupted" }]);
	});

	it("keeps what came, byte for byte, with the labels in a section of its own behind it", async () => {
		const kept = join(folder, "kept.pcapng");
		const input = readFileSync(DAY);
		const { status } = await run(["live", "-", "--write", kept, "-q"], { input });
		expect(status).toBe(0);
		const bytes = readFileSync(kept);
		expect(bytes.subarray(0, input.length).equals(input)).toBe(true);
		expect(bytes.includes("IPO-IN-19 SIP: 1 flow, 10 packets")).toBe(true);
		const again = await classify([kept]);
		expect(again.problems).toEqual([]);
		expect([...again.flows()].map(labelOf)).toEqual([...(await classify([DAY])).flows()].map(labelOf));
	});

	it("keeps pcap as pcapng with the same packets and times", async () => {
		for (const name of ["nanoseconds.pcap", "tftp-ipoffice.pcap", "dhcp-bootp.pcap"]) {
			const kept = join(folder, `${name}ng`);
			const { status, stderr } = await run(["live", "-", "--write", kept], { input: readFileSync(capturePath(name)) });
			expect([status, stderr]).toEqual([0, expect.any(String)]);
			const flows = (report: Report) =>
				[...report.flows()].map(({ first: { packet }, ...flow }) => ({ ...flow, first: packet }));
			expect(flows(await classify([kept]))).toEqual(flows(await classify([capturePath(name)])));
		}
	});

	it("ends after so many packets, and keeps no more", async () => {
		const kept = join(folder, "counted.pcapng");
		const program = new Started(["live", "-", "--write", kept, "--count", "100", "--format", "json"]);
		program.child.stdin.write(readFileSync(DAY));
		const report = JSON.parse(await program.stdout());
		expect(await program.ended).toEqual({ status: 0, signal: null });
		expect(report.capture.packets).toBe(100);
		expect((await classify([kept])).capture.packets).toBe(100);
	});

	it("keeps the last files of a ring, each a capture by itself", async () => {
		const place = join(folder, "ring");
		mkdirSync(place);
		const { status } = await run(["live", "-", "-q", "--write", join(place, "r.pcapng"), "--ring", "3x16kB"], {
			input: readFileSync(DAY),
		});
		expect(status).toBe(0);
		const files = readdirSync(place).sort();
		expect(files).toHaveLength(3);
		expect(files[0]).toMatch(/^r_0000[2-9]_\d{14}\.pcapng$/);
		for (const file of files) {
			const report = await classify([join(place, file)]);
			expect(report.problems).toEqual([]);
			expect(report.capture.linkTypes).toEqual(["ethernet"]);
		}
		expect((await classify(files.map((file) => join(place, file)))).capture.packets).toBeGreaterThan(30);
	});

	it.each([
		[["live"], /name an interface with -i/],
		[["live", "-", "-i", "lo"], /not both/],
		[["live", "-", "--ring", "3x1MB"], /--ring needs --write/],
		[["live", "-", "--write", "x", "--ring", "3x1parsec"], /--ring: '3x1parsec'/],
		[["live", "-", "--duration", "soon"], /--duration: 'soon'/],
		[["live", "-", "-f", "udp"], /-f is for capturing.* tcpdump -r -/],
		[["live", "-", "-s", "64"], /-s is for capturing: give that to what captures\n/],
		[["live", "-", "-p", "-B", "3", "--backend", "tcpdump"], /-p, -B, --backend are for capturing/],
		[["live", "-i", "-w"], /-i '-w' is no interface|argument missing/],
	])("%s is wrong usage", async (args, message) => {
		const { status, stderr } = await run(args);
		expect(stderr).toMatch(message);
		expect(status).toBe(2);
	});

	it("goes on where what comes cannot be kept any more, and ends with status 1", async (context) => {
		if (!existsSync("/dev/full")) context.skip("there is no /dev/full");
		const { status, stdout, stderr } = await run(["live", "-", "-w", "/dev/full", "--format", "json"], {
			input: readFileSync(DAY),
		});
		expect(status).toBe(1);
		expect(stderr).toContain("/dev/full cannot be written: the disk is full");
		expect(JSON.parse(stdout).capture.packets).toBe(402);
	});

	it("keeps nothing in the place of the capture, of the result, or of what was there where it cannot begin", async () => {
		const path = join(folder, "there.pcapng");
		writeFileSync(path, readFileSync(DAY));
		for (const args of [
			[path, "-w", path],
			[DAY, "-w", join(folder, "same"), "-o", join(folder, "same")],
			["-i", "nosuch0", "-w", path],
		]) {
			const { status } = await run(["live", ...args]);
			expect(status).toBe(2);
			expect(readFileSync(path).equals(readFileSync(DAY))).toBe(true);
		}
	});

	it("says what is no capture", async () => {
		const { status, stderr } = await run(["live", "-", "--count", "5"], { input: Buffer.from("no capture at all") });
		expect(status).toBe(1);
		expect(stderr).toMatch(/pcap or pcapng/);
	});
});

/** A program in the place of another one, by name. */
function fake(name: string, script: string): string {
	const path = join(folder, `bin-${name}-${Math.random().toString(36).slice(2)}`);
	mkdirSync(path);
	writeFileSync(join(path, name), `#!/bin/sh\n${script}\n`);
	chmodSync(join(path, name), 0o755);
	return path;
}

describe.skipIf(process.platform === "win32")("what cannot capture", () => {
	const only = (path: string) => ({ PATH: `${path}:/bin` });

	it.each([
		[
			"dumpcap",
			"dumpcap: You do not have permission to capture on device",
			/sudo setcap cap_net_raw,cap_net_admin=eip .*\/dumpcap/,
			1,
		],
		[
			"tcpdump",
			"tcpdump: eth9: You don't have permission to perform this capture on that device",
			/sudo setcap .*\/tcpdump/,
			1,
		],
		["dumpcap", 'dumpcap: There is no device named \\"eth9\\".', /no interface eth9.*flowmatrix interfaces/, 2],
		["tcpdump", "tcpdump: eth9: No such device exists", /no interface eth9.*flowmatrix interfaces/, 2],
		[
			"dumpcap",
			"dumpcap: Invalid capture filter \\\"udp prt\\\" for interface 'eth9'.\n\nThat string isn't a valid capture filter (can't parse filter expression: syntax error).",
			/-f 'udp prt' is no capture filter: can't parse filter expression: syntax error/,
			2,
		],
		[
			"tcpdump",
			"tcpdump: can't parse filter expression: syntax error",
			/-f 'udp prt' is no capture filter: can't parse filter expression: syntax error/,
			2,
		],
		["tcpdump", "tcpdump: eth9: That device is not up", /eth9 is down: sudo ip link set eth9 up/, 2],
	])("%s: %s", async (name, says, message, expected) => {
		const env = only(fake(name, `printf "%s\\n" "${says}" >&2; exit 1`));
		const { status, stderr, stdout } = await run(["live", "-i", "eth9", "--backend", name, "-f", "udp prt"], { env });
		expect(stderr).toMatch(message);
		expect(stdout).toBe("");
		expect(status).toBe(expected);
	});

	it("asks the next one where one may not capture, and says so", async () => {
		const capture = join(folder, "fake.pcap");
		writeFileSync(capture, readFileSync(capturePath("tftp-ipoffice.pcap")));
		const env = {
			PATH: [
				fake("dumpcap", 'echo "dumpcap: You do not have permission" >&2; exit 1'),
				fake("tcpdump", `exec cat '${capture}'`),
				"/bin",
			].join(":"),
		};
		const { status, stderr, stdout } = await run(["live", "-i", "eth9", "--format", "json"], { env });
		expect(stderr).toMatch(/dumpcap may not capture on eth9[\s\S]*capturing on eth9 by tcpdump/);
		expect(status).toBe(1);
		expect(JSON.parse(stdout).transfers).toHaveLength(1);
	});

	it("gives arguments as they are, whatever is in them", async () => {
		const told = join(folder, "told");
		const env = only(fake("tcpdump", `for each in "$@"; do printf '%s\\n' "$each"; done > '${told}'; exit 1`));
		await run(["live", "-i", "a b;c", "--backend", "tcpdump", "-f", "--version $(id) 'x'"], { env });
		const args = readFileSync(told, "utf8").trimEnd().split("\n");
		expect(args.slice(0, 2)).toEqual(["-i", "a b;c"]);
		expect(args.slice(-2)).toEqual(["--", "--version $(id) 'x'"]);
	});

	it.each([
		["tcpdump", 1],
		["tcpdump", 0],
		["dumpcap", 0],
	])(
		"says where a capture by %s broke off, whatever its status (%i), with what was seen until then",
		async (name, code) => {
			const capture = capturePath(name === "dumpcap" ? "tftp-styles.pcapng" : "tftp-ipoffice.pcap");
			const says = "printf '%s\\n' 'tcpdump: eth9: The interface disappeared' '0 packets dropped by kernel' >&2";
			const env = only(fake(name, `cat '${capture}'; ${says}; exit ${code}`));
			const { status, stdout, stderr } = await run(["live", "-i", "eth9", "--backend", name, "--format", "json"], {
				env,
			});
			expect(status).toBe(1);
			expect(stderr).toMatch(/eth9: .*The interface disappeared/);
			const report = JSON.parse(stdout);
			expect(report.transfers.length).toBeGreaterThan(0);
			expect(report.problems).toMatchObject([{ kind: "unreadable", message: expect.stringMatching(/disappeared$/) }]);
		},
	);

	it("captures on another host: all in one word that its shell gives back as it was", async () => {
		const told = join(folder, "told-ssh");
		const capture = capturePath("tftp-ipoffice.pcap");
		const place = fake(
			"ssh",
			`printf '%s\\n' "$1" "$2" "$3" > '${told}'; export SSH_CONNECTION='192.0.2.7 50022 192.0.2.1 22'; exec sh -c "$4"`,
		);
		writeFileSync(
			join(place, "tcpdump"),
			`#!/bin/sh\nfor each in "$@"; do printf '%s\\n' "$each"; done > '${told}-tcpdump'\nexec cat '${capture}'\n`,
		);
		chmodSync(join(place, "tcpdump"), 0o755);
		const args = ["live", "--ssh", "root@gate", "-i", "br'0", "-f", "port 69 or host it's", "--format", "json"];
		const { status, stdout, stderr } = await run(args, { env: only(place) });
		expect([status, stderr]).toEqual([1, expect.stringContaining("capturing on br'0 of root@gate")]);
		expect(readFileSync(told, "utf8")).toBe("-T\n--\nroot@gate\n");
		const remote = readFileSync(`${told}-tcpdump`, "utf8").trimEnd().split("\n");
		expect(remote.slice(0, 2)).toEqual(["-i", "br'0"]);
		expect(remote.at(-1)).toBe("(port 69 or host it's) and not (tcp port 50022 and tcp port 22)");
		expect(JSON.parse(stdout).capture.files).toEqual(["root@gate:br'0"]);
	});
});
