import { findRows } from "./find.ts";
import { MatrixError } from "./load.ts";
import { rangeFit } from "./port-fit.ts";
import { productOf } from "./release.ts";
import type { Matrix, MatrixRow, MatrixTransport, PortRange } from "./types.ts";

/** Where a product runs. */
export interface ProductHost {
	/** Product id: `ipo`, `vmpro`, … */
	readonly product: string;
	/** IPv4 or IPv6 address. */
	readonly address: string;
}

/** How wide a filter of rows is. */
export interface RowFilterOptions {
	/** Rows of a product that has hosts here are looked for on these alone; those of other products, on any host. */
	readonly hosts?: readonly ProductHost[];
	/** Take in the ranges that rows may be moved to: of some rows, all ports. */
	readonly moved?: boolean;
	/** Let the capture filter see frames with one VLAN tag, too. Compiles for Ethernet only. */
	readonly vlan?: boolean;
	/** Leave out what belongs to the rows' packets but has no port: later fragments, and ICMP's "unreachable". */
	readonly portsOnly?: boolean;
}

/** Filters that let through the packets of rows. They lose none that a row's ports tell, and let some others through. */
export interface RowFilter {
	readonly rows: readonly MatrixRow[];
	/** In libpcap's syntax (pcap-filter(7)): for dumpcap, tcpdump and Wireshark's capture options. */
	readonly capture: string;
	/** In Wireshark's syntax (wireshark-filter(4)). */
	readonly display: string;
	/** What the filters take in beside the rows, and what they cannot: a sentence each. */
	readonly notes: readonly string[];
}

/**
 * Rows by words, each a product (`@ipo`), a section (`@ipo-in`), a row (`@IPO-IN-19`) or a query as {@link findRows}
 * takes it (`50805`, `sip trunk`); in the matrix's order. A port finds the rows that name it or have it in their default
 * range, and with `moved` those that may be moved there.
 * @throws MatrixError where a word finds nothing.
 */
export function selectRows(matrix: Matrix, words: readonly string[], moved = false): MatrixRow[] {
	const found = new Set<MatrixRow>();
	for (const word of words) {
		const rows = findRows(matrix, word.replace(/^@/, ""))
			.filter(({ fit }) => moved || fit !== "configurable")
			.map(({ row }) => row);
		if (rows.length === 0)
			throw new MatrixError(
				`no row of the matrix (release ${matrix.release}) fits '${word}' (flowmatrix matrix lists all)`,
			);
		for (const row of rows) found.add(row);
	}
	return matrix.rows.filter((row) => found.has(row));
}

/** Capture and display filter for rows. */
export function filterOfRows(matrix: Matrix, rows: readonly MatrixRow[], options: RowFilterOptions = {}): RowFilter {
	const places = placesOf(rows, options);
	const capture = CAPTURE.any([
		...places.map((place) => filterOfPlace(place, CAPTURE, options)),
		...(options.portsOnly ? [] : CAPTURE.unreachable),
	]);
	return {
		rows,
		capture: options.vlan ? `(${capture}) or (vlan and (${capture}))` : capture,
		display: DISPLAY.any(places.map((place) => filterOfPlace(place, DISPLAY, options))),
		notes: [...notesOn(matrix, rows, options)],
	};
}

/**
 * A capture filter in which `@ipo`, `@ipo-in` and `@IPO-IN-19` stand for rows: `@IPO-IN-5 or port 514` as libpcap takes it.
 * @throws MatrixError for rows that the matrix does not have.
 */
export function expandRows(expression: string, matrix: Matrix, options: RowFilterOptions = {}): string {
	const { vlan, ...inner } = options;
	const expanded = expression.replace(/@([\w.-]+)/g, (word, _, at: number) => {
		const { capture } = filterOfRows(matrix, selectRows(matrix, [word], inner.moved), inner);
		return word.length === expression.length && at === 0 ? capture : `(${capture})`;
	});
	// The word `vlan` moves the offsets of all that follows it: it can only come last.
	return vlan && expanded !== expression ? `(${expanded}) or (vlan and (${expanded}))` : expanded;
}

/** Rows that are looked for on the same hosts. */
interface Place {
	/** Empty for any host. */
	readonly hosts: readonly string[];
	readonly ports: Readonly<Record<MatrixTransport, readonly PortRange[]>>;
	/** Whether one of the rows is TFTP, whose data run between free ports. */
	readonly tftp: boolean;
}

