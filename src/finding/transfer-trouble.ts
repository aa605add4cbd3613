import { sideAddress } from "../flow/store.ts";
import type { Incident } from "../session/incidents.ts";
import type { Transfer } from "../session/transfer/transfer.ts";
import type { Observation, Run } from "./observation.ts";
import { SURE } from "./rules/waiting.ts";
import { byteText, counted, grouped } from "./words.ts";

/** A packet sent so often more without an answer: the other side is gone. */
const GIVEN_UP = 2;
/** Error codes with which a client ends what it does not want (RFC 1350, 5; RFC 2347): no code of its own, and options. */
const UNWANTED = /^[08]( |$)/;
const PORT_CLOSED = "port unreachable";

/** What is wrong with one TFTP transfer; undefined for one that arrived, or that the capture's end cuts. */
export function troubleOf(transfer: Transfer, run: Run): Observation | undefined {
	if (transfer.error !== null) return hasArrived(transfer) ? undefined : refusal(transfer, transfer.error);
	if (hasArrived(transfer) || isToldByIcmp(transfer, run)) return undefined;
	if (transfer.style === undefined) return unanswered(transfer, run);
	const silence = run.end - transfer.end;
	if (transfer.repeats < GIVEN_UP && silence < run.thresholds["transfer-silence"] * 1e9) return undefined;
	const closed = undelivered(transfer, run).length > 0 ? "; the client answered by ICMP that its port is closed" : "";
	if (transfer.blocks === 0) return noData(transfer, closed);
	return isUnannounced(transfer, run) ? unannounced(transfer) : stopped(transfer, closed);
}

/** Whether the whole file was seen to arrive, if perhaps not whole in the capture. */
export function hasArrived({ complete, last, lastRepeated, lastAcknowledged, options, bytes }: Transfer): boolean {
	if (complete || lastAcknowledged || (last >= 0 && !lastRepeated)) return true;
	return options.tsize !== undefined && options.tsize > 0 && bytes >= options.tsize;
}

/** What ICMP said of a transfer's packets, that findings of their own tell, is the cause of all that is missing. */
function isToldByIcmp(transfer: Transfer, run: Run): boolean {
	return undelivered(transfer, run).some(
		({ flow, side, detail }) =>
			detail !== PORT_CLOSED || sideAddress(run.store, flow, side) === transfer.client.address,
	);
}

/** ICMP messages about a transfer's packets. */
function undelivered({ flows }: Transfer, { sessions }: Run): (Incident & { readonly flow: number })[] {
	return flows.flatMap((flow) =>
		sessions.incidents
			.of(flow)
			.filter(({ kind }) => kind === "unreachable" || kind === "prohibited")
			.map((incident) => ({ ...incident, flow })),
	);
}

/** A client that asked how long the file is and then refuses it has what it wanted. */
function refusal(transfer: Transfer, error: string): Observation | undefined {
	const { errorBy, errorAt, asksSize, blocks } = transfer;
	if (errorBy === "client" && asksSize && blocks <= 1 && UNWANTED.test(error)) return undefined;
	const what = `the ${errorBy} ended the transfer with error ${error}`;
	return {
		kind: "tftp-error",
		severity: "warning",
		what,
		message: `${what} (${requestText(transfer)})`,
		...(errorAt ? { from: errorAt, until: errorAt.time } : {}),
	};
}

/** Nobody need answer a broadcast. */
function unanswered(transfer: Transfer, { end, thresholds }: Run): Observation | undefined {
	const { asked, requests, start, direction } = transfer;
	if (asked.endsWith(".255") || requests === 0) return undefined;
	if (requests < SURE && end - start < thresholds["answer-time"] * 1e9) return undefined;
	return {
		kind: "unanswered",
		severity: "error",
		what: `TFTP ${direction} requests got no answer`,
		message: `${counted(requests, `TFTP ${direction} request`)} for ${transfer.file} got no answer`,
		count: requests,
		filter: "tftp.opcode == 1 || tftp.opcode == 2",
		...times(transfer),
	};
}

function noData(transfer: Transfer, closed: string): Observation {
	const { style, direction } = transfer;
	const because =
		style === "ipoffice"
			? `the server answered with its write request to the client's port 69, and no data or acknowledgement followed${closed || ": a firewall passes one of the two only, or nothing on the client listens on port 69"}`
			: `the ${direction} request was accepted, and no data followed`;
	return { ...problem("tftp-no-data", because, transfer), ...times(transfer) };
}

/** Whether IP Office's data came, but not the write request that announces it: the client does not know what it is. */
function isUnannounced(transfer: Transfer, { labels }: Run): boolean {
	const { style, direction, isAcknowledged } = transfer;
	if (style !== "rfc1350" || direction !== "read" || isAcknowledged) return false;
	const { row } = labels.ofTransfer(transfer);
	return row !== null && labels.row(row)?.direction === "in";
}

function unannounced(transfer: Transfer): Observation {
	const because =
		"data came without the write request to the client's port 69 by which IP Office announces it, and was never acknowledged: a firewall's TFTP helper passes the data but not the write request";
	return { ...problem("tftp-no-data", because, transfer), ...times(transfer) };
}

/** The side that did not send the last packet was silent first. */
function stopped(transfer: Transfer, closed: string): Observation {
	const { lastBy, repeats, blocks, bytes, last } = transfer;
	const silent = lastBy === "server" ? "client" : "server";
	const where = last < 0 ? "before its last block" : "without an acknowledgement of its last block";
	const what = `the transfer stopped ${where}: the ${silent} was silent first${closed}`;
	const again = repeats > 0 ? `, and the ${lastBy} retransmitted its last packet ${counted(repeats, "time")}` : "";
	const message = `${what}, after ${counted(blocks, "block")} (${byteText(bytes)})${again} (${requestText(transfer)})`;
	return { kind: "tftp-incomplete", severity: "error", what, message, ...times(transfer) };
}

function problem(kind: "tftp-no-data", what: string, transfer: Transfer): Observation {
	return { kind, severity: "error", what, message: `${what} (${requestText(transfer)})` };
}

function requestText({ direction, file, requests }: Transfer): string {
	const often = requests > 1 ? `, asked for ${grouped(requests)} times` : "";
	return file === "" ? "its request is not in the capture" : `${direction} of ${file}${often}`;
}

function times({ requested, end }: Transfer): Pick<Observation, "from" | "until"> {
	return requested ? { from: requested, until: end } : {};
}
