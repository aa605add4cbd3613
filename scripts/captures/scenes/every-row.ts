import { readFileSync } from "node:fs";
import type { Matrix, MatrixRow } from "../../../src/matrix/types.ts";
import { join, text, u16 } from "../bytes.ts";
import { Wire } from "../conversation.ts";
import { ethernet } from "../link.ts";
import { at, type End, endText, type Host, host } from "../network.ts";
import { calling, type Phone, registering } from "../payloads/h323-phone.ts";
import { dtlsHello, rtp, stun } from "../payloads/media.ts";
import {
	dhcp,
	dns,
	httpGet,
	httpOk,
	ike,
	l2tp,
	ldapBind,
	ldapBound,
	ntp,
	postgresSslRequest,
	proprietary,
	rip,
	snmp,
	syslog,
	timeOfDay,
	xmppStream,
} from "../payloads/services.ts";
import { sipRequest, sipResponse } from "../payloads/sip.ts";
import { ack, data, request } from "../payloads/tftp.ts";
import { applicationData, changeCipherSpec, clientHello, serverHello } from "../payloads/tls.ts";
import type { Random } from "../random.ts";
import { Recording } from "../recording.ts";
import { nextGeneration, type Scene } from "../scene.ts";
import type { TcpConversation } from "../tcp.ts";
import { matched, type Verdict } from "../truth.ts";

const MATRIX = new URL("../../../matrix/ip-office.json", import.meta.url);

/** One host for each product, and a second one of those that talk to their own kind. */
const PRODUCTS: Readonly<Record<string, readonly Host[]>> = {
	ipo: [host("10.0.0.1", "00:e0:07:00:00:01"), host("10.0.0.2", "00:e0:07:00:00:02")],
	vmpro: [host("10.0.0.3", "00:50:56:00:00:03")],
	onex: [host("10.0.0.4", "00:50:56:00:00:04"), host("10.0.0.5", "00:50:56:00:00:05")],
	mm: [host("10.0.0.6", "00:50:56:00:00:06")],
	com: [host("10.0.0.7", "00:50:56:00:00:07")],
};
const peer = host("10.0.1.20", "00:1b:21:00:01:20");
/** DHCP and BOOTP have fixed ports on both sides: another host makes them two conversations. */
const bootpPeer = host("10.0.1.21", "00:1b:21:00:01:21");

const H323_PHONE: Phone = { extension: "202", address: peer.address, rasPort: 49_302, gatekeeper: "10.0.0.1" };
const DISCOVERY = registering(H323_PHONE);
const H323_CALL = calling(H323_PHONE, "201", {
	phone: { address: peer.address, port: 2048 },
	pbx: { address: "10.0.0.1", port: 48_000 },
});

/** Egress rows whose far end is a product that has an ingress row for it: that one is the label, they are its peer. */
const ANSWERED_BY: Readonly<Record<string, string>> = {
	"IPO-OUT-2": "VMPRO-IN-2",
	"IPO-OUT-24": "VMPRO-IN-7",
	"IPO-OUT-25": "IPO-IN-37",
	"IPO-OUT-27": "ONEX-IN-15",
	"VMPRO-OUT-4": "IPO-IN-10",
	"VMPRO-OUT-5": "IPO-IN-34",
	"VMPRO-OUT-8": "IPO-IN-41",
	"ONEX-OUT-1": "VMPRO-IN-3",
	"ONEX-OUT-2": "VMPRO-IN-8",
	"ONEX-OUT-3": "IPO-IN-48",
	"ONEX-OUT-4": "ONEX-IN-13",
	"ONEX-OUT-5": "ONEX-IN-14",
	"COM-OUT-1": "IPO-IN-23",
};
const ASKED_BY = Object.fromEntries(Object.entries(ANSWERED_BY).map(([out, into]) => [into, out]));
/** Ingress rows whose far end may be a product, but is none here. */
const ALONE: readonly string[] = ["IPO-IN-10", "IPO-IN-23", "IPO-IN-41", "VMPRO-IN-3", "VMPRO-IN-8"];
/** Names that tell rows of one port apart. */
const NAMES: Readonly<Record<string, string>> = {
	"IPO-OUT-10": "smgr.example.test",
	"IPO-OUT-11": "spaces.avayacloud.com",
	"IPO-OUT-12": "admin.avaya-sub.com",
	"IPO-OUT-13": "storage.googleapis.com",
	"IPO-OUT-21": "admin.avaya-sub.com",
	"MM-OUT-2": "www.googleapis.com",
	"VMPRO-OUT-3": "outlook.office365.com",
};

