import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classify } from "../../src/classify.ts";
import type { Report } from "../../src/document/document.ts";
import { htmlPage } from "../../src/page.ts";
import { safeText } from "../../src/report/text/safe-text.ts";
import { PAYLOADS } from "../report/payloads.ts";
import { CHROMIUM, type Deeds, launch, NO_BROWSER, watched } from "../support/browser.ts";
import { reportOf } from "../support/captures.ts";
import { hostileCapture } from "../support/hostile-capture.ts";
import { manyFlows } from "../support/many-flows.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const folder = mkdtempSync(join(tmpdir(), "flowmatrix-"));
let browser: Browser;
let office: Report;

beforeAll(async () => {
	if (!CHROMIUM) return;
	browser = await launch();
	office = await reportOf("office-day.pcapng");
});
afterAll(async () => {
	await browser?.close();
	rmSync(folder, { recursive: true });
});

let files = 0;

/** Shows a report's page as it comes by mail: from a file. */
async function shown(
	report: Report,
	options: BrowserContextOptions = {},
): Promise<{ page: Page; deeds: Deeds; file: string }> {
	const file = join(folder, `${++files}.html`);
	writeFileSync(file, [...(await htmlPage(report))].join(""));
	return { ...(await watched(browser, { file }, options)), file };
}

const rows = (page: Page) => page.locator("#flow-table tbody tr[data-at]");
const ids = (page: Page) => page.locator("#flow-table tbody tr[data-at] td:first-child").allTextContents();

