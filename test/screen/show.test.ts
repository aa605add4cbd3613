import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Moment } from "../../src/document/moment.ts";
import { showMoments } from "../../src/screen/show.ts";
import { plain } from "../../src/screen/styled.ts";
import { FakeTerminal, flow, moment } from "../support/screen.ts";

/** Moments that come one after the other, until stopped; then one more, as a capture has it that ends. */
async function* live(stop: AbortSignal, every = 5): AsyncGenerator<Moment> {
	let i = 0;
	while (!stop.aborted) {
		yield moment(i, [flow(1, { packets: ++i })]);
		await wait(every);
	}
	yield moment(i, [flow(1, { packets: 1000 })]);
}

/** A capture on which nothing comes. */
async function* silent(stop: AbortSignal): AsyncGenerator<Moment> {
	while (!stop.aborted) await wait(5);
	yield* [];
}

/** What a screen is opened with, so that its keys end the moments. */
const options = (stop: AbortController) => ({
	source: "eth0",
	tellsDrops: true,
	stop: () => stop.abort(),
	signal: stop.signal,
});

const text = (terminal: FakeTerminal) => (terminal.frames.at(-1) ?? []).map(plain).join("\n");

const packets = (terminal: FakeTerminal) => Number(/([\d,]+) packets?/.exec(text(terminal))![1]);

describe("the screen", () => {
	it("is left when its reader ends it; the last moment is what was captured until the end", async () => {
		const terminal = new FakeTerminal();
		const stop = new AbortController();
		const ended = showMoments(live(stop.signal), terminal, options(stop));
		await wait(20);
		terminal.listener!.key("q");
		expect(terminal.calls).toEqual(["enter", "leave"]);
		expect(stop.signal.aborted).toBe(true);
		const last = await ended;
		expect([...last!.report.flows()][0]!.client.packets).toBe(1000);
		expect(terminal.calls).toEqual(["enter", "leave"]);
	});

	it("is left when the moments end, and when somebody else ends them", async () => {
		const terminal = new FakeTerminal();
		await showMoments(
			(async function* () {
				yield moment(0, []);
			})(),
			terminal,
			options(new AbortController()),
		);
		expect(terminal.calls).toEqual(["enter", "leave"]);
		const stop = new AbortController();
		const other = new FakeTerminal();
		const ended = showMoments(live(stop.signal), other, options(stop));
		await wait(10);
		stop.abort();
		expect(other.calls).toEqual(["enter", "leave"]);
		await ended;
	});

	it("is left when the moments fail, and the failure is the caller's", async () => {
		const terminal = new FakeTerminal();
		const failing = (async function* () {
			yield moment(0, []);
			throw new Error("no permission");
		})();
		await expect(showMoments(failing, terminal, options(new AbortController()))).rejects.toThrow("no permission");
		expect(terminal.calls).toEqual(["enter", "leave"]);
	});

	it("is not entered for a capture that is stopped already", async () => {
		const terminal = new FakeTerminal();
		const stop = new AbortController();
		stop.abort();
		await showMoments(live(stop.signal), terminal, options(stop));
		expect(terminal.calls).toEqual([]);
	});

	it("is drawn four times a second at most, however much comes, and at last as it is", async () => {
		const terminal = new FakeTerminal();
		const stop = new AbortController();
		const began = performance.now();
		const ended = showMoments(live(stop.signal, 1), terminal, options(stop));
		await wait(700);
		for (let i = 0; i < 20; i++) terminal.listener!.key(i % 2 ? "1" : "2");
		terminal.listener!.key("3");
		await wait(600);
		const seconds = (performance.now() - began) / 1000;
		expect(text(terminal)).toContain("10.0.0.1");
		expect(terminal.frames.length).toBeLessThanOrEqual(seconds * 4 + 2);
		expect(terminal.frames.length).toBeGreaterThan(2);
		stop.abort();
		await ended;
	});

	it("stands still while paused, and then shows the latest", async () => {
		const terminal = new FakeTerminal();
		terminal.size.columns = 120;
		const stop = new AbortController();
		const ended = showMoments(live(stop.signal), terminal, options(stop));
		await wait(20);
		terminal.listener!.key("p");
		await wait(600);
		expect(text(terminal)).toMatch(/PAUSED, .* behind/);
		const shown = packets(terminal);
		await wait(300);
		expect(packets(terminal)).toBe(shown);
		terminal.listener!.key("p");
		await wait(300);
		expect(packets(terminal)).toBeGreaterThan(shown);
		stop.abort();
		await ended;
	});

	it("leaves the terminal alone until the first moment: what captures may ask for a password", async () => {
		const terminal = new FakeTerminal();
		const stop = new AbortController();
		const ended = showMoments(silent(stop.signal), terminal, options(stop));
		await wait(20);
		stop.abort();
		expect(await ended).toBeUndefined();
		expect(terminal.calls).toEqual([]);
	});

	it("is drawn anew, or given back to the shell, by its keys", async () => {
		const terminal = new FakeTerminal();
		const stop = new AbortController();
		const ended = showMoments(live(stop.signal), terminal, options(stop));
		await wait(10);
		terminal.listener!.key("ctrl-l");
		terminal.listener!.key("ctrl-z");
		expect(terminal.calls).toEqual(["enter", "forget", "suspend"]);
		stop.abort();
		await ended;
	});
});
