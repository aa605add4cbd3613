import type { FlowRecord, HostRecord, StreamRecord } from "../document/document.ts";
import type { ExplainedRow, Explanation } from "../document/explanation.ts";
import { KINDS } from "../finding/kinds.ts";
import { byteText, counted, durationText } from "../finding/words.ts";
import { resultText } from "./text/call-words.ts";
import { displayFilter } from "./text/display-filter.ts";
import { endText } from "./text/flow-words.ts";
import { Page } from "./text/page.ts";
import { becauseOf, rowIds, selfDescription } from "./text/words.ts";

const HEX_BYTES = 16;
/** Lines of payload of each side. */
const HEX_LINES = 8;
const STYLES = { row: "green", peer: "green", candidate: "yellow", "ruled out": "dim" } as const;
const OUTCOMES = { row: "the label", peer: "the client's side", candidate: "stays equal", "ruled out": "no" } as const;

/** An explanation for people. */
export function* explanationText(
	explanation: Explanation,
	options: { width: number; color: boolean },
): Iterable<string> {
	const page = new Page(options);
	const { flow, matrix } = explanation;
	yield* flowText(page, flow, explanation);
	yield page.whole(`  Wireshark: ${displayFilter(flow)}`, "dim");
	for (const { address, name, source } of explanation.names) {
		const from = source === "dns" ? "a DNS answer in the capture" : "the capture file's name records";
		yield* page.wrapped(`  ${address} is ${name} by ${from}`, "    ");
	}
	yield* evidence(page, flow);
	yield* calls(page, explanation);
	yield* rows(page, explanation.rows);
	yield* payload(page, "client", explanation.payload.client);
	yield* payload(page, "server", explanation.payload.server);
	yield "\n";
	yield* page.wrapped(`port matrix ${matrix.name}, release ${matrix.release}${becauseOf(matrix)}`, "  ", "dim");
}

/** What a flow is, its label with the reasons, what was found on it, and its ends. @param hosts product hosts at them */
export function* flowText(
	page: Page,
	flow: FlowRecord,
	hosts: Pick<Explanation, "client" | "server">,
): Iterable<string> {
	const { client, server, label, direction } = flow;
	const ends = `${endText(client)} → ${endText(server)}`;
	yield page.line(`flow ${flow.id}: ${flow.transport} ${ends}`, "bold");
	yield* page.wrapped(
		`${flow.start}, ${durationText(flow.duration)}; client ${counted(client.packets, "packet")}, ${byteText(client.bytes)}; server ${counted(server.packets, "packet")}, ${byteText(server.bytes)}; first packet ${flow.first.packet} of ${flow.first.file}`,
		"  ",
		"dim",
	);
	yield `\n${page.paint("bold", "Label")}\n`;
	yield* page.wrapped(verdictText(flow), "  ", label.status === "matched" ? "green" : "yellow");
	for (const reason of label.reasons) yield* page.wrapped(`  ${reason}`, "    ");
	for (const { kind, severity, message, check = KINDS[kind].check } of flow.findings) {
		yield* page.wrapped(`  ${severity} ${kind}: ${message}`, "    ", "yellow");
		if (severity !== "info") yield* page.wrapped(`    check: ${check.join("; ")}`, "      ");
	}
	yield `\n${page.paint("bold", "Ends")}\n`;
	yield* end(page, "client", client.address, hosts.client);
	yield* end(page, "server", server.address, hosts.server);
	yield* page.wrapped(`  direction: ${direction.reason}${direction.certain ? "" : " (a guess)"}`, "    ");
}

function verdictText({ label }: FlowRecord): string {
	const service = label.service === null ? "" : `, ${label.service}`;
	if (label.status === "matched") {
		const peer = label.peerRow === null ? "" : ` (the client's side: ${label.peerRow})`;
		return `${label.row}${peer}${service}: ${label.confidence}`;
	}
	return label.status === "ambiguous" ? `ambiguous: ${label.candidates.join(", ")}` : `unknown${service}`;
}

