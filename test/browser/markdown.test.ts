import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { marked } from "marked";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classify } from "../../src/classify.ts";
import { OUTPUTS } from "../../src/report/index.ts";
import { PAYLOADS } from "../report/payloads.ts";
import { CHROMIUM, type Deeds, launch, NO_BROWSER, watched } from "../support/browser.ts";
import { hostileCapture } from "../support/hostile-capture.ts";

/** What the report's own Markdown makes, and the page around it. */
const OWN = new Set("HTML HEAD META TITLE BODY H1 H2 P UL LI TABLE THEAD TBODY TR TH TD CODE".split(" "));

let browser: Browser;
beforeAll(async () => {
	if (CHROMIUM) browser = await launch();
});
afterAll(() => browser?.close());

/** Shows HTML in the browser, and tells what it did and has become. */
async function show(
	body: string,
): Promise<Deeds & { readonly foreign: readonly string[]; readonly attributes: readonly string[] }> {
	const text = `<!DOCTYPE html><html><head><meta charset="utf-8"><title>x</title></head><body>${body}</body></html>`;
	const { page, deeds } = await watched(browser, { text });
	await page.waitForTimeout(500);
	const { tags, attributes } = await page.evaluate(() => {
		const all = [...document.querySelectorAll("*")];
		return {
			tags: all.map(({ tagName }) => tagName),
			attributes: all.flatMap((each) => [...each.attributes].map(({ name }) => `${each.tagName} ${name}`)),
		};
	});
	await page.context().close();
	return {
		...deeds,
		requests: deeds.requests.filter((url) => !url.endsWith("/favicon.ico")),
		foreign: tags.filter((tag) => !OWN.has(tag)),
		attributes: attributes.filter((each) => each !== "META charset"),
	};
}

const html = (markdown: string) => marked.parse(markdown, { async: false, gfm: true });

describe.skipIf(!CHROMIUM)(`the Markdown report in a browser${CHROMIUM ? "" : `: ${NO_BROWSER}`}`, () => {
	it("would be seen to act, if it were not guarded", async () => {
		const bare = await show(html(PAYLOADS.map(({ text }) => text).join("\n\n")));
		expect(bare.hits.length).toBeGreaterThan(0);
		expect(bare.requests.length).toBeGreaterThan(0);
		expect(bare.foreign.length).toBeGreaterThan(0);
	});

	it("does nothing, and has its own elements only", async () => {
		const folder = mkdtempSync(join(tmpdir(), "flowmatrix-"));
		try {
			const path = join(folder, "<img src=x onerror=hit()>.pcapng");
			writeFileSync(path, hostileCapture(PAYLOADS.map(({ text }) => text)));
			const report = await classify([path], { hosts: [{ product: "ipo", address: "10.0.0.1" }] });
			const all = { summary: false, color: false, width: 200, maxFlows: Number.POSITIVE_INFINITY };
			const seen = await show(html([...OUTPUTS.markdown(report, all)].join("")));
			expect(seen).toEqual({ requests: [], errors: [], hits: [], foreign: [], attributes: [] });
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});
