import { sideEndpoint } from "../../flow/store.ts";
import type { Call } from "../../session/call/call.ts";
import type { CallStream } from "../../session/call/call-media.ts";
import type { CallCase, CallObservation } from "../observation.ts";
import { durationText } from "../words.ts";
import { ENOUGH_PACKETS, isTwoWay, mayBeRelayed, senderOf } from "./call-media.ts";
import { lacksBytes } from "./waiting.ts";

/** Of whoever pauses for longer, silence is nothing new: speech alone is sent, or packets were missing before. */
const USUAL_GAP = 1e9;
/** Codecs that send silence as they do speech, unless comfort noise shows otherwise: others leave it out unseen. */
const STEADY: ReadonlySet<string> = new Set(["pcmu", "pcma", "g722", "g729"]);

/**
 * Audio that ends long before its call does. Told only where nothing in sight explains it: no hold, no other path that was agreed on, no
 * sender that leaves out silence.
 */
export function mediaStopped(subject: CallCase): readonly CallObservation[] | undefined {
	const { call, media, thresholds } = subject;
	const { answered, ended } = call;
	if (answered === null || !isTwoWay(call) || mayBeRelayed(call) || isMoved(call, answered)) return undefined;
	if (call.flows.some((flow) => lacksBytes({ ...subject, flow }))) return undefined;
	const streams = media.streamsOf(call);
	const sides = ([0, 1] as const).map((party) => streams.filter((each) => senderOf(each) === party));
	// A side that never sent is another fault.
	if (sides.some((side) => packetsOf(side) < ENOUGH_PACKETS)) return undefined;
	const lasts = sides.map(lastOf);
	const end = ended ?? Math.max(...lasts);
	const stopped = ([0, 1] as const).filter(
		(party) =>
			lasts[party]! >= answered &&
			end - lasts[party]! >= thresholds["media-silence"] * 1e9 &&
			sides[party]!.every((each) => isSteady(subject, each)),
	);
	if (stopped.length === 0 || (stopped.length === 2 && !isInOneFile(call))) return undefined;
	const ownStreams = stopped.flatMap((party) => sides[party]!);
	const last = lastOf(ownStreams);
	const latest = ownStreams.find(({ stream }) => stream.last === last)!.stream;
	const whose = stopped.length === 2 ? "both sides" : stopped[0] === 0 ? "the calling side" : "the called side";
	const from = stopped.length === 2 ? "of both sides" : `from ${sideEndpoint(subject.store, latest.flow, latest.side)}`;
	const [silent, lasted] = [durationText((end - last) / 1e9), durationText((last - answered) / 1e9)];
	const message =
		ended === null
			? `audio ${from} ends ${lasted} after the call's answer, and the other side's goes on for ${silent}`
			: `audio ${from} ends ${silent} before the call does, ${lasted} after its answer`;
	return [
		{
			kind: "media-stopped",
			severity: "warning",
			what: `audio of ${whose} ends long before the call does`,
			message,
			flows: [...new Set(ownStreams.map(({ stream }) => stream.flow))],
			until: end,
		},
	];
}

/** Whether media may have gone another way since the answer: what was agreed on changed, or a transfer was asked for. */
function isMoved({ offers, messages, messagesBeyond }: Call, answered: number): boolean {
	if (messagesBeyond > 0 || messages.some(({ text }) => text === "REFER")) return true;
	// Where the answer is what offers, the caller's first word comes behind it.
	return ([0, 1] as const).some((party) =>
		offers.filter((offer) => offer.party === party).some(({ time }, place) => place > 0 && time > answered),
	);
}

/** Whether one capture file spans the call: what lies between two files may be all that is missing. */
function isInOneFile({ messages }: Call): boolean {
	return messages.every(({ place }) => place.file === messages[0]!.place.file);
}

function isSteady({ media }: CallCase, { stream, codecs }: CallStream): boolean {
	if (stream.maxGap >= USUAL_GAP || stream.hasComfortNoise || media.isSplit(stream)) return false;
	return codecs.length > 0 && codecs.every((codec) => codec !== null && STEADY.has(codec.name.toLowerCase()));
}

function packetsOf(streams: readonly CallStream[]): number {
	return streams.reduce((sum, { stream }) => sum + stream.packets, 0);
}

function lastOf(streams: readonly CallStream[]): number {
	return streams.reduce((latest, { stream }) => Math.max(latest, stream.last), Number.NEGATIVE_INFINITY);
}
