/** A real browser for the tests: Debian's Chromium, or another that is installed. */
import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const PLACES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].flatMap((name) =>
	(process.env.PATH ?? "").split(":").map((folder) => `${folder}/${name}`),
);

export const CHROMIUM = process.env.FLOWMATRIX_CHROMIUM ?? PLACES.find((path) => existsSync(path));
export const NO_BROWSER = "no Chromium is installed (apt-get install chromium)";

export function launch(): Promise<Browser> {
	return chromium.launch({ executablePath: CHROMIUM!, args: ["--no-sandbox", "--disable-gpu"] });
}

/** What a page did while it was shown. */
export interface Deeds {
	/** What it asked of the network or of the disk, the page itself not counted. */
	readonly requests: string[];
	/** Errors and refusals on its console, and exceptions. */
	readonly errors: string[];
	/** Windows of the kind that scripts open: alert, confirm, prompt; and calls of what payloads call. */
	readonly hits: string[];
}

/** Opens a page from a file, or from text as if a server had sent it, and watches it. */
export async function watched(
	browser: Browser,
	source: { readonly file: string } | { readonly text: string },
	options: BrowserContextOptions = {},
): Promise<{ readonly page: Page; readonly deeds: Deeds }> {
	const context = await browser.newContext(options);
	const page = await context.newPage();
	const deeds: Deeds = { requests: [], errors: [], hits: [] };
	const address = "file" in source ? new URL(`file://${source.file}`).href : "http://report.invalid/";
	await context.route("**/*", (route) => {
		const url = route.request().url();
		if (url === address)
			return "text" in source
				? route.fulfill({ contentType: "text/html; charset=utf-8", body: source.text })
				: route.continue();
		deeds.requests.push(url);
		return route.abort();
	});
	page.on("console", (message) => {
		if (message.type() === "error") deeds.errors.push(message.text());
	});
	page.on("pageerror", (error) => deeds.errors.push(String(error)));
	page.on("dialog", (dialog) => {
		deeds.hits.push(dialog.message());
		dialog.dismiss().catch(() => {});
	});
	if (options.javaScriptEnabled !== false)
		await page.exposeFunction("hit", (what: unknown) => deeds.hits.push(String(what)));
	await page.goto(address);
	return { page, deeds };
}
