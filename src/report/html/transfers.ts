import type { FlowRecord, Report, TransferRecord } from "../../document/document.ts";
import { byteText, counted, durationText, grouped } from "../../finding/words.ts";
import { hostOf, portOf } from "../../packet/address.ts";
import { type Gathered, timeOf } from "./gather.ts";
import { ladder, type RungKind } from "./ladder.ts";
import { flowLink, flowLinks, html, type Markup, NOTHING, section } from "./markup.ts";

/** Transfers on the page, those that failed first. */
const MAX_SHOWN = 150;
/** Ladders that are open from the start. */
const OPEN = 2;

/** The transfers that the page shows. */
export function shownTransfers({ transfers }: Report): TransferRecord[] {
	const failed = transfers.filter(({ complete }) => !complete);
	return [...failed, ...transfers.filter(({ complete }) => complete)].slice(0, MAX_SHOWN);
}

/** TFTP transfers, each as one exchange of all its flows. */
export function transfers(report: Report, gathered: Gathered): Markup {
	const all = report.transfers;
	if (all.length === 0) return NOTHING;
	const failed = all.filter(({ complete }) => !complete).length;
	const bytes = all.reduce((sum, each) => sum + each.bytes, 0);
	const isIpOffice = all.some(({ style }) => style === "ipoffice");
	return section(
		"transfers",
		"TFTP transfers",
		html`${counted(all.length, "transfer")}, ${byteText(bytes)} in all; ${failed === 0 ? "all complete" : html`<strong>${grouped(failed)} not complete</strong>`}.${isIpOffice && " IP Office answers a read request by a write request of its own to port 69, and sends the data between both sides’ other ports: three flows that firewalls take for strangers."}`,
		html`<ol class="cards">${shownTransfers(report).map((each, i) => transfer(each, gathered, i < OPEN))}</ol>`,
		all.length > MAX_SHOWN &&
			html`<p class="more">${counted(all.length - MAX_SHOWN, "transfer")} more: <code>--format csv --records transfers</code> has all.</p>`,
	);
}

function transfer(each: TransferRecord, gathered: Gathered, isOpen: boolean): Markup {
	const { id, file, client, server, direction, bytes, blocks, retransmits, complete, error, row, start, end, flows } =
		each;
	const took = (timeOf(end) - timeOf(start)) / 1000;
	return html`<li><details${isOpen && html` open`} data-print><summary><span class="state is-${complete ? "working" : "failing"}">${complete ? "complete" : (error ?? "incomplete")}</span> <b>${file === "" ? "(request not in the capture)" : file}</b> <span class="dim">${direction === "read" ? "from" : "to"} <span class="address">${server}</span></span></summary>
${transferLadder(each, gathered)}
<dl class="facts">
<div><dt>Transfer</dt><dd>${id}, ${row === null ? "no row" : html`<span class="row">${row}</span>`}, ${STYLES[each.style]}</dd></div>
<div><dt>Client</dt><dd class="address">${client}</dd></div>
<div><dt>Data</dt><dd>${byteText(bytes)} in ${counted(blocks, "block")}${retransmits > 0 && `, ${grouped(retransmits)} retransmitted`}${took > 0 && ` in ${durationText(took)}`}</dd></div>
<div><dt>Flows</dt><dd>${flowLinks(flows)}</dd></div>
</dl></details></li>
`;
}

const STYLES: Readonly<Record<TransferRecord["style"], string>> = {
	ipoffice: "IP Office’s own way",
	rfc1350: "as in RFC 1350",
	"single-port": "server stays on port 69",
};

interface Step {
	readonly toServer: boolean;
	readonly text: string;
	/** Ports of client and server. */
	readonly ports: readonly [number, number];
	readonly flow: number | undefined;
	readonly kind: RungKind;
}

/** What the transfer's flows and counters tell of its course: single packets are not kept. */
function stepsOf(
	{ client, server, direction, style, file, blocks, bytes, complete, error, flows }: TransferRecord,
	known: ReadonlyMap<number, FlowRecord>,
): Step[] {
	const [clientPort, serverPort] = [portOf(client), portOf(server)];
	const flowWith = (a: number, b: number) =>
		flows.find((id) => {
			const flow = known.get(id);
			const ports = flow && [flow.client.port, flow.server.port];
			return ports !== undefined && ((ports[0] === a && ports[1] === b) || (ports[0] === b && ports[1] === a));
		});
	const asked = direction === "read" ? "read request" : "write request";
	const steps: Step[] = [];
	const request = flowWith(clientPort, 69);
	if (file !== "" || request !== undefined)
		steps.push({ toServer: true, text: `${asked}: ${file}`, ports: [clientPort, 69], flow: request, kind: "request" });
	const answer = style === "ipoffice" ? flowWith(69, serverPort) : undefined;
	if (style === "ipoffice")
		steps.push({
			toServer: false,
			text: "write request: the answer",
			ports: [69, serverPort],
			flow: answer,
			kind: "request",
		});
	const data = flowWith(clientPort, serverPort);
	const fromServer = direction === "read";
	if (blocks > 0) {
		const last = blocks === 1 ? "block 1" : `blocks 1 to ${grouped(blocks)}`;
		steps.push({
			toServer: !fromServer,
			text: `data, ${last}: ${byteText(bytes)}`,
			ports: [clientPort, serverPort],
			flow: data,
			kind: "data",
		});
		steps.push({
			toServer: fromServer,
			text: complete ? "each acknowledged" : "acknowledged as far as it went",
			ports: [clientPort, serverPort],
			flow: data,
			kind: "data",
		});
	}
	if (error !== null)
		steps.push({
			toServer: false,
			text: `error: ${error}`,
			ports: [clientPort, serverPort],
			flow: data,
			kind: "refusal",
		});
	else if (!complete)
		steps.push({
			toServer: false,
			text: blocks === 0 ? "no data came" : "the last block is not in the capture",
			ports: [clientPort, serverPort],
			flow: undefined,
			kind: "refusal",
		});
	return steps;
}

function transferLadder(each: TransferRecord, { flows: known }: Gathered): Markup {
	const lines = [
		{ address: hostOf(each.client), role: "client" },
		{ address: hostOf(each.server), role: "server" },
	];
	const rungs = stepsOf(each, known).map(({ toServer, text, ports, flow, kind }) => ({
		from: toServer ? 0 : 1,
		to: toServer ? 1 : 0,
		kind,
		text: html`${text}${flow !== undefined && html` <small>flow ${flowLink(flow)}</small>`}`,
		left: `:${ports[0]}`,
		right: `:${ports[1]}`,
	}));
	return ladder(lines, rungs, ["", ""]);
}