export const everyRow: Scene = {
	name: "every-row",
	shows: "One flow for each of the matrix's 134 rows, with a payload of its protocol",
	build() {
		const recording = new Recording(this.name, "2026-03-02T10:00:00Z");
		const matrix = JSON.parse(readFileSync(MATRIX, "utf8")) as Matrix;
		for (const [index, row] of matrix.rows.entries()) record(recording, row, index);
		const hosts = Object.fromEntries(
			Object.entries(PRODUCTS).map(([product, all]) => [product, all.map(({ address }) => address)]),
		);
		return nextGeneration(this.name, recording, hosts);
	},
};

function record(recording: Recording, row: MatrixRow, index: number): void {
	const wire = new Wire(recording, ethernet());
	const own = PRODUCTS[row.product]![0]!;
	const known =
		row.peerProducts?.[0] && !ALONE.includes(row.id)
			? PRODUCTS[row.peerProducts[0]]!.find((each) => each !== own)
			: undefined;
	const stranger = row.protocols[0] === "bootp" ? bootpPeer : peer;
	const far = row.direction === "intra" ? own : (known ?? stranger);
	const [clientHost, serverHost] = row.direction === "out" ? [own, far] : [far, own];
	const port = portOf(row);
	const client = at(clientHost, clientPort(row, index));
	const server = at(serverHost, port);
	const verdict = verdictOf(row);
	const opening = { at: index / 2, client, server, verdict };
	if (row.protocols[0] === "tftp") tftp(wire, opening.at, client, server, verdict);
	else if (row.transports.includes("tcp") && row.protocols[0] !== "dns" && row.protocols[0] !== "syslog")
		overTcp(wire.tcp(opening).open(), row, recording.random);
	else if (row.tls === "always") overTcp(wire.tcp(opening).open(), row, recording.random);
	else overUdp(wire, opening, row, recording.random);
}

function verdictOf(row: MatrixRow): Verdict {
	const into = ANSWERED_BY[row.id];
	if (into) return matched(into, `${row.service}: both ends are products`, { peerRow: row.id });
	const out = ALONE.includes(row.id) ? undefined : ASKED_BY[row.id];
	return matched(row.id, row.service, out ? { peerRow: out } : {});
}

function portOf(row: MatrixRow): number {
	const { first, last } = row.ports[0]!;
	// Inside a range, a port that no other row names.
	return last - first > 1 ? first + 1250 : first;
}

function clientPort(row: MatrixRow, index: number): number {
	if (row.protocols[0] === "dhcp" || row.protocols[0] === "bootp") return 68;
	return 20_000 + index * 3;
}

function tftp(wire: Wire, time: number, client: End, server: End, verdict: Verdict): void {
	const file = verdict.row === "IPO-IN-5" ? "config.cfg" : "bin.cfg";
	const answers = at(server.host, 3105);
	wire.udp({ at: time, client, server, verdict }).client(request(1, file));
	wire
		.udp({ at: time + 0.01, client, server: answers, verdict })
		.server(data(1, text("0123456789")))
		.client(ack(1));
	wire.recording.transfers.push({
		client: endText(client),
		server: endText(answers),
		file,
		style: "rfc1350",
		direction: "read",
		bytes: 10,
		complete: true,
		row: verdict.row,
		retransmits: 0,
		error: null,
	});
}

function overTcp(connection: TcpConversation, row: MatrixRow, random: Random): void {
	if (row.tls === "always") {
		connection
			.client(clientHello(random, NAMES[row.id]))
			.server(serverHello(random))
			.client(changeCipherSpec())
			.server(applicationData(random, 200));
	} else {
		const [asks, answers] = tcpPayloads(row.protocols[0], random);
		// Mail and shell servers speak first.
		if (row.protocols[0] === "smtp" || row.protocols[0] === "ssh" || row.protocols[0] === "imap")
			connection.server(answers).client(asks);
		else connection.client(asks).server(answers);
	}
	connection.close();
}