/** One end of a flow: which product runs there, and why. */
function* end(page: Page, side: string, address: string, host: HostRecord | null): Iterable<string> {
	if (!host) {
		yield* page.wrapped(`  ${side} ${address}: no product host`, "    ");
		return;
	}
	const said = selfDescription(host);
	const says = said === "" ? "" : `; says that it is ${said}`;
	yield* page.wrapped(`  ${side} ${address}: ${host.products.join(", ")}, ${host.source}${says}`, "    ");
	for (const reason of host.reasons) yield* page.wrapped(`    ${reason}`, "      ", "dim");
}

/** What a flow's payload shows: protocol, fields, RTP streams. */
export function* evidence(page: Page, { application, streams: all = [] }: FlowRecord): Iterable<string> {
	yield `\n${page.paint("bold", "Payload shows")}\n`;
	if (application === null) yield page.line("  no protocol that is known");
	const { protocol = "", ...fields } = application ?? {};
	if (protocol !== "") yield page.line(`  ${protocol}`);
	for (const [name, value] of Object.entries(fields)) yield* page.wrapped(`    ${name}: ${textOf(value)}`, "      ");
	yield* streams(page, all);
}

function textOf(value: unknown): string {
	return typeof value === "string" ? value : JSON.stringify(value);
}

function* calls(page: Page, { flow, calls: shown }: Explanation): Iterable<string> {
	if (shown.length === 0) return;
	yield `\n${page.paint("bold", "Calls (explain --call tells all of one)")}\n`;
	for (const call of shown)
		yield* page.wrapped(
			`  call ${call.id}: ${call.from || "?"} to ${call.to || "?"}: ${resultText(call)}`,
			"    ",
			call.result === "answered" ? undefined : "yellow",
		);
	const more = (flow.call?.length ?? 0) - shown.length;
	if (more > 0) yield page.line(`  and ${counted(more, "call")} more`, "dim");
}

function* rows(page: Page, all: readonly ExplainedRow[]): Iterable<string> {
	yield `\n${page.paint("bold", "Rows that list the port")}\n`;
	if (all.length === 0) yield page.line("  none");
	const isMovable = ({ outcome, fit }: ExplainedRow) => outcome === "ruled out" && fit === "configurable";
	for (const { row, service, outcome, for: pro, against } of all.filter((each) => !isMovable(each))) {
		yield page.line(`  ${row}  ${service}: ${OUTCOMES[outcome]}`, STYLES[outcome]);
		for (const reason of pro) yield* page.wrapped(`    + ${reason}`, "      ");
		for (const reason of against) yield* page.wrapped(`    - ${reason}`, "      ");
	}
	const movable = all.filter(isMovable).map(({ row }) => row);
	if (movable.length > 0)
		yield* page.wrapped(
			`  no, though they may be moved to the port: ${rowIds(movable)} (--format json)`,
			"    ",
			"dim",
		);
}

/** RTP streams, one line each. */
export function* streams(page: Page, all: readonly StreamRecord[]): Iterable<string> {
	for (const { ssrc, from, codec, packets, lost, lossPercent, jitterMs, maxGapMs } of all) {
		const jitter = jitterMs === null ? "" : `, jitter ${jitterMs} ms`;
		yield* page.wrapped(
			`    stream ${ssrc} from ${from}: ${codec ?? "codec unknown"}, ${counted(packets, "packet")}, ${lost} lost (${lossPercent} %)${jitter}, longest gap ${maxGapMs} ms`,
			"      ",
		);
	}
}

/** Bytes as Wireshark shows them: offset, hexadecimal, printable ASCII. */
function* payload(page: Page, side: string, hex: string): Iterable<string> {
	const bytes = Buffer.from(hex, "hex");
	yield `\n${page.paint("bold", `First payload bytes of the ${side}`)}\n`;
	if (bytes.length === 0) yield page.line("  none seen");
	for (let at = 0; at < Math.min(bytes.length, HEX_BYTES * HEX_LINES); at += HEX_BYTES) {
		const line = bytes.subarray(at, at + HEX_BYTES);
		const digits = [...line].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
		const text = [...line].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
		yield page.line(`  ${at.toString(16).padStart(4, "0")}  ${digits.padEnd(3 * HEX_BYTES - 1)}  ${text}`);
	}
}
