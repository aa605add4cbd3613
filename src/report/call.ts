import type { CallRecord } from "../document/document.ts";
import { KINDS } from "../finding/kinds.ts";
import { counted } from "../finding/words.ts";
import { streams } from "./explanation.ts";
import { ladder } from "./ladder.ts";
import { endReasonText, lastedText, mediaText, resultText } from "./text/call-words.ts";
import type { Page } from "./text/page.ts";

/** All of one call: its course, what was found, every message of its signalling, what was offered, its media. */
export function* callText(call: CallRecord, page: Page): Iterable<string> {
	yield page.line(
		`call ${call.id}: ${partyText(call.from, call.fromName)} to ${partyText(call.to, call.toName)}`,
		"bold",
	);
	yield* page.wrapped(`  ${call.protocol}, ${call.callId}`, "    ", "dim");
	yield* page.wrapped(`  ${resultText(call)}${lasted(call)}`, "    ", call.result === "answered" ? "green" : "yellow");
	const times = [
		`start ${clock(call.start)}`,
		...(call.ringing ? [`ringing ${clock(call.ringing)}`] : []),
		...(call.answered ? [`answered ${clock(call.answered)}`] : []),
		...(call.end ? [`end ${clock(call.end)}`] : []),
	];
	const why = endReasonText(call);
	yield* page.wrapped(`  ${times.join(", ")} UTC${why === "" ? "" : `: ${why}`}`, "    ");
	yield* page.wrapped(`  ${flowsText(call.flows)} of signalling, ${flowsText(call.mediaFlows)} of media`, "    ");
	if (call.filter !== null) yield page.whole(`  Wireshark: ${call.filter}`, "dim");
	yield* findings(call, page);
	yield* messages(call, page);
	yield* offers(call, page);
	yield `\n${page.paint("bold", `Media: ${call.media.length === 0 ? "none seen" : mediaText({ ...call, findings: [] })}`)}\n`;
	yield* streams(page, call.media);
	for (const { ssrc, quality } of call.media) {
		const told = quality
			? `MOS ${quality.atMost ? "≤ " : ""}${quality.mos}, R ${quality.r}, supposed: ${quality.assumed.join("; ")}`
			: NO_QUALITY;
		yield* page.wrapped(`    ${ssrc}: ${told}`, "      ", "dim");
	}
}

const NO_QUALITY = "no MOS: for fewer than 50 packets, and for codecs without published figures, there is none";

/** Flows named of a call. */
const MAX_FLOWS = 6;

/** `flow 3`, `flows 3, 4`, `no flow`. */
function flowsText(ids: readonly number[]): string {
	if (ids.length === 0) return "no flow";
	const more = ids.length > MAX_FLOWS ? ", …" : "";
	return `${ids.length === 1 ? "flow" : "flows"} ${ids.slice(0, MAX_FLOWS).join(", ")}${more}`;
}

function partyText(party: string, name: string | undefined): string {
	return name === undefined || name === "" ? party || "–" : `${name} <${party}>`;
}

function lasted(call: CallRecord): string {
	const time = lastedText(call);
	return time === "" ? "" : `, lasted ${time}`;
}

function* findings({ findings: all }: CallRecord, page: Page): Iterable<string> {
	if (all.length === 0) return;
	yield `\n${page.paint("bold", "Findings")}\n`;
	for (const { kind, severity, message, check = KINDS[kind].check } of all) {
		yield* page.wrapped(`  ${severity} ${kind}: ${message}`, "    ", "yellow");
		yield* page.wrapped(`    check: ${check.join("; ")}`, "      ");
	}
}

function* messages({ messages: all, messagesBeyond = 0 }: CallRecord, page: Page): Iterable<string> {
	if (all.length === 0) return;
	yield `\n${page.paint("bold", "Messages")}\n`;
	yield* ladder(all, page);
	if (messagesBeyond > 0) yield page.line(`  and ${counted(messagesBeyond, "message")} more`, "dim");
}

function* offers({ offers: all, from, to }: CallRecord, page: Page): Iterable<string> {
	if (all.length === 0) return;
	yield `\n${page.paint("bold", "Offered")}\n`;
	for (const { time, party, media, endpoint, protocol, direction, codecs } of all)
		yield* page.wrapped(
			`  ${clock(time)} ${(party === "from" ? from : to) || party}: ${media} over ${protocol} at ${endpoint}, ${[direction, codecs.join(" ")].filter(Boolean).join(", ")}`,
			"    ",
		);
}

/** `09:00:18` of a time in ISO 8601. */
function clock(time: string): string {
	return time.slice(11, 19);
}
