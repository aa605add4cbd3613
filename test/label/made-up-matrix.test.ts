import { describe, expect, it } from "vitest";
import { PortUse, ServiceGroups } from "../../src/label/base-port.ts";
import { PortClues } from "../../src/label/clues.ts";
import type { Facts } from "../../src/label/facts.ts";
import { Labeller } from "../../src/label/verdict.ts";
import { MatrixIndex } from "../../src/matrix/index.ts";
import { loadMatrix } from "../../src/matrix/load.ts";
import type { Matrix, MatrixRow } from "../../src/matrix/types.ts";
import { facts as factsOf } from "../support/facts.ts";

/** Rows that the real matrix does not have, so that each rule is seen alone. */
const real = await loadMatrix();
const TCP = 6;
const UDP = 17;

const range = (first: number, last = first) => ({ first, last });

function row(id: string, port: number, more: Partial<MatrixRow> = {}): MatrixRow {
	return {
		...real.rows[0]!,
		id,
		product: "ipo",
		direction: "in",
		ports: [range(port)],
		configurable: [],
		transports: ["tcp"],
		protocols: [],
		tls: "never",
		...more,
	};
}

const matrixOf = (...rows: MatrixRow[]): Matrix => ({ ...real, rows });

/** Of a TCP flow to an IP Office. */
function facts(serverPort: number, more: Partial<Facts> = {}): Facts {
	return factsOf(TCP, serverPort, { serverProducts: ["ipo"], ...more });
}

/** The row, or the candidates, or the reason why there is none. */
function labelled(matrix: Matrix, given: Facts, anyHost = true): string {
	const { status, row: id, peerRow, candidates, group } = new Labeller(new MatrixIndex(matrix), anyHost).label(given);
	return status === "matched" ? [id, peerRow].filter(Boolean).join(" ") : candidates.join(" or ") || group;
}

