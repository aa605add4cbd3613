import { isoTime } from "../document/time.ts";
import { byteText, grouped } from "../finding/words.ts";
import type { Page } from "../report/text/page.ts";
import type { Column } from "../report/text/text-table.ts";
import type { Rate, Traffic } from "./follow.ts";

const BARS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** Bytes a second over time, the newest on the right, each against the highest shown; nothing is a blank. */
export function sparkline(trend: readonly number[], width: number): string {
	const shown = trend.slice(-width);
	const highest = Math.max(...shown, 0);
	const bar = (value: number) => (value > 0 ? BARS[Math.ceil((value / highest) * BARS.length) - 1]! : " ");
	return shown.map(bar).join("").padStart(width);
}

/** `0.4`, `12`, `1,234`; empty for none. */
export function packetRate({ packets }: Rate): string {
	if (packets <= 0) return "";
	return packets < 9.95 ? Math.max(0.1, packets).toFixed(1) : grouped(packets);
}

/** `1.2 kB`; empty for none. */
export function byteRate({ bytes }: Rate): string {
	return bytes <= 0 ? "" : byteText(Math.max(1, bytes));
}

/** Columns of what moves. */
export function rateColumns<T extends { readonly rate: Rate }>(page: Page): Column<T>[] {
	return [
		{
			head: "pkt/s",
			value: ({ rate }) => packetRate(rate),
			right: true,
			least: 6,
			paint: (text) => page.paint("cyan", text),
		},
		{
			head: "B/s",
			value: ({ rate }) => byteRate(rate),
			right: true,
			least: 7,
			paint: (text) => page.paint("cyan", text),
		},
	];
}

/** Columns of a sparkline, and where there is room a longer one. */
export function trendColumn<T extends Traffic>(page: Page): Column<T> {
	const width = page.width >= 140 ? 30 : page.width >= 120 ? 20 : 10;
	return { head: "traffic", value: ({ trend }) => sparkline(trend, width), paint: (text) => page.paint("cyan", text) };
}

/** Flows, before them those that are alive. */
export const FLOWS_COLUMN: Column<{ readonly alive: number; readonly flows: number }> = {
	head: "flows",
	value: ({ alive, flows }) => (alive > 0 ? `${grouped(alive)}/${grouped(flows)}` : grouped(flows)),
	right: true,
	least: 5,
};

export const RATE_ORDERS = {
	"pkt/s": ({ rate }: { readonly rate: Rate }) => rate.packets,
	"B/s": ({ rate }: { readonly rate: Rate }) => rate.bytes,
};

/** `09:00:18` of a time in ISO 8601; empty for none. */
export function clock(time: string | null): string {
	return time === null ? "" : time.slice(11, 19);
}

/** `09:00:18`. @param seconds since 1970 */
export function clockOf(seconds: number): string {
	return Number.isFinite(seconds) ? clock(isoTime(Math.floor(seconds), 0)) : "";
}
