import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, describe, expect, it } from "vitest";
import { classify } from "../src/classify.ts";
import type { Sides, SidesConversation } from "../src/document/sides.ts";
import { Protocol, TcpFlag } from "../src/packet/view.ts";
import { SIDES_OUTPUTS } from "../src/report/sides.ts";
import { type SidesOptions, sides } from "../src/sides.ts";
import { pcap } from "./support/capture-file.ts";
import { capturePath } from "./support/captures.ts";
import { behindOneAddress, type Firewall, type TwoSides, throughFirewall } from "./support/firewall.ts";
import { ethernet, ipv4, tcp } from "./support/packet-builder.ts";

const folder = mkdtempSync(join(tmpdir(), "flowmatrix-sides-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Phones and PCs of the office inside, its servers and the world outside. */
const isInside = (address: string) => /^10\.10\.0\.(5|6|1\d)\d$/.test(address);
const OFFICE = capturePath("office-day.pcapng");

async function compared(
	firewall: Partial<Firewall> = {},
	capture = OFFICE,
	options: SidesOptions = {},
): Promise<{ result: Sides; truth: TwoSides }> {
	const truth = await throughFirewall(capture, { isInside, ...firewall });
	const paths = (["inside", "outside"] as const).map((name) => {
		const path = join(folder, `${name}.pcap`);
		writeFileSync(path, truth[name]);
		return path;
	});
	return { result: await sides(paths[0]!, paths[1]!, options), truth };
}

const both = ({ conversations }: Sides) =>
	conversations.filter(({ inside, outside }) => inside.length > 0 && outside.length > 0);
const sum = (list: readonly SidesConversation[], field: "sent" | "arrived" | "lost" | "made" | "changed") =>
	list.reduce((total, { client, server }) => total + client[field] + server[field], 0);

describe("two sides of a firewall that loses nothing", () => {
	it("have the same conversations, packet by packet", async () => {
		const { result, truth } = await compared();
		expect(result.translations).toEqual([]);
		expect(sum(both(result), "lost") + sum(both(result), "made")).toBe(0);
		expect(sum(both(result), "arrived")).toBe(truth.passed.length);
		expect(result.counts.blocked).toBe(0);
		// Which side these public servers are on, no conversation shows.
		const untold = result.conversations.filter(({ verdict }) => verdict === "one side only");
		expect(untold.map(({ outside }) => outside[0]!.server)).toEqual(["203.0.113.123:123", "203.0.113.5:5060"]);
		expect(result.counts.local).toBeGreaterThan(0);
		expect(result.clock).toMatchObject({ aheadSeconds: 0, bothDirections: true, transitMs: 0.2 });
	});

	it.each([3.25, -7200.000_001])("are found %d s apart", async (seconds) => {
		const shift = BigInt(Math.round(seconds * 1e9));
		const { result, truth } = await compared({
			clock: (time) => time + shift,
			translate: behindOneAddress("192.0.2.1"),
			transit: 300_000,
		});
		expect(result.clock!.aheadSeconds).toBeCloseTo(seconds, 6);
		expect(result.clock!.transitMs).toBeCloseTo(0.3, 3);
		expect(sum(both(result), "arrived")).toBe(truth.passed.length);
		expect(sum(both(result), "lost")).toBe(0);
	});

	it("are found with one of the clocks running fast", async () => {
		const begin = 1_772_442_000_000_000_000n;
		const { result, truth } = await compared({
			clock: (time) => time + 5_000_000_000n + ((time - begin) * 200n) / 1_000_000n,
			translate: behindOneAddress("192.0.2.1"),
		});
		expect(sum(both(result), "arrived")).toBe(truth.passed.length);
		expect(sum(both(result), "lost")).toBe(0);
	});

	it("are found where addresses, ports and sequence numbers are exchanged, and no hop is counted", async () => {
		const { result, truth } = await compared({
			translate: behindOneAddress("192.0.2.1"),
			sequence: 0x1234_5678,
			routes: false,
		});
		expect(sum(both(result), "arrived")).toBe(truth.passed.length);
		expect(sum(both(result), "lost") + sum(both(result), "made")).toBe(0);
		expect(result.translations.every(({ outside }) => outside === "192.0.2.1")).toBe(true);
		expect(new Set(result.translations.map(({ inside }) => inside))).toEqual(
			new Set((await insideAddresses()).map((address) => address)),
		);
	});
});

async function insideAddresses(): Promise<string[]> {
	const found = new Set<string>();
	for (const { client, server } of (await classify([OFFICE])).flows()) {
		const [from, to] = [client.address, server.address];
		if (isInside(from) && !isInside(to) && !/255$|^2[23]\d/.test(to)) found.add(from);
		if (isInside(to) && !isInside(from)) found.add(to);
	}
	return [...found];
}

describe("what a firewall does", () => {
	it("is told: a port that it blocks", async () => {
		const { result, truth } = await compared({
			translate: behindOneAddress("192.0.2.1"),
			drop: ({ outward, to }) => outward && to.port === 50805,
		});
		const blocked = result.conversations.filter(({ verdict }) => verdict === "blocked");
		expect(blocked.length).toBeGreaterThan(0);
		for (const { row, clientSide, client } of blocked)
			expect({ row, clientSide, arrived: client.arrived }).toEqual({
				row: "IPO-IN-43",
				clientSide: "inside",
				arrived: 0,
			});
		expect(sum(result.conversations, "lost")).toBeGreaterThanOrEqual(truth.dropped.length);
		expect(blocked[0]!.firstLost).toMatchObject({ side: "inside" });
	});

	it("is told: answers that it keeps", async () => {
		const { result } = await compared({ drop: ({ outward, from }) => !outward && from.port === 50805 });
		const kept = result.conversations.filter(({ verdict }) => verdict === "answers blocked");
		expect(kept.length).toBeGreaterThan(0);
		for (const { row } of kept) expect(row).toBe("IPO-IN-43");
	});

	it.each([3, 7])("is told: every %ith datagram lost, and which", async (nth) => {
		let count = 0;
		const { result, truth } = await compared({
			translate: behindOneAddress("192.0.2.1"),
			drop: ({ transport }) => transport === Protocol.UDP && count++ % nth === nth - 1,
			clock: (time) => time - 1_000_000n,
		});
		expect(truth.dropped.length).toBeGreaterThan(0);
		expect(sum(result.conversations, "lost")).toBe(truth.dropped.length);
		expect(sum(both(result), "made")).toBe(0);
	});

	it("is told: payload that it changes", async () => {
		const { result } = await compared({
			rewrite: ({ payload, from, to }) => {
				if (from.port !== 5060 && to.port !== 5060) return undefined;
				const changed = Uint8Array.from(payload);
				changed[20]! ^= 1;
				return changed;
			},
		});
		const changed = result.conversations.filter(({ verdict }) => verdict === "changed");
		expect(changed.length).toBeGreaterThan(0);
		for (const { transport, client, server } of changed) {
			expect(transport).toBe("udp");
			expect(client.changed + server.changed).toBe(client.arrived + server.arrived);
		}
	});
});

describe("a flood", () => {
	it("is told as such, up to the limits, and is not listed whole", async () => {
		const paths = [0, 1].map((side) => {
			const path = join(folder, `flood-${side}.pcap`);
			writeFileSync(path, floodOfRequests(3000, side));
			return path;
		});
		const result = await sides(paths[0]!, paths[1]!, { maxPackets: 2500, maxFlows: 2000 });
		expect(result.conversations).toHaveLength(2000);
		expect(result.inside.beyondLimit).toBe(1000);
		expect(result.clock!.aheadSeconds).toBeCloseTo(5, 3);
		expect(result.notes.join("\n")).toMatch(/beyond the limit: 1,000 packets of the inside capture/);
		const table = [...SIDES_OUTPUTS.table(result, { width: 120, color: false, all: false })].join("");
		expect(table).toContain("1,800 more conversations: --all lists them");
		expect(table.split("\n").length).toBeLessThan(300);
	});
});

/** Connection requests of as many clients, which nobody answers; on the second side 5 s later. */
function floodOfRequests(count: number, side: number): Uint8Array {
	const packets = Array.from({ length: count }, (_, i) => {
		const segment = tcp(1024 + i, 80, { flags: TcpFlag.SYN, sequence: Math.imul(i + 1, 0x9e3779b1) });
		const frame = ethernet(ipv4(`10.0.${i >> 7}.${(i & 127) + 1}`, "203.0.113.1", segment));
		return { seconds: side * 5, fraction: i, data: frame.bytes };
	});
	return pcap(packets);
}

describe("a conversation without ports", () => {
	it("has its client as the report has it, and its ends without numbers", async () => {
		const { conversations } = await sides(OFFICE, OFFICE);
		const ping = conversations.find(({ transport }) => transport === "icmp")!;
		expect(ping.inside).toMatchObject([{ client: "10.10.0.50", server: "10.10.0.10" }]);
	});
});

describe("two captures that have nothing in common", () => {
	it("are not forced together", async () => {
		const result = await sides(capturePath("tftp-ipoffice.pcap"), capturePath("h323-call.pcap"));
		expect(result.clock).toBeNull();
		expect(both(result)).toEqual([]);
		expect(result.notes.slice(0, 2)).toEqual([
			expect.stringMatching(/^no packet is in both captures: they may not be of the same traffic/),
			expect.stringMatching(/^the captures have no time in common/),
		]);
	});

	it("cannot come from standard input", async () => {
		await expect(sides("-", OFFICE)).rejects.toThrow(/twice/);
	});
});

describe("the outputs of sides", () => {
	it("are JSON by the schema, a table as wide as the screen, and Markdown", async () => {
		const { result } = await compared({
			translate: behindOneAddress("192.0.2.1"),
			drop: ({ to }) => to.port === 50805,
		});
		const screen = { width: 100, color: false, all: true };
		const schema = JSON.parse(await readFile(new URL("../schema/sides.schema.json", import.meta.url), "utf8"));
		const validate = new Ajv2020({ allErrors: true }).compile(schema);
		expect(
			validate(JSON.parse([...SIDES_OUTPUTS.json(result, screen)].join(""))),
			JSON.stringify(validate.errors),
		).toBe(true);
		const table = [...SIDES_OUTPUTS.table(result, screen)].join("");
		for (const line of table.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
		expect(table).toMatch(/^blocked +\d+ +none of the client's/m);
		expect([...SIDES_OUTPUTS.markdown(result, screen)].join("")).toMatch(/^\| blocked \| IPO-IN-43 \|/m);
	});
});
