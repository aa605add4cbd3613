import type { Ends, FindingGroup } from "../finding/groups.ts";
import { messageOf, type Observation } from "../finding/observation.ts";
import { counted, grouped } from "../finding/words.ts";
import type { CaptureFinding, Finding } from "./document.ts";
import { callId, flowId, type RunWords } from "./run-words.ts";
import { isoTime } from "./time.ts";

/** Ends and ids named in a sentence; of more, their number and the first few. */
const NAMED = 4;

/** What one flow shows, as the report's flow objects have it. */
export function findingOf(observation: Observation): Finding {
	const { kind, severity, check } = observation;
	return { kind, severity, message: messageOf(observation), ...(check ? { check } : {}) };
}

/**
 * A finding of the whole capture, in words that a support case can quote.
 * @param run see {@link RunWords}. @param services of rows, by id.
 */
export function captureFinding(
	group: FindingGroup,
	run: RunWords,
	services: ReadonlyMap<string, string>,
): CaptureFinding {
	const { kind, severity, row, host, clients, servers, flows, flowCount, calls, count, first } = group;
	const time = (at: number | null) => (at === null ? null : isoTime(run.epoch, at));
	const [start, end] = [time(group.start), time(group.end)];
	return {
		kind,
		severity,
		message: message(group, row === null ? "" : `${row} ${services.get(row) ?? ""}`.trimEnd(), [start, end], run),
		row,
		host,
		clients: clients.shown,
		servers: servers.shown,
		flows: flows.map((flow) => flowId(run, flow)),
		flowCount,
		...(calls.length > 0 ? { calls: calls.map((id) => callId(run, id)) } : {}),
		count,
		start,
		end,
		first: first && { file: run.files[first.file] ?? "", packet: first.number },
		filter: group.filter || null,
		check: group.check,
	};
}

/** `IPO-IN-43 Configuration (TLS), 10.0.0.2 to 10.0.0.1:50805: … (flow 17; 09:00:21 UTC; packet 203)`. */
function message(
	group: FindingGroup,
	row: string,
	[start, end]: readonly [string | null, string | null],
	run: RunWords,
): string {
	const { text, clients, servers, first } = group;
	if (!first) return text;
	const who = servers.count === 0 ? "" : `${endsText(clients, "client")} to ${endsText(servers, "server")}`;
	const place = [
		...about(group, run),
		...(group.flowCount > 1 && group.count > group.flowCount ? [`${grouped(group.count)} times in all`] : []),
		...(start && end ? [timesText(start, end)] : []),
		`${group.flowCount > 1 ? "first " : ""}packet ${first.number}${run.files.length > 1 ? ` of ${run.files[first.file]}` : ""}`,
	];
	return `${[row, who].filter(Boolean).join(", ")}: ${text} (${place.join("; ")})`;
}

/** The message without calls, flows, times and packet, for who tells them apart. */
export function withoutPlace({ message: whole, first }: CaptureFinding): string {
	if (!first) return whole;
	return whole.replace(/^([\s\S]*) \((?:calls? \d|flows? \d|[\d,]+ flows,)[\s\S]*\)$/, "$1");
}

function about({ flows, flowCount, calls }: FindingGroup, run: RunWords): string[] {
	if (calls.length > 0) return [`call${calls.length > 1 ? "s" : ""} ${idsText(calls.map((id) => callId(run, id)))}`];
	const ids = idsText(flows.map((flow) => flowId(run, flow)));
	if (flowCount === 1) return [`flow ${ids}`];
	return [
		flows.length < flowCount || flowCount > NAMED ? `${counted(flowCount, "flow")}, such as ${ids}` : `flows ${ids}`,
	];
}

function idsText(ids: readonly number[]): string {
	return `${ids.slice(0, NAMED).join(", ")}${ids.length > NAMED ? ", …" : ""}`;
}

function endsText({ shown, count, isMore }: Ends, one: string): string {
	if (count <= NAMED && !isMore) return shown.join(", ");
	return `${isMore ? "more than " : ""}${counted(count, one)} (${shown.slice(0, NAMED).join(", ")}, …)`;
}

/** `09:00:21 UTC`, `09:00:21 to 09:02:10 UTC`: dates are the capture's, unless the two differ. */
export function timesText(start: string, end: string): string {
	const at = start.slice(0, 10) === end.slice(0, 10) ? 11 : 0;
	const [from, to] = [start, end].map((text) => text.slice(at, 19).replace("T", " "));
	return `${from === to ? from : `${from} to ${to}`} UTC`;
}
