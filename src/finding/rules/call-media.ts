import { type FlowStore, sideAddress } from "../../flow/store.ts";
import { keyOfText } from "../../label/hosts.ts";
import { endpointText } from "../../packet/address.ts";
import { type Call, type CallOffer, resultOf } from "../../session/call/call.ts";
import type { CallStream } from "../../session/call/call-media.ts";
import type { Sessions } from "../../session/sessions.ts";
import type { CallCase, CallObservation } from "../observation.ts";
import { isUnacknowledged } from "./no-ack.ts";

/** A call shorter than this after its answer may have had no media for good reasons. */
const LONG_ENOUGH = 3e9;
/** Senders from elsewhere than announced that a call lists: a scan of an open media port is one finding, not thousands. */
const MAX_MISMATCHES = 4;
/** Packets that make a direction: half a second of voice. */
export const ENOUGH_PACKETS = 25;

/** Whether a call's audio went both ways, and came from where it was announced. */
export function callMedia(subject: CallCase): readonly CallObservation[] | undefined {
	const { call, media } = subject;
	const streams = media.streamsOf(call);
	return [...mismatches(subject, streams), ...directions(subject, streams)];
}

function directions(subject: CallCase, streams: readonly CallStream[]): CallObservation[] {
	const { call, media, sessions } = subject;
	const { answered } = call;
	if (answered === null || resultOf(call) !== "answered" || !isTwoWay(call)) return [];
	if (lastSign(subject) - answered < LONG_ENOUGH) return [];
	// Who never got the answer does not know where to send.
	if (isUnacknowledged(subject)) return [];
	const flows = media.flowsOf(call);
	const packets = ([0, 1] as const).map((party) => packetsFrom(streams, party));
	if (packets[0] === 0 && packets[1] === 0) return mayBeRelayed(call) ? [] : [noMedia(subject, flows)];
	const silent = packets.indexOf(0);
	if (silent < 0 || packets[1 - silent]! < ENOUGH_PACKETS) return [];
	// What ICMP says of the media is told: it is why.
	if (flows.some((flow) => sessions.incidents.of(flow).some(({ kind }) => kind === "prohibited"))) return [];
	const [from, to] = silent === 0 ? ["the called", "the calling"] : ["the calling", "the called"];
	const what = `RTP came from ${from} side of the call and none from ${to} side, though both agreed to send`;
	return [
		{
			kind: "one-way-media",
			severity: "error",
			what,
			message: `${packets[1 - silent]} packets of ${what}`,
			flows,
		},
	];
}

/** Until when media had time to come: the call's end, or while the capture goes on for the flows of a call that has none. */
function lastSign({ call, media, store }: CallCase): number {
	return call.ended ?? Math.max(media.lastOf(call), ...call.flows.map((flow) => store.last(flow)));
}

/** Both parties' latest word on audio is that they send and receive, and neither ever put the call on hold. */
export function isTwoWay({ offers }: Call): boolean {
	const audio = offers.filter(({ media }) => media.media === "audio" && media.protocol === "rtp");
	return ([0, 1] as const).every((party) => {
		const own = audio.filter((offer) => offer.party === party);
		return own.length > 0 && own.every(({ media }) => media.direction === "sendrecv");
	});
}

/** With ICE, media may go through a relay whose end towards the other side nobody announces. */
export function mayBeRelayed({ offers }: Call): boolean {
	return offers.some(({ media }) => media.others.some(({ protocol }) => protocol === "rtp"));
}

/** RTP packets that a party sent: those to the other's endpoint, or from its own. */
function packetsFrom(streams: readonly CallStream[], party: 0 | 1): number {
	return streams.filter((each) => senderOf(each) === party).reduce((sum, { stream }) => sum + stream.packets, 0);
}

/** The party that sends a stream: the one that did not announce where it goes, else the one that announced where it comes from. */
export function senderOf({ stream, tie }: CallStream): 0 | 1 | undefined {
	const receiver = tie.ends[1 - stream.side];
	if (receiver) return (1 - receiver.party) as 0 | 1;
	return tie.ends[stream.side]?.party;
}

/** An error only where the media must have passed here: the capture has other RTP of the same hosts. */
function noMedia(subject: CallCase, mediaFlows: readonly number[]): CallObservation {
	const { offers, flows } = subject.call;
	const places = offers.flatMap(({ media }) => (media.protocol === "rtp" ? [media] : []));
	const all = [...flows, ...mediaFlows];
	if (!mustPass(subject, [...new Set(places.map(({ address }) => address))])) {
		const what = "no RTP of answered calls is in the capture: it is blocked, or does not pass here";
		return { kind: "no-media", severity: "info", what, flows: all };
	}
	const ends = [...new Set(places.map(({ address, port }) => endpointText(address, port)))];
	return {
		kind: "no-media",
		severity: "error",
		what: "calls were answered, but no RTP came to or from the announced endpoints, though the capture has other media of theirs",
		message: `the call was answered, but no RTP came to or from the announced ${ends.slice(0, 4).join(" and ")}, though the capture has other media of theirs`,
		flows: all,
	};
}

/** Whether media between these addresses passes the capture point: a product's does where any of its media does, others' where both ends' does. */
function mustPass({ media, labels }: CallCase, addresses: readonly string[]): boolean {
	const products = addresses.filter((address) => labels.hosts.at(keyOfText(address)) !== undefined);
	if (labels.hosts.any) return products.some((address) => media.isHeard(address));
	return addresses.length > 0 && addresses.every((address) => media.isHeard(address));
}

/** Senders whose address is none that the call announced: behind a NAT, whose far side answers to where media comes from. */
function mismatches({ call, store, sessions }: CallCase, streams: readonly CallStream[]): CallObservation[] {
	const announced = new Set(
		call.offers.flatMap(({ media }) => [media.address, ...media.others.map(({ address }) => address)]),
	);
	const found: CallObservation[] = [];
	for (const each of streams) {
		const { stream, tie } = each;
		const { flow, side } = stream;
		const party = senderOf(each);
		if (tie.ends[side] || party === undefined || found.some(({ flows }) => flows.includes(flow))) continue;
		const address = sideAddress(store, flow, side);
		const said = call.offers.find((offer) => offer.party === party && offer.media.protocol === "rtp");
		if (announced.has(address) || !said || isTranslated(call, address, store, sessions)) continue;
		if (found.length === MAX_MISMATCHES) {
			const what = "media comes from still more senders that nobody announced";
			return [...found, { ...found[0]!, what, message: what, flows: [flow] }];
		}
		found.push(mismatch(endpointText(address, store.port(flow, side)), party, said, flow));
	}
	return found;
}

/** Whether the signalling of a sender shows that its address is translated: its media shows nothing new. */
function isTranslated({ flows }: Call, address: string, store: FlowStore, { incidents }: Sessions): boolean {
	return flows.some((flow) =>
		incidents
			.of(flow)
			.some(
				({ kind, side }) => (kind === "sip-alg" || kind === "sip-nat") && sideAddress(store, flow, side) === address,
			),
	);
}

function mismatch(from: string, party: 0 | 1, { media }: CallOffer, flow: number): CallObservation {
	const side = party === 0 ? "calling" : "called";
	const why = "address translation, or a session description that was not rewritten";
	return {
		kind: "media-address-mismatch",
		severity: "warning",
		what: `media of the ${side} side comes from another address than it announced: ${why}`,
		message: `media of the ${side} side comes from ${from}, but it announced ${endpointText(media.address, media.port)}: ${why}`,
		flows: [flow],
	};
}