function tcpPayloads(protocol: string | undefined, random: Random): [Uint8Array, Uint8Array] {
	const party = (address: string) => ({ user: "201", address, port: 5060 });
	const register = {
		method: "REGISTER",
		from: party("10.0.1.20"),
		to: party("10.0.0.1"),
		callId: "e1f2a3b4c5",
		transport: "TCP" as const,
	};
	switch (protocol) {
		case "ssh":
			return [text("SSH-2.0-client\r\n"), text("SSH-2.0-server\r\n")];
		case "http":
			return [httpGet("/", "host.example.test", "test"), httpOk("server", "hello")];
		case "sip":
			return [sipRequest(register), sipResponse("200 OK", register)];
		case "smtp":
			return [text("EHLO client\r\n"), text("220 server ESMTP ready\r\n")];
		case "imap":
			return [text("a1 CAPABILITY\r\n"), text("* OK IMAP4 ready\r\n")];
		case "ldap":
			return [ldapBind(), ldapBound()];
		case "xmpp":
			return [xmppStream("example.test"), xmppStream("example.test", "s1")];
		case "h225":
			return [H323_CALL.setup, H323_CALL.connect];
		case "java-rmi":
			return [join("JRMI", u16(2), 0x4b), join(0x4e, u16(4), "host", u16(0), u16(4000))];
		case "java-serialisation":
			return [join(u16(0xaced), u16(5), 0x73, 0x72), random.bytes(4)];
		case "postgresql":
			return [postgresSslRequest(), text("N")];
		case "devlink3":
			return [
				join(0x49, u16(15), 0x00, 0x2a, 0x00, 0x01, random.bytes(8)),
				join(0x49, u16(15), 0x80, 0x2a, 0x00, 0x01, random.bytes(8)),
			];
		default:
			return [proprietary(random, 30), proprietary(random, 60)];
	}
}

function overUdp(
	wire: Wire,
	opening: { at: number; client: End; server: End; verdict: Verdict },
	row: MatrixRow,
	random: Random,
): void {
	const flow = wire.udp(opening);
	if (row.protocols[0] === "rtp") {
		for (let n = 1; n <= 4; n++) flow.client(rtp(random, n, 7)).server(rtp(random, n, 8));
		return;
	}
	const [asks, answers] = udpPayloads(row, opening, random);
	if (asks) flow.client(asks);
	if (answers) flow.server(answers);
}

function udpPayloads(
	row: MatrixRow,
	{ client, server }: { client: End; server: End },
	random: Random,
): [Uint8Array | undefined, Uint8Array | undefined] {
	switch (row.protocols[0]) {
		case "dns":
			return [dns(1, "example.test"), dns(1, "example.test", "192.0.2.1")];
		case "dhcp":
		case "bootp": {
			const types = row.protocols[0] === "dhcp" ? [3, 5] : [undefined, undefined];
			return [
				dhcp(1, client.host.mac, types[0]),
				dhcp(2, client.host.mac, types[1], client.host.address, server.host.address),
			];
		}
		case "ntp":
			return [ntp(3), ntp(4)];
		case "snmp":
			return row.direction === "out" ? [snmp(0xa7), undefined] : [snmp(0xa0), snmp(0xa2)];
		case "rip":
			return [rip(), undefined];
		case "l2tp":
			return [l2tp(), undefined];
		case "h225-ras":
			return row.id === "IPO-IN-14" ? [DISCOVERY[0], DISCOVERY[1]] : [DISCOVERY[2], DISCOVERY[3]];
		case "stun":
			return row.id === "IPO-IN-31" ? [stun(random), dtlsHello(random, true)] : [stun(random), stun(random, true)];
		case "time":
			return [new Uint8Array(0), timeOfDay(3_981_225_600)];
		case "ike":
			return [ike(random), undefined];
		case "syslog":
			return [syslog("audit: hello"), undefined];
		default:
			return [proprietary(random, 40), proprietary(random, 40)];
	}
}
