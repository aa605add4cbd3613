import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { FlowRecord } from "../../src/document/document.ts";
import { expandRows, filterOfRows, merged, type RowFilterOptions, selectRows } from "../../src/matrix/filter.ts";
import { loadMatrix } from "../../src/matrix/load.ts";
import { CAPTURES, capturePath, reportOf } from "../support/captures.ts";
import { isOf, type PacketOf, packetsOf } from "../support/conversations.ts";
import { has, output, outputAnyway, tshark, tsharkAnyway } from "../support/tools.ts";

const matrix = await loadMatrix();
const filterOf = (words: readonly string[], options: RowFilterOptions = {}) =>
	filterOfRows(matrix, selectRows(matrix, words, options.moved), options);
const bare: RowFilterOptions = { portsOnly: true };
const folder = mkdtempSync(join(tmpdir(), "flowmatrix-filter-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the rows of a filter", () => {
	it.each([
		[["@IPO-IN-19"], ["IPO-IN-19"]],
		[
			["@ipo-in-19", "IPO-IN-5"],
			["IPO-IN-5", "IPO-IN-19"],
		],
		[["50805"], ["IPO-IN-31", "IPO-IN-43"]],
		[["tcp/50793"], ["IPO-IN-35", "VMPRO-IN-9", "VMPRO-OUT-7"]],
		[["sip cloud"], ["IPO-IN-18"]],
	])("%j are %j", (words, ids) => {
		expect(selectRows(matrix, words).map(({ id }) => id)).toEqual(ids);
	});

	it("are a product's, or a section's", () => {
		expect(new Set(selectRows(matrix, ["@ipo"]).map(({ product }) => product))).toEqual(new Set(["ipo"]));
		expect(selectRows(matrix, ["@ipo"])).toHaveLength(51 + 27 + 11);
		expect(selectRows(matrix, ["@ipo-out"])).toHaveLength(27);
	});

	it("must be there", () => {
		expect(() => selectRows(matrix, ["@ipo", "@IPO-IN-99"])).toThrow(/no row .*'@IPO-IN-99'/);
	});
});

describe("ranges of ports", () => {
	const range = fc.tuple(fc.nat(200), fc.nat(20)).map(([first, more]) => ({ first, last: first + more }));
	const portsOf = (ranges: readonly { first: number; last: number }[]) =>
		new Set(ranges.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i)));

	it("are merged to the fewest that have the same ports", () => {
		fc.assert(
			fc.property(fc.array(range, { maxLength: 20 }), (ranges) => {
				const result = merged(ranges);
				expect(portsOf(result)).toEqual(portsOf(ranges));
				for (const [i, { first }] of result.entries())
					if (i > 0) expect(first).toBeGreaterThan(result[i - 1]!.last + 1);
			}),
		);
	});
});

