import type { Report } from "../document/document.ts";
import { problemText } from "../document/problem-text.ts";
import { windowText } from "../document/window-text.ts";
import { byteText, counted, durationText, grouped } from "../finding/words.ts";
import type { RecordKind, RenderOptions } from "./renderer.ts";
import { lastedText, mediaText, resultText, troubleFirst } from "./text/call-words.ts";
import { endText } from "./text/flow-words.ts";
import { safeText } from "./text/safe-text.ts";
import { ANONYMIZED, becauseOf, rowIds, selfDescription } from "./text/words.ts";

/** Flows, and calls, listed unless told otherwise: tickets are read by people. */
const MAX_FLOWS = 200;

/** The report for ticket systems, or its records of one kind: GitHub-flavoured Markdown. */
export function* markdown(report: Report, options: RenderOptions): Iterable<string> {
	if (options.records !== undefined) {
		let isEmpty = true;
		for (const piece of RECORDS[options.records](report, options)) {
			yield isEmpty ? piece.trimStart() : piece;
			isEmpty = false;
		}
		if (isEmpty) yield `No ${options.records} in ${inline(report.capture.files.join(", "))}.\n`;
		return;
	}
	yield* head(report);
	yield* RECORDS.rows(report, options);
	yield* grid(
		"Ambiguous or unknown, and why",
		["status", "flows", "reason", "such as flow"],
		report.reasons.map((group) => [group.status, group.flows, group.reason, group.examples.join(", ")]),
	);
	yield* RECORDS.findings(report, options);
	yield* RECORDS.calls(report, options);
	yield* RECORDS.transfers(report, options);
	yield* list(
		"Packets not decoded, or not whole",
		report.capture.notDecoded.map(({ packets, reason, hint }) => `${packets}: ${reason}${hint ? ` (${hint})` : ""}`),
	);
	if (!options.summary) yield* RECORDS.flows(report, options);
}

function* head(report: Report): Iterable<string> {
	const { capture, labels, matrix } = report;
	const span =
		capture.start && capture.end
			? `, ${durationText((Date.parse(capture.end) - Date.parse(capture.start)) / 1000)} from ${capture.start}`
			: "";
	yield `# ${inline(capture.files.join(", "))}\n\n`;
	yield `${counted(capture.packets, "packet")}, ${byteText(capture.bytes)}${span}. `;
	yield `${counted(labels.flows, "flow")}: ${grouped(labels.matched)} matched, ${grouped(labels.ambiguous)} ambiguous, ${grouped(labels.unknown)} unknown. `;
	yield `Port matrix ${inline(matrix.name)}, release ${inline(matrix.release)}${inline(becauseOf(matrix))}.\n`;
	if (report.anonymized) yield `\n${ANONYMIZED}.\n`;
	if (capture.window) yield `\n${windowText(capture.window, capture)}.\n`;
	yield* list("Problems of the input", report.problems.map(problemText));
	yield* grid(
		"Product hosts",
		["address", "products", "says that it is", "source", "how it was found"],
		report.hosts.map((host) => [
			host.address,
			host.products.join(", "),
			selfDescription(host),
			host.source,
			host.reasons.join("; "),
		]),
	);
}

/** Records by their kind, each a table with its heading; nothing where there are none. */
const RECORDS: Readonly<Record<RecordKind, (report: Report, options: RenderOptions) => Iterable<string>>> = {
	rows: ({ rows }) =>
		grid(
			"Matrix rows seen",
			["row", "service", "flows", "packets", "bytes"],
			rows.map((row) => [row.row, row.service, row.flows, row.packets, byteText(row.bytes)]),
		),
	findings: ({ findings }) =>
		grid(
			"Findings",
			["severity", "kind", "what", "Wireshark", "what to check"],
			findings.map(({ severity, kind, message, filter, check }) => [
				severity,
				kind,
				message,
				{ code: filter ?? "" },
				severity === "info" ? "" : check.join("; "),
			]),
		),
	*calls({ calls }, { maxFlows = MAX_FLOWS }) {
		yield* grid(
			"Calls",
			["call", "start", "from", "to", "result", "lasted", "codec", "media", "flows"],
			troubleFirst(calls)
				.slice(0, maxFlows)
				.map((call) => [
					call.id,
					call.start.slice(0, 23),
					call.from,
					call.to,
					resultText(call),
					lastedText(call),
					call.codec ?? "",
					mediaText(call),
					[...call.flows, ...call.mediaFlows].join(" "),
				]),
		);
		yield* beyond(calls.length - maxFlows, "call");
	},
	transfers: ({ transfers }) =>
		grid(
			"TFTP transfers",
			["id", "row", "client", "server", "direction", "file", "bytes", "outcome", "flows"],
			transfers.map((t) => [
				t.id,
				t.row ?? "–",
				t.client,
				t.server,
				t.direction,
				t.file,
				t.bytes,
				t.error ?? (t.complete ? "complete" : "incomplete"),
				t.flows.join(" "),
			]),
		),
	*flows(report, { maxFlows = MAX_FLOWS }) {
		yield* grid(
			"Flows",
			["flow", "start", "over", "client", "server", "protocol", "label", "sure", "packets", "bytes", "frame", "why"],
			flowCells(report, maxFlows),
		);
		yield* beyond(report.labels.flows - maxFlows, "flow");
	},
};

