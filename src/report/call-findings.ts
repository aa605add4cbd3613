import { endpointText } from "../packet/address.ts";
import { type Call, type CallOffer, resultOf } from "../session/call.ts";
import type { Tie } from "../session/calls.ts";
import type { Stream } from "../session/stream-record.ts";
import type { CallRecord, Finding, StreamRecord } from "./document.ts";

/** A stream with what the call that it belongs to says of it. */
export interface CallStream {
	readonly stream: Stream;
	readonly record: StreamRecord;
	/** Its part in the call: what the call announced for the two ends of its flow. */
	readonly tie: Tie;
}

/** A call shorter than this after its answer may have had no media for good reasons. */
const LONG_ENOUGH = 3e9;
/** Senders from elsewhere than announced that a call lists: a scan of an open media port is one finding, not thousands. */
const MAX_MISMATCHES = 4;
/** Packets that make a direction: half a second of voice. */
const ENOUGH_PACKETS = 25;

/**
 * What a support engineer should know of one call.
 * @param last the latest time at which something of the call was seen.
 * @param hasMedia whether the capture has any RTP at all: without it, the capture point or a filter kept it out.
 */
export function callFindings(
	call: Call,
	streams: readonly CallStream[],
	last: number,
	hasMedia: boolean,
): CallFindings {
	const byFlow = mismatches(call, streams);
	const own = mediaFindings(call, streams, last, hasMedia);
	const all = [...byFlow.values()];
	const more = all.length - MAX_MISMATCHES;
	const listed = all.slice(0, MAX_MISMATCHES);
	if (more > 0) listed.push({ ...listed[0]!, message: `media comes from ${more} more senders that nobody announced` });
	return { ofCall: [...listed, ...own], ofAllFlows: own, byFlow };
}

/** A call's findings, and those of its media flows: its own, and each flow's. */
export interface CallFindings {
	readonly ofCall: readonly Finding[];
	readonly ofAllFlows: readonly Finding[];
	/** By flow: that its media is from elsewhere than announced. */
	readonly byFlow: ReadonlyMap<number, Finding>;
}

function mediaFindings(call: Call, streams: readonly CallStream[], last: number, hasMedia: boolean): Finding[] {
	const findings: Finding[] = [];
	const { answered } = call;
	if (answered === null || resultOf(call) !== "answered" || (call.ended ?? last) - answered < LONG_ENOUGH)
		return findings;
	if (!isTwoWay(call)) return findings;
	const directions = ([0, 1] as const).map((party) => packetsFrom(streams, party));
	if (directions[0] === 0 && directions[1] === 0) {
		if (hasMedia && call.ended !== null && !mayBeRelayed(call)) findings.push(noMedia(call));
		return findings;
	}
	for (const party of [0, 1] as const) {
		if (directions[party] !== 0 || directions[1 - party]! < ENOUGH_PACKETS) continue;
		const [silent, other] = party === 0 ? ["the calling", "the called"] : ["the called", "the calling"];
		findings.push({
			kind: "one-way-media",
			severity: "error",
			message: `${directions[1 - party]} RTP packets came from ${other} side and none from ${silent} side, though both agreed to send`,
		});
	}
	return findings;
}

/** Both parties' latest word on audio is that they send and receive, and neither ever put the call on hold. */
function isTwoWay({ offers }: Call): boolean {
	const audio = offers.filter(({ media }) => media.media === "audio" && media.protocol === "rtp");
	return ([0, 1] as const).every((party) => {
		const own = audio.filter((offer) => offer.party === party);
		return own.length > 0 && own.every(({ media }) => media.direction === "sendrecv");
	});
}

/** With ICE, media may go through a relay whose end towards the other side nobody announces. */
function mayBeRelayed({ offers }: Call): boolean {
	return offers.some(({ media }) => media.others.some(({ protocol }) => protocol === "rtp"));
}

/** RTP packets that a party sent: those to the other's endpoint, or from its own. */
function packetsFrom(streams: readonly CallStream[], party: 0 | 1): number {
	return streams.filter((each) => senderOf(each) === party).reduce((sum, { stream }) => sum + stream.packets, 0);
}

function senderOf({ stream, tie }: CallStream): 0 | 1 | undefined {
	const receiver = tie.ends[1 - stream.side];
	if (receiver) return (1 - receiver.party) as 0 | 1;
	return tie.ends[stream.side]?.party;
}

function noMedia({ offers }: Call): Finding {
	const places = offers
		.filter(({ media }) => media.protocol === "rtp")
		.map(({ media }) => endpointText(media.address, media.port));
	return {
		kind: "no-media",
		severity: "error",
		message: `the call was answered, but no RTP came to or from the announced ${[...new Set(places)].slice(0, 4).join(" and ")}, though the capture has other media`,
	};
}

/** Senders whose address is none that the call announced: behind a NAT, whose far side answers to where media comes from. */
function mismatches(call: Call, streams: readonly CallStream[]): Map<number, Finding> {
	const announced = new Set(
		call.offers.flatMap(({ media }) => [media.address, ...media.others.map(({ address }) => address)]),
	);
	const found = new Map<number, Finding>();
	for (const each of streams) {
		const { stream, record, tie } = each;
		const party = senderOf(each);
		if (tie.ends[stream.side] || party === undefined) continue;
		const address = record.from.slice(0, record.from.lastIndexOf(":")).replace(/^\[|\]$/g, "");
		const said = call.offers.find((offer) => offer.party === party && offer.media.protocol === "rtp");
		if (announced.has(address) || !said) continue;
		found.set(stream.flow, mismatch(record.from, party, said));
	}
	return found;
}

function mismatch(from: string, party: 0 | 1, { media }: CallOffer): Finding {
	const side = party === 0 ? "calling" : "called";
	return {
		kind: "media-address-mismatch",
		severity: "warning",
		message: `media of the ${side} side comes from ${from}, but it announced ${endpointText(media.address, media.port)}: address translation, or a session description that was not rewritten`,
	};
}

/** The calls' findings as the document's list of all findings has them: one for each kind. */
export function summariseCallFindings(calls: readonly CallRecord[]): Finding[] {
	const kinds = new Map<string, { finding: Finding; calls: number[] }>();
	for (const call of calls) {
		for (const finding of call.findings) {
			const known = kinds.get(finding.kind);
			if (!known) kinds.set(finding.kind, { finding, calls: [call.id] });
			else if (!known.calls.includes(call.id)) known.calls.push(call.id);
		}
	}
	return [...kinds.values()].map(({ finding, calls: ids }) => ({
		...finding,
		message:
			ids.length === 1
				? `call ${ids[0]}: ${finding.message}`
				: `${ids.length} calls, first ${ids[0]}: ${finding.message}`,
	}));
}
