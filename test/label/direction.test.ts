import { describe, expect, it } from "vitest";
import { ServerEndpoints } from "../../src/label/direction.ts";
import { isServicePort } from "../../src/label/services.ts";
import { Overflow } from "../../src/session/overflow.ts";
import { datagram } from "../support/analyse.ts";
import { FLAGS, frame, segment } from "../support/frames.ts";
import { connection, labelsOf } from "../support/labelled.ts";
import { concat, ethernet, hex, icmp, ipv4, type Packet } from "../support/packet-builder.ts";

const IPO = "10.0.0.1";
const OTHER_IPO = "10.0.0.2";
const PHONE = "10.0.0.9";
const given = { hosts: [{ product: "ipo", address: IPO }] };

describe("who asked first", () => {
	it("is told by what is known of ports where nothing else tells", () => {
		const quiet = (from: string, to: string) =>
			labelsOf([segment(from, to, { flags: FLAGS.ack, sequence: 5 })], given).labels.of(0).direction;
		for (const [client, server] of [
			["10.0.0.7:51000", "10.0.0.8:8080"],
			["10.0.0.7:40000", "10.0.0.8:1023"],
			["10.0.0.7:40000", `${IPO}:50805`],
		]) {
			expect(quiet(client!, server!)).toMatchObject({ serverSide: 1, basis: "port" });
			expect(quiet(server!, client!)).toMatchObject({ serverSide: 0, basis: "port" });
		}
		expect(quiet("10.0.0.7:40000", "10.0.0.8:41000")).toMatchObject({
			serverSide: 1,
			basis: "first-packet",
			certain: false,
		});
	});

	it("is told by a port that any row names, if no host is known; by the first packet where both are alike", () => {
		const of = (from: string, to: string) => labelsOf([datagram(from, to, hex("00"))]).labels.of(0).direction;
		expect(of("10.0.0.7:50795", "10.0.0.8:40000")).toMatchObject({ serverSide: 0, basis: "port" });
		expect(of("10.0.0.7:40000", "10.0.0.8:50795")).toMatchObject({ serverSide: 1, basis: "port" });
		expect(of("10.0.0.7:8080", "10.0.0.8:8443")).toMatchObject({ serverSide: 1, basis: "first-packet" });
		expect(of("10.0.0.7:1023", "10.0.0.8:1024")).toMatchObject({ serverSide: 0, basis: "port" });
		expect(of("10.0.0.7:22", "10.0.0.8:50795")).toMatchObject({ serverSide: 0, basis: "port" });
		expect(of("10.0.0.7:0", "10.0.0.8:50795")).toMatchObject({ serverSide: 1, basis: "port" });
	});

	it("is told by the port of the payload's protocol where both ports are well known", () => {
		const greeting = (from: string, to: string) =>
			labelsOf([segment(from, to, { flags: FLAGS.ack, sequence: 5 }, "SSH-2.0-x\r\n")]).labels.of(0);
		for (const [server, client] of [
			["10.0.0.7:22", "10.0.0.8:443"],
			["10.0.0.7:22", "10.0.0.8:80"],
		]) {
			expect(greeting(server!, client!).direction).toMatchObject({ serverSide: 0, basis: "port" });
			expect(greeting(client!, server!).direction).toMatchObject({ serverSide: 1, basis: "port" });
		}
	});

	it("is told by who asked in a handshake, whichever side was seen first", () => {
		const direction = (...packets: Packet[]) => labelsOf(packets).labels.of(0).direction;
		const syn = segment("10.0.0.7:22", "10.0.0.8:40000", { flags: FLAGS.syn });
		const accepted = segment("10.0.0.8:40000", "10.0.0.7:22", { flags: FLAGS.syn | FLAGS.ack, acknowledgement: 1 });
		expect(direction(syn)).toMatchObject({ serverSide: 1, basis: "handshake", certain: true });
		expect(direction(syn, accepted)).toMatchObject({ serverSide: 1, basis: "handshake" });
		expect(direction(accepted)).toMatchObject({ serverSide: 0, basis: "handshake" });
	});

	it("knows the ports on which servers commonly listen", () => {
		expect([0, 1, 1023, 1024, 5060, 8080, 49_152].map(isServicePort)).toEqual([
			false,
			true,
			true,
			false,
			true,
			true,
			false,
		]);
	});

	it("is told by other flows of an endpoint", () => {
		const { labels } = labelsOf([
			...connection("10.0.0.7:40000", "10.0.0.8:41000"),
			segment("10.0.0.8:41000", "10.0.0.9:8080", { flags: FLAGS.ack, sequence: 5 }),
		]);
		expect(labels.of(1).direction).toMatchObject({ serverSide: 0, basis: "port", certain: true });
	});

	it("is nobody of a group: a group is spoken to", () => {
		const { labels } = labelsOf([
			datagram("10.0.0.7:9999", "239.1.1.1:40000", hex("00")),
			datagram("239.1.1.1:5000", "10.0.0.8:80", hex("00")),
		]);
		expect([0, 1].map((flow) => labels.of(flow).direction)).toMatchObject([{ serverSide: 1 }, { serverSide: 0 }]);
	});
});