describe("rows of one port", () => {
	it("are told apart by the product at the other end", () => {
		const matrix = matrixOf(
			row("any", 7000),
			row("voicemail", 7000, { peerProducts: ["vmpro", "mm"] }),
			row("portal", 7000, { peerProducts: ["onex"] }),
		);
		const from = (...clientProducts: string[]) => labelled(matrix, facts(7000, { clientProducts }));
		expect([from(), from("vmpro"), from("mm"), from("onex"), from("vmpro", "onex")]).toEqual([
			"any",
			"voicemail",
			"voicemail",
			"portal",
			"voicemail or portal",
		]);
		const onlyPeers = matrixOf(...matrix.rows.slice(1));
		expect(labelled(onlyPeers, facts(7000))).toBe("voicemail or portal");
		// A single row needs no other end.
		expect(labelled(matrixOf(matrix.rows[1]!), facts(7000))).toBe("voicemail");
		const egress = matrixOf(
			row("out", 7000, { direction: "out" }),
			row("out to portal", 7000, { direction: "out", peerProducts: ["onex"] }),
		);
		const to = (...serverProducts: string[]) =>
			labelled(egress, facts(7000, { serverProducts, clientProducts: ["ipo"] }));
		expect([to(), to("onex"), to("ipo")]).toEqual(["out", "out to portal", "out"]);
	});

	it("are told apart by the product that the payload names, if it is the server's", () => {
		const matrix = matrixOf(row("office", 7000), row("voicemail", 7000, { product: "vmpro" }));
		const speaks = (product: string | null) => facts(7000, { serverProducts: ["ipo", "vmpro"], speaks: product });
		expect([null, "ipo", "vmpro", "onex"].map((product) => labelled(matrix, speaks(product)))).toEqual([
			"office or voicemail",
			"office",
			"voicemail",
			"office or voicemail",
		]);
		const { reasons } = new Labeller(new MatrixIndex(matrix), true).label(speaks("vmpro"));
		expect(reasons.at(-1)).toBe("the server's payload names voicemail's product");
		const one = new Labeller(new MatrixIndex(matrix), true).label(facts(7000, { speaks: "ipo" }));
		expect([one.row, one.reasons.length]).toEqual(["office", 2]);
		const calls = matrixOf(row("office", 7000), row("calls", 7000, { product: "vmpro", direction: "out" }));
		expect(labelled(calls, facts(7000, { speaks: "vmpro" }), false)).toBe("office or calls");
		expect(labelled(calls, facts(7000, { speaks: "ipo" }), false)).toBe("office");
	});

	it("are told apart by the longest of their domains", () => {
		const matrix = matrixOf(
			row("any", 7000),
			row("short", 7000, { domains: ["b.example"] }),
			row("long", 7000, { domains: ["a.example", "deep.b.example"] }),
		);
		const named = (text: string) => labelled(matrix, facts(7000, { name: { text, source: "payload" } }));
		expect(["x.b.example", "x.deep.b.example", "x.a.example", "x.example"].map(named)).toEqual([
			"short",
			"long",
			"long",
			"any",
		]);
		expect(labelled(matrix, facts(7000))).toBe("any or short or long");
	});

	it("fall to a port's own row, a default range and a configurable range, in this order", () => {
		const matrix = matrixOf(
			row("own", 7100, { protocols: ["ssh"] }),
			row("wide", 0, { ports: [range(7000, 7200)], protocols: ["http"] }),
			row("moved", 0, { ports: [range(9000)], configurable: [range(7000, 7500)], protocols: ["http", "sip"] }),
		);
		const on = (port: number, application: string | null) => labelled(matrix, facts(port, { application }));
		expect([on(7100, "ssh"), on(7100, null), on(7100, "http")]).toEqual(["own", "own", "http contradicts own"]);
		expect([on(7050, "http"), on(7050, null), on(7050, "sip")]).toEqual(["wide", "wide", "moved"]);
		expect([on(7300, "http"), on(7050, "ssh"), on(7300, "ssh")]).toEqual([
			"moved",
			"ssh contradicts wide",
			"no ingress row of IP Office lists tcp/7300",
		]);
		const control = matrixOf(row("control", 7000, { protocols: ["h245"] }));
		expect(labelled(control, facts(7001, { application: "h245" }))).toBe("no ingress row of IP Office lists tcp/7001");
	});

	it("of the client count where the server's is a configurable range only", () => {
		const egress = row("calls", 7100, { direction: "out", product: "vmpro" });
		const both = { clientProducts: ["vmpro"], application: "http" };
		const of = (...rows: MatrixRow[]) => labelled(matrixOf(...rows), facts(7100, both));
		const configurable = { ports: [range(9000)], configurable: [range(7000, 7500)], protocols: ["http"] };
		expect(of(row("moved", 0, configurable), { ...egress, protocols: ["http"] })).toBe("calls");
		expect(of(row("moved", 0, configurable), { ...egress, ...configurable })).toBe("moved calls");
		expect(of(row("own", 7100, { protocols: ["http"] }), { ...egress, protocols: ["http"] })).toBe("own calls");
		const second = { ...egress, id: "calls too", protocols: ["http"] };
		expect(of(row("own", 7100, { protocols: ["http"] }), { ...egress, protocols: ["http"] }, second)).toBe("own");
	});

	it("are those of a connection with itself only where both ends are one host", () => {
		const matrix = matrixOf(
			row("itself", 7000, { direction: "intra" }),
			row("others", 7000, { direction: "intra", product: "vmpro" }),
			row("served", 7000),
		);
		expect(labelled(matrix, facts(7000, { sameHost: true }))).toBe("itself");
		expect(labelled(matrix, facts(7000))).toBe("served");
		expect(labelled(matrix, facts(7000, { sameHost: true }), false)).toBe("itself or others or served");
		expect(labelled(matrix, facts(7000), false)).toBe("served");
	});
});

describe("facts that differ in one thing", () => {
	it("have verdicts of their own, whichever was asked for first", () => {
		const index = new MatrixIndex(real);
		const [ipo, vmpro, none]: (readonly string[])[] = [["ipo"], ["vmpro"], []];
		const bases: Facts[] = [
			facts(46_752, { protocol: UDP, serverProducts: ipo! }),
			facts(50_802, { serverProducts: ipo!, clientProducts: vmpro! }),
			facts(443, { serverProducts: none!, clientProducts: ipo!, application: "tls" }),
			facts(4444, { serverProducts: ipo!, clientProducts: ipo!, application: "java-rmi" }),
			facts(9080, { serverProducts: ipo!, application: "http" }),
		];
		const changes: Partial<Facts>[] = [
			...[TCP, UDP].map((protocol) => ({ protocol })),
			...[50_802, 46_752, 80, 443, 4444].map((port) => ({ serverPort: port, listedPort: port })),
			...[80, 443, 50_805].map((listedPort) => ({ listedPort })),
			...[ipo!, vmpro!, none!].flatMap((set) => [{ serverProducts: set }, { clientProducts: set }]),
			...[true, false].map((sameHost) => ({ sameHost })),
			...[null, "rtp", "tls", "http"].flatMap((name) => [
				{ application: name },
				{ announced: name },
				{ application: null, announced: name },
			]),
			...["cloud.avayacloud.com", "scep.example.com"].map((text) => ({ name: { text, source: "payload" as const } })),
			{ name: { text: "cloud.avayacloud.com", source: "dns" as const } },
			...[null, "ipo", "vmpro"].map((speaks) => ({ speaks })),
		];
		for (const base of bases) {
			const all = [base, ...changes.map((change) => ({ ...base, ...change }))];
			const fresh = all.map((one) => new Labeller(index, true).label(one));
			for (const order of [all, [...all].reverse()]) {
				const labeller = new Labeller(index, true);
				for (const one of order) expect(labeller.label(one)).toEqual(fresh[all.indexOf(one)]);
			}
		}
	});
});