function placesOf(rows: readonly MatrixRow[], { hosts = [], moved = false }: RowFilterOptions): Place[] {
	const byHosts = new Map<string, MatrixRow[]>();
	for (const row of rows) {
		const own = hosts.filter(({ product }) => product === row.product).map(({ address }) => address);
		const key = [...new Set(own)].sort().join(" ");
		byHosts.set(key, [...(byHosts.get(key) ?? []), row]);
	}
	return [...byHosts].map(([key, those]) => {
		const portsOver = (transport: MatrixTransport) =>
			merged(
				those
					.filter(({ transports }) => transports.includes(transport))
					.flatMap(({ ports, configurable }) => (moved ? [...ports, ...configurable] : ports)),
			);
		return {
			hosts: key === "" ? [] : key.split(" "),
			ports: { tcp: portsOver("tcp"), udp: portsOver("udp") },
			tftp: those.some(({ protocols }) => protocols.includes("tftp")),
		};
	});
}

/** Ranges in ascending order; what overlaps or touches is one. */
export function merged(ranges: readonly PortRange[]): PortRange[] {
	const result: { first: number; last: number }[] = [];
	for (const { first, last } of [...ranges].sort((a, b) => a.first - b.first)) {
		const before = result.at(-1);
		if (before && first <= before.last + 1) before.last = Math.max(before.last, last);
		else result.push({ first, last });
	}
	return result;
}

/** How a language of filters says things. */
interface Language {
	any(parts: readonly string[]): string;
	all(parts: readonly string[]): string;
	hosts(addresses: readonly string[]): string;
	ports(transport: MatrixTransport, ranges: readonly PortRange[]): string[];
	/** Packets to a broadcast address or a multicast group, as far as that shows. */
	readonly groups: readonly string[];
	readonly tftp: readonly string[];
	readonly fragments: readonly string[];
	/** What tells of a packet that it could not be delivered, from wherever it comes. */
	readonly unreachable: readonly string[];
}

function filterOfPlace({ hosts, ports, tftp }: Place, language: Language, { portsOnly }: RowFilterOptions): string {
	const udp = language.ports("udp", ports.udp);
	const others = [
		...language.ports("tcp", ports.tcp),
		...(tftp ? language.tftp : []),
		...(portsOnly ? [] : language.fragments),
	];
	if (hosts.length === 0) return language.any([...udp, ...others]);
	const atHosts = language.hosts(hosts);
	return language.any([
		...(others.length > 0 ? [language.all([atHosts, language.any(others)])] : []),
		// A request by broadcast names neither the server nor, in DHCP, the client.
		...(udp.length > 0 ? [language.all([language.any([atHosts, ...language.groups]), language.any(udp)])] : []),
	]);
}

const ALL_PORTS = { first: 1, last: 65535 };

function isAll(ranges: readonly PortRange[]): boolean {
	return ranges.length === 1 && ranges[0]!.first <= ALL_PORTS.first && ranges[0]!.last === ALL_PORTS.last;
}

/**
 * Parts joined by a word; those that hold the other word get brackets: `and` and `or` bind alike in libpcap, from left to
 * right.
 */
function joined(parts: readonly string[], word: string, other: string): string {
	const different = [...new Set(parts)];
	if (different.length === 1) return different[0]!;
	return different.map((part) => (outsideBrackets(part).includes(` ${other} `) ? `(${part})` : part)).join(` ${word} `);
}

function outsideBrackets(text: string): string {
	const less = text.replace(/\([^()]*\)/g, "");
	return less === text ? text : outsideBrackets(less);
}

