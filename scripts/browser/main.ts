/**
 * Shows the Markdown report of a hostile capture in a real browser, as a page of HTML, and checks that nothing of it acts:
 * no script runs, nothing is asked of the network, and the page has the report's own elements only.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { marked } from "marked";
import { classify } from "../../src/classify.ts";
import { OUTPUTS } from "../../src/report/index.ts";
import { PAYLOADS } from "../../test/report/payloads.ts";
import { hostileCapture } from "../../test/support/hostile-capture.ts";

const BROWSERS = ["chromium", "chromium-browser", "google-chrome"];
const TAGS = "HTML HEAD META TITLE SCRIPT BODY H1 H2 P UL LI TABLE THEAD TBODY TR TH TD CODE".split(" ");

/** Where Chromium looks for updates; no payload names it. */
const OF_THE_BROWSER = /\.(google|googleapis|gvt1)\.com$/;

/** What a page did while it was shown. */
interface Seen {
	/** Paths that it asked of the server. */
	readonly requests: readonly string[];
	/** What its own script counted at the end. */
	readonly hits: number;
	readonly foreign: readonly string[];
	readonly attributes: readonly string[];
}

/** Counts what payloads call, and tells at the end what the page has become. */
const COUNTER = `<script>
var hits = 0;
function hit() { hits++; }
alert = confirm = prompt = hit;
addEventListener("load", () => setTimeout(() => {
	const all = [...document.querySelectorAll("*")];
	const foreign = all.map((each) => each.tagName).filter((name) => !${JSON.stringify(TAGS)}.includes(name));
	const attributes = all.flatMap((each) => [...each.attributes].map((a) => each.tagName + " " + a.name)).filter((name) => name !== "META charset");
	fetch("/seen", { method: "POST", body: JSON.stringify({ hits, foreign, attributes }) });
}, 500));
</script>`;

/** Loads a page in the browser. @param body HTML of the body */
async function show(browser: string, body: string): Promise<Seen> {
	const requests: string[] = [];
	const profile = mkdtempSync(join(tmpdir(), "flowmatrix-browser-"));
	let tell: (told: Omit<Seen, "requests">) => void = () => {};
	const told = new Promise<Omit<Seen, "requests">>((resolve) => {
		tell = resolve;
	});
	const server = createServer((request, response) => {
		if (request.url === "/seen") {
			let text = "";
			request.setEncoding("utf8").on("data", (part) => {
				text += part;
			});
			request.on("end", () => {
				response.end();
				tell(JSON.parse(text));
			});
			return;
		}
		const own =
			request.url === "/page" || request.url === "/favicon.ico" || OF_THE_BROWSER.test(request.headers.host ?? "");
		if (!own) requests.push(`${request.headers.host}${request.url}`);
		response.setHeader("Content-Type", "text/html; charset=utf-8");
		response.end(
			`<!DOCTYPE html><html><head><meta charset="utf-8"><title>x</title>${COUNTER}</head><body>${body}</body></html>`,
		);
	});
	try {
		await once(server.listen(0, "127.0.0.1"), "listening");
		const { port } = server.address() as AddressInfo;
		const child = spawn(
			browser,
			[
				"--headless",
				"--no-sandbox",
				"--disable-gpu",
				"--no-first-run",
				// The browser's own calls home.
				"--disable-background-networking",
				"--disable-component-update",
				"--disable-sync",
				"--disable-features=NetworkTimeServiceQuerying,OptimizationHints",
				`--user-data-dir=${profile}`,
				// Every name leads to the server, which notes what is asked of it; port 80 is then mapped too.
				`--host-resolver-rules=MAP * 127.0.0.1:${port}`,
				"--remote-debugging-port=0",
				`http://127.0.0.1:${port}/page`,
			],
			{ stdio: "ignore" },
		);
		const failed = new Promise<never>((_, reject) => {
			child.on("error", reject);
			child.on("exit", (code) => reject(new Error(`${browser} ended with status ${code}`)));
		});
		try {
			return { requests, ...(await Promise.race([told, failed])) };
		} finally {
			failed.catch(() => {});
			child.kill();
			await new Promise((resolve) => child.once("close", resolve));
		}
	} finally {
		server.close();
		rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
	}
}

function html(markdown: string): string {
	return marked.parse(markdown, { async: false, gfm: true });
}

function has(browser: string): Promise<boolean> {
	return new Promise((resolve) => {
		const child = spawn(browser, ["--version"], { stdio: "ignore" });
		child.on("error", () => resolve(false));
		child.on("exit", (code) => resolve(code === 0));
	});
}

async function reportMarkdown(): Promise<string> {
	const folder = mkdtempSync(join(tmpdir(), "flowmatrix-"));
	try {
		const path = join(folder, "<img src=x onerror=hit()>.pcapng");
		writeFileSync(path, hostileCapture(PAYLOADS.map(({ text }) => text)));
		const report = await classify([path], { hosts: [{ product: "ipo", address: "10.0.0.1" }] });
		const all = { summary: false, color: false, width: 200, maxFlows: Number.POSITIVE_INFINITY };
		return [...OUTPUTS.markdown(report, all)].join("");
	} finally {
		rmSync(folder, { recursive: true });
	}
}

async function main(): Promise<number> {
	const checks = await Promise.all(BROWSERS.map(async (name) => ((await has(name)) ? [name] : [])));
	const browser = checks.flat()[0];
	if (browser === undefined) {
		console.log(`skipped: none of ${BROWSERS.join(", ")} is installed`);
		return 0;
	}
	// The same payloads unguarded: a check that would not see them act would prove nothing.
	const bare = await show(browser, html(PAYLOADS.map(({ text }) => text).join("\n\n")));
	console.log(
		`unguarded: ${bare.hits} calls, ${bare.requests.length} requests, ${bare.foreign.length} foreign elements`,
	);
	if (bare.hits === 0 || bare.requests.length === 0 || bare.foreign.length === 0) {
		console.log("the check itself sees nothing");
		return 1;
	}
	const seen = await show(browser, html(await reportMarkdown()));
	console.log(
		`report: ${seen.hits} calls, ${seen.requests.length} requests, ${seen.foreign.length} foreign elements, ${seen.attributes.length} attributes`,
	);
	for (const each of [...seen.requests, ...seen.foreign, ...seen.attributes]) console.log(`  ${each}`);
	return seen.hits + seen.requests.length + seen.foreign.length + seen.attributes.length === 0 ? 0 : 1;
}

process.exitCode = await main();
