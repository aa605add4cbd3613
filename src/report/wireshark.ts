import { filterOfRows, type ProductHost } from "../matrix/filter.ts";
import type { Matrix, MatrixRow } from "../matrix/types.ts";
import { safeText } from "./text/safe-text.ts";
import { wiresharkLua } from "./wireshark-lua.ts";

/** What a file is for: part of a profile, or a plugin. */
export interface WiresharkFile {
	/** Its name. */
	readonly file: string;
	readonly text: (matrix: Matrix, hosts: readonly ProductHost[]) => string;
}

/** What Wireshark and tshark read, by the name of the part. */
export const WIRESHARK_PARTS: Readonly<Record<WiresharkPart, WiresharkFile>> = {
	lua: { file: "flowmatrix.lua", text: wiresharkLua },
	colorfilters: { file: "colorfilters", text: colorFilters },
	dfilters: { file: "dfilters", text: (matrix, hosts) => savedFilters(matrix, hosts, "display") },
	cfilters: { file: "cfilters", text: (matrix, hosts) => savedFilters(matrix, hosts, "capture") },
	preferences: { file: "preferences", text: preferences },
	readme: { file: "README.txt", text: instructions },
};

export type WiresharkPart = "lua" | "colorfilters" | "dfilters" | "cfilters" | "preferences" | "readme";
export const WIRESHARK_PART_NAMES = Object.keys(WIRESHARK_PARTS) as [WiresharkPart, ...WiresharkPart[]];

/** Colours as 16-bit red, green, blue: behind and before the text. */
type Colours = readonly [back: string, front: string];

const WHITE = "65535,65535,65535";
const BLACK = "4626,10023,11822";
const TROUBLE: readonly (readonly [string, string, Colours])[] = [
	[
		"Bad TCP",
		"tcp.analysis.flags && !tcp.analysis.window_update && !tcp.analysis.keep_alive && !tcp.analysis.keep_alive_ack",
		[BLACK, "63479,34695,34695"],
	],
	["Unreachable (ICMP)", "icmp.type == 3 || icmpv6.type == 1", [BLACK, "47031,63479,29812"]],
	["TCP reset", "tcp.flags.reset == 1", ["42148,0,0", "65535,64764,40092"]],
	["TFTP error", "tftp.opcode == 5", ["42148,0,0", "65535,64764,40092"]],
	["SIP refusal", "sip.Status-Code >= 400 && sip.Status-Code != 401 && sip.Status-Code != 407", ["42148,0,0", WHITE]],
];
/** One for each product, in the matrix's order; from the first again where there are more. */
const PRODUCT_COLOURS = [
	"56026,61166,65535",
	"58596,58596,65535",
	"65278,65535,53456",
	"64250,61423,55255",
	"59367,65535,60652",
];
const MEDIA_COLOUR = "62194,62194,62194";
const MEDIA = ["rtp", "rtcp", "stun"];

function isMedia({ protocols }: MatrixRow): boolean {
	return protocols.some((name) => MEDIA.includes(name));
}

/**
 * What is wrong first, for the first rule that fits counts; then each product's rows; media, whose ranges are wide, last. Where
 * hosts are given, products without one have no colour: their ports alone (22, 80, 443) would paint strangers.
 */
function colorFilters(matrix: Matrix, hosts: readonly ProductHost[]): string {
	const rule = (name: string, filter: string, [back, front]: Colours) =>
		`@${named(name)}@${filter}@[${back}][${front}]`;
	const display = (rows: readonly MatrixRow[]) => filterOfRows(matrix, rows, { hosts, portsOnly: true }).display;
	const isHere = ({ product }: MatrixRow) => hosts.length === 0 || hosts.some((host) => host.product === product);
	const here = matrix.rows.filter(isHere);
	const products = matrix.products.flatMap(({ id, name }, i) => {
		const rows = here.filter((row) => row.product === id && !isMedia(row));
		const colour = PRODUCT_COLOURS[i % PRODUCT_COLOURS.length]!;
		return rows.length === 0 ? [] : [rule(`${name} (port matrix)`, display(rows), [colour, BLACK])];
	});
	const media = here.filter(isMedia);
	return [
		"# Written by flowmatrix.",
		...TROUBLE.map(([name, filter, colours]) => rule(name, filter, colours)),
		...products,
		...(media.length > 0 ? [rule("Media (port matrix)", display(media), [MEDIA_COLOUR, BLACK])] : []),
		"",
	].join("\n");
}

