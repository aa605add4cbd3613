import type { CallRecord, MessageRecord } from "../../document/document.ts";
import { counted } from "../../finding/words.ts";
import { hostOf } from "../../packet/address.ts";
import { answerOf } from "../text/call-words.ts";
import { timeOf } from "./gather.ts";
import { ladder, type RungKind } from "./ladder.ts";
import { html, type Markup, NOTHING } from "./markup.ts";

/** Messages drawn of one call: there are ten or so in most. */
const MAX_SHOWN = 50;

/** A demand for credentials is no end: the same request comes again. */
const SIP_KINDS = {
	provisional: "provisional",
	challenge: "provisional",
	success: "final",
	refusal: "refusal",
} as const;
const H323_KINDS: Readonly<Record<string, RungKind>> = {
	setupAcknowledge: "provisional",
	callProceeding: "provisional",
	alerting: "provisional",
	progress: "provisional",
	connect: "final",
};

/** What the kinds of arrows mean, once for all ladders of calls. */
export function callLadderLegend(): Markup {
	return html`<ul class="legend rungs" aria-label="Arrows of the ladders"><li class="is-request"><span></span> request</li><li class="is-provisional"><span></span> provisional answer, or a demand for credentials</li><li class="is-final"><span></span> final answer: success</li><li class="is-refusal"><span></span> <span class="cross" aria-hidden="true">✕</span> final answer: refused, redirected or cancelled</li><li><span class="sdp">SDP</span> offers or accepts media (H.323: media)</li></ul>`;
}

/** A call's signalling, message by message. */
export function callLadder(call: CallRecord): Markup {
	const { messages, messagesBeyond = 0, protocol, start } = call;
	if (messages.length === 0) return NOTHING;
	const shown = messages.slice(0, MAX_SHOWN);
	const left = messages.length - shown.length + messagesBeyond;
	// Where programs of one machine speak to each other, it is their ports that tell them apart.
	const isWithin = shown.some(({ from, to }) => hostOf(from) === hostOf(to));
	const end = (endpoint: string) => (isWithin ? endpoint : hostOf(endpoint));
	const addresses = [...new Set(shown.flatMap(({ from, to }) => [end(from), end(to)]))];
	const offer = protocol === "sip" ? "SDP" : "media";
	const rungs = shown.map((message, i) => ({
		from: addresses.indexOf(end(message.from)),
		to: addresses.indexOf(end(message.to)),
		kind: kindOf(message, call),
		text: html`${message.text}${message.media && html` <span class="sdp">${offer}</span>`}`,
		left: ((timeOf(message.time) - timeOf(start)) / 1000).toFixed(3),
		right: html`<span class="hidden">packet </span>${message.packet.packet}${message.packet.file !== shown[Math.max(0, i - 1)]!.packet.file && html` <small>of ${message.packet.file}</small>`}`,
	}));
	const lines = addresses.map((address) => ({ address }));
	return html`${ladder(lines, rungs, ["seconds", "packet"])}${left > 0 && html`<p class="more">${counted(left, "message")} more.</p>`}`;
}

function kindOf({ text }: MessageRecord, { protocol, answered }: CallRecord): RungKind {
	// Who releases a call that nobody answered refuses it, or gives up.
	if (protocol === "h323")
		return H323_KINDS[text] ?? (text === "releaseComplete" && answered === null ? "refusal" : "request");
	const answer = answerOf(text);
	return answer === undefined ? "request" : SIP_KINDS[answer];
}
