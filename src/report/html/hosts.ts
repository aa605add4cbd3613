import { scaleSqrt } from "d3-scale";
import { linkHorizontal } from "d3-shape";
import type { HostRecord, Report } from "../../document/document.ts";
import { byteText, counted, grouped, listed } from "../../finding/words.ts";
import { cutText, safeText } from "../text/safe-text.ts";
import { selfDescription } from "../text/words.ts";
import { AMBIGUOUS, type Gathered, type Talk, UNKNOWN } from "./gather.ts";
import { html, type Markup, NOTHING, section, table } from "./markup.ts";

/** What the picture holds; the table below it has more. */
const MAX_SERVERS = 12;
const MAX_SOCKETS = 24;
const MAX_CLIENTS = 14;
const MAX_LISTED = 200;

/** The picture is drawn twice, for a desk and for a phone: the style sheet shows one of them. */
interface Room {
	readonly className: string;
	readonly width: number;
	readonly box: number;
	/** Letters that a box has room for: of an address or name, of what stands after an address, after a row, below a name. */
	readonly name: number;
	readonly beside: number;
	readonly service: number;
	readonly below: number;
}

const WIDE: Room = { className: "wide", width: 1150, box: 350, name: 40, beside: 46, service: 28, below: 52 };
const NARROW: Room = { className: "narrow", width: 380, box: 158, name: 20, beside: 20, service: 9, below: 24 };

const HEAD = 24;
const SOCKET = 20;
const FOOT = 4;
const GAP = 16;
const CLIENT = 38;
/** Letters of most rows' names. */
const ROW_NAME = 9;
/** Fewer letters than these tell nothing. */
const MIN_BESIDE = 6;

interface Socket {
	readonly row: string;
	readonly service: string;
	readonly talks: readonly Talk[];
	y: number;
}

interface Server {
	readonly address: string;
	readonly host: HostRecord | undefined;
	readonly sockets: readonly Socket[];
	readonly bytes: number;
	y: number;
}

/** Clients that use the same rows of the same servers. */
interface Client {
	readonly addresses: readonly string[];
	readonly host: HostRecord | undefined;
	readonly name: string;
	y: number;
}

/** Who talks to whom, on which rows. */
export function hosts(report: Report, gathered: Gathered): Markup {
	const { labels } = report;
	if (labels.flows === 0) return NOTHING;
	const known = new Map(report.hosts.map((host) => [host.address, host]));
	return section(
		"hosts",
		"Who talks to whom",
		"At the left who asks, at the right who serves, with the rows that are used. Hosts that use the same rows of the same servers are drawn as one.",
		gathered.talks.length > 0
			? html`<div class="scroll" tabindex="0" role="group" aria-label="Diagram of hosts">${diagrams(gathered.talks, known, report)}</div>`
			: html`<p>No traffic of this capture is on a row of the matrix.</p>`,
		hostsTable(report),
		talksTable(gathered),
	);
}

function diagrams(talks: readonly Talk[], known: ReadonlyMap<string, HostRecord>, report: Report): Markup {
	const names = new Map(report.matrix.products.map(({ id, name }) => [id, name]));
	const servers = serversOf(talks, known);
	const shown = servers.slice(0, MAX_SERVERS);
	let y = 1;
	for (const server of shown) {
		server.y = y;
		server.sockets.forEach((socket, i) => {
			socket.y = y + HEAD + i * SOCKET + SOCKET / 2;
		});
		y += HEAD + server.sockets.length * SOCKET + GAP;
	}
	const clients = clientsOf(shown, known);
	const bottom = placeClients(clients, shown, y - GAP);
	const height = Math.max(y - GAP + FOOT, bottom) + 2;
	const drawn = shown.flatMap(({ sockets }) => sockets.flatMap((socket) => linksOf(socket, clients)));
	const thickness = scaleSqrt([0, Math.max(1, ...drawn.map(({ bytes }) => bytes))], [1, 10]);
	const left = servers.length - shown.length;
	const label = `${counted(clients.length, "client or group of clients", "clients or groups of clients")}, ${counted(shown.length, "server")}: the table below has the same in words`;
	const diagram = (
		room: Room,
	) => html`<svg class="hosts ${room.className}" viewBox="0 0 ${room.width} ${height}" width="${room.width}" height="${height}" role="img" aria-label="${label}">
<g class="links">${drawn.map((each) => link(each, thickness, room))}</g>
${clients.map((client) => clientBox(client, names, room))}
${shown.map((server) => serverBox(server, names, room))}
</svg>`;
	return html`${diagram(WIDE)}
${diagram(NARROW)}
${left > 0 ? html`<p class="more">${counted(left, "server")} with less traffic not drawn.</p>` : NOTHING}`;
}

