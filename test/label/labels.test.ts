import { describe, expect, it } from "vitest";
import { dhcp, dns } from "../../scripts/captures/payloads/services.ts";
import { sdp, sipRequest } from "../../scripts/captures/payloads/sip.ts";
import type { Explained, FlowLabel } from "../../src/label/labels.ts";
import { loadMatrix } from "../../src/matrix/load.ts";
import { datagram } from "../support/analyse.ts";
import { segment } from "../support/frames.ts";
import { connection, labelsOf, tls } from "../support/labelled.ts";
import { concat, ethernet, gre, hex, ipv4, type Packet, tcp, udp, vxlan } from "../support/packet-builder.ts";
import { data as block, rrq } from "../support/tftp.ts";

const matrix = await loadMatrix();
const IPO = "10.0.0.1";
const PHONE = "10.0.0.9";

const given = { hosts: [{ product: "ipo", address: IPO }] };

function labelled(packets: readonly Packet[]): FlowLabel[] {
	const { labels, store } = labelsOf(packets, given);
	return Array.from({ length: store.size }, (_, flow) => labels.of(flow));
}

/** The only flow's label, and what it rests on. */
function explained(...packets: Packet[]): Explained {
	return labelsOf(packets, given).labels.explain(0);
}

function rtp(sequence: number): Uint8Array {
	return concat([0x80, 8, sequence >> 8, sequence & 0xff, 0, 0, 0, sequence, 0, 0, 0, 1], new Uint8Array(160));
}

const ACK = 16;
/** A connectivity check of ICE. */
const check = concat(
	[0, 1, 0, 8],
	[0x21, 0x12, 0xa4, 0x42],
	new Uint8Array(12),
	[0, 0x24, 0, 4, 1, 2, 3, 4], // PRIORITY: a connectivity check (RFC 8445)
);

describe("media", () => {
	it.each([5004, 8000, 9000, 10_000, 3478, 30_000])("of IP Office's range with a phone on %i is IPO-IN-32", (port) => {
		const packets = Array.from({ length: 8 }, (_, i) => datagram(`${PHONE}:${port}`, `${IPO}:46752`, rtp(i + 1)));
		const [label] = labelled(packets);
		expect(label!.verdict).toMatchObject({ row: "IPO-IN-32", confidence: "confirmed" });
	});

	it("that a mirror port sends twice is media", () => {
		const packets = Array.from({ length: 8 }, (_, i) => datagram(`${PHONE}:5004`, `${IPO}:46752`, rtp((i >> 1) + 1)));
		expect(labelled(packets)[0]!.verdict).toMatchObject({ row: "IPO-IN-32", confidence: "confirmed" });
	});
});

describe("DHCP", () => {
	const client = Uint8Array.from([2, 0, 0, 0, 0, 9]);
	const OFFER = 2;

	it("is the row of the server that answers, not of another one that answers too", () => {
		const labels = labelled([
			datagram("0.0.0.0:68", "255.255.255.255:67", dhcp(1, client, 1)),
			datagram(`${IPO}:67`, "255.255.255.255:68", dhcp(2, client, OFFER, "10.0.0.51", IPO)),
			datagram("10.0.0.77:67", "10.0.0.51:68", dhcp(2, client, OFFER, "10.0.0.51", "10.0.0.77")),
		]);
		expect(labels.map(({ verdict }) => verdict.row)).toEqual(["IPO-IN-3", "IPO-IN-3", null]);
	});

	it("follows a flood of servers in one transaction", () => {
		const packets = Array.from({ length: 3000 }, (_, i) => {
			const server = `10.1.${i >> 8}.${i & 255}`;
			return datagram(`${server}:67`, "10.0.0.51:68", dhcp(2, client, OFFER, "10.0.0.51", server));
		});
		expect(labelled(packets)).toHaveLength(3000);
	});
});

describe("TFTP", () => {
	const request = (file: string, opcode = 1) => concat([0, opcode], `${file}\0octet\0`);
	const data = concat([0, 3, 0, 1], "x".repeat(100));

	it("shows IP Office by the pseudo-files that it serves, not by being asked for them", () => {
		const asked = datagram(`${PHONE}:2421`, `${IPO}:69`, request("nasystem/who_is"));
		const refused = datagram(`${IPO}:4153`, `${PHONE}:2421`, concat([0, 5, 0, 1], "File not found\0"));
		expect(labelsOf([asked, refused]).labels.hosts.list()).toEqual([]);
		const served = datagram(`${IPO}:4153`, `${PHONE}:2421`, data);
		expect(labelsOf([asked, served]).labels.hosts.list()).toMatchObject([{ address: IPO, products: ["ipo"] }]);
	});

	it("shows no IP Office by a write whose first acknowledgement was not captured", () => {
		const packets = [
			datagram(`${PHONE}:4153`, `${IPO}:69`, request("config", 2)),
			datagram(`${PHONE}:4153`, `${IPO}:2421`, data),
		];
		expect(labelsOf(packets).labels.hosts.list()).toEqual([]);
	});
});

