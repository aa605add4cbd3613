import type { Labels } from "../label/labels.ts";
import type { Overflow } from "../session/overflow.ts";
import type { Transfer } from "../session/transfer/transfer.ts";
import type { Found } from "./groups.ts";
import type { Run } from "./observation.ts";
import { hasArrived } from "./transfer-trouble.ts";
import { counted } from "./words.ts";

/** Requests for one file without success that are told. */
const OFTEN = 3;
/** Files of clients that are followed; the tracker keeps no more transfers than it can hold. */
const MAX_FILES = 20_000;
const BEYOND = `TFTP transfers of files beyond ${MAX_FILES} that did not arrive: whether they were asked for again is not told`;
const MAX_FLOWS = 20;

interface Attempts {
	readonly first: Transfer;
	readonly transfers: Transfer[];
	requests: number;
	last: Transfer;
	readonly flows: number[];
}

/** By the labels, which are others each time that a run is looked at. */
const KNOWN = new WeakMap<Labels, readonly Attempts[]>();

/** Files that a client asked for again and again, whose data began and never came to its end. */
export function restartedTransfers(run: Run): Found[] {
	return attemptsIn(run).map(told);
}

/** Transfers that {@link restartedTransfers} tells together: how each of them ended is no finding of its own. */
export function transfersRestarted(run: Run): ReadonlySet<Transfer> {
	return new Set(attemptsIn(run).flatMap(({ transfers }) => transfers));
}

function attemptsIn({ sessions, labels }: Run): readonly Attempts[] {
	let known = KNOWN.get(labels);
	if (!known) {
		known = attemptsAmong(sessions.transfers.transfers, sessions.overflow);
		KNOWN.set(labels, known);
	}
	return known;
}

function attemptsAmong(transfers: readonly Transfer[], overflow: Overflow): Attempts[] {
	const open = new Map<string, Attempts>();
	for (const transfer of transfers) {
		const { client, asked, file, direction, style, error, restarts, flows } = transfer;
		// A request without an answer, or with an error for one, says so itself.
		if (file === "" || style === undefined || error !== null) continue;
		const key = `${direction} ${client.address} ${asked} ${file}`;
		if (hasArrived(transfer)) {
			open.delete(key);
			continue;
		}
		let attempts = open.get(key);
		if (!attempts) {
			if (open.size >= MAX_FILES) {
				overflow.add(BEYOND);
				continue;
			}
			attempts = { first: transfer, transfers: [], requests: 0, last: transfer, flows: [] };
			open.set(key, attempts);
		}
		attempts.requests += 1 + restarts;
		attempts.last = transfer;
		attempts.transfers.push(transfer);
		if (flows[0] !== undefined && attempts.flows.length < MAX_FLOWS) attempts.flows.push(flows[0]);
	}
	// What came through in the end is no trouble any more.
	return [...open.values()].filter(({ requests }) => requests >= OFTEN);
}

function told({ first, last, requests, flows }: Attempts): Found {
	const { client, file, requested } = first;
	const what = `${client.address} asked for ${file} ${counted(requests, "time")}, and the transfer never came to its end`;
	return {
		observation: {
			kind: "tftp-restarted",
			severity: "warning",
			what,
			count: requests,
			...(requested ? { from: requested, until: last.end } : {}),
		},
		subject: { flows },
	};
}
