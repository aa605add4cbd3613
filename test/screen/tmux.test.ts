import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { Tmux } from "../../scripts/screen/tmux.ts";
import { MAIN } from "../support/cli.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const NODE = process.execPath;
/** The office, as if it were captured now: all of it in two seconds, and then nothing more. */
const FEED = `(${NODE} --import tsx scripts/screen/feed.ts captures/office-day.pcapng 2 < /dev/null 2> /dev/null; sleep 60)`;
const isHere = Tmux.isHere();
if (!isHere) console.warn("test/screen/tmux.test.ts is skipped: tmux is not installed");

describe.skipIf(!isHere)("flowmatrix live on a terminal", () => {
	let terminal: Tmux;

	afterEach(() => terminal.close());

	/** A shell in the project's folder. */
	async function shell(env: Readonly<Record<string, string>> = {}): Promise<void> {
		terminal = new Tmux({ columns: 80, rows: 24 }, env);
		terminal.type(`cd ${ROOT}; clear`);
		terminal.keys("Enter");
		await terminal.until(/^\$ *$/m);
	}

	async function start(env: Readonly<Record<string, string>> = {}): Promise<void> {
		await shell(env);
		terminal.type(`mkfifo ~/wire; ${FEED} > ~/wire & clear; ${NODE} ${MAIN} live ~/wire -q; echo status $?`);
		terminal.keys("Enter");
		await terminal.until(/50 flows: 42 matched/, 60);
	}

	function expectRestored(): void {
		expect(terminal.flag("alternate_on")).toBe("0");
		expect(terminal.flag("cursor_flag")).toBe("1");
		expect(terminal.flag("wrap_flag")).toBe("1");
	}

	it("shows lists and pages, filters, follows the size, and leaves the report behind", async () => {
		await start();
		expect(terminal.flag("alternate_on")).toBe("1");
		expect(terminal.flag("cursor_flag")).toBe("0");
		await terminal.until(/── newest errors and warnings ─+\n09:0\d:\d\d (error|warning) /);
		terminal.keys("2");
		await terminal.until(/newest and changed first[\s\S]*10\.10\.0\.10:443 +http +unknown/);
		terminal.keys("/");
		terminal.type("ipo-in-43 s0");
		await terminal.until(/filter: ipo-in-43 s0 +enter keeps it/);
		terminal.keys("Enter");
		await terminal.until(/1–1 of 1 ──\n/);
		terminal.keys("Enter");
		await terminal.until(/flow 17: tcp[\s\S]*IPO-IN-43, Configuration \(TLS\): probable/);
		terminal.keys("Escape");
		await terminal.until(/1–1 of 1 ──\n/);
		terminal.resize(130, 40);
		const wide = await terminal.until(/note\n/);
		expect(wide.split("\n").filter((line) => line.includes("q end"))).toHaveLength(1);
		terminal.keys("?");
		await terminal.until(/Everywhere\n/);
		terminal.resize(60, 15);
		await terminal.until(/^.{50,60}\n[\s\S]*escape, q back/);
		terminal.keys("q");
		await terminal.until(/1–1 of 1 ──\n/);
		terminal.keys("q");
		const left = await terminal.until(/status 0\n/, 30);
		expectRestored();
		expect(left).toMatch(/IPO-IN|Flows|flow/);
		terminal.type("stty -a | tr ';' '\\n' | grep -c -- ' icanon'; echo back");
		terminal.keys("Enter");
		expect(await terminal.until(/\nback\n/)).toMatch(/\n1\nback\n/);
	});

	it("ends by Ctrl-C, and by the signals that end programs", async () => {
		await start({ NO_COLOR: "1" });
		expect(terminal.screen(true)).not.toMatch(/\[[0-9;]*3[0-7][0-9;]*m/);
		terminal.keys("C-c");
		await terminal.until(/status 0\n/, 30);
		expectRestored();
		for (const name of ["TERM", "HUP", "QUIT"]) {
			terminal.close();
			await start();
			terminal.signal("wire -q", name);
			await terminal.until(/status \d+\n/, 30);
			expectRestored();
		}
	});

	it("goes back to the shell by Ctrl-Z, and goes on by fg", async () => {
		await start();
		terminal.keys("C-z");
		await terminal.until(/Stopped|suspended/i);
		expectRestored();
		terminal.type("fg");
		terminal.keys("Enter");
		await terminal.until(/50 flows: 42 matched[\s\S]*q end/);
		expect(terminal.flag("alternate_on")).toBe("1");
		terminal.keys("3");
		await terminal.until(/products first/);
		terminal.keys("q");
		await terminal.until(/^\$ *$/m, 30);
		expectRestored();
	});

	it("takes its keys from the terminal where standard input is the capture; shows ASCII only where the locale says so", async () => {
		await shell({ LC_ALL: "C" });
		terminal.type(`${FEED} | ${NODE} ${MAIN} live - -q`);
		terminal.keys("Enter");
		const screen = await terminal.until(/50 flows: 42 matched/, 60);
		expect(screen).toMatch(/^\p{ASCII}*$/u);
		expect(screen).toMatch(/-- trouble first ---/);
		terminal.keys("q");
		await terminal.until(/10 more flows/, 30);
		expectRestored();
	});
});