function* beyond(more: number, what: string): Iterable<string> {
	if (more > 0) yield `\n${counted(more, `more ${what}`)}: \`--all\` lists them.\n`;
}

export type Cell = string | number | { readonly code: string };

function* flowCells(report: Report, most: number): Iterable<Cell[]> {
	let left = most;
	for (const { id, start, transport, client, server, application, label, first } of report.flows()) {
		if (left-- === 0) return;
		const verdict = label.row ?? (label.status === "ambiguous" ? rowIds(label.candidates) : "unknown");
		yield [
			id,
			start.slice(0, 23),
			transport,
			endText(client),
			endText(server),
			application?.protocol ?? "",
			verdict,
			label.confidence ?? "",
			`${client.packets}/${server.packets}`,
			`${client.bytes}/${server.bytes}`,
			first.packet,
			label.reasons[0] ?? "",
		];
	}
}

export function* grid(title: string, heads: readonly string[], lines: Iterable<readonly Cell[]>): Iterable<string> {
	let started = false;
	for (const cells of lines) {
		if (!started) yield `\n## ${title}\n\n| ${heads.join(" | ")} |\n|${" --- |".repeat(heads.length)}\n`;
		started = true;
		yield `| ${cells.map(cellText).join(" | ")} |\n`;
	}
}

/** Code is copied as it stands: in a table only its bars are escaped. It is never a capture's text. */
function cellText(cell: Cell): string {
	if (typeof cell !== "object") return inline(String(cell));
	return cell.code === "" ? "" : `\`${cell.code.replaceAll("|", "\\|")}\``;
}

export function* list(title: string, lines: readonly string[]): Iterable<string> {
	if (lines.length > 0) yield `\n## ${title}\n\n${lines.map((line) => `- ${atStart(inline(line))}\n`).join("")}`;
}

/** A line's text that is no list, code block or underline of a heading by its first characters. */
function atStart(text: string): string {
	return text
		.replace(/^ /, "&#32;")
		.replace(/^[-+=]/, "\\$&")
		.replace(/^\d+(?=[.)])/, "$&\\");
}

/**
 * What sites that show Markdown make links, mentions, references, formulas or pictures of, though it is plain text by
 * Markdown itself: names of hosts, web and mail addresses, and what GitHub and GitLab look for in the finished page,
 * where an escape no longer shows. In code they look for nothing.
 */
const TELLING =
	/[@#$]|:\/\/|(?<![a-z\d])www\.|[a-z\d-]\.[a-z]{2}|\b(?:mailto|xmpp):|:[a-z+-][a-z\d+_-]*:|(?<!\w)[!~%^]\w|\bGH-\d/i;
/** Words that code can hold as they stand, and the characters between. */
const WORDS = /[^\s`|\\<>&]+|[`|\\<>&]/g;

/** Text in which Markdown and HTML mean nothing, and of which no link is made, and that still reads well as plain text. */
export function inline(text: string): string {
	return safeText(text).replace(WORDS, (word) => {
		if (/[`|<>&]/.test(word)) return `&#${word.charCodeAt(0)};`;
		return TELLING.test(word) ? `\`${word}\`` : word.replace(/[\\*_[\]~]/g, "\\$&");
	});
}
