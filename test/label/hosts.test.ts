import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PortUse } from "../../src/label/base-port.ts";
import { PortClues } from "../../src/label/clues.ts";
import { addressOfKey, Hosts, keyOfText } from "../../src/label/hosts.ts";
import { loadMatrix } from "../../src/matrix/load.ts";

const matrix = await loadMatrix();
const TCP = 6;
const UDP = 17;

type Seen = readonly [server: string, client: string, protocol: number, port: number, tls?: boolean];

function settled(seen: readonly Seen[], given: { product: string; address: string }[] = [], infer = true): Hosts {
	const hosts = new Hosts(matrix, given, infer);
	const clues = new PortClues(matrix);
	for (const [server, client, protocol, port, tls = false] of seen) {
		const clientPort = protocol === UDP && port === 50_795 ? port : 49_999;
		hosts.clue(keyOfText(server), () => server, clues.ofServer(protocol, port, clientPort, tls ? "tls" : null));
		hosts.clue(keyOfText(client), () => client, clues.ofClient(protocol, port, clientPort, tls ? "tls" : null));
	}
	hosts.settle();
	return hosts;
}

const products = (hosts: Hosts) => hosts.list().map((host) => `${host.address} ${host.products.join("+")}`);
const A = "10.0.0.1";
const B = "10.0.0.2";
const PC = "10.0.0.50";

describe("inferred hosts", () => {
	it.each<[string, Seen[], string[]]>([
		[
			"two of a product's own dynamic ports",
			[
				[A, PC, TCP, 50_804],
				[A, PC, TCP, 50_802],
			],
			[`${A} ipo`],
		],
		["one such port with TLS as its row asks", [[A, PC, TCP, 50_805, true]], [`${A} ipo`]],
		["one such port alone: not enough", [[A, PC, TCP, 50_804]], []],
		[
			"TLS on a web port: not enough",
			[
				[A, PC, TCP, 443, true],
				[A, PC, TCP, 8443, true],
			],
			[],
		],
		["both ends of a port that only two products use", [[B, A, TCP, 50_815, true]], [`${A} ipo`, `${B} onex`]],
		["both ends of the network of IP Offices", [[A, B, UDP, 50_795]], [`${A} ipo`, `${B} ipo`]],
		[
			"several products on one host",
			[
				[A, PC, TCP, 50_805, true],
				[A, B, TCP, 50_791, true],
			],
			[`${A} ipo+vmpro`],
		],
		[
			"registered ports that others serve too",
			[
				[A, PC, TCP, 5222],
				[A, PC, TCP, 8080],
				[A, PC, TCP, 9443, true],
			],
			[],
		],
		[
			"ports on which products look for other servers",
			[
				[A, PC, TCP, 52_233, true],
				[A, PC, TCP, 5443, true],
				[A, PC, TCP, 50_792, true],
			],
			[],
		],
	])("%s", (_, seen, expected) => {
		expect(products(settled(seen))).toEqual(expected);
	});

	it("are not told by plain ports of a host that serves the dynamic range at large", () => {
		const hosts = new Hosts(matrix, [], true);
		const clues = new PortClues(matrix);
		for (const port of [50_802, 50_804, 50_850, 50_900]) {
			hosts.clue(keyOfText(A), () => A, clues.ofServer(TCP, port, 49_999, null));
			hosts.usedPort(keyOfText(A), () => A, port, PortUse.Asked | PortUse.Answered);
		}
		hosts.settle();
		expect(hosts.list()).toEqual([]);
	});

	it("are not told by a port on which something else is spoken", () => {
		for (const application of ["dcerpc", "http", "ssh"])
			expect(new PortClues(matrix).ofServer(TCP, 50_804, 49_999, application)).toBeUndefined();
	});

	it("are none where the user gave the product's hosts, or wants none", () => {
		const seen: Seen[] = [[A, PC, TCP, 50_805, true]];
		const given = settled(seen, [{ product: "ipo", address: B }]);
		expect(products(given)).toEqual([`${B} ipo`]);
		expect(given.passedOver()).toEqual([{ address: A, products: ["ipo"] }]);
		expect(products(settled(seen, [], false))).toEqual([]);
	});

	it("do not depend on the order of what was seen", () => {
		const all: Seen[] = [
			[A, PC, TCP, 50_804],
			[A, PC, TCP, 50_805, true],
			[A, PC, TCP, 411, true],
			[B, A, TCP, 50_815, true],
			[B, PC, TCP, 9843, true],
			[A, B, TCP, 50_814],
			[A, PC, UDP, 50_794],
			["10.0.0.3", A, UDP, 50_795],
		];
		const expected = settled(all).list();
		fc.assert(
			fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
				expect(settled(shuffled).list()).toEqual(expected);
			}),
		);
	});
});