describe("a flow without a server name", () => {
	const PORTAL = "93.184.216.34";
	const resolver = "10.0.0.53";
	const answer = (name: string, id: number, address = PORTAL) =>
		datagram(`${resolver}:53`, `${IPO}:${50_000 + id}`, dns(id, name, address));
	const connectionTo443 = [
		ethernet(ipv4(IPO, PORTAL, tcp(49_200, 443, { flags: 2, sequence: 1 }))),
		ethernet(ipv4(PORTAL, IPO, tcp(443, 49_200, { flags: 18, sequence: 9, acknowledgement: 2 }))),
		ethernet(ipv4(IPO, PORTAL, tcp(49_200, 443, { flags: ACK, sequence: 2, acknowledgement: 10 }))),
	];
	const verdict = (...packets: Packet[]) =>
		labelled(packets).find(({ direction }) => direction.basis === "handshake")!.verdict;

	it("is ambiguous on a port of several rows", () => {
		expect(verdict(...connectionTo443)).toMatchObject({ status: "ambiguous" });
	});

	it("is told by the DNS answer that gave its address, before or after it", () => {
		const told = { status: "matched", row: "IPO-OUT-11", confidence: "probable" };
		expect(verdict(answer("cloud.avayacloud.com", 1), ...connectionTo443)).toMatchObject(told);
		expect(verdict(...connectionTo443, answer("cloud.avayacloud.com", 1))).toMatchObject(told);
		expect(verdict(answer("cloud.avayacloud.com", 1), ...connectionTo443).reasons.join()).toContain(
			"cloud.avayacloud.com, for which DNS gave the server's address, is one of the row's",
		);
	});

	it("is told by several names that agree", () => {
		const names = ["cloud.avayacloud.com", "eu.avayacloud.com"].map((name, n) => answer(name, n));
		expect(verdict(...names, ...connectionTo443)).toMatchObject({ row: "IPO-OUT-11", confidence: "probable" });
	});

	it("is told by the name that the client asks for, whatever DNS says", () => {
		const asked = tls(`${IPO}:49200`, `${PORTAL}:443`, "www.example.com");
		const said = verdict(answer("cloud.avayacloud.com", 1), ...asked);
		expect(said).toEqual(verdict(...asked));
		expect(said.row).not.toBe("IPO-OUT-11");
	});

	it("of a host that is no product, or over UDP, has none", () => {
		const facts = (packet: Packet) => {
			const { labels } = labelsOf([packet, answer("cloud.avayacloud.com", 1)], given);
			return labels.explain(0).facts;
		};
		expect(facts(segment(`${IPO}:49200`, `${PORTAL}:443`, { flags: 2 })).name).toEqual({
			text: "cloud.avayacloud.com",
			source: "dns",
		});
		expect(facts(segment(`${PHONE}:49200`, `${PORTAL}:443`, { flags: 2 })).name).toBeNull();
		expect(facts(datagram(`${IPO}:49200`, `${PORTAL}:443`, "x")).name).toBeNull();
	});

	it("is not told by the name of another address, nor by names that disagree", () => {
		const ambiguous = { status: "ambiguous" };
		expect(verdict(answer("cloud.avayacloud.com", 1, "192.0.2.1"), ...connectionTo443)).toMatchObject(ambiguous);
		expect(
			verdict(answer("cloud.avayacloud.com", 1), answer("licence.avaya-sub.com", 2), ...connectionTo443),
		).toMatchObject(ambiguous);
	});
});