function serversOf(talks: readonly Talk[], known: ReadonlyMap<string, HostRecord>): Server[] {
	const byServer = new Map<string, Map<string, Talk[]>>();
	for (const talk of talks) {
		const rows = byServer.get(talk.server) ?? new Map<string, Talk[]>();
		byServer.set(talk.server, rows);
		const list = rows.get(talk.row);
		if (list) list.push(talk);
		else rows.set(talk.row, [talk]);
	}
	const servers = [...byServer].map(([address, rows]): Server => {
		const all = [...rows].map(([row, list]): Socket => ({ row, service: list[0]!.service, talks: list, y: 0 }));
		const shown = all.slice(0, all.length > MAX_SOCKETS ? MAX_SOCKETS - 1 : MAX_SOCKETS);
		const rest = all.slice(shown.length);
		if (rest.length > 0)
			shown.push({
				row: "",
				service: counted(rest.length, "more row"),
				talks: rest.flatMap((each) => each.talks),
				y: 0,
			});
		const bytes = all.reduce((sum, each) => sum + each.talks.reduce((part, { bytes: size }) => part + size, 0), 0);
		return { address, host: known.get(address), sockets: shown, bytes, y: 0 };
	});
	const isTroubled = ({ sockets }: Server) => sockets.some(({ talks: all }) => toneOf(all, "") !== "is-row");
	const weight = (server: Server) => (server.host ? 2 : 0) + (isTroubled(server) ? 1 : 0);
	return servers.sort((a, b) => weight(b) - weight(a) || b.bytes - a.bytes);
}

function clientsOf(servers: readonly Server[], known: ReadonlyMap<string, HostRecord>): Client[] {
	const uses = new Map<string, { keys: string[]; bytes: number }>();
	servers.forEach(({ sockets }, i) => {
		sockets.forEach(({ talks }, j) => {
			for (const { client, bytes } of talks) {
				const use = uses.get(client) ?? { keys: [], bytes: 0 };
				use.keys.push(`${i}.${j}`);
				use.bytes += bytes;
				uses.set(client, use);
			}
		});
	});
	const groups = new Map<string, { addresses: string[]; bytes: number }>();
	for (const [address, { keys, bytes }] of uses) {
		const key = known.has(address) ? address : [...new Set(keys)].sort().join(" ");
		const group = groups.get(key) ?? { addresses: [], bytes: 0 };
		group.addresses.push(address);
		group.bytes += bytes;
		groups.set(key, group);
	}
	const all = [...groups.values()].sort((a, b) => rankOf(b, known) - rankOf(a, known) || b.bytes - a.bytes);
	const shown = all.slice(0, all.length > MAX_CLIENTS ? MAX_CLIENTS - 1 : MAX_CLIENTS);
	const rest = all.slice(shown.length).flatMap(({ addresses }) => addresses);
	const clients = shown.map(({ addresses }): Client => {
		const host = addresses.length === 1 ? known.get(addresses[0]!) : undefined;
		return { addresses, host, name: groupName(addresses), y: 0 };
	});
	if (rest.length > 0)
		clients.push({ addresses: rest, host: undefined, name: counted(rest.length, "more host"), y: 0 });
	return clients;
}

function rankOf({ addresses }: { addresses: readonly string[] }, known: ReadonlyMap<string, HostRecord>): number {
	return known.has(addresses[0]!) ? 1 : 0;
}

