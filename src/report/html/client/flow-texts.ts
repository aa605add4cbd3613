import { AT } from "../data-format.ts";
import type { FlowList } from "./flow-list.ts";

const DAY = 86_400_000;

/** When a flow began, in UTC: `09:00:18.000`, with the date where the capture has several. */
export function clockText(list: FlowList, place: number): string {
	const { start, span } = list.words;
	const text = isoText(start + list.number(place, AT.start) * 1000);
	const isOneDay = Math.floor(start / DAY) === Math.floor((start + span * 1000) / DAY);
	return isOneDay ? text.slice(-13, -1) : text.slice(0, -1).replace("T", " ");
}

/** Beyond it Date has no value (ECMA-262, 21.4.1.1). */
const LAST = 8.64e15;

function isoText(time: number): string {
	return new Date(Math.max(-LAST, Math.min(LAST, time))).toISOString();
}

/** One end of a flow: `10.0.0.1:69`, `[fd00::1]:69`. */
export function endText(list: FlowList, place: number, side: "client" | "server"): string {
	const { address, port } = endOf(list, place, side);
	if (port === 0) return address;
	return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

export function endOf(list: FlowList, place: number, side: "client" | "server"): { address: string; port: number } {
	const isClient = side === "client";
	return {
		address: list.text(place, isClient ? AT.client : AT.server),
		port: list.number(place, isClient ? AT.clientPort : AT.serverPort),
	};
}