describe("the filters of rows", () => {
	it("name transport and ports once", () => {
		expect(filterOf(["@IPO-IN-19"], bare)).toMatchObject({
			capture: "udp portrange 5060-5061 or tcp portrange 5060-5061",
			display: "udp.port in {5060..5061} || tcp.port in {5060..5061}",
		});
		expect(filterOf(["@IPO-IN-43"], { ...bare, hosts: [{ product: "ipo", address: "10.0.0.1" }] })).toMatchObject({
			capture: "host 10.0.0.1 and tcp port 50805",
			display: "ip.addr == 10.0.0.1 && tcp.port == 50805",
		});
		// Ports 5488 and 5489, and rows that touch: 50813, 50814.
		expect(filterOf(["@IPO-IN-22", "@IPO-IN-47", "@IPO-IN-48"], bare).capture).toBe(
			"tcp portrange (5488-5489 or 50813-50814)",
		);
	});

	it("hold each product's rows against its own hosts", () => {
		const hosts = [
			{ product: "ipo", address: "10.0.0.1" },
			{ product: "ipo", address: "fd00::1" },
			{ product: "vmpro", address: "10.0.0.2" },
		];
		const { capture, display, notes } = filterOf(["@IPO-IN-43", "@VMPRO-IN-8", "@ONEX-IN-15"], { ...bare, hosts });
		expect(capture).toBe(
			"(host (10.0.0.1 or fd00::1) and tcp port 50805) or (host 10.0.0.2 and tcp port 50791) or tcp port 50815",
		);
		expect(display).toBe(
			"((ip.addr == 10.0.0.1 || ipv6.addr == fd00::1) && tcp.port == 50805) || (ip.addr == 10.0.0.2 && tcp.port == 50791) || tcp.port == 50815",
		);
		expect(notes[0]).toMatch(/^one-X Portal: any host/);
	});

	it("say what they cannot: moved ports, TFTP's free ports, announced media", () => {
		const notes = filterOf(["@IPO-IN-5", "@IPO-IN-10", "@IPO-IN-32"]).notes.join("\n");
		expect(notes).toMatch(/IPO-IN-10, IPO-IN-32 \(--moved/);
		expect(notes).toMatch(/TFTP's data/);
		expect(notes).toMatch(/announces on other ports/);
		expect(filterOf(["@IPO-IN-10"], { ...bare, moved: true }).capture).toBe("tcp");
	});

	it("stand in capture filters by their names", () => {
		expect(expandRows("@IPO-IN-43", matrix, bare)).toBe("tcp port 50805");
		expect(expandRows("@IPO-IN-19 and net 10.0.0.0/8", matrix, bare)).toBe(
			"(udp portrange 5060-5061 or tcp portrange 5060-5061) and net 10.0.0.0/8",
		);
		expect(expandRows("port 53", matrix, { vlan: true })).toBe("port 53");
		expect(expandRows("@IPO-IN-43 or port 53", matrix, { ...bare, vlan: true })).toBe(
			"((tcp port 50805) or port 53) or (vlan and ((tcp port 50805) or port 53))",
		);
		expect(() => expandRows("@IPO-IN-99", matrix)).toThrow(/@IPO-IN-99/);
	});
});

const HOSTS = [
	...["10.0.0.1", "fd00::1"].map((address) => ({ product: "ipo", address })),
	...["vmpro", "onex", "mm", "com"].map((product, i) => ({ product, address: `10.0.0.${i + 2}` })),
];
const WIDTHS: readonly RowFilterOptions[] = [
	{},
	bare,
	{ hosts: HOSTS },
	{ vlan: true },
	{ moved: true, vlan: true, hosts: HOSTS },
];
const PRODUCTS = matrix.products.map(({ id }) => `@${id}`);

describe.skipIf(!has("tcpdump"))("capture filters and libpcap (skipped without tcpdump)", () => {
	const compile = (filter: string) => output("tcpdump", ["-y", "EN10MB", "-d", filter]).trim().split("\n").length;

	it("compile, row by row", () => {
		for (const { id } of matrix.rows) expect(compile(filterOf([`@${id}`]).capture), id).toBeGreaterThan(2);
	}, 60_000);

	it.each(WIDTHS)("compile for all products and fit the kernel: %j", (options) => {
		// Linux takes 4096 instructions (BPF_MAXINSNS).
		expect(compile(filterOf(PRODUCTS, options).capture)).toBeLessThan(4096);
	});
});

describe.skipIf(!has("tshark"))("display filters and Wireshark (skipped without tshark)", () => {
	it("are accepted", () => {
		const filters = [
			...matrix.rows.map(({ id }) => filterOf([`@${id}`]).display),
			...WIDTHS.map((options) => filterOf(PRODUCTS, options).display),
		];
		tshark(["-r", capturePath("nanoseconds.pcap"), "-Y", filters.map((filter) => `(${filter})`).join(" || ")]);
	}, 60_000);
});

/** The flows of each row that the report labels, of each capture. */
async function labelled(name: string): Promise<Map<string, FlowRecord[]>> {
	const rows = new Map<string, FlowRecord[]>();
	for (const flow of (await reportOf(name)).flows()) {
		for (const row of [flow.label.row, flow.label.peerRow]) if (row) rows.set(row, [...(rows.get(row) ?? []), flow]);
	}
	return rows;
}

/** A filter of one row's flows: of the hosts that the report knows, on other ports only where one of them is. */
function widthFor(id: string, flows: readonly FlowRecord[]): RowFilterOptions {
	const { ports } = matrix.rows.find((row) => row.id === id) ?? { ports: [] };
	const isListed = (port: number) => ports.some(({ first, last }) => port >= first && port <= last);
	const moved = flows.some(({ client, server }) => !isListed(server.port) && !isListed(client.port));
	return moved ? { moved } : {};
}

/** Rows of the bundled matrix: earlier releases' own rows are not in it. */
const isCurrent = (id: string) => matrix.rows.some((row) => row.id === id);
/** Captures whose link type hides the IP header from a plain capture filter. */
const HIDDEN = ["links/mpls.pcap", "links/pppoe.pcap"];
/** Behind damage, neither program reads on. */
const captures = CAPTURES.filter((name) => !/^(faults|links\/(?!mpls|pppoe)|damaged|ring)/.test(name));

describe.skipIf(!has("tcpdump") || !has("tshark"))(
	"the packets of labelled flows (skipped without tcpdump and tshark)",
	() => {
		it.each(captures)(
			"of %s are let through",
			async (name) => {
				const rows = [...(await labelled(name))].filter(([id]) => isCurrent(id));
				if (rows.length === 0) return;
				const path = capturePath(name);
				const packets = await packetsOf(path);
				const ethernet = (await reportOf(name)).capture.linkTypes.every((type) => type === "ethernet");
				const filters = rows.map(([id, flows]) => ({
					id,
					flows,
					...filterOf([`@${id}`], { ...widthFor(id, flows), vlan: ethernet }),
				}));
				const shown = displayed(
					path,
					filters.map(({ display }) => display),
				);
				for (const [i, { id, flows, capture }] of filters.entries()) {
					const wanted = packets.filter((packet) => flows.some((flow) => isOf(flow, packet)));
					for (const { number, key } of wanted)
						expect(shown[i]!.has(number), `${id}: packet ${number}, ${key}`).toBe(true);
					// A capture filter sees no tunnel's inside, and no more than one VLAN tag.
					const hidden = flows.filter(({ vlan }) => vlan.length > 1);
					const isSeen = (packet: PacketOf) => packet.depth === 0 && !hidden.some((flow) => isOf(flow, packet));
					const outer = HIDDEN.includes(name) ? [] : wanted.filter(isSeen);
					const kept = new Set((await captured(path, capture)).map(({ time, key }) => `${time} ${key}`));
					for (const { number, time, key } of outer)
						expect(kept.has(`${time} ${key}`), `${id}: packet ${number}, ${key} and ${capture}`).toBe(true);
				}
			},
			60_000,
		);
	},
);

describe.skipIf(!has("tcpdump") || !has("tshark"))("filters with hosts (skipped without tcpdump and tshark)", () => {
	it("let all packets of the hosts' rows through, and leave other hosts' out", async () => {
		const path = capturePath("office-day.pcapng");
		const report = await reportOf("office-day.pcapng");
		const hosts = report.hosts.flatMap(({ address, products }) => products.map((product) => ({ product, address })));
		const products = new Set(hosts.map(({ product }) => `@${product}`));
		const { capture, display } = filterOf([...products], { hosts });
		const [shown] = displayed(path, [display]);
		const kept = new Set((await captured(path, capture)).map(({ time, key }) => `${time} ${key}`));
		const flows = [...report.flows()];
		for (const packet of await packetsOf(path)) {
			const flow = flows.find((each) => isOf(each, packet))!;
			const isKept = kept.has(`${packet.time} ${packet.key}`);
			if (flow.label.row !== null) expect([isKept, shown!.has(packet.number)], `flow ${flow.id}`).toEqual([true, true]);
			const isForeign = flow.label.reasons.includes("neither end is a product host");
			if (isForeign) expect([isKept, shown!.has(packet.number)], `flow ${flow.id}`).toEqual([false, false]);
		}
	}, 60_000);
});

/** Numbers of the packets that each display filter lets through, in one run. */
function displayed(path: string, filters: readonly string[]): Set<number>[] {
	const script = join(folder, "filters.lua");
	const taps = filters.map(
		(filter, i) =>
			`do local tap = Listener.new("frame", ${JSON.stringify(filter)}); function tap.packet(pinfo) print("${i} " .. pinfo.number) end end`,
	);
	writeFileSync(script, taps.join("\n"));
	const shown = filters.map(() => new Set<number>());
	// Of a damaged capture, tshark shows what it read before.
	for (const line of tsharkAnyway(["-q", "-r", path, "-X", `lua_script:${script}`]).split("\n")) {
		const [, i, number] = /^(\d+) (\d+)$/.exec(line) ?? [];
		if (i !== undefined) shown[Number(i)]!.add(Number(number));
	}
	return shown;
}

async function captured(path: string, filter: string): ReturnType<typeof packetsOf> {
	const kept = join(folder, "kept.pcap");
	outputAnyway("tcpdump", ["-r", path, "--time-stamp-precision", "nano", "-w", kept, filter]);
	return packetsOf(kept);
}
