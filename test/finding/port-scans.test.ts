import { describe, expect, it } from "vitest";
import { PortScans } from "../../src/finding/port-scans.ts";
import { analyse, datagram } from "../support/analyse.ts";
import { segment } from "../support/frames.ts";
import type { Packet } from "../support/packet-builder.ts";

const SYN = 2;
const RST_ACK = 20;
const SYN_ACK = 18;
const SCANNER = "10.0.9.9:40000";

function scans(packets: readonly Packet[]): { what: string; flows: readonly number[] }[] {
	const { table, sessions } = analyse(packets);
	const found = new PortScans({ store: table.store, sessions });
	return [...found.found()].map(({ observation, subject }) => ({ what: observation.what, flows: subject.flows }));
}

const ports = (count: number) => Array.from({ length: count }, (_, n) => 1 + n);
const syn = (to: string, from = SCANNER) => segment(from, to, { flags: SYN, sequence: 1 });

describe("a port scan", () => {
	it("is many ports of one host tried in vain, refused or silent", () => {
		const packets = ports(150).flatMap((port) => {
			const target = `10.0.0.1:${port}`;
			return port % 2 === 0
				? [syn(target)]
				: [syn(target), segment(target, SCANNER, { flags: RST_ACK, acknowledgement: 2 })];
		});
		expect(scans(packets)).toEqual([
			{
				what: "10.0.9.9 tries one port of 10.0.0.1 after the other: this looks like a port scan",
				flows: Array.from({ length: 150 }, (_, flow) => flow),
			},
		]);
	});

	it("leaves out the connections that were accepted", () => {
		const open = "10.0.0.1:443";
		const accepted = segment(open, SCANNER, { flags: SYN_ACK, sequence: 5, acknowledgement: 2 });
		const packets = [syn(open), accepted, ...ports(120).map((port) => syn(`10.0.0.1:${port}`))];
		expect(scans(packets).map(({ flows }) => flows.length)).toEqual([120]);
		expect(scans(packets)[0]!.flows).not.toContain(0);
	});

	it("is one by datagrams too", () => {
		expect(scans(ports(120).map((port) => datagram(SCANNER, `10.0.0.1:${port}`, ""))).length).toBe(1);
	});

	it("is none of few ports, of one port asked again and again, of many hosts, nor of a service's answers", () => {
		expect(scans(ports(99).map((port) => syn(`10.0.0.1:${port}`)))).toEqual([]);
		expect(scans(ports(150).map((port) => syn("10.0.0.1:443", `10.0.9.9:${40_000 + port}`)))).toEqual([]);
		expect(scans(ports(150).map((host) => syn(`10.0.0.${host}:443`)))).toEqual([]);
		expect(scans(ports(150).map((port) => datagram("10.0.0.53:53", `10.0.0.1:${2000 + port}`, "x")))).toEqual([]);
	});
});