const CAPTURE: Language = {
	any: (parts) => joined(parts, "or", "and"),
	all: (parts) => joined(parts, "and", "or"),
	hosts: (addresses) => `host ${captureList(addresses)}`,
	ports: (transport, ranges) => {
		if (isAll(ranges)) return [transport];
		const single = ranges.filter(({ first, last }) => first === last).map(({ first }) => `${first}`);
		const wide = ranges.filter(({ first, last }) => first !== last).map(({ first, last }) => `${first}-${last}`);
		return [
			...(single.length > 0 ? [`${transport} port ${captureList(single)}`] : []),
			...(wide.length > 0 ? [`${transport} portrange ${captureList(wide)}`] : []),
		];
	},
	groups: ["ip multicast", "ip6 multicast", "ip[19] = 0xff"],
	// DATA, ACK, ERROR and OACK (RFC 1350, 5; RFC 2347) behind the UDP header; libpcap's udp[] knows IPv4 only.
	tftp: ["udp[8:2] >= 3 and udp[8:2] <= 6", "ip6 and udp and ip6[48:2] >= 3 and ip6[48:2] <= 6"],
	// IPv6's fragment header stands where libpcap looks for the transport: it hides the first fragment's ports, too.
	fragments: ["ip[6:2] & 0x1fff != 0", "ip6[6] = 44"],
	unreachable: ["icmp[0] = 3", "icmp6 and ip6[40] = 1"],
};

function captureList(items: readonly string[]): string {
	return items.length === 1 ? items[0]! : `(${items.join(" or ")})`;
}

const DISPLAY: Language = {
	any: (parts) => joined(parts, "||", "&&"),
	all: (parts) => joined(parts, "&&", "||"),
	hosts: (addresses) => {
		const of = (version: "ip" | "ipv6") => addresses.filter((each) => each.includes(":") === (version === "ipv6"));
		return DISPLAY.any(
			(["ip", "ipv6"] as const)
				.filter((version) => of(version).length > 0)
				.map((version) => displaySet(`${version}.addr`, of(version))),
		);
	},
	ports: (transport, ranges) => {
		if (isAll(ranges)) return [transport];
		if (ranges.length === 0) return [];
		const items = ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}..${last}`));
		return [displaySet(`${transport}.port`, items)];
	},
	groups: ["ip.dst == 224.0.0.0/3", "ipv6.dst == ff00::/8", "eth.dst.ig == 1"],
	tftp: ["tftp"],
	fragments: ["ip.flags.mf == 1", "ip.frag_offset > 0", "ipv6.fraghdr.offset >= 0"],
	unreachable: [],
};

function displaySet(field: string, items: readonly string[]): string {
	const [only = ""] = items;
	return items.length === 1 && !only.includes("..") ? `${field} == ${only}` : `${field} in {${items.join(", ")}}`;
}

/** Rows named in a note. */
const NAMED = 6;

function* notesOn(matrix: Matrix, rows: readonly MatrixRow[], options: RowFilterOptions): Iterable<string> {
	const { hosts = [], moved, vlan, portsOnly } = options;
	const products = [...new Set(rows.map(({ product }) => product))];
	const without = products.filter((id) => !hosts.some(({ product }) => product === id));
	const names = (ids: readonly string[]) => ids.map((id) => productOf(matrix, id)?.name ?? id).join(", ");
	if (without.length > 0) yield `${names(without)}: any host, for none is given (--host)`;
	if (without.length < products.length)
		yield "what a given host asks of the same ports elsewhere, and broadcasts to them, are let through too";
	const movable = rows.filter(({ isConfigurable }) => isConfigurable);
	if (movable.length > 0 && !moved)
		yield `the matrix's own ports: rows that the site may have moved are not looked for elsewhere, ${idsOf(movable)} (--moved takes in the ranges that the matrix gives)`;
	if (rows.some(({ protocols }) => protocols.includes("tftp")))
		yield "TFTP's data run between free ports: the capture filter knows them by TFTP's operation codes, which other UDP may begin with too";
	if (rows.some((row) => row.protocols.includes("rtp") && row.ports.some((range) => rangeFit(range) === "range")))
		yield "media are looked for in the rows' ranges; what the signalling announces on other ports is not";
	if (!portsOnly)
		yield "fragments without ports, and ICMP messages that something was unreachable, are let through (--ports-only leaves them out)";
	yield vlan
		? "the capture filter sees untagged frames and those with one VLAN tag; it is twice as long for the kernel, compiles for Ethernet only, and nothing may be added behind it"
		: "the capture filter may miss VLAN-tagged frames, such as those of a mirror port (--vlan)";
	yield "the capture filter does not look into tunnels (GRE, VXLAN, ERSPAN); the display filter does";
}

function idsOf(rows: readonly MatrixRow[]): string {
	const more = rows.length > NAMED ? ` and ${rows.length - NAMED} more` : "";
	return `${rows
		.slice(0, NAMED)
		.map(({ id }) => id)
		.join(", ")}${more}`;
}