describe("clues", () => {
	const matrix = matrixOf(
		row("plain", 50_900),
		row("secure", 50_901, { tls: "always" }),
		row("registered", 7777),
		row("secure registered", 7779, { tls: "always" }),
		row("first dynamic", 49_152),
		row("well known", 22),
		row("range", 0, { ports: [range(50_910, 50_920)] }),
		row("of two", 50_930),
		row("of two again", 50_930, { product: "vmpro" }),
		row("of one twice", 50_931),
		row("of one twice again", 50_931),
		row("elsewhere too", 50_940),
		row("elsewhere", 50_940, { direction: "out" }),
		row("between two", 50_941),
		row("between", 50_941, { direction: "out", product: "vmpro", peerProducts: ["ipo"] }),
		row("datagrams", 50_950, { transports: ["udp"], peerProducts: ["onex"] }),
		row("registered datagrams", 40_000, { transports: ["udp"] }),
		row("first dynamic datagrams", 49_153, { transports: ["udp"] }),
		row("of one peer", 50_960, { peerProducts: ["onex"], protocols: ["http"] }),
		row("of two peers", 50_961, { peerProducts: ["onex", "vmpro"] }),
	);
	const server = (port: number, application: string | null = null, clientPort = 1, protocol = TCP) =>
		new PortClues(matrix).ofServer(protocol, port, clientPort, application);
	const client = (port: number, application: string | null = null, clientPort = 1, protocol = TCP) =>
		new PortClues(matrix).ofClient(protocol, port, clientPort, application);

	it("are ports that one product alone serves", () => {
		expect(server(50_900)).toEqual({
			product: "ipo",
			key: "tcp/50900",
			points: 2,
			reason: "answers on tcp/50900 (plain)",
			isPlainDynamic: true,
		});
		const known = [22, 50_915, 50_930, 50_931, 50_940, 50_941, 50_999, 7777].map((port) => server(port)?.points);
		expect(known).toEqual([undefined, undefined, undefined, 2, undefined, 2, undefined, 1]);
		expect(server(50_900, null, 1, UDP)).toBeUndefined();
		expect([50_950, 40_000, 49_153].map((port) => server(port, null, 1, UDP)?.points)).toEqual([2, undefined, 2]);
	});

	it("count more with the TLS that the row asks for, and where both ends are on one port", () => {
		expect(server(50_901, "tls")).toEqual({
			product: "ipo",
			key: "tcp/50901",
			points: 3,
			reason: "answers on tcp/50901 with TLS (secure)",
		});
		expect([server(50_901)!.points, server(7779, "tls")!.points, server(7779)!.points]).toEqual([2, 2, 1]);
		expect(server(49_152)).toMatchObject({ points: 2, isPlainDynamic: true });
		expect(server(7777)).not.toHaveProperty("isPlainDynamic");
		expect(server(50_950, null, 1, UDP)).not.toHaveProperty("isPlainDynamic");
		expect([server(50_950, null, 50_950, UDP)!.points, server(50_900, null, 50_900)!.points]).toEqual([3, 2]);
	});

	it("tell the client where the row names one product there", () => {
		expect(client(50_960)).toEqual({
			product: "onex",
			key: "to tcp/50960",
			points: 2,
			reason: "is answered on tcp/50960, where only this product connects (of one peer)",
		});
		expect([client(50_961), client(50_900)]).toEqual([undefined, undefined]);
		expect([client(50_960, "ssh"), server(50_960, "ssh")]).toEqual([undefined, undefined]);
		expect(client(50_950, null, 50_950, UDP)).toMatchObject({ product: "onex", points: 3 });
	});
});