describe("where two IP Offices are given, the server of a flow without a handshake", () => {
	const both = { hosts: [IPO, OTHER_IPO].map((address) => ({ product: "ipo", address })) };
	const quiet = (from: string, to: string) =>
		labelsOf([segment(from, to, { flags: FLAGS.ack, sequence: 5 })], both).labels.of(0).direction;

	it.each([
		["a row's own port before a well-known service", `${IPO}:50805`, `${PHONE}:8080`],
		["the well-known service of two rows' own ports", `${IPO}:5060`, `${OTHER_IPO}:50802`],
		["the system's port of two services", `${IPO}:443`, `${PHONE}:9443`],
	])("is at %s, whoever was seen first", (_, server, client) => {
		expect(quiet(client, server)).toMatchObject({ serverSide: 1, basis: "port" });
		expect(quiet(server, client)).toMatchObject({ serverSide: 0, basis: "port" });
	});

	/** Media of eight packets, which say nothing of a server. */
	const media = (from: string, to: string) => {
		const rtp = (n: number) => concat([0x80, 8, 0, n, 0, 0, 0, n, 0, 0, 0, 1], new Uint8Array(160));
		const packets = Array.from({ length: 8 }, (_, n) => datagram(from, to, rtp(n + 1)));
		return labelsOf(packets, both).labels.of(0).direction;
	};

	it.each([
		["a port to which IP Office's rows send", `${PHONE}:45000`, `${IPO}:2000`],
		["a well-known service before a port to which rows send", `${IPO}:8000`, `${PHONE}:45000`],
		["a port at which IP Office's rows listen before a well-known service", `${IPO}:45000`, `${PHONE}:8000`],
		[
			"a port at which rows listen, also where another IP Office's rows send there",
			`${OTHER_IPO}:45000`,
			`${IPO}:8000`,
		],
		[
			"a port at which rows listen by default before one that they may be moved to",
			`${IPO}:45000`,
			`${OTHER_IPO}:2000`,
		],
		["a port that IP Office's rows may be moved to before any other", `${IPO}:2001`, `${PHONE}:40001`],
	])("is for media at %s", (_, server, client) => {
		expect(media(client, server)).toMatchObject({ serverSide: 1, basis: "port" });
		expect(media(server, client)).toMatchObject({ serverSide: 0, basis: "port" });
	});
});

describe("the server of packets without ports", () => {
	it("is a guess, also where they go to a group", () => {
		const echo = frame(PHONE, IPO, icmp(8, 0, hex("00070001")));
		const membership = ethernet(ipv4(PHONE, "224.0.0.22", hex("22 00 0000 0000 0000"), { protocol: 2 }));
		const { labels } = labelsOf([echo, membership], given);
		expect([0, 1].map((flow) => labels.of(flow).direction)).toMatchObject([
			{ serverSide: 1, basis: "first-packet", certain: false },
			{ serverSide: 1, basis: "first-packet", certain: false },
		]);
	});

	it("is not at a port 0: nobody listens there", () => {
		const of = (from: string, to: string) => labelsOf([datagram(from, to, hex("00"))]).labels.of(0).direction;
		expect(of("10.0.0.7:0", "10.0.0.8:60000")).toMatchObject({ serverSide: 1, basis: "first-packet" });
		expect(of("10.0.0.7:60000", "10.0.0.8:0")).toMatchObject({ serverSide: 1, basis: "first-packet" });
		expect(of("10.0.0.7:5060", "10.0.0.8:0")).toMatchObject({ serverSide: 0, basis: "port" });
	});
});

describe("endpoints that serve", () => {
	it("are told apart by address, protocol and port", () => {
		const endpoints = new ServerEndpoints();
		endpoints.add("fd00::1", 6, 443);
		expect(endpoints.has("fd00::1", 6, 443)).toBe(true);
		expect(endpoints.has("fd00::2", 6, 443)).toBe(false);
		expect(endpoints.has("fd00::1", 17, 443)).toBe(false);
		expect(endpoints.has("fd00::1", 6, 444)).toBe(false);
	});

	it("speak in clear where nothing else was heard of them", () => {
		const endpoints = new ServerEndpoints();
		for (const port of [80, 443, 8443]) endpoints.add("fd00::1", 6, port);
		endpoints.heard("fd00::1", 80, false);
		endpoints.heard("fd00::1", 443, false);
		endpoints.heard("fd00::1", 443, true);
		expect([80, 443, 8443].map((port) => endpoints.isPlain("fd00::1", port))).toEqual([true, false, false]);
		// Of an endpoint that is not known to serve, nothing is known.
		endpoints.heard("fd00::2", 80, false);
		expect(endpoints.isPlain("fd00::2", 80)).toBe(false);
	});

	it("are followed up to 500,000, whatever is seen again; how many were too many is told", () => {
		const overflow = new Overflow();
		const endpoints = new ServerEndpoints(overflow);
		const MOST = 500_000;
		const add = (n: number) => endpoints.add("fd00::1", n >> 16, n & 0xffff);
		for (let n = 0; n < MOST; n++) add(n);
		for (let n = 0; n < 10; n++) add(n);
		expect([...overflow.entries()]).toEqual([]);
		for (let n = MOST; n < MOST + 3; n++) add(n);
		expect([...overflow.entries()].map(([, count]) => count)).toEqual([3]);
		expect(endpoints.has("fd00::1", MOST >> 16, MOST & 0xffff)).toBe(false);
	});
});
