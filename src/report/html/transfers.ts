import { byteText, counted, durationText, grouped } from "../../finding/words.ts";
import type { FlowRecord, Report, TransferRecord } from "../document.ts";
import { cutText, safeText } from "../safe-text.ts";
import { type Gathered, timeOf } from "./gather.ts";
import { flowLinks, html, type Markup, NOTHING, section } from "./markup.ts";

/** Transfers on the page, those that failed first. */
const MAX_SHOWN = 150;
/** Ladders that are open from the start. */
const OPEN = 2;

const WIDTH = 520;
const LEFT = 62;
const RIGHT = WIDTH - LEFT;
const STEP = 46;
const TOP = 52;

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
<div class="scroll" tabindex="0" role="group" aria-label="Ladder of transfer ${id}">${ladder(each, gathered)}</div>
<dl class="facts">
<div><dt>Transfer</dt><dd>${id}, ${row === null ? "no row" : html`<span class="row">${row}</span>`}, ${STYLES[each.style]}</dd></div>
<div><dt>Client</dt><dd class="address">${client}</dd></div>
<div><dt>Data</dt><dd>${byteText(bytes)} in ${counted(blocks, "block")}${retransmits > 0 && `, ${grouped(retransmits)} sent again`}${took > 0 && ` in ${durationText(took)}`}</dd></div>
<div><dt>Flows</dt><dd>${flowLinks(flows)}</dd></div>
</dl></details></li>
`;
}

const STYLES: Readonly<Record<TransferRecord["style"], string>> = {
	ipoffice: "IP Office’s own way",
	rfc1350: "as in RFC 1350",
	"single-port": "server stays on port 69",
};

interface Rung {
	readonly toServer: boolean;
	readonly text: string;
	/** Ports of client and server. */
	readonly ports: readonly [number, number];
	readonly flow: number | undefined;
	readonly kind: "request" | "data" | "error";
}

/** What the transfer's flows and counters tell of its course: single packets are not kept. */
function rungsOf(
	{ client, server, direction, style, file, blocks, bytes, complete, error, flows }: TransferRecord,
	known: ReadonlyMap<number, FlowRecord>,
): Rung[] {
	const [clientPort, serverPort] = [portOf(client), portOf(server)];
	const flowWith = (a: number, b: number) =>
		flows.find((id) => {
			const flow = known.get(id);
			const ports = flow && [flow.client.port, flow.server.port];
			return ports !== undefined && ((ports[0] === a && ports[1] === b) || (ports[0] === b && ports[1] === a));
		});
	const asked = direction === "read" ? "read request" : "write request";
	const rungs: Rung[] = [];
	const request = flowWith(clientPort, 69);
	if (file !== "" || request !== undefined)
		rungs.push({ toServer: true, text: `${asked}: ${file}`, ports: [clientPort, 69], flow: request, kind: "request" });
	const answer = style === "ipoffice" ? flowWith(69, serverPort) : undefined;
	if (style === "ipoffice")
		rungs.push({
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
		rungs.push({
			toServer: !fromServer,
			text: `data, ${last}: ${byteText(bytes)}`,
			ports: [clientPort, serverPort],
			flow: data,
			kind: "data",
		});
		rungs.push({
			toServer: fromServer,
			text: complete ? "each acknowledged" : "acknowledged as far as it went",
			ports: [clientPort, serverPort],
			flow: data,
			kind: "data",
		});
	}
	if (error !== null)
		rungs.push({
			toServer: false,
			text: `error: ${error}`,
			ports: [clientPort, serverPort],
			flow: data,
			kind: "error",
		});
	else if (!complete)
		rungs.push({
			toServer: false,
			text: blocks === 0 ? "no data came" : "the last block is not in the capture",
			ports: [clientPort, serverPort],
			flow: undefined,
			kind: "error",
		});
	return rungs;
}

function ladder(each: TransferRecord, { flows: known }: Gathered): Markup {
	const rungs = rungsOf(each, known);
	const height = TOP + rungs.length * STEP;
	const words = rungs.map(({ toServer, text }) => `${toServer ? "client" : "server"}: ${text}`).join("; ");
	return html`<svg class="ladder" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${words}">
<text class="address" x="${LEFT}" y="16" text-anchor="middle">${hostOf(each.client)}</text><text class="small" x="${LEFT}" y="32" text-anchor="middle">client</text>
<text class="address" x="${RIGHT}" y="16" text-anchor="middle">${hostOf(each.server)}</text><text class="small" x="${RIGHT}" y="32" text-anchor="middle">server</text>
<line class="life" x1="${LEFT}" x2="${LEFT}" y1="40" y2="${height - 4}"/><line class="life" x1="${RIGHT}" x2="${RIGHT}" y1="40" y2="${height - 4}"/>
${rungs.map((rung, i) => rungOf(rung, TOP + i * STEP + 18))}
</svg>`;
}

function rungOf({ toServer, text, ports, flow, kind }: Rung, y: number): Markup {
	const [from, to] = toServer ? [LEFT, RIGHT] : [RIGHT, LEFT];
	const tip = toServer ? to - 9 : to + 9;
	return html`<g class="rung is-${kind}"><line x1="${from}" x2="${to}" y1="${y}" y2="${y}"/><path d="M${tip} ${y - 5}L${to} ${y}L${tip} ${y + 5}Z"/>
<text x="${WIDTH / 2}" y="${y - 6}" text-anchor="middle">${cutText(safeText(text), 56)}</text>
<text class="port" x="${LEFT - 10}" y="${y + 4}" text-anchor="end">:${ports[0]}</text><text class="port" x="${RIGHT + 10}" y="${y + 4}">:${ports[1]}</text>
${flow !== undefined ? html`<text class="small" x="${WIDTH / 2}" y="${y + 14}" text-anchor="middle">flow ${flow}</text>` : NOTHING}</g>
`;
}

function portOf(endpoint: string): number {
	return Number(endpoint.slice(endpoint.lastIndexOf(":") + 1));
}

function hostOf(endpoint: string): string {
	return endpoint.slice(0, endpoint.lastIndexOf(":")).replace(/^\[|\]$/g, "");
}
