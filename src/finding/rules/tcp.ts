import { type SideFigures, type TcpFigures, tcpFigures } from "../../flow/tcp-figures.ts";
import type { PacketPlace } from "../../packet/view.ts";
import type { FlowCase, Observation } from "../observation.ts";
import type { Thresholds } from "../thresholds.ts";
import { counted, durationText, grouped } from "../words.ts";
import { endedByHandshake } from "./handshakes.ts";
import { reset } from "./tcp-reset.ts";

/** Fewer segments sent again, or out of order, are chance. */
const LEAST_RETRANSMISSIONS = 3;
const LEAST_REORDERED = 10;

type SideName = "client" | "server";

/** How well a TCP connection went, and whether it was broken off. */
export function tcpConnection(subject: FlowCase): readonly Observation[] | undefined {
	const figures = tcpFigures(subject.store, subject.flow);
	if (!figures) return undefined;
	const { serverSide } = subject.label.direction;
	const found: Observation[] = [];
	for (const side of [0, 1] as const) {
		const name = side === serverSide ? "server" : "client";
		const sent = segmentsSent(subject, figures.sides[side], name) ?? outOfOrder(subject, figures.sides[side], name);
		if (sent) found.push(sent);
		const zero = zeroWindow(subject, figures.sides[side], name);
		if (zero) found.push(zero);
	}
	const shaking = halfOpen(subject, figures) ?? slowRoundTrip(subject, figures);
	if (shaking) found.push(shaking);
	const broken = reset(subject, figures);
	if (broken) found.push(broken);
	return found;
}

/**
 * Loss: repeated SYNs and FINs are none of it, nor are copies that the capture made. Once there is some, what came too late to
 * be out of order counts too: with several holes at a time, tshark's rules take the later ones' repetitions for that.
 * Where more was out of order than repeated, receivers asked for what was on its way. None is told where another finding
 * tells why nothing was acknowledged.
 */
function segmentsSent(subject: FlowCase, side: SideFigures, name: SideName): Observation | undefined {
	const { store, flow, thresholds } = subject;
	const { segments, retransmissions, notLoss, outOfOrder, reordered } = side;
	if (retransmissions <= notLoss) return undefined;
	const again = retransmissions - notLoss + outOfOrder - reordered;
	if (again < LEAST_RETRANSMISSIONS) return undefined;
	const percent = (100 * again) / Math.max(segments, again);
	if (percent <= thresholds["retransmission-rate"] || reordered > again) return undefined;
	if (isTooLarge(subject) || endedByHandshake(subject)) return undefined;
	const span = durationText((store.last(flow) - store.first(flow)) / 1e9);
	return {
		kind: "retransmissions",
		severity: "warning",
		what: `segments of the ${name} were lost and sent again`,
		message: `the ${name} sent ${again} of ${counted(segments, "segment")} again (${percentText(percent)}) in ${span}`,
		count: again,
		...from(side.firstAgain),
	};
}

/** Whether a router said that the flow's packets are too large for it: it drops them, however often they are sent. */
function isTooLarge({ sessions, flow }: FlowCase): boolean {
	return sessions.incidents.of(flow).some(({ kind }) => kind === "fragmentation-needed");
}

function from(place: PacketPlace | null): Pick<Observation, "from"> {
	return place ? { from: place } : {};
}

function outOfOrder({ thresholds }: FlowCase, side: SideFigures, name: SideName): Observation | undefined {
	const { segments, reordered } = side;
	const percent = (100 * reordered) / Math.max(segments, 1);
	if (reordered < LEAST_REORDERED || percent <= thresholds["reordering-rate"]) return undefined;
	return {
		kind: "out-of-order",
		severity: "warning",
		what: `segments of the ${name} came in another order than they were sent`,
		message: `${reordered} of ${counted(segments, "segment")} of the ${name} came out of order (${percentText(percent)})`,
		count: reordered,
		...from(side.firstReordered),
	};
}

function percentText(percent: number): string {
	return `${Number(percent.toPrecision(2))} %`;
}

function zeroWindow({ thresholds }: FlowCase, side: SideFigures, name: SideName): Observation | undefined {
	const { zeroWindows, longestStall } = side;
	const seconds = longestStall / 1000;
	if (zeroWindows === 0 || seconds < thresholds["zero-window-time"]) return undefined;
	const peer = name === "server" ? "client" : "server";
	return {
		kind: "zero-window",
		severity: "warning",
		what: `the ${name} could take no more data: the ${peer} had to wait`,
		message: `the ${name} said ${timesText(zeroWindows)} that it could take no more data: the ${peer} had to wait, ${durationText(seconds)} at the longest`,
		count: zeroWindows,
		...from(side.firstZeroWindow),
	};
}

function slowRoundTrip({ thresholds }: FlowCase, figures: TcpFigures): Observation | undefined {
	const { serverTime, clientTime } = figures;
	const server = (serverTime ?? 0) / 1e6;
	const client = (clientTime ?? 0) / 1e6;
	if (server + client <= thresholds["round-trip"]) return undefined;
	return {
		kind: "slow-round-trip",
		severity: "warning",
		what: slowText(thresholds),
		message: () =>
			`the round trip of the handshake took ${grouped(server + client)} ms (${Math.round(server)} ms to the server, ${Math.round(client)} ms to the client)`,
	};
}

/** One text for a run: on a slow line every connection is told. */
const SLOW = new WeakMap<Thresholds, string>();

function slowText(thresholds: Thresholds): string {
	let text = SLOW.get(thresholds);
	if (text === undefined) {
		text = `the round trip of the handshake took longer than ${thresholds["round-trip"]} ms`;
		SLOW.set(thresholds, text);
	}
	return text;
}

/** A client that has just been answered may still acknowledge it when the capture ends. */
function halfOpen(subject: FlowCase, { halfOpen, firstSynAck, sides }: TcpFigures): Observation | undefined {
	const { store, flow, label, end, thresholds } = subject;
	if (!halfOpen || end - store.first(flow) < thresholds["answer-time"] * 1e9) return undefined;
	const accepted = sides[label.direction.serverSide].notLoss + 1;
	return {
		kind: "half-open",
		severity: "warning",
		what: "the server sent its SYN-ACK, and the client never answered",
		message: `the server sent its SYN-ACK ${timesText(accepted)}, and the client never answered`,
		count: accepted,
		...from(firstSynAck),
	};
}

function timesText(count: number): string {
	return count === 1 ? "once" : `${count} times`;
}
