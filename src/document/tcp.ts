import type { FlowStore } from "../flow/store.ts";
import { connState, history } from "../flow/tcp.ts";
import { type SideFigures, tcpFigures } from "../flow/tcp-figures.ts";
import type { TcpSide, TcpState } from "./document.ts";

/** The TCP part of a flow's record; undefined for another flow. */
export function tcpState(store: FlowStore, flow: number, serverSide: 0 | 1): TcpState | undefined {
	const figures = tcpFigures(store, flow);
	if (!figures) return undefined;
	const words = store.tcpWords(flow);
	const state = store.tcpBase(flow);
	const { serverTime, clientTime, syns, resetBy, halfOpen, sides } = figures;
	const isTimed = serverTime !== null || clientTime !== null;
	const record: { -readonly [Name in keyof TcpState]?: TcpState[Name] } = {
		state: connState(words, state),
		history: history(words, state),
	};
	if (syns > 1) record.syns = syns;
	record.handshake = isTimed ? { serverMs: milliseconds(serverTime), clientMs: milliseconds(clientTime) } : null;
	record.client = counts(sides[1 - serverSide]!);
	record.server = counts(sides[serverSide]);
	record.resetBy = resetBy === null ? null : resetBy === serverSide ? "server" : "client";
	if (halfOpen) record.halfOpen = true;
	return record as TcpState;
}

/** To the microsecond. */
function milliseconds(nanoseconds: number | null): number | null {
	return nanoseconds === null ? null : Math.round(nanoseconds / 1e3) / 1e3;
}

const COUNTS = [
	"retransmissions",
	"fastRetransmissions",
	"spuriousRetransmissions",
	"outOfOrder",
	"duplicateAcks",
	"zeroWindows",
	"keepAlives",
	"lostSegments",
	"ackedLostSegments",
] as const satisfies readonly (keyof SideFigures & keyof TcpSide)[];

/** Only what is not 0: of most connections, nothing. */
function counts(side: SideFigures): TcpSide {
	const found: { -readonly [Name in keyof TcpSide]: TcpSide[Name] } = {};
	for (const name of COUNTS) {
		const count = side[name];
		if (count > 0) found[name] = count;
	}
	return found;
}