/** One for each product, section and row. */
function savedFilters(matrix: Matrix, hosts: readonly ProductHost[], kind: "capture" | "display"): string {
	const line = (name: string, rows: readonly MatrixRow[]) =>
		`"${named(name)}" ${filterOfRows(matrix, rows, { hosts })[kind]}`;
	const sections = [...new Set(matrix.rows.map(({ id }) => id.slice(0, id.lastIndexOf("-"))))];
	return [
		...matrix.products.flatMap(({ id, name }) => {
			const rows = matrix.rows.filter(({ product }) => product === id);
			return rows.length === 0 ? [] : [line(`${name}: all rows`, rows)];
		}),
		...sections.map((section) =>
			line(
				`${section}: all rows`,
				matrix.rows.filter(({ id }) => id.slice(0, id.lastIndexOf("-")) === section),
			),
		),
		...matrix.rows.map((row) => line(`${row.id} ${row.service}`, [row])),
		"",
	].join("\n");
}

/** A name in which nothing ends it: Wireshark's files have quotes around names, or at signs. */
function named(name: string): string {
	return safeText(name).replace(/["\\@]/g, "'");
}

/** The usual columns, and the row's. */
function preferences(): string {
	const columns = [
		["No.", "%m"],
		["Time", "%t"],
		["Source", "%s"],
		["Destination", "%d"],
		["Protocol", "%p"],
		["Row", "%Cus:flowmatrix.row:0:R"],
		["Length", "%L"],
		["Info", "%i"],
	];
	return `# Written by flowmatrix.\ngui.column.format:\n${columns.map((pair) => `\t${pair.map((text) => `"${text}"`).join(", ")}`).join(",\n")}\n`;
}

function instructions(matrix: Matrix, hosts: readonly ProductHost[]): string {
	const where = hosts.map(({ product, address }) => `${product}=${address}`).join(", ");
	return `Wireshark with the port matrix ${safeText(matrix.name)}, release ${safeText(matrix.release)}
Hosts: ${where === "" ? "none given; rows are told by ports alone (flowmatrix wireshark --host ipo=ADDRESS names them)" : where}

Written by flowmatrix.

1. The plugin, flowmatrix.lua, names the rows of every packet (fields flowmatrix.row, flowmatrix.service, flowmatrix.by).
   Copy it to Wireshark's folder of personal Lua plugins (Help > About Wireshark > Folders shows it):
     Linux, macOS  ~/.local/lib/wireshark/plugins/
     Windows       %APPDATA%\\Wireshark\\plugins\\
   and start Wireshark anew. Without copying:
     wireshark -X lua_script:flowmatrix.lua case.pcapng
     tshark -X lua_script:flowmatrix.lua -r case.pcapng -T fields -e frame.number -e flowmatrix.row

2. The profile: colours, saved filters, and a column for the row. Copy colorfilters, dfilters, cfilters and preferences to a
   new folder of Wireshark's profiles:
     Linux, macOS  ~/.config/wireshark/profiles/flowmatrix/
     Windows       %APPDATA%\\Wireshark\\profiles\\flowmatrix\\
   and choose it under Edit > Configuration Profiles, or with wireshark -C flowmatrix (tshark -C flowmatrix).
   Your own profiles stay as they are. To take the colours alone into another one: View > Coloring Rules > Import.

The display filter flowmatrix.row == "IPO-IN-19" then finds a row's packets.

Wireshark judges each packet by its ports, and by these hosts where they are given; where several rows are left, all are
named. Colours are of the products whose hosts are given; without any, of all products by ports alone. Which row it is, payload, names and the whole conversation tell: flowmatrix case.pcapng
`;
}
