import { describe, expect, it } from "vitest";
import { callSignalling } from "../../scripts/captures/payloads/h225.ts";
import { gatekeeperConfirm, gatekeeperRequest } from "../../scripts/captures/payloads/ras.ts";
import { dhcp, dns } from "../../scripts/captures/payloads/services.ts";
import { ServerNames } from "../../src/label/server-names.ts";
import { Labeller } from "../../src/label/verdict.ts";
import { MatrixIndex } from "../../src/matrix/index.ts";
import { loadMatrix } from "../../src/matrix/load.ts";
import { datagram } from "../support/analyse.ts";
import { FLAGS, segment } from "../support/frames.ts";
import { connection, hello, labelsOf, SERVER_HELLO, tls } from "../support/labelled.ts";
import { concat, hex, type Packet } from "../support/packet-builder.ts";
import { REGISTRATION } from "../support/ras.ts";
import { sip } from "../support/sip.ts";
import { ack, data, rrq, wrq } from "../support/tftp.ts";

const matrix = await loadMatrix();
const IPO = "10.0.0.1";
const PC = "10.0.0.50";

const COOKIE = [0x21, 0x12, 0xa4, 0x42];
const stunRequest = concat([0, 1, 0, 0], COOKIE, new Uint8Array(12));
const stunAnswer = concat([1, 1, 0, 0], COOKIE, new Uint8Array(12));

const NOTHING = { sameHost: false, application: "tftp", name: null, feature: null, announced: null, speaks: null };

const given = { hosts: [{ product: "ipo", address: IPO }] };
const inferred = (...packets: Packet[]) =>
	labelsOf(packets)
		.labels.hosts.list()
		.map(({ address, products, reasons }) => [`${address} ${products.join("+")}`, ...reasons]);