describe("announced media", () => {
	const office = { user: "200", address: IPO, port: 5060 };
	const phone = { user: "201", address: PHONE, port: 5060 };
	const invite = (address: string, port: number) =>
		datagram(
			`${PHONE}:5060`,
			`${IPO}:5060`,
			sipRequest({ method: "INVITE", from: phone, to: office, callId: "abcdef", body: sdp(address, port) }),
		);
	const unknownPayload = (from: string, to: string) => datagram(from, to, "no such protocol");

	it("makes a configurable range count, without confirming it", () => {
		const [, media] = labelled([invite(IPO, 33_000), unknownPayload(`${PHONE}:5004`, `${IPO}:33000`)]);
		expect(media!.verdict).toMatchObject({ row: "IPO-IN-32", confidence: "probable" });
		expect(media!.verdict.reasons.join()).toContain("signalling in the capture announced one of the two ports for rtp");
	});

	it("is the same when IP Office sends first", () => {
		const [, media] = labelled([invite(IPO, 33_000), unknownPayload(`${IPO}:33000`, `${PHONE}:5004`)]);
		expect(media!.verdict).toMatchObject({ row: "IPO-IN-32" });
	});

	it("is fax where a session description says so, and the packets look like it", () => {
		const body = Buffer.from(
			`v=0\r\no=- 1 1 IN IP4 ${IPO}\r\ns=-\r\nc=IN IP4 ${IPO}\r\nt=0 0\r\nm=image 46770 udptl t38\r\n`,
		);
		const call = sipRequest({ method: "INVITE", from: phone, to: office, callId: "fax", body });
		const fax = datagram(`${PHONE}:5004`, `${IPO}:46770`, concat([0, 1, 1, 0, 0, 0]));
		const [, media] = labelled([datagram(`${PHONE}:5060`, `${IPO}:5060`, call), fax, fax]);
		expect(media!.verdict).toMatchObject({ row: "IPO-IN-32", confidence: "confirmed" });
		expect(media!.verdict.reasons.join()).toContain("the payload is t38, as the row says");
		const [alone] = labelled([fax, fax]);
		expect(alone!.verdict).toMatchObject({ row: "IPO-IN-32", confidence: "probable" });
	});

	it("says nothing of TCP, nor of a payload that shows another protocol", () => {
		const tcpFlow = segment(`${PHONE}:5004`, `${IPO}:33000`, { flags: ACK, sequence: 5 }, "no such protocol");
		const { labels } = labelsOf([invite(IPO, 33_000), tcpFlow], given);
		expect(labels.explain(1).facts.announced).toBeNull();
		const query = datagram(`${PHONE}:5004`, `${IPO}:33000`, dns(7, "a.example"));
		const other = labelsOf([invite(IPO, 33_000), query], given);
		expect(other.labels.explain(1).facts).toMatchObject({ application: "dns", announced: null });
		expect(other.labels.of(1).verdict).toMatchObject({ status: "unknown", row: null });
	});

	it("tells the row of connectivity checks before the media comes", () => {
		const { labels } = labelsOf([invite(IPO, 33_000), datagram(`${PHONE}:5004`, `${IPO}:33000`, check)], given);
		expect(labels.of(1).verdict).toMatchObject({ row: "IPO-IN-32", confidence: "probable" });
		expect(labels.explain(1).facts).toMatchObject({ application: null, announced: "rtp", serverPort: 33_000 });
	});

	it("says nothing more once the media is seen beside them", () => {
		const ends = [`${PHONE}:5004`, `${IPO}:33000`] as const;
		const media = Array.from({ length: 6 }, (_, i) => datagram(...ends, rtp(i + 1)));
		const { labels } = labelsOf([invite(IPO, 33_000), datagram(...ends, check), ...media], given);
		expect(labels.of(1).verdict).toMatchObject({ row: "IPO-IN-32", confidence: "confirmed" });
		expect(labels.explain(1).facts).toMatchObject({ application: "rtp", announced: null });
	});

	it("says nothing of other ports", () => {
		const [, other] = labelled([invite(IPO, 33_000), unknownPayload(`${PHONE}:5004`, `${IPO}:33010`)]);
		expect(other!.verdict).toMatchObject({ status: "unknown" });
	});

	it("is read in every message of a flow, not only in its first", () => {
		const options = datagram(
			`${PHONE}:5060`,
			`${IPO}:5060`,
			sipRequest({ method: "OPTIONS", from: phone, to: office, callId: "options" }),
		);
		const packets = [...Array.from({ length: 10 }, () => options), invite(IPO, 33_000)];
		const [, media] = labelled([...packets, unknownPayload(`${PHONE}:5004`, `${IPO}:33000`)]);
		expect(media!.verdict).toMatchObject({ row: "IPO-IN-32" });
	});
});

