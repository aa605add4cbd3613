import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findingsIn } from "../support/findings.ts";
import { at, FLAGS, segment } from "../support/frames.ts";

const IPO = "10.0.0.1";
const given = { ipo: [IPO] };

/** A connection request that is tried four times in 7 s. */
const tries = (from: string, to: string, start = 0) =>
	[0, 1, 3, 7].map((time) => at(start + time, segment(from, to, { flags: FLAGS.syn })));

describe("findings", () => {
	it("are one for all flows of a row and host, with who, how many and when", () => {
		const packets = [
			...tries("10.0.0.50:40000", `${IPO}:50805`),
			...tries("10.0.0.50:40001", `${IPO}:50805`, 10),
			...tries("10.0.0.51:40000", `${IPO}:50805`, 20),
		];
		const [found, ...others] = findingsIn(packets, given);
		expect(others).toEqual([]);
		expect(found).toMatchObject({
			kind: "unanswered",
			severity: "error",
			text: "connection requests were never answered",
			row: "IPO-IN-43",
			host: IPO,
			clients: { shown: ["10.0.0.50", "10.0.0.51"], count: 2, isMore: false },
			servers: { shown: [`${IPO}:50805`], count: 1 },
			flows: [0, 1, 2],
			flowCount: 3,
			count: 12,
			first: { number: 1 },
			start: 0,
			end: 27e9,
		});
	});

	it("are several for several rows or hosts", () => {
		const packets = [
			...tries("10.0.0.50:40000", `${IPO}:50805`),
			...tries("10.0.0.50:40001", `${IPO}:443`, 10),
			...tries(`${IPO}:40001`, "198.51.100.7:8443", 20),
		];
		const found = findingsIn(packets, given).map(({ host, servers }) => [host, servers.shown[0]]);
		expect(found).toEqual([
			[IPO, `${IPO}:50805`],
			[IPO, `${IPO}:443`],
			[IPO, "198.51.100.7:8443"],
		]);
	});

	it("leave out what concerns no product, where products are known", () => {
		const stranger = tries("10.0.0.50:40000", "10.0.0.60:443");
		expect(findingsIn(stranger, given)).toEqual([]);
		expect(findingsIn(stranger)).toHaveLength(1);
		// A product that is down shows by nothing that it is one.
		const down = tries("10.0.0.50:40000", "10.0.0.60:50805");
		expect(findingsIn(down, given).map(({ severity, kind }) => `${severity} ${kind}`)).toEqual(["warning unanswered"]);
	});

	it("name a conversation in their filter, or what many have in common", () => {
		const one = findingsIn(tries("10.0.0.50:40000", `${IPO}:50805`), given)[0]!.filter;
		expect(one).toBe(
			`ip.addr == 10.0.0.50 && ip.addr == ${IPO} && tcp.port == 40000 && tcp.port == 50805 && tcp.flags.syn == 1`,
		);
		const many = Array.from({ length: 9 }, (_, i) => tries(`10.0.0.50:${40_000 + i}`, `${IPO}:50805`, 10 * i)).flat();
		expect(findingsIn(many, given)[0]!.filter).toBe(`ip.addr == ${IPO} && tcp.port == 50805 && tcp.flags.syn == 1`);
		const ofAll = (server: string) =>
			Array.from({ length: 9 }, (_, i) => tries(`10.0.1.${i}:40000`, server, 10 * i)).flat();
		expect(findingsIn(ofAll("10.7.0.1:7"))[0]!.filter).toBe(
			"ip.addr == 10.7.0.1 && tcp.port == 7 && tcp.flags.syn == 1",
		);
		const v6 = findingsIn(tries("[fd00::50]:40000", "[fd00::1]:50805"), { ipo: ["fd00::1"] })[0]!.filter;
		expect(v6).toContain("ipv6.addr == fd00::50 && ipv6.addr == fd00::1");
	});

	it("without a row are one for each cause: a scan of everything is no thousand findings", () => {
		const scan = (port: number) =>
			Array.from({ length: 3000 }, (_, i) =>
				[0, 1, 3].map((time) =>
					at(i / 1000 + time, segment("10.0.0.50:40000", `10.1.${i >> 8}.${i & 255}:${port}`, { flags: FLAGS.syn })),
				),
			)
				.flat()
				.sort((a, b) => a.time - b.time);
		const [found, ...others] = findingsIn(scan(7));
		expect(others).toEqual([]);
		expect(found).toMatchObject({ row: null, host: null, flowCount: 3000, servers: { count: 1000, isMore: true } });
		expect(found!.filter).toBe("ip.addr == 10.0.0.50 && tcp.port == 7 && tcp.flags.syn == 1");
		// Of a row there is one for each host, up to a bound.
		const ofRow = findingsIn(scan(50_805));
		expect(ofRow.length).toBeGreaterThan(1000);
		expect(ofRow.length).toBeLessThanOrEqual(2001);
		expect(ofRow.reduce((sum, { flowCount }) => sum + flowCount, 0)).toBe(3000);
	});

	it("put what matters most first, whatever the order of the flows", () => {
		fc.assert(
			fc.property(fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (order) => {
				const flows = [
					tries("10.0.0.50:40000", `${IPO}:50805`),
					tries("10.0.0.50:40001", `${IPO}:443`),
					[
						at(0, segment("10.0.0.50:40002", `${IPO}:50804`, { flags: FLAGS.syn })),
						at(0.1, segment(`${IPO}:50804`, "10.0.0.50:40002", { flags: FLAGS.rst | FLAGS.ack, acknowledgement: 1 })),
					],
				];
				const packets = order.flatMap((index) => flows[index]!);
				expect(findingsIn(packets, given).map(({ severity }) => severity)).toEqual(["error", "error", "warning"]);
			}),
		);
	});
});