describe("who is a product is learnt from", () => {
	it("a port of its own that answers with TLS", () => {
		expect(inferred(...tls(`${PC}:40000`, `${IPO}:50805`))).toEqual([
			[`${IPO} ipo`, "ipo: answers on tcp/50805 with TLS (IPO-IN-43)"],
		]);
	});

	it("two of its own ports that answer in plain text, but no one alone", () => {
		const [one, other] = [50_802, 50_804].map((port) => connection(`${PC}:40000`, `${IPO}:${port}`));
		expect(inferred(...one!, ...other!)).toEqual([
			[`${IPO} ipo`, "ipo: answers on tcp/50802 (IPO-IN-41)", "ipo: answers on tcp/50804 (IPO-IN-42)"],
		]);
		expect(inferred(...one!)).toEqual([]);
	});

	it("both ends of a port by which one product calls another", () => {
		expect(inferred(...tls(`${PC}:40000`, `${IPO}:50815`))).toEqual([
			[`${IPO} onex`, "onex: answers on tcp/50815 with TLS (ONEX-IN-15)"],
			[`${PC} ipo`, "ipo: is answered on tcp/50815, where only this product connects (ONEX-IN-15)"],
		]);
	});

	it("no port that was asked for and refused, or did not answer", () => {
		const syn = segment(`${PC}:40000`, `${IPO}:50802`, { flags: FLAGS.syn, sequence: 100 });
		const reset = segment(`${IPO}:50802`, `${PC}:40000`, { flags: FLAGS.rst | FLAGS.ack, acknowledgement: 101 });
		const other = connection(`${PC}:40001`, `${IPO}:50804`);
		expect(inferred(syn, ...other)).toEqual([]);
		expect(inferred(syn, reset, ...other)).toEqual([]);
	});

	it("no plain ports of a host that answers on others of the dynamic range too", () => {
		const ports = [50_802, 50_804, 50_850, 50_900].map((port) => connection(`${PC}:40000`, `${IPO}:${port}`));
		expect(inferred(...ports.flat())).toEqual([]);
	});

	it("a group of services at another place", () => {
		const moved = [51_905, 51_909, 51_913].flatMap((port) => tls(`${PC}:40000`, `${IPO}:${port}`));
		const { labels, store } = labelsOf(moved);
		expect(labels.hosts.list()).toMatchObject([{ address: IPO, products: ["ipo"], basePort: 51_904 }]);
		expect(Array.from({ length: store.size }, (_, flow) => labels.of(flow).verdict.row)).toEqual([
			"IPO-IN-43",
			"IPO-IN-45",
			"IPO-IN-47",
		]);
		const asked = [51_905, 51_909, 51_913].map((port) =>
			segment(`${PC}:40000`, `${IPO}:${port}`, { flags: FLAGS.syn }),
		);
		expect(inferred(...asked)).toEqual([]);
	});

	it("a TFTP read that a write request answers", () => {
		const packets = [
			datagram(`${PC}:2421`, `${IPO}:69`, rrq("file.bin")),
			datagram(`${IPO}:4153`, `${PC}:69`, wrq("file.bin")),
			datagram(`${PC}:2421`, `${IPO}:4153`, ack(0)),
			datagram(`${IPO}:4153`, `${PC}:2421`, data(1, 100)),
			datagram(`${PC}:2421`, `${IPO}:4153`, ack(1)),
		];
		expect(inferred(...packets)).toEqual([
			[`${IPO} ipo`, "ipo: answers TFTP reads with a write request, as only IP Office does"],
		]);
	});

	it("pseudo-files by TFTP, by their whole path", () => {
		const served = (file: string) => [
			datagram(`${PC}:2421`, `${IPO}:69`, rrq(file)),
			datagram(`${IPO}:4153`, `${PC}:2421`, data(1, 100)),
		];
		expect(inferred(...served("nasystem/user_list"))).toEqual([
			[`${IPO} ipo`, "ipo: serves IP Office's pseudo-files (nasystem/…) by TFTP"],
		]);
		expect(inferred(...served("backup/nasystem/who_is"))).toEqual([]);
		expect(inferred(...served("config.cfg"))).toEqual([]);
	});

	it("what it is to phones: a gatekeeper whose DHCP has Avaya's settings and that answers on a port of its own", () => {
		const registration = { ...REGISTRATION, ras: { address: PC, port: 1719 } };
		const gatekeeper = [
			datagram(`${PC}:49300`, `${IPO}:1719`, gatekeeperRequest(registration)),
			datagram(`${IPO}:1719`, `${PC}:49300`, gatekeeperConfirm(registration)),
		];
		const client = Uint8Array.from([2, 0, 0, 0, 0, 9]);
		const settings = "MCIPADD=10.0.0.1,HTTPSRVR=10.0.0.1";
		const offer = dhcp(2, client, 2, "10.0.0.51", IPO);
		const end = offer.lastIndexOf(255);
		const withSettings = (text: string) =>
			concat(offer.subarray(0, end), [242, text.length], text, offer.subarray(end, end + 1), new Uint8Array(40));
		const offered = (text: string) => [
			datagram("0.0.0.0:68", "255.255.255.255:67", dhcp(1, client, 1)),
			datagram(`${IPO}:67`, "255.255.255.255:68", withSettings(text)),
		];
		const own = connection(`${PC}:40000`, `${IPO}:50802`);
		expect(inferred(...gatekeeper, ...own)).toEqual([
			[`${IPO} ipo`, "ipo: answers on tcp/50802 (IPO-IN-41)", "ipo: answers as an H.323 gatekeeper"],
		]);
		expect(inferred(...offered(settings), ...own)).toEqual([
			[`${IPO} ipo`, "ipo: answers on tcp/50802 (IPO-IN-41)", "ipo: gives Avaya phones their settings by DHCP"],
		]);
		expect(inferred(...offered("nothing of Avaya's"), ...own)).toEqual([]);
		expect(inferred(...gatekeeper, ...offered(settings))).toEqual([]);
	});

	it("a connection that the capture has from its SYN-ACK on", () => {
		expect(inferred(...tls(`${PC}:40000`, `${IPO}:50805`).slice(1))).toEqual([
			[`${IPO} ipo`, "ipo: answers on tcp/50805 with TLS (IPO-IN-43)"],
		]);
	});

	it("H.323 calls that it takes, beside a port of its own", () => {
		const setup = callSignalling({ message: "setup", reference: 5, identifier: new Uint8Array(16), called: "201" });
		const calls = connection(`${PC}:40000`, `${IPO}:1720`, setup);
		const own = connection(`${PC}:40000`, `${IPO}:50802`);
		expect(inferred(...calls, ...own)).toEqual([
			[`${IPO} ipo`, "ipo: answers on tcp/50802 (IPO-IN-41)", "ipo: takes H.323 calls"],
		]);
		expect(inferred(...calls)).toEqual([]);
	});

	it("what it says of itself, with its release", () => {
		const answer = "HTTP/1.1 200 OK\r\nServer: IPOffice/11.1.2.3.0\r\n\r\n";
		const { labels } = labelsOf(connection(`${PC}:40000`, `${IPO}:80`, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", answer));
		expect(labels.hosts.list()).toMatchObject([
			{
				address: IPO,
				products: ["ipo"],
				reasons: ["ipo: its HTTP server names itself IPOffice"],
				release: "11.1.2.3.0",
			},
		]);
	});

	it("plain ports of its own, though it answers on others of the dynamic range by UDP", () => {
		const own = [50_802, 50_804].flatMap((port) => connection(`${PC}:40000`, `${IPO}:${port}`));
		const answers = [50_850, 50_900].flatMap((port) => [
			datagram(`${PC}:40000`, `${IPO}:${port}`, stunRequest),
			datagram(`${IPO}:${port}`, `${PC}:40000`, stunAnswer),
		]);
		expect(inferred(...own, ...answers)).toEqual(inferred(...own));
	});
});

describe("who serves is learnt from", () => {
	/** What a later flow of the endpoint, which tells nothing itself, is taken for. */
	const later = (endpoint: string, ...before: Packet[]) => {
		const { labels, store } = labelsOf([...before, datagram(endpoint, "10.0.0.77:40001", hex("00"))]);
		return labels.of(store.size - 1).direction;
	};
	const server = `${IPO}:41000`;
	const request = datagram(`${PC}:40000`, server, dns(7, "a.example"));

	it("an answer, not from a request alone", () => {
		const answer = datagram(server, `${PC}:40000`, dns(7, "a.example", "10.0.0.5"));
		expect(later(server, request, answer)).toMatchObject({ serverSide: 0, basis: "port", certain: true });
		expect(later(server, request)).toMatchObject({ serverSide: 1, basis: "first-packet" });
	});

	it("a handshake, whatever is said in it", () => {
		const [first, ...others] = connection(`${PC}:40000`, server, "x");
		const of = (...packets: Packet[]) => {
			const { labels, store } = labelsOf([...packets, segment(server, "10.0.0.77:40001", { flags: FLAGS.ack })]);
			return labels.of(store.size - 1).direction;
		};
		expect(of(first!, ...others)).toMatchObject({ serverSide: 0, basis: "port" });
		expect(of(first!)).toMatchObject({ serverSide: 1, basis: "first-packet" });
		// Either side of SIP asks, but the connection was made to one.
		const options = "OPTIONS sip:h SIP/2.0\r\nVia: SIP/2.0/TCP h\r\nCSeq: 1 OPTIONS\r\nCall-ID: x\r\n\r\n";
		expect(of(...connection(`${PC}:40000`, server, options))).toMatchObject({ serverSide: 0, basis: "port" });
	});

	it("nothing of a protocol in which both sides ask, but what only a client asks for", () => {
		const ends = { client: `${PC}:40000`, server };
		const asked = (method: string) => [
			sip({ ...ends, first: `${method} sip:h SIP/2.0`, cseq: `1 ${method}`, time: 0 }),
			sip({ ...ends, first: "SIP/2.0 200 OK", cseq: `1 ${method}`, time: 0.1 }),
		];
		expect(later(server, ...asked("OPTIONS"))).toMatchObject({ serverSide: 1, basis: "first-packet" });
		expect(later(server, ...asked("REGISTER"))).toMatchObject({ serverSide: 0, basis: "port" });
	});
});

describe("the server's name", () => {
	const names = new ServerNames(matrix);

	it("is what the client asked for, else what the certificate says", () => {
		const fresh = new ServerNames(matrix);
		expect(fresh.nameIn({ sni: "a.example", host: "b.example", certificate: "c.example" })).toEqual({
			text: "a.example",
			source: "payload",
		});
		expect(fresh.nameIn({ host: "b.example", certificate: "c.example" })).toEqual({
			text: "b.example",
			source: "payload",
		});
		expect(fresh.nameIn({ certificate: "c.example" })).toEqual({ text: "c.example", source: "certificate" });
		expect(fresh.nameIn({ server: "x" })).toBeNull();
		expect(fresh.nameIn(undefined)).toBeNull();
	});

	it("of a certificate is the one that tells most: in the longest of the matrix's domains, else its subject's", () => {
		const fresh = new ServerNames(matrix);
		const name = (certificate: string, certificateNames: string) =>
			fresh.nameIn({ certificate, certificateNames })?.text;
		for (let again = 0; again < 2; again++) {
			expect(name("front.example", "a.googleapis.com,b.storage.googleapis.com,c.avaya-sub.com")).toBe(
				"b.storage.googleapis.com",
			);
			expect(name("front.example", "a.example,b.avayacloud.com")).toBe("b.avayacloud.com");
			expect(name("x.avayacloud.com", "a.example,y.avayacloud.com")).toBe("x.avayacloud.com");
			expect(name("front.example", "a.example,b.example")).toBe("front.example");
		}
	});

	it("belongs to the matrix where a row or one of the vendor's services is known by it", () => {
		const of = ["x.avayacloud.com", "speech.googleapis.com", "login.outlook.com", "avayacloud.com.example", "example"];
		expect(of.map((name) => new ServerNames(matrix).isOfMatrix(name))).toEqual([true, true, true, false, false]);
	});

	it("belongs to the matrix by a service of the vendor alone, too", () => {
		const rows = matrix.rows.map(({ domains: _, ...row }) => row);
		const services = new ServerNames({ ...matrix, rows });
		const of = ["speech.googleapis.com", "x.avayacloud.com", "com", ""];
		expect(of.map((name) => services.isOfMatrix(name))).toEqual([true, false, false, false]);
	});

	it("tells the subscription feature that it serves", () => {
		for (let again = 0; again < 2; again++) {
			expect(names.featureOf("speech.googleapis.com")).toBe("Automatic speech recognition");
			expect(names.featureOf("x.googleapis.com")).toBe("Hosted call recordings or Historical call reports");
			expect(names.featureOf("x.example")).toBeNull();
		}
	});

	it("labels the flow, by SNI and by the HTTP header", () => {
		const { labels } = labelsOf([...tls(`${IPO}:40000`, "203.0.113.5:443", "eu.avayacloud.com")], given);
		expect(labels.of(0).verdict).toMatchObject({ row: "IPO-OUT-11", confidence: "confirmed" });
		expect(labels.explain(0)).toMatchObject({
			facts: { name: { text: "eu.avayacloud.com", source: "payload" }, feature: null },
			verdict: { row: "IPO-OUT-11" },
			rows: [{ row: { id: "IPO-OUT-11" }, outcome: "row" }, ...new Array(8).fill({})],
		});
		const speech = labelsOf([...tls(`${IPO}:40000`, "203.0.113.5:443", "speech.googleapis.com")], given);
		expect(speech.labels.of(0).verdict).toMatchObject({ row: null, service: "Automatic speech recognition" });
	});
});

describe("labels know", () => {
	it("the row of a verdict, of a later release too", () => {
		const flows = [...tls(`${PC}:40000`, `${IPO}:7444`), ...connection(`${PC}:40001`, `${IPO}:9999`)];
		const { labels } = labelsOf(flows, { ...given, release: "11.0" });
		expect(labels.rowOf(labels.of(0).verdict)?.id).toBe("IPO-IN-25");
		expect(labels.rowOf(labels.of(1).verdict)).toBeUndefined();
		expect([labels.row("IPO-IN-1")?.id, labels.row("IPO-IN-25")?.id, labels.row("none")]).toEqual([
			"IPO-IN-1",
			"IPO-IN-25",
			undefined,
		]);
		expect(labels.matrix.row("IPO-IN-25")).toBeUndefined();
		expect([labels.needsName("x.avaya-sub.com"), labels.needsName("x.example")]).toEqual([true, false]);
	});

	it("whether the server's port answered at all", () => {
		const syn = (from: string, to: string) => segment(from, to, { flags: FLAGS.syn });
		const { labels } = labelsOf(
			[...connection(`${PC}:40000`, `${IPO}:22`), syn(`${PC}:40001`, `${IPO}:22`), syn(`${PC}:40002`, `${IPO}:80`)],
			given,
		);
		expect([0, 1, 2].map((flow) => labels.hasAnswered(flow, labels.of(flow)))).toEqual([true, true, false]);
	});

	it("where the server does with TLS what it does without", () => {
		const plain = connection(`${PC}:40000`, `${IPO}:80`, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
		const secure = tls(`${PC}:40001`, `${IPO}:443`);
		const ssh = connection(`${PC}:40002`, `${IPO}:22`);
		const twins = (...packets: Packet[]) => {
			const { labels } = labelsOf(packets, given);
			const of = labels.of(0);
			const all = labels.secureTwins(0, of).map(({ row, port, isAnswering }) => [row.id, port, isAnswering]);
			return { all, answering: labels.secureTwin(0, of) };
		};
		expect(twins(...plain, ...secure)).toEqual({ all: [["IPO-IN-10", 443, true]], answering: 443 });
		expect(twins(...plain, ...ssh)).toEqual({ all: [["IPO-IN-10", 443, false]], answering: undefined });
		// One that was asked in clear, too, is secure all the same.
		const inClear = connection(`${PC}:40009`, `${IPO}:443`, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
		expect(twins(...plain, ...secure, ...inClear).answering).toBe(443);
		// What answers there, but without TLS, is no secure service.
		const other = connection(`${PC}:40003`, `${IPO}:443`, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
		expect(twins(...plain, ...other)).toEqual({ all: [["IPO-IN-10", 443, false]], answering: undefined });
		expect(twins(...ssh, ...secure)).toEqual({ all: [], answering: undefined });
		// A connection on the secure port of the same row has no other.
		expect(twins(...connection(`${PC}:40000`, `${IPO}:5061`, hello(), SERVER_HELLO)).all).toEqual([]);
	});

	it("the twin where the services are moved", () => {
		const moved = [51_905, 51_909, 51_913].flatMap((port) => tls(`${PC}:40000`, `${IPO}:${port}`));
		const { labels, store } = labelsOf([...moved, ...connection(`${PC}:40000`, `${IPO}:51904`)], given);
		const flow = store.size - 1;
		expect(labels.of(flow).verdict.row).toBe("IPO-IN-42");
		expect(labels.secureTwins(flow, labels.of(flow))).toMatchObject([{ port: 51_905, isAnswering: true }]);
	});

	it("one row and one direction for all flows of a transfer", () => {
		const packets = [
			datagram(`${PC}:2421`, `${IPO}:69`, rrq("file.bin")),
			datagram(`${IPO}:4153`, `${PC}:69`, wrq("file.bin")),
			datagram(`${PC}:2421`, `${IPO}:4153`, ack(0)),
			datagram(`${IPO}:4153`, `${PC}:2421`, data(1, 100)),
		];
		const { labels, store, sessions } = labelsOf(packets, given);
		const flows = Array.from({ length: store.size }, (_, flow) => labels.of(flow));
		expect(flows.map(({ verdict }) => verdict.row)).toEqual(["IPO-IN-5", "IPO-IN-5", "IPO-IN-5"]);
		expect(flows.map(({ direction }) => [direction.serverSide, direction.basis])).toEqual([
			[1, "payload"],
			[0, "payload"],
			[1, "payload"],
		]);
		expect(labels.ofTransfer(sessions.transfers.transfers[0]!)).toMatchObject({ row: "IPO-IN-5" });
	});

	it("both rows of a transfer whose request is missing: who sends data may serve it, or write it", () => {
		const middle = (sender: string, taker: string) =>
			[7, 8, 9].flatMap((n) => [datagram(sender, taker, data(n, 512)), datagram(taker, sender, ack(n))]);
		const labelOf = (sender: string, taker: string, options = given) => {
			const { labels, sessions } = labelsOf(middle(sender, taker), options);
			const label = labels.of(0);
			expect(label.verdict).toBe(labels.ofTransfer(sessions.transfers.transfers[0]!));
			expect(label.verdict).toBe(labels.explain(0).verdict);
			return label;
		};
		const sends = {
			certain: false,
			basis: "payload",
			reason: expect.stringContaining("request is not in the capture"),
		};
		for (const [sender, taker] of [
			[`${IPO}:4153`, `${PC}:2421`],
			[`${PC}:4153`, `${IPO}:2421`],
		] as const) {
			const { direction, verdict } = labelOf(sender, taker);
			expect(direction).toMatchObject({ ...sends, serverSide: 0 });
			expect(verdict).toMatchObject({ status: "ambiguous", row: null, peerRow: null, confidence: "probable" });
			expect([...verdict.candidates].sort()).toEqual(["IPO-IN-5", "IPO-OUT-6"]);
			expect(verdict.reasons.join("; ")).toMatch(
				/^either the .+ IPO-.+, or the .+ IPO-.+; the payload is tftp, as the row says; .+ stay equal: the TFTP request, /,
			);
		}
		const two = { hosts: [...given.hosts, { product: "ipo", address: PC }] };
		expect(labelOf(`${IPO}:4153`, `${PC}:2421`, two)).toMatchObject({
			direction: sends,
			verdict: { row: "IPO-IN-5", peerRow: "IPO-OUT-6", confidence: "confirmed" },
		});
		const other = { hosts: [{ product: "ipo", address: "10.0.0.99" }] };
		expect(labelOf(`${IPO}:4153`, `${PC}:2421`, other).verdict).toMatchObject({ status: "unknown", confidence: null });
		const at69 = labelOf(`${IPO}:69`, `${PC}:2421`);
		expect(at69.direction).toMatchObject({ certain: true, basis: "port", serverSide: 0 });
		expect(at69.direction.reason).toContain("the side with port 69");
		expect(at69.verdict).toMatchObject({ row: "IPO-IN-5", confidence: "confirmed" });
		expect(labelOf(`${IPO}:2421`, `${PC}:69`).verdict).toMatchObject({ row: "IPO-OUT-6", confidence: "confirmed" });
	});

	it("a row that is no more than likely where a write request is taken for the answer to a read that is missing", () => {
		const packets = [
			datagram(`${IPO}:4153`, `${PC}:69`, wrq("file.bin")),
			datagram(`${IPO}:4153`, `${PC}:2421`, data(1, 512)),
		];
		const { labels } = labelsOf(packets, given);
		const said = {
			row: "IPO-IN-5",
			confidence: "probable",
			reasons: expect.arrayContaining([expect.stringMatching(/^the TFTP request/)]),
		};
		for (const flow of [0, 1])
			expect(labels.of(flow)).toMatchObject({ direction: { certain: false, serverSide: 0 }, verdict: said });
		const request = datagram(`${PC}:2421`, `${IPO}:69`, rrq("file.bin"));
		const whole = labelsOf([...packets, request], given).labels.of(1);
		expect(whole).toMatchObject({ direction: { certain: true }, verdict: { confidence: "confirmed" } });
		expect(labelsOf(packets, { hosts: [] }).labels.of(0).verdict.confidence).toBe("port-only");
	});

	it("the only row that a transfer without its request may have, as likely", () => {
		const rows = matrix.rows.filter(({ id }) => id !== "IPO-OUT-6");
		const labeller = new Labeller(new MatrixIndex({ ...matrix, rows }), true);
		const [ipo, none] = [["ipo"], []];
		const facts = (serverProducts: string[], clientProducts: string[]) =>
			({ protocol: 17, serverPort: 69, listedPort: 69, serverProducts, clientProducts, ...NOTHING }) as const;
		for (const [one, other] of [
			[facts(ipo, none), facts(none, ipo)],
			[facts(none, ipo), facts(ipo, none)],
		] as const)
			expect(labeller.either(one, other, "why")).toMatchObject({ row: "IPO-IN-5", confidence: "probable" });
		expect(labeller.unconfirmed(facts(none, none), "why")).toMatchObject({ status: "unknown", confidence: null });
	});

	it("that a host's loopback address is the host", () => {
		const flows = [
			...connection("127.0.0.1:40000", "127.0.0.1:4444"),
			...connection("127.0.0.1:40001", "127.0.0.2:22"),
			...connection("[::1]:40002", "[::1]:22"),
			...connection("128.0.0.1:40003", "128.0.0.1:4444"),
		];
		const { labels } = labelsOf(flows, given);
		expect([0, 1, 2, 3].map((flow) => labels.of(flow).verdict.row)).toEqual([
			"IPO-INT-2",
			"IPO-IN-1",
			"IPO-IN-1",
			null,
		]);
	});
});