describe("a tunnel", () => {
	it("is unknown because it carries flows that are labelled", () => {
		const inner = ipv4(PHONE, IPO, tcp(49_000, 22));
		const [outer, carried] = labelled([ethernet(ipv4("192.0.2.1", "192.0.2.2", gre(inner)))]);
		expect(outer!.verdict).toMatchObject({
			status: "unknown",
			group: "carries a tunnel: the flows inside it have their own labels",
		});
		expect(outer!.verdict.reasons).toEqual([outer!.verdict.group, "the matrix has rows for TCP and UDP only"]);
		expect(carried!.verdict).toMatchObject({ row: "IPO-IN-1" });
	});

	it("is what its row says where it has one; and an unknown flow that carries nothing is no tunnel", () => {
		const inner = ethernet(ipv4(PHONE, IPO, udp(49_000, 22, "x")));
		const rows = [
			{ ...matrix.rows[0]!, id: "TUNNEL", ports: [{ first: 4789, last: 4789 }], transports: ["udp" as const] },
		];
		const packets = [ethernet(ipv4(PHONE, IPO, vxlan(5, inner)))];
		const { labels } = labelsOf(packets, { ...given, matrix: { ...matrix, rows: [{ ...rows[0]!, protocols: [] }] } });
		expect(labels.of(0).verdict).toMatchObject({ row: "TUNNEL", status: "matched" });
		expect(labels.of(0).verdict.reasons.join()).not.toContain("tunnel");
		expect(labels.of(1).verdict.status).toBe("unknown");
		expect(labels.of(1).verdict.group).not.toContain("tunnel");
	});
});

describe("the direction of a flow that was seen in mid-stream", () => {
	const banner = "SSH-2.0-OpenSSH_9.6\r\n";

	it("is not turned by a matrix port whose row asks for another protocol", () => {
		const [label] = labelled([ethernet(ipv4(IPO, PHONE, tcp(50_805, 22, { flags: ACK, sequence: 5 }, banner)))]);
		expect(label!.direction).toMatchObject({ serverSide: 1, basis: "port" });
	});

	it("comes from no matrix port where the matrix has no rows for the transport", () => {
		const sctp = concat([50_805 >> 8, 50_805 & 255, 0x9c, 0x40], new Uint8Array(8));
		const [label] = labelled([ethernet(ipv4(IPO, PHONE, sctp, { protocol: 132 }))]);
		expect(label!.direction).toMatchObject({ basis: "first-packet", serverSide: 1 });
		expect(label!.verdict.status).toBe("unknown");
	});
});

describe("what goes both ways", () => {
	it.each([
		[56_102, "IPO-IN-51"],
		[53_102, "IPO-IN-31"],
	])("a web client's media on %i is %s, whoever checks first", (port, row) => {
		const ways = [
			datagram(`${PHONE}:61234`, `${IPO}:${port}`, check),
			datagram(`${IPO}:${port}`, `${PHONE}:61234`, check),
		];
		for (const first of ways) expect(labelled([first])[0]!.verdict.row).toBe(row);
	});

	it("STUN is no contradiction where RTP comes beside it", () => {
		const media = Array.from({ length: 6 }, (_, i) => datagram(`${PHONE}:4202`, `${IPO}:46822`, rtp(i + 1)));
		const packets = [
			datagram(`${PHONE}:4202`, `${IPO}:46822`, check),
			datagram(`${IPO}:46822`, `${PHONE}:4202`, check),
			...media,
		];
		expect(labelled(packets)[0]!.verdict).toMatchObject({ row: "IPO-IN-32", confidence: "confirmed" });
	});

	it("STUN alone is no media, and beside media of no row it is what contradicts", () => {
		const ends = [`${PHONE}:4202`, `${IPO}:46822`] as const;
		const alone = explained(datagram(...ends, check));
		expect(alone).toMatchObject({ verdict: { status: "unknown" }, facts: { application: "stun" } });
		const media = Array.from({ length: 6 }, (_, i) => datagram("10.0.0.7:4202", "10.0.0.8:4822", rtp(i + 1)));
		const unlisted = explained(datagram("10.0.0.7:4202", "10.0.0.8:4822", check), ...media);
		expect(unlisted).toMatchObject({ verdict: { status: "unknown" }, facts: { application: "stun" } });
	});

	it("STUN on a port whose row names it is that row, also with RTP beside it", () => {
		const ends = [`${PHONE}:61234`, `${IPO}:56102`] as const;
		const media = Array.from({ length: 6 }, (_, i) => datagram(...ends, rtp(i + 1)));
		const both = explained(datagram(...ends, check), ...media);
		expect(both).toMatchObject({ verdict: { row: "IPO-IN-51" }, facts: { application: "stun" } });
	});

	it("STUN to a STUN server goes to whoever is asked", () => {
		const request = concat([0, 1, 0, 0], check.subarray(4, 20));
		const direction = (from: string, to: string) => explained(datagram(from, to, request)).direction;
		expect(direction(`${IPO}:46822`, "192.0.2.7:3478")).toMatchObject({ serverSide: 1, basis: "payload" });
		expect(direction("192.0.2.7:3478", `${IPO}:46822`)).toMatchObject({ serverSide: 1, basis: "payload" });
		// Where no port tells, too.
		expect(direction("10.0.0.7:46822", "10.0.0.8:46824")).toMatchObject({ serverSide: 1, basis: "payload" });
	});

	it("STUN over TCP goes to whoever accepted the connection", () => {
		const { labels } = labelsOf(connection("10.0.0.7:8080", "10.0.0.8:50000", check), given);
		expect(labels.explain(0)).toMatchObject({
			direction: { serverSide: 1, basis: "handshake" },
			facts: { application: "stun" },
		});
	});

	it("RIP that IP Office broadcasts is its own row", () => {
		const response = concat([2, 2, 0, 0, 0, 2], new Uint8Array(18));
		const [label] = labelled([datagram(`${IPO}:520`, "10.0.0.255:520", response)]);
		expect(label!.verdict).toMatchObject({ row: "IPO-OUT-16" });
	});
});