describe.skipIf(!CHROMIUM)(`the page in a browser${CHROMIUM ? "" : `: ${NO_BROWSER}`}`, () => {
	it("asks for nothing, and has nothing to complain of", async () => {
		const { page, deeds } = await shown(office);
		await expect.poll(() => page.locator("#flow-count").textContent()).toBe("50 flows");
		expect(deeds).toEqual({ requests: [], errors: [], hits: [] });
		await page.context().close();
	});

	it("tells in its first screen what does not work", async () => {
		const { page } = await shown(office, { viewport: { width: 1280, height: 800 } });
		const verdict = page.locator("#summary");
		await expect.poll(() => verdict.locator("h2").textContent()).toBe("2 things do not work, 2 more need a look");
		const box = (await verdict.boundingBox())!;
		expect(box.y + box.height).toBeLessThan(800);
		expect(await verdict.locator("li").count()).toBe(4);
		await page.context().close();
	});

	it("sorts by every column, both ways", async () => {
		const { page } = await shown(office);
		const cells = async (column: number) =>
			page.locator(`#flow-table tbody tr[data-at] td:nth-child(${column})`).allTextContents();
		const head = (name: string) => page.locator("#flow-table th button", { hasText: name });
		await head("flow").click();
		expect((await ids(page)).slice(0, 4)).toEqual(["1", "2", "3", "4"]);
		await head("flow").click();
		expect((await ids(page))[0]).toBe("50");
		await head("bytes").click();
		const packets = (await cells(9)).length;
		expect(packets).toBeGreaterThan(10);
		const collator = new Intl.Collator("en", { numeric: true });
		await head("server").click();
		const servers = await cells(5);
		expect(servers).toEqual([...servers].sort(collator.compare));
		expect(await page.locator("#flow-table th[aria-sort]").allTextContents()).toEqual(["server"]);
		await head("packets").click();
		const counts = (await cells(9)).map((text) => Number(text.replaceAll(",", "")));
		expect(counts).toEqual([...counts].sort((a, b) => b - a));
		await page.context().close();
	});

	it("searches addresses, ports, rows, reasons and names, and counts what it found", async () => {
		const { page } = await shown(office);
		const search = async (text: string) => {
			await page.fill("#flow-search input", text);
			return { ids: await ids(page), count: await page.locator("#flow-count").textContent() };
		};
		const wanted = (test: (flow: ReturnType<typeof flowOf>) => boolean) =>
			[...office.flows()]
				.filter((flow) => test(flow))
				.map(({ id }) => String(id))
				.sort();
		const flowOf = (id: number) => [...office.flows()][id - 1]!;
		const sip = await search("IPO-IN-19");
		expect(sip.ids.length).toBeGreaterThan(0);
		expect(sip.ids).toEqual(wanted(({ label }) => label.row === "IPO-IN-19" || label.peerRow === "IPO-IN-19"));
		expect(sip.count).toBe(`${sip.ids.length} of 50 flows`);
		expect((await search("10.10.0.20:69")).ids.sort()).toEqual(
			wanted(({ server, client }) =>
				[server, client].some(({ address, port }) => address === "10.10.0.20" && port === 69),
			),
		);
		expect((await search(":50805")).ids.sort()).toEqual(
			wanted(({ server, client }) => server.port === 50805 || client.port === 50805),
		);
		expect((await search("contradicts")).ids).toEqual(["48"]);
		expect((await search("tls 10.10.0.11")).ids.length).toBeLessThan((await search("tls")).ids.length);
		expect((await search("no such thing")).count).toBe("0 of 50 flows");
		await page.fill("#flow-search input", "");
		await page.selectOption("#flow-search select[name=status]", "unknown");
		expect((await ids(page)).length).toBe(8);
		await page.selectOption("#flow-search select[name=status]", "trouble");
		expect(await ids(page)).toEqual(
			wanted(({ findings }) => findings.some(({ severity }) => severity !== "info")).sort(
				(a, b) => Number(a) - Number(b),
			),
		);
		await page.selectOption("#flow-search select[name=status]", "");
		await page.selectOption("#flow-search select[name=protocol]", "tftp");
		expect((await ids(page)).sort()).toEqual(wanted(({ application }) => application?.protocol === "tftp"));
		await page.context().close();
	});

	it("shows among the flows with findings those of calls that failed", async () => {
		const { page } = await shown(await reportOf("calls.pcapng"));
		await page.selectOption("#flow-search select[name=status]", "trouble");
		const found = await ids(page);
		for (const id of ["20", "21", "25"]) expect(found).toContain(id);
		await page.locator("#flow-table tbody tr", { hasText: "10.20.0.111:5060" }).click();
		await expect
			.poll(() => page.locator("#flow-details .note.is-error").textContent())
			.toMatch(/failed: 403 Forbidden call-failed$/);
		await page.context().close();
	});

	it("shows a flow's reasons, and copies its filter, by the keyboard alone", async () => {
		const { page } = await shown(office);
		await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
		await page.fill("#flow-search input", "IPO-IN-19");
		await rows(page).first().focus();
		await page.keyboard.press("Enter");
		const dialog = page.locator("#flow-details");
		await expect.poll(() => dialog.locator("h2").textContent()).toMatch(/^Flow 26: IPO-IN-19/);
		const flow = [...office.flows()].find(({ id }) => id === 26)!;
		expect(await dialog.locator("ul li").allTextContents()).toEqual([...flow.label.reasons]);
		await dialog.locator("button", { hasText: "Copy" }).focus();
		await page.keyboard.press("Enter");
		await expect.poll(() => dialog.locator(".copy-button").textContent()).toBe("Copied");
		expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
			"ip.addr == 10.10.0.101 && ip.addr == 10.10.0.10 && udp.port == 5060",
		);
		await page.keyboard.press("Escape");
		expect(await dialog.isVisible()).toBe(false);
		await page.context().close();
	});

	it("leads from a finding to its flow", async () => {
		const { page } = await shown(office);
		await page.locator("#findings a[href='#flow-17']").first().click();
		await expect.poll(() => page.locator("#flow-details h2").textContent()).toMatch(/^Flow 17:/);
		await page.keyboard.press("Escape");
		await page.locator("#findings a[href='#flow-17']").first().click();
		expect(await page.locator("#flow-details").isVisible()).toBe(true);
		await page.context().close();
	});

	it("moves through the table by arrows, and keeps the keyboard where it is", async () => {
		const { page } = await shown(manyFlows(office, 5000));
		await rows(page).first().focus();
		await page.keyboard.press("End");
		const at = () => page.evaluate(() => (document.activeElement as HTMLElement).dataset.at);
		expect(await at()).toBe("4999");
		for (let i = 0; i < 3; i++) await page.keyboard.press("PageUp");
		await page.keyboard.press("ArrowUp");
		expect(Number(await at())).toBeLessThan(4990);
		await page.keyboard.press("Home");
		expect(await at()).toBe("0");
		await page.context().close();
	});

	it("keeps the keyboard on a row that the wheel scrolls out of sight, and can always be entered by it", async () => {
		const { page } = await shown(manyFlows(office, 5000));
		const focused = () => page.evaluate(() => (document.activeElement as HTMLElement).dataset.at ?? "nothing");
		const entries = () => page.locator("#flow-table tbody tr[tabindex='0']").evaluateAll((all) => all.length);
		const wheel = async (by: number) => {
			await page.locator("#flow-scroll").evaluate((scroll, way) => {
				scroll.scrollTop += way;
			}, by);
			await page.waitForTimeout(200);
		};
		await wheel(9000);
		expect(await page.locator('tr[data-at="300"]').count()).toBe(1);
		expect(await entries()).toBe(1);
		await page.locator('tr[data-at="300"]').focus();
		await page.keyboard.press("ArrowDown");
		expect(await focused()).toBe("301");
		await wheel(30_000);
		expect(await focused()).toBe("301");
		expect(await entries()).toBe(1);
		expect(await page.locator("#flow-scroll").evaluate(({ scrollTop }) => scrollTop)).toBeGreaterThan(30_000);
		expect(await rows(page).count()).toBeLessThan(80);
		await page.keyboard.press("ArrowDown");
		expect(await focused()).toBe("302");
		expect(await page.locator("#flow-scroll").evaluate(({ scrollTop }) => scrollTop)).toBeLessThan(10_000);
		await page.context().close();
	});

	it("is usable on a phone: its parts, its tables, its flows and who talks to whom", async () => {
		const width = 412;
		const { page } = await shown(office, { viewport: { width, height: 900 } });
		const cut = await page.evaluate((most) => {
			const parts = [...document.querySelectorAll("nav a, .cards-if-narrow td, svg.narrow text, #flow-table td")];
			return parts
				.filter((part) => part.checkVisibility())
				.filter((part) => {
					const { left, right } = part.getBoundingClientRect();
					return left < 0 || right > most;
				})
				.map(({ outerHTML }) => outerHTML.slice(0, 100));
		}, width);
		expect(cut).toEqual([]);
		for (const wide of await page.locator("svg.wide").all()) expect(await wide.isVisible()).toBe(false);
		const first = rows(page).first();
		expect((await first.boundingBox())!.height).toBe(58);
		for (const text of ["17", "10.10.0.50:49384", "10.10.0.20:50805", "IPO-IN-43", "unanswered"])
			expect(await first.getByText(text, { exact: true }).isVisible()).toBe(true);
		await first.focus();
		await page.keyboard.press("End");
		const [last, box] = [page.locator("tr[data-at='49']"), await page.locator("#flow-scroll").boundingBox()];
		expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.at)).toBe("49");
		const row = (await last.boundingBox())!;
		expect(row.y + row.height).toBeLessThanOrEqual(box!.y + box!.height + 1);
		await page.setViewportSize({ width: 1280, height: 900 });
		await expect.poll(async () => (await rows(page).first().boundingBox())!.height).toBe(30);
		await page.context().close();
	});

	it("is quick with 100,000 flows, and draws only those that are seen", async () => {
		const began = performance.now();
		const { page, deeds, file } = await shown(manyFlows(office, 100_000));
		await expect.poll(() => page.locator("#flow-count").textContent()).toBe("100,000 flows");
		await page.evaluate(() => {
			location.hash = "#flow-100001";
		});
		await expect.poll(() => page.locator("#flow-details p").textContent()).toMatch(/not among them/);
		await page.keyboard.press("Escape");
		expect(performance.now() - began).toBeLessThan(30_000);
		expect(statSync(file).size).toBeLessThan(16e6);
		expect(await rows(page).count()).toBeLessThan(80);
		const took = await page.evaluate(() => {
			const input = document.querySelector<HTMLInputElement>("#flow-search input")!;
			const start = performance.now();
			input.value = "10.100.7";
			input.dispatchEvent(new Event("input", { bubbles: true }));
			document.querySelector<HTMLButtonElement>("#flow-table th:nth-child(10) button")!.click();
			return performance.now() - start;
		});
		expect(took).toBeLessThan(3000);
		expect(await page.locator("#flow-count").textContent()).toMatch(/^[\d,]+ of 100,000 flows$/);
		await page.fill("#flow-search input", "");
		await page.locator("#flow-scroll").evaluate((scroll) => {
			scroll.scrollTop = scroll.scrollHeight;
		});
		await expect.poll(() => page.locator('tr[data-at="99999"]').count()).toBe(1);
		expect(await rows(page).count()).toBeLessThan(80);
		expect(deeds.errors).toEqual([]);
		await page.context().close();
	});

	it("can be read without scripts", async () => {
		const { page, deeds } = await shown(office, { javaScriptEnabled: false });
		const text = (await page.locator("body").innerText()).toLowerCase();
		for (const words of [
			"2 things do not work",
			"what to check",
			"traffic by row",
			"who talks to whom",
			"nasystem/who_is",
			"what this capture cannot show",
		])
			expect(text).toContain(words);
		expect(await page.locator("#flow-table tbody tr").count()).toBe(50);
		expect(await page.locator("svg").count()).toBeGreaterThan(1);
		expect(await page.locator(".ladder").count()).toBeGreaterThan(1);
		expect(await page.locator("#flow-search").isVisible()).toBe(false);
		expect(deeds.requests).toEqual([]);
		await page.context().close();
	});

	it.each([
		["light", 1280],
		["dark", 1280],
		["light", 412],
	] as const)("has no fault that axe can find, in %s on a screen of %i", async (colorScheme, width) => {
		for (const name of ["office-day.pcapng", "calls.pcapng", "tftp-styles.pcapng"]) {
			const { page } = await shown(await reportOf(name), {
				colorScheme,
				viewport: { width, height: 900 },
				bypassCSP: true,
			});
			await page.addScriptTag({ path: AXE });
			if (colorScheme === "dark") await rows(page).first().click();
			const found = await page.evaluate(async () => {
				const { violations } = await (
					globalThis as unknown as {
						axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
					}
				).axe.run();
				return violations.map(
					({ id, nodes }) =>
						`${id}: ${nodes
							.slice(0, 3)
							.map(({ html }) => html.slice(0, 160))
							.join(" | ")}`,
				);
			});
			expect(found, name).toEqual([]);
			await page.context().close();
		}
	});

	it.each([360, 412, 768, 1280])("is no wider than a screen of %i", async (width) => {
		for (const name of ["office-day.pcapng", "calls.pcapng", "hostile-names.pcap"]) {
			const { page } = await shown(await reportOf(name), { viewport: { width, height: 800 } });
			expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBeLessThanOrEqual(width);
			await page.context().close();
		}
	});

	it.each([412, 1280])(
		"draws the ladder of a call from line to line on a screen of %i, and reads as text",
		async (width) => {
			const { page } = await shown(await reportOf("calls.pcapng"), {
				viewport: { width, height: 800 },
				javaScriptEnabled: false,
			});
			const card = page.locator("#calls .cards > li", { hasText: "forbidden-111" });
			const refusal = card.locator(".rung.is-refusal");
			const arrow = (await refusal.locator(".arrow").boundingBox())!;
			const lanes = (await refusal.locator(".lanes").boundingBox())!;
			expect(arrow.width).toBeGreaterThan(lanes.width - 4);
			expect(lanes.x + lanes.width).toBeLessThan(width);
			expect(await refusal.textContent()).toBe("0.001✕ 403 Forbidden, 10.20.0.10 to 10.20.0.111packet 848");
			await page.context().close();
		},
	);

	it("turns dark and back, with colours that differ", async () => {
		const { page } = await shown(office, { colorScheme: "light" });
		const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
		const light = await colour();
		await page.locator("#theme").click();
		expect(await colour()).not.toBe(light);
		await page.locator("#theme").click();
		expect(await colour()).toBe(light);
		await page.context().close();
	});

	it("prints: folded parts open, the flows as rows, the screen as before afterwards", async () => {
		const { page } = await shown(office);
		const pdf = await page.pdf({ format: "A4" });
		expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
		await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
		expect(await page.locator("#flow-table tbody tr").count()).toBe(50);
		expect(await page.locator("details[data-print]:not([open])").count()).toBe(0);
		await page.evaluate(() => dispatchEvent(new Event("afterprint")));
		expect(await page.locator("details[data-print]:not([open])").count()).toBeGreaterThan(0);
		await page.context().close();
	});

	it.each(["cut-off.pcap", "damaged.pcapng", "snaplen.pcap", "vlans.pcap"])(
		"says of %s what it cannot show",
		async (name) => {
			const { page, deeds } = await shown(await reportOf(name));
			expect(await page.locator("#limits li").count()).toBeGreaterThan(2);
			expect(deeds).toEqual({ requests: [], errors: [], hits: [] });
			await page.context().close();
		},
	);

	it("says so where there is nothing", async () => {
		const report = await reportOf("office-day.pcapng");
		const none = { flows: 0, matched: 0, ambiguous: 0, unknown: 0 };
		const capture = { ...report.capture, packets: 0, bytes: 0, start: null, end: null };
		const empty: Report = {
			...report,
			capture,
			labels: none,
			hosts: [],
			rows: [],
			reasons: [],
			findings: [],
			calls: [],
			transfers: [],
			flows: () => [],
			coverage: () => [],
		};
		const { page, deeds } = await shown(empty);
		expect(await page.locator("#summary h2").textContent()).toBe("The capture has no packets");
		expect(deeds.errors).toEqual([]);
		await page.context().close();
	});

	it("holds hostile names as text: nothing runs, nothing is asked for, no element is theirs", async () => {
		const path = join(folder, "<img src=x onerror=hit()>.pcapng");
		writeFileSync(path, hostileCapture(PAYLOADS.map(({ text }) => text)));
		const report = await classify([path], { hosts: [{ product: "ipo", address: "10.0.0.1" }] });
		const { page, deeds } = await shown(report);
		await expect.poll(() => page.locator("#flow-count").textContent()).toMatch(/flows$/);
		// What is folded is opened, and the details of every third flow are made: three to a payload.
		await page.evaluate(async () => {
			for (const each of document.querySelectorAll("details")) each.open = true;
			const count = Number(document.querySelector("#flow-table")!.getAttribute("aria-rowcount")) - 1;
			for (let id = 1; id <= count; id += 3) {
				location.hash = `#flow-${id}`;
				await new Promise((resolve) => setTimeout(resolve));
			}
		});
		await page.waitForTimeout(300);
		expect(deeds).toEqual({ requests: [], errors: [], hits: [] });
		const { tags, handlers, links } = await page.evaluate(() => {
			const all = [...document.querySelectorAll("*")];
			return {
				tags: [...new Set(all.map(({ tagName }) => tagName.toLowerCase()))],
				handlers: all.flatMap((each) =>
					[...each.attributes].filter(({ name }) => /^on|^style$|^src/.test(name)).map(({ name }) => name),
				),
				links: all
					.flatMap((each) => each.getAttribute("href") ?? each.getAttribute("xlink:href") ?? [])
					.filter((href) => !href.startsWith("#") && !href.startsWith("data:image/svg+xml,%3Csvg")),
			};
		});
		for (const tag of [
			"img",
			"iframe",
			"object",
			"embed",
			"video",
			"audio",
			"base",
			"marquee",
			"math",
			"foreignobject",
			"use",
			"image",
			"animate",
		])
			expect(tags).not.toContain(tag);
		expect(handlers.filter((name) => name !== "style")).toEqual([]);
		expect(links).toEqual([]);
		// They are shown, spelled out where they would act.
		const text = await page.locator("body").evaluate((body) => body.textContent ?? "");
		const squeezed = text.replace(/\s+/g, " ");
		const seen = PAYLOADS.filter(({ text: payload }) =>
			squeezed.includes(safeText(payload).replace(/\s+/g, " ").trim()),
		);
		expect(seen.length).toBeGreaterThan(PAYLOADS.length / 2);
		expect(text.replaceAll(/[\n\t\r]/g, "")).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
		await page.context().close();
	});

	it("reads captures of all kinds without an error", async () => {
		for (const name of [
			"every-row.pcapng",
			"traps.pcapng",
			"h323-call.pcap",
			"tcp-states.pcap",
			"earlier-release.pcapng",
		]) {
			const { page, deeds } = await shown(await reportOf(name));
			expect(deeds, name).toEqual({ requests: [], errors: [], hits: [] });
			await page.context().close();
		}
	});
});
