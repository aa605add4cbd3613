import { KINDS } from "../../finding/kinds.ts";
import { counted } from "../../finding/words.ts";
import { lastedText, mediaText, resultText } from "../../report/call-words.ts";
import type { CallRecord } from "../../report/document.ts";
import { streams } from "../../report/explanation-text.ts";
import type { Page } from "../../report/page.ts";
import { callColumns } from "../../report/table.ts";
import { defineView } from "../view.ts";
import { clock } from "../words.ts";

/** SIP and H.323 calls, the newest first. */
export const CALLS = defineView<CallRecord>({
	name: "Calls",
	order: "newest first",
	items: ({ report }) => [...report.calls].reverse(),
	key: ({ id }) => String(id),
	title: ({ id }) => `call ${id}`,
	words: (call) => [
		call.protocol,
		call.callId,
		call.from,
		call.to,
		call.fromName,
		call.toName,
		resultText(call),
		call.codec,
		mediaText(call),
	],
	isAlive: ({ end }) => end === null,
	columns: (page, { report }) => callColumns(page, report.capture),
	orders: {
		call: ({ id }) => id,
		from: ({ from }) => from,
		to: ({ to }) => to,
		result: ({ result }) => result,
		lasted: ({ duration }) => duration ?? 0,
	},
	*text(call, _, page) {
		yield page.line(
			`call ${call.id}: ${partyText(call.from, call.fromName)} to ${partyText(call.to, call.toName)}`,
			"bold",
		);
		yield* page.wrapped(`  ${call.protocol}, ${call.callId}`, "    ", "dim");
		yield* page.wrapped(
			`  ${resultText(call)}${lasted(call)}`,
			"    ",
			call.result === "answered" ? "green" : "yellow",
		);
		const times = [
			`start ${clock(call.start)}`,
			...(call.ringing ? [`ringing ${clock(call.ringing)}`] : []),
			...(call.answered ? [`answered ${clock(call.answered)}`] : []),
			...(call.end ? [`end ${clock(call.end)}`] : []),
		];
		yield* page.wrapped(`  ${times.join(", ")} UTC`, "    ");
		yield* page.wrapped(
			`  ${counted(call.flows.length, "flow")} of signalling, ${call.mediaFlows.length} of media (f shows them)`,
			"    ",
		);
		if (call.filter !== null) yield* page.wrapped(`  Wireshark: ${call.filter}`, "    ", "dim");
		yield* findings(call, page);
		yield* offers(call, page);
		yield `\n${page.paint("bold", `Media: ${call.media.length === 0 ? "none seen" : mediaText(call)}`)}\n`;
		yield* streams(page, call.media);
		for (const { ssrc, quality } of call.media)
			if (quality) yield* page.wrapped(`    ${ssrc}: MOS ${quality.mos}, R ${quality.r}`, "      ");
	},
});

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
	for (const { kind, severity, message } of all) {
		yield* page.wrapped(`  ${severity} ${kind}: ${message}`, "    ", "yellow");
		yield* page.wrapped(`    check: ${KINDS[kind].check.join("; ")}`, "      ");
	}
}

function* offers({ offers: all, from, to }: CallRecord, page: Page): Iterable<string> {
	if (all.length === 0) return;
	yield `\n${page.paint("bold", "Offered")}\n`;
	for (const { time, party, media, endpoint, protocol, direction, codecs } of all)
		yield* page.wrapped(
			`  ${clock(time)} ${(party === "from" ? from : to) || party}: ${media} over ${protocol} at ${endpoint}, ${direction}, ${codecs.join(" ")}`,
			"    ",
		);
}