describe("what a host serves", () => {
	const part = (from: string, to: string, ports: [number, number], sequence: number, text: string) =>
		ethernet(ipv4(from, to, tcp(...ports, { flags: ACK, sequence }, text)));

	it("shows IP Office by its directory files, where it has them", () => {
		const get = part(PHONE, IPO, [49_300, 80], 1, "GET /system/user/scn_user_list HTTP/1.1\r\nHost: a\r\n\r\n");
		const answer = (status: string) => part(IPO, PHONE, [80, 49_300], 1, `HTTP/1.1 ${status}\r\nServer: x\r\n\r\n`);
		expect(labelsOf([get, answer("200 OK")]).labels.hosts.list()).toMatchObject([{ address: IPO, products: ["ipo"] }]);
		expect(labelsOf([get, answer("404 Not Found")]).labels.hosts.list()).toEqual([]);
	});

	it("may be a gatekeeper's, which alone makes no IP Office", () => {
		const request = hex("00 00 0000 06 0008914a0004 00 0a000015 06b7 0200");
		const packets = [
			datagram(`${PHONE}:49300`, `${IPO}:1719`, request),
			datagram(`${IPO}:1719`, `${PHONE}:49300`, hex("1080 fa00 06 0008914a0004 0000 0000 73")),
		];
		expect(labelsOf(packets).labels.hosts.list()).toEqual([]);
	});

	it("is on the system's port where both ports are known ones", () => {
		const tlsData = "\x17\x03\x03\x00\x10abcdefghijklmnop";
		const [label] = labelled([part("93.184.216.34", PHONE, [443, 9443], 5, tlsData)]);
		expect(label!.direction).toMatchObject({ serverSide: 0, basis: "port" });
	});
});