describe("groups of services", () => {
	const configurable = [range(40_000, 50_000)];
	const members = [
		row("a", 41_000, { configurable }),
		row("b", 41_001, { configurable, tls: "always" }),
		row("c", 41_005, { configurable, tls: "always" }),
	];
	const PLAIN = PortUse.Asked | PortUse.Answered;
	const TLS = PLAIN | PortUse.Tls;
	const groupsOf = (...rows: MatrixRow[]) => new ServiceGroups(matrixOf(...rows));
	const ports = (seen: Record<number, number>) =>
		new Map(Object.entries(seen).map(([port, use]) => [Number(port), use] as const));

	it("are three rows at least that share a range, and lie in it", () => {
		expect(groupsOf(...members).products()).toEqual(["ipo"]);
		expect(groupsOf(...members.slice(1)).products()).toEqual([]);
		const instead = (change: Partial<MatrixRow>) =>
			groupsOf(...members.slice(1), { ...members[0]!, ...change }).products();
		expect(instead({ ports: [range(40_000)] })).toEqual(["ipo"]);
		expect(instead({ ports: [range(50_000)] })).toEqual(["ipo"]);
		for (const change of [
			{ ports: [range(39_999)] },
			{ ports: [range(50_001)] },
			{ ports: [range(41_000, 41_002)] },
			{ direction: "out" as const },
			{ transports: ["udp" as const] },
			{ configurable: [range(40_000, 50_000), range(1, 2)] },
			{ configurable: [range(40_000, 50_001)] },
			{ configurable: [] },
			{ product: "vmpro" },
		])
			expect(instead(change)).toEqual([]);
	});

	it("may stand on any port of the range that no other row names", () => {
		const groups = groupsOf(
			...members,
			row("other", 45_000),
			row("outward", 45_001, { direction: "out" }),
			row("datagrams", 45_002, { transports: ["udp"] }),
			row("stretch", 0, { ports: [range(45_003, 45_005)] }),
		);
		const held = [39_999, 40_000, 41_000, 45_000, 45_001, 45_002, 45_003, 50_000, 50_001];
		expect(held.map((port) => groups.mayHold(port))).toEqual([false, true, true, false, true, true, true, true, false]);
		expect([41_000, 45_000, 45_001, 45_003].map((port) => groups.isNamed(port))).toEqual([true, true, false, false]);
	});

	it("are where most of them answer as they should", () => {
		const groups = groupsOf(...members);
		const base = (seen: Record<number, number>) => groups.moved("ipo", ports(seen))?.base;
		expect(base({ 43000: PLAIN, 43001: TLS, 43005: TLS })).toBe(43_000);
		expect(base({ 43000: PLAIN, 43001: TLS })).toBe(43_000);
		expect(base({ 43001: TLS, 43005: TLS })).toBe(43_000);
		expect(base({ 43000: PLAIN, 43005: PLAIN })).toBeUndefined();
		expect(base({ 43000: TLS, 43001: TLS })).toBeUndefined();
		expect(base({ 40000: PLAIN, 40001: TLS })).toBe(40_000);
		expect(base({ 39999: PLAIN, 40000: TLS })).toBeUndefined();
		expect(base({ 50000: PLAIN, 50001: TLS })).toBe(50_000);
		expect(base({ 50001: PLAIN, 50002: TLS })).toBeUndefined();
		expect(base({ 43000: PLAIN, 43001: TLS, 41000: PLAIN })).toBeUndefined();
		expect(groups.moved("vmpro", ports({ 43000: PLAIN, 43001: TLS }))).toBeUndefined();
		// Two places with two members each, of which one was asked for the third too.
		const two = { 43000: PLAIN, 43001: TLS, 47000: PLAIN, 47001: TLS };
		expect(base(two)).toBeUndefined();
		expect(base({ ...two, 47005: PortUse.Asked })).toBe(47_000);
		expect(base({ ...two, 43005: TLS })).toBe(43_000);
	});

	it("are a proof with three that answer, two of them with TLS", () => {
		const proof = (rows: MatrixRow[], seen: Record<number, number>) => {
			const groups = groupsOf(...rows);
			return groups.isProof(groups.moved("ipo", ports(seen))!);
		};
		expect(proof(members, { 43000: PLAIN, 43001: TLS, 43005: TLS })).toBe(true);
		expect(proof(members, { 43001: TLS, 43005: TLS })).toBe(false);
		const onePlain = [members[0]!, { ...members[1]!, tls: "never" as const }, members[2]!];
		expect(proof(onePlain, { 43000: PLAIN, 43001: PLAIN, 43005: TLS })).toBe(false);
	});
});