function groupName(addresses: readonly string[]): string {
	return addresses.length === 1 ? addresses[0]! : `${counted(addresses.length, "host")}: ${addresses[0]}, …`;
}

/** Puts clients near what they use, one below the other. @returns where the last one ends. */
function placeClients(clients: readonly Client[], servers: readonly Server[], height: number): number {
	const middle = ({ addresses }: Client) => {
		const set = new Set(addresses);
		const places = servers.flatMap(({ sockets }) =>
			sockets.filter(({ talks }) => talks.some(({ client }) => set.has(client))).map(({ y }) => y),
		);
		return places.reduce((sum, y) => sum + y, 0) / Math.max(1, places.length);
	};
	const ordered = clients.map((client) => ({ client, at: middle(client) })).sort((a, b) => a.at - b.at);
	const room = Math.max(height, clients.length * (CLIENT + 8));
	let next = 1;
	ordered.forEach(({ client, at }, i) => {
		const left = (ordered.length - i) * (CLIENT + 8);
		client.y = Math.max(next, Math.min(at - CLIENT / 2, room - left));
		next = client.y + CLIENT + 8;
	});
	return next - 8;
}

/** What a client, or a group of them, has on one row of one server. */
interface Link {
	readonly client: Client;
	readonly socket: Socket;
	readonly talks: readonly Talk[];
	readonly bytes: number;
}

function linksOf(socket: Socket, clients: readonly Client[]): Link[] {
	return clients.flatMap((client) => {
		const set = new Set(client.addresses);
		const talks = socket.talks.filter((talk) => set.has(talk.client));
		return talks.length === 0 ? [] : [{ client, socket, talks, bytes: sum(talks, (talk) => talk.bytes) }];
	});
}

function link(
	{ client, socket, talks, bytes }: Link,
	thickness: (bytes: number) => number,
	{ width, box }: Room,
): Markup {
	const path = linkHorizontal<unknown, [number, number]>().digits(1);
	const d = path({ source: [box, client.y + CLIENT / 2], target: [width - box, socket.y] });
	const troubled = sum(talks, ({ errors, warnings }) => errors + warnings);
	const flows = sum(talks, (talk) => talk.flows);
	return html`<path class="${toneOf(talks, socket.row)}" d="${d}" stroke-width="${thickness(bytes).toFixed(1)}"><title>${client.name}, ${socket.row} ${socket.service}: ${counted(flows, "flow")}, ${byteText(bytes)}${troubled > 0 && `, ${grouped(troubled)} with trouble`}</title></path>`;
}

function sum(talks: readonly Talk[], of: (talk: Talk) => number): number {
	return talks.reduce((all, talk) => all + of(talk), 0);
}

/** All flows fail, some fail or need a look, none does. */
function toneOf(talks: readonly Talk[], row: string): "is-error" | "is-warning" | "is-open" | "is-row" {
	const errors = sum(talks, (talk) => talk.errors);
	if (errors > 0 && errors === sum(talks, (talk) => talk.flows)) return "is-error";
	if (errors > 0 || talks.some(({ warnings }) => warnings > 0)) return "is-warning";
	return isOpen(row) ? "is-open" : "is-row";
}

function isOpen(row: string): boolean {
	return row === UNKNOWN || row === AMBIGUOUS;
}

function clientBox({ name, host, y, addresses }: Client, names: ReadonlyMap<string, string>, room: Room): Markup {
	const below = host ? productText(host, names) : addresses.length > 1 ? "use the same rows" : "";
	const middle = below === "" ? y + CLIENT / 2 + 4 : y + 16;
	return html`<g class="box${host ? " is-product" : ""}"><title>${addresses.slice(0, 40).join(", ")}${addresses.length > 40 && ", …"}</title><rect x="1" y="${y.toFixed(1)}" width="${room.box - 1}" height="${CLIENT}" rx="5"/>
<text class="address" x="12" y="${middle.toFixed(1)}">${cutText(safeText(name), room.name)}</text>${below === "" ? NOTHING : html`<text class="small" x="12" y="${(y + 31).toFixed(1)}">${cutText(safeText(below), room.below)}</text>`}</g>
`;
}