describe("a flow's facts", () => {
	it("say who is at both ends: an address of loopback is the host's own, one that only ends like it is not", () => {
		const six = explained(...connection("[fd00::7f00:1]:40000", "[fd00::7f00:1]:22"));
		expect(six.facts).toMatchObject({ serverProducts: [], clientProducts: [] });
		const own = explained(...connection("[::1]:40000", "[::1]:22"));
		expect(own.facts).toMatchObject({ serverProducts: ["ipo"], clientProducts: ["ipo"] });
	});

	it("say the product that the payload names, none where it names none", () => {
		const from = { user: "200", address: IPO, port: 5060 };
		const to = { user: "201", address: PHONE, port: 5060 };
		const options = (agent?: string) =>
			datagram(
				`${IPO}:5060`,
				`${PHONE}:5060`,
				sipRequest({ method: "OPTIONS", from, to, callId: "o", ...(agent ? { agent } : {}) }),
			);
		expect(explained(options("IP Office 11.1.2.3.0 build 47")).facts.speaks).toBe("ipo");
		expect(explained(options("Phone 1.0")).facts.speaks).toBeNull();
		expect(explained(datagram(`${IPO}:5060`, `${PHONE}:5060`, "x")).facts.speaks).toBeNull();
	});

	it("say at whose place a DHCP message is: a client without address, a relay and a broadcast stand for others", () => {
		const hardware = Uint8Array.from([2, 0, 0, 0, 0, 9]);
		const { labels } = labelsOf(
			[
				datagram("0.0.0.0:68", "255.255.255.255:67", dhcp(1, hardware, 1)),
				datagram("10.0.0.77:67", "255.255.255.255:68", dhcp(2, hardware, 5, IPO, "10.0.0.77")),
			],
			given,
		);
		expect(labels.explain(0).facts).toMatchObject({ clientProducts: ["ipo"], serverProducts: [] });
		expect(labels.of(0).verdict.row).toBe("IPO-OUT-4");
	});

	it("move ports of TCP with a moved group of services, and no others", () => {
		const moved = [51_905, 51_909, 51_913].flatMap((port) => tls(`${PHONE}:40000`, `${IPO}:${port}`));
		const { labels, store } = labelsOf([...moved, datagram(`${PHONE}:40000`, `${IPO}:51905`, "x")]);
		expect(labels.explain(0).facts).toMatchObject({ serverPort: 51_905, listedPort: 50_805 });
		expect(labels.explain(store.size - 1).facts).toMatchObject({ serverPort: 51_905, listedPort: 51_905 });
	});

	it("of a transfer say whether both ends are one host", () => {
		const transfer = (client: string, server: string) => [
			datagram(`${client}:2421`, `${server}:69`, rrq("file.bin")),
			datagram(`${server}:4153`, `${client}:2421`, block(1, 100)),
		];
		const isOneHost = (client: string, server: string) => explained(...transfer(client, server)).facts.sameHost;
		expect([isOneHost(PHONE, IPO), isOneHost("127.0.0.1", "127.0.0.1")]).toEqual([false, true]);
	});
});

describe("equal labels", () => {
	it("are one object, also those of tunnels: summaries group by them", () => {
		const tunnel = (n: number) => ethernet(ipv4("192.0.2.1", `192.0.2.${n}`, gre(ipv4(PHONE, IPO, tcp(49_000, 22)))));
		const ssh = [40_000, 40_001].flatMap((port) => connection(`${PHONE}:${port}`, `${IPO}:22`));
		const { labels } = labelsOf([...ssh, tunnel(2), tunnel(3)], given);
		expect(labels.of(0).verdict.row).toBe("IPO-IN-1");
		expect(labels.of(1)).toBe(labels.of(0));
		expect(labels.of(2).verdict.group).toContain("tunnel");
		const tunnels = [2, 4].map((flow) => labels.of(flow));
		expect(tunnels[1]).toBe(tunnels[0]);
	});

	it("have one list of secure twins for each server; an unknown flow has none", () => {
		const plain = (port: number, server: string) =>
			connection(`${PHONE}:${port}`, `${server}:80`, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
		const hosts = [IPO, "10.0.0.2"].map((address) => ({ product: "ipo", address }));
		const packets = [...plain(40_000, IPO), ...plain(40_001, IPO), ...plain(40_002, "10.0.0.2")];
		const unknown = connection(`${PHONE}:40003`, `${IPO}:9999`);
		const { labels } = labelsOf([...packets, ...tls(`${PHONE}:40004`, `${IPO}:443`), ...unknown], { hosts });
		const twins = (flow: number) => labels.secureTwins(flow, labels.of(flow));
		expect([0, 1, 2].map((flow) => twins(flow).map(({ isAnswering }) => isAnswering))).toEqual([
			[true],
			[true],
			[false],
		]);
		expect(twins(1)).toBe(twins(0));
		expect(twins(4)).toEqual([]);
		expect(labels.row("no such row")).toBeUndefined();
	});

	it("count a secure service that accepts a connection as answering, though nothing was said in it, or by UDP", () => {
		const plain = connection(`${PHONE}:40000`, `${IPO}:80`, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
		const query = [
			datagram(`${PHONE}:40001`, `${IPO}:443`, dns(7, "a.example")),
			datagram(`${IPO}:443`, `${PHONE}:40001`, dns(7, "a.example", "10.0.0.5")),
		];
		const { labels } = labelsOf([...plain, ...connection(`${PHONE}:40002`, `${IPO}:443`), ...query], given);
		expect(labels.secureTwin(0, labels.of(0))).toBe(443);
	});
});