describe("what a host says of itself", () => {
	it("makes it the product, and is told with it", () => {
		const hosts = new Hosts(matrix, [], true);
		const identity = { product: "ipo", model: "IP 500 V2", release: "11.1.2", system: "HQ", reason: "says so" };
		hosts.says(keyOfText(A), () => A, identity);
		hosts.says(keyOfText(A), () => A, { product: "vmpro", release: "11.1", reason: "greets so" });
		hosts.settle();
		expect(hosts.list()).toMatchObject([
			{ address: A, products: ["ipo", "vmpro"], model: "IP 500 V2", release: "11.1.2", system: "HQ" },
		]);
	});

	it("keep what is said in every flow once, and of very much a few", () => {
		const hosts = new Hosts(matrix, [], true);
		const says = (release: string) => hosts.says(keyOfText(A), () => A, { product: "ipo", release, reason: "says so" });
		const kept = () => hosts.clues.suspects.get(keyOfText(A))!.said!.of(A).length;
		for (let flow = 0; flow < 1000; flow++) says("11.1");
		expect(kept()).toBe(1);
		for (let flow = 0; flow < 1000; flow++) says(`11.1.${flow}`);
		expect(kept()).toBe(16);
		hosts.settle();
		expect(hosts.at(keyOfText(A))).toMatchObject({ products: ["ipo"], release: "11.1.10" });
	});

	it("is told of a host that the user gave", () => {
		const hosts = new Hosts(matrix, [{ product: "ipo", address: A }], true);
		hosts.says(keyOfText(A), () => A, { product: "ipo", release: "11.1.2", reason: "says so" });
		hosts.says(keyOfText(B), () => B, { product: "ipo", release: "9.1", reason: "says so" });
		hosts.settle();
		expect(hosts.list()).toMatchObject([{ address: A, source: "given", release: "11.1.2" }]);
	});
});

describe("the hosts", () => {
	const said = (...identities: Parameters<Hosts["says"]>[2][]) => {
		const hosts = new Hosts(matrix, [], true);
		for (const identity of identities) hosts.says(keyOfText(A), () => A, identity);
		hosts.settle();
		return hosts.at(keyOfText(A));
	};

	it("are listed by address, those that were given first", () => {
		const given = [B, "10.0.0.9"].map((address) => ({ product: "vmpro", address }));
		const hosts = settled(
			[
				["10.0.0.3", PC, TCP, 50_805, true],
				[A, PC, TCP, 50_805, true],
			],
			given,
		);
		expect(products(hosts)).toEqual([`${B} vmpro`, "10.0.0.9 vmpro", `${A} ipo`, "10.0.0.3 ipo"]);
		expect(hosts.list().map(({ source }) => source)).toEqual(["given", "given", "inferred", "inferred"]);
		expect(hosts.list()[0]!.reasons).toEqual(["given on the command line"]);
	});

	it("that look like a given product without being given are told in order, each once", () => {
		const given = [{ product: "ipo", address: B }];
		const seen = ["10.0.0.4", A, B, "10.0.0.3"].map((address): Seen => [address, PC, TCP, 50_805, true]);
		const hosts = settled(seen, given);
		expect(hosts.passedOver()).toEqual([A, "10.0.0.3", "10.0.0.4"].map((address) => ({ address, products: ["ipo"] })));
		expect(products(hosts)).toEqual([`${B} ipo`]);
	});

	it("are none before all is known, and may be none then", () => {
		const hosts = new Hosts(matrix, [], true);
		expect(() => hosts.any).toThrow("settle");
		hosts.settle();
		expect([hosts.any, hosts.list(), hosts.at(keyOfText(A)), hosts.productsOf(keyOfText(A))]).toEqual([
			false,
			[],
			undefined,
			[],
		]);
		expect(hosts.productSet([])).toBe(hosts.productsOf(keyOfText(A)));
		expect(hosts.productSet(["vmpro", "ipo", "vmpro"])).toBe(hosts.productSet(["ipo", "vmpro"]));
		expect(hosts.productSet(["vmpro", "ipo", "vmpro"])).toEqual(["ipo", "vmpro"]);
	});

	it("say what they are: IP Office's words count before another product's, and the longest of several", () => {
		const reason = "it says so";
		const ipo = (release: string) => ({ product: "ipo", reason, release });
		const vmpro = { product: "vmpro", reason, release: "11.1.2.3 build 4", model: "a server" };
		for (const order of [
			[vmpro, ipo("11.0"), ipo("11.0.4"), ipo("11.0.3")],
			[ipo("11.0.3"), ipo("11.0.4"), ipo("11.0"), vmpro],
		]) {
			const host = said(...order);
			expect(host).toMatchObject({ products: ["ipo", "vmpro"], release: "11.0.3", model: "a server" });
			expect(host).not.toHaveProperty("system");
			expect(host!.reasons).toEqual(["ipo: it says so", "vmpro: it says so"]);
		}
	});

	it("have keys that are the same however their address is written", () => {
		expect(addressOfKey(keyOfText("10.0.0.1"))).toBe("10.0.0.1");
		expect(keyOfText("10.0.0.1")).not.toBe(keyOfText("10.0.0.2"));
		expect(keyOfText("fd00:0:0:0::1")).toBe(keyOfText("fd00::1"));
		expect(keyOfText("fd00::1")).toBe("fd00::1");
		expect(keyOfText("no address")).toBe("no address");
	});

	it("give the reason of the clue that counts most, once for each port", () => {
		const order = [false, true, false];
		const hosts = settled(order.map((tls): Seen => [A, PC, TCP, 50_805, tls]));
		expect(hosts.at(keyOfText(A))!.reasons).toEqual(["ipo: answers on tcp/50805 with TLS (IPO-IN-43)"]);
	});
});
