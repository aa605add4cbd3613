import type { Label } from "../document/document.ts";
import type { FlowKey, LabelKey, LiveEvent } from "../document/events.ts";
import { problemText } from "../document/problem-text.ts";
import { byteText, counted, grouped } from "../finding/words.ts";
import { endText } from "./text/flow-words.ts";
import { safeJson, safeText } from "./text/safe-text.ts";

/** An event as JSON, one line. */
export function eventJson(event: LiveEvent): string {
	return `${safeJson(event)}\n`;
}

/** An event for people, one line; undefined for what goes without saying. */
export function eventText(event: LiveEvent): string | undefined {
	const words = wordsOf(event);
	return words === undefined ? undefined : `${event.time.slice(11, 19)}  ${safeText(words)}\n`;
}

function wordsOf(event: LiveEvent): string | undefined {
	switch (event.event) {
		case "opened":
			return undefined;
		case "labelled":
			return `${endsText(event)}: ${labelText(event.label, event.application)}`;
		case "relabelled":
			return `${endsText(event)}: ${labelText(event.label, event.application)}, no longer ${keyText(event.before)}`;
		case "closed": {
			const { id, client, server, ended, label } = event.flow;
			const packets = client.packets + server.packets;
			return `flow ${id}: ${ended}, ${counted(packets, "packet")}, ${byteText(client.bytes + server.bytes)} (${keyText(label)})`;
		}
		case "host": {
			const { address, products, system, model, release } = event.host;
			const about = [system, model, release].filter((text) => text !== undefined);
			return `host ${address}: ${products.join(", ")}${about.length > 0 ? ` (${about.join(", ")})` : ""}`;
		}
		case "finding":
			return `${event.finding.severity} ${event.finding.kind}: ${event.finding.message}`;
		case "withdrawn":
			return `no longer so: ${event.finding.kind}: ${event.finding.message}`;
		case "transfer": {
			const { id, client, server, direction, file, bytes, complete, error } = event.transfer;
			const outcome = error ?? (complete ? `complete, ${byteText(bytes)}` : "under way");
			return `TFTP transfer ${id}: ${client} ${direction === "read" ? "reads from" : "writes to"} ${server}: ${file}: ${outcome}`;
		}
		case "call":
			return `call ${event.call.id}: ${event.call.from} to ${event.call.to}: ${event.call.result}`;
		case "dropped":
			return `${grouped(event.dropped)} packets dropped so far: this host captures too slowly`;
		case "problem":
			return problemText(event.problem);
	}
}

function endsText({ flow, transport, client, server }: FlowKey): string {
	return `flow ${flow}: ${transport} ${endText(client)} > ${endText(server)}`;
}

function labelText(
	{ status, row, candidates, confidence, service, reasons }: Label,
	application: string | null,
): string {
	const what = application === null ? "" : `${application}, `;
	if (row !== null) return `${what}${row}${service ? ` ${service}` : ""} (${confidence})`;
	if (status === "ambiguous") return `${what}one of ${candidates.join(", ")}`;
	return `${what}unknown: ${reasons[0] ?? ""}`;
}

function keyText({ status, row }: LabelKey): string {
	return row ?? status;
}