function serverBox({ address, host, sockets, y }: Server, names: ReadonlyMap<string, string>, room: Room): Markup {
	const x = room.width - room.box;
	const height = HEAD + sockets.length * SOCKET + FOOT;
	const group = groupKind(address);
	const [name, what] = group === undefined ? [address, host ? productText(host, names) : ""] : [group, address];
	const kind = group !== undefined ? " is-group" : host ? " is-product" : "";
	const left = room.beside - name.length;
	const hasRoom = what !== "" && left >= (group === undefined ? MIN_BESIDE : what.length);
	return html`<g class="box${kind}"><title>${name}${what !== "" && `: ${what}`}</title><rect x="${x}" y="${y}" width="${room.box - 1}" height="${height}" rx="5"/>
<text class="address" x="${x + 14}" y="${y + 17}">${cutText(safeText(name), room.name)}${hasRoom && html` <tspan class="small">${cutText(safeText(what), left)}</tspan>`}</text>
${sockets.map(({ row, service, talks, y: at }) => {
	const text =
		row === ""
			? html`${service}`
			: isOpen(row)
				? html`${row === UNKNOWN ? "no row" : "several rows fit"}`
				: html`<tspan class="row">${row}</tspan> ${cutText(safeText(service), room.service - Math.max(0, row.length - ROW_NAME))}`;
	return html`<circle class="${toneOf(talks, row)}" cx="${x}" cy="${at}" r="4"/><text x="${x + 14}" y="${at + 4}">${text}</text>`;
})}</g>
`;
}

/** What an address is called that is no host's, as far as that shows without its mask. */
function groupKind(address: string): string | undefined {
	if (address === "255.255.255.255") return "broadcast";
	return /^(?:22[4-9]|23\d)\.|^ff[0-9a-f]{2}:/.test(address) ? "multicast" : undefined;
}

function productText({ products }: HostRecord, names: ReadonlyMap<string, string>): string {
	return products.map((id) => names.get(id) ?? id).join(", ");
}

function hostsTable({ hosts: all, matrix }: Report): Markup {
	if (all.length === 0) return NOTHING;
	const names = new Map(matrix.products.map(({ id, name }) => [id, name]));
	const rows = all
		.slice(0, MAX_LISTED)
		.map((host) => [
			html`<span class="address">${host.address}</span>`,
			productText(host, names),
			selfDescription(host),
			grouped(host.flows),
			host.source === "given" ? "given" : html`from the traffic: ${host.reasons.join("; ")}`,
			host.findings && host.findings.length > 0 ? listed(host.findings) : "",
		]);
	const more = all.length - rows.length;
	return html`${table("Product hosts", ["host", "products", "says that it is", ">flows", "how it is known", "findings"], rows)}${more > 0 && html`<p class="more">${counted(more, "product host")} more: <code>flowmatrix classify --format json</code> has all.</p>`}`;
}

function talksTable({ talks, untold }: Gathered): Markup {
	const rows = talks
		.slice(0, MAX_LISTED)
		.map(({ client, server, row, service, flows, bytes, errors, warnings }) => [
			html`<span class="address">${client}</span>`,
			html`<span class="address">${server}</span>`,
			html`<span class="row">${row}</span>`,
			service,
			grouped(flows),
			byteText(bytes),
			errors > 0 ? html`<span class="is-error">${grouped(errors)}</span>` : "0",
			grouped(warnings),
		]);
	const more = talks.length - rows.length;
	return html`<details><summary>The same as a table</summary>
${table("Who talks to whom", ["client", "server", "row", "service", ">flows", ">bytes", ">with errors", ">with warnings"], rows)}
${more > 0 || untold > 0 ? html`<p class="more">${more > 0 && `${counted(more, "pair")} with less traffic not listed. `}${untold > 0 && `${counted(untold, "flow")} of further pairs, or between hosts that are no product and on no row, not counted here.`}</p>` : NOTHING}</details>`;
}
