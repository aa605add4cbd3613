import { join, text } from "../bytes.ts";
import { type Opening, WAN, Wire } from "../conversation.ts";
import { EtherType, ethernet, ethernetFrame } from "../link.ts";
import { addressBytes, at, BROADCAST, type End, endText, type Host, host, unaddressed } from "../network.ts";
import { calling, type Phone, registering } from "../payloads/h323-phone.ts";
import { rtcp, rtp } from "../payloads/media.ts";
import {
	dhcp,
	dns,
	httpGet,
	httpOk,
	ldapBind,
	ldapBound,
	ntp,
	proprietary,
	snmp,
	syslog,
} from "../payloads/services.ts";
import { sdp, sipRequest, sipResponse } from "../payloads/sip.ts";
import { ack, data, request } from "../payloads/tftp.ts";
import { applicationData, changeCipherSpec, clientHello, serverHello } from "../payloads/tls.ts";
import { Recording } from "../recording.ts";
import { nextGeneration, type Scene } from "../scene.ts";
import { matched, unknown, type Verdict } from "../truth.ts";

/** Server Edition: IP Office and Voicemail Pro on one host; one-X Portal on its own; an IP500 V2 in a branch. */
const primary = host("10.10.0.10", "00:50:56:00:00:10");
const portal = host("10.10.0.11", "00:50:56:00:00:11");
const branch = host("10.10.0.20", "00:e0:07:00:00:20");
const admin = host("10.10.0.50", "00:1b:21:00:00:50");
const directory = host("10.10.0.60", "00:1b:21:00:00:60");
const sipPhone = host("10.10.0.101", "00:04:0d:00:01:01");
const h323Phone = host("10.10.0.102", "00:1b:4f:00:01:02");
const newPhone = host("10.10.0.103", "00:04:0d:00:01:03");
const router = "00:1b:0c:00:00:fe";
const trunk = host("203.0.113.5", router);
const ntpServer = host("203.0.113.123", router);
const licence = host("198.51.100.20", router);
const storage = host("198.51.100.30", router);
const website = host("198.51.100.80", router);
const agent = "Avaya J179 4.1.2.0";
const server = "IP Office 12.0.0.0.0 build 56";

const row = (id: string, why: string, peerRow?: string) => matched(id, why, peerRow ? { peerRow } : {});

class Office {
	readonly recording = new Recording("office-day", "2026-03-02T08:59:58Z");
	readonly wire = new Wire(this.recording, ethernet());
	#port = 49300;

	/** A fresh ephemeral port, beside all matrix ports. */
	from(machine: Host): End {
		this.#port += 7;
		return at(machine, this.#port);
	}

	tls(time: number, client: Host, end: End, verdict: Verdict, name?: string, bytes = 900): void {
		const { random } = this.recording;
		const opening: Opening = {
			at: time,
			client: this.from(client),
			server: end,
			verdict,
			...(end.host.mac === trunk.mac ? { latency: WAN } : {}),
		};
		const connection = this.wire.tcp(opening).open();
		connection.client(clientHello(random, name)).server(serverHello(random)).client(changeCipherSpec());
		connection.client(applicationData(random, 180)).server(applicationData(random, bytes)).wait(0.2).close();
	}

	secret(time: number, client: Host, end: End, verdict: Verdict): void {
		const { random } = this.recording;
		this.wire
			.tcp({ at: time, client: this.from(client), server: end, verdict })
			.open()
			.client(proprietary(random, 40))
			.server(proprietary(random, 120))
			.wait(0.5)
			.client(proprietary(random, 24))
			.server(proprietary(random, 60))
			.close();
	}

	ask(time: number, client: End, end: End, verdict: Verdict, question: Uint8Array, answer?: Uint8Array): void {
		const flow = this.wire.udp({ at: time, client, server: end, verdict }).client(question);
		if (answer) flow.server(answer);
	}
}

export const officeDay: Scene = {
	name: "office-day",
	shows:
		"A morning in an office: Server Edition, Voicemail Pro, one-X Portal, a branch, phones, Manager, a SIP trunk, and traffic that is none of it",
	build() {
		const office = new Office();
		phoneBoots(office);
		administration(office);
		services(office);
		registrations(office);
		call(office);
		applications(office);
		cloud(office);
		strangers(office);
		return nextGeneration(this.name, office.recording, {});
	},
};

function phoneBoots(office: Office): void {
	const verdict = row("IPO-IN-3", "IP Office gives a phone its address");
	const asking = at(unaddressed(newPhone), 68);
	const everyone = at(BROADCAST, 67);
	const { wire } = office;
	wire
		.udp({ at: 0, client: asking, server: everyone, verdict })
		.client(dhcp(1, newPhone.mac, 1))
		.wait(1)
		.client(dhcp(1, newPhone.mac, 3));
	wire
		.udp({ at: 0.2, client: at(BROADCAST, 68), server: at(primary, 67), verdict })
		.server(dhcp(2, newPhone.mac, 2, newPhone.address, primary.address))
		.wait(1)
		.server(dhcp(2, newPhone.mac, 5, newPhone.address, primary.address));
	office.tls(2, newPhone, at(primary, 411), row("IPO-IN-9", "phone settings over HTTPS"), undefined, 2600);
	wire
		.tcp({
			at: 3,
			client: office.from(newPhone),
			server: at(primary, 80),
			verdict: row("IPO-IN-6", "phone settings over HTTP"),
		})
		.open()
		.client(httpGet("/46xxsettings.txt", primary.address, agent))
		.server(httpOk("IPOffice/", "SET SIPDOMAIN example.test\n"))
		.close();
	const arp = join(
		0,
		1,
		8,
		0,
		6,
		4,
		0,
		1,
		newPhone.mac,
		addressBytes(newPhone.address),
		new Uint8Array(6),
		addressBytes(primary.address),
	);
	office.recording.add(1.9, ethernetFrame(BROADCAST.mac, newPhone.mac, EtherType.arp, arp));
}

function administration(office: Office): void {
	const { wire, recording } = office;
	whois(office);
	office.secret(11, admin, at(primary, 50802), row("IPO-IN-41", "Manager looks for systems"));
	office.tls(12, admin, at(primary, 50805), row("IPO-IN-43", "Manager opens the configuration"), undefined, 12000);
	office.tls(13, admin, at(primary, 50813), row("IPO-IN-47", "Manager opens the security settings"), undefined, 3000);
	office.tls(14, admin, at(primary, 50809), row("IPO-IN-45", "System Status"), undefined, 5000);
	wire
		.tcp({
			at: 15,
			client: office.from(admin),
			server: at(primary, 50804),
			verdict: row("IPO-IN-42", "unencrypted configuration is switched off"),
		})
		.refused();
	office.tls(16, admin, at(primary, 7070), row("IPO-IN-23", "Web Management"), undefined, 4000);
	wire
		.tcp({ at: 17, client: office.from(admin), server: at(primary, 22), verdict: row("IPO-IN-1", "maintenance") })
		.open()
		.server(text("SSH-2.0-OpenSSH_8.0\r\n"))
		.client(text("SSH-2.0-PuTTY_Release_0.80\r\n"))
		.wait(1)
		.close();
	office.ask(
		18,
		office.from(admin),
		at(primary, 50794),
		row("IPO-IN-36", "System Monitor"),
		proprietary(recording.random, 12),
		text("  8761mS PRN: Monitor Started IP=10.10.0.50\r\n"),
	);
	office.ask(19, office.from(admin), at(branch, 161), row("IPO-IN-8", "network management"), snmp(0xa0), snmp(0xa2));
	wire
		.tcp({
			at: 20,
			client: office.from(admin),
			server: at(branch, 50805),
			verdict: row("IPO-IN-43", "nobody answers: a firewall drops it"),
		})
		.unanswered(4);
}

function whois(office: Office): void {
	const verdict = row("IPO-IN-5", "Manager asks who is there, by IP Office's own TFTP exchange");
	const client = at(admin, 2421);
	const answers = at(branch, 4153);
	const file = "nasystem/who_is";
	const reply = text(
		'MAC "00E007000020"\r\nTYPE "IP 500 V2"\r\nIP "10.10.0.20"\r\nLOC "1"\r\nVER "12.0.0.0.0 build 56"\r\nNAME "Branch"\r\n',
	);
	const { wire, recording } = office;
	wire.udp({ at: 10, client, server: at(branch, 69), verdict }).client(request(1, file));
	wire.udp({ at: 10.001, client: at(admin, 69), server: answers, verdict }).server(request(2, file));
	wire.udp({ at: 10.002, client, server: answers, verdict }).server(data(1, reply)).client(ack(1));
	recording.transfers.push({
		client: endText(client),
		server: endText(answers),
		file,
		style: "ipoffice",
		direction: "read",
		bytes: reply.length,
		complete: true,
		row: "IPO-IN-5",
		retransmits: 0,
		error: null,
	});
}

function services(office: Office): void {
	const resolver = at(directory, 53);
	const names: readonly (readonly [string, string])[] = [
		["admin.avaya-sub.com", licence.address],
		["storage.googleapis.com", storage.address],
	];
	for (const [i, [name, address]] of names.entries())
		office.ask(
			21 + i,
			office.from(primary),
			resolver,
			row("IPO-OUT-3", "IP Office looks up a name"),
			dns(i + 1, name),
			dns(i + 1, name, address),
		);
	office.ask(24, at(primary, 123), at(ntpServer, 123), row("IPO-OUT-7", "IP Office sets its clock"), ntp(3), ntp(4));
	office.ask(
		25,
		office.from(branch),
		at(primary, 123),
		row("IPO-IN-7", "the branch sets its clock by the primary", "IPO-OUT-7"),
		ntp(3),
		ntp(4),
	);
	office.ask(
		26,
		office.from(primary),
		at(admin, 514),
		row("IPO-OUT-15", "log messages"),
		syslog("audit: login by Administrator"),
	);
	office.ask(27, office.from(primary), at(admin, 162), row("IPO-OUT-8", "a trap"), snmp(0xa7));
	office.wire
		.tcp({
			at: 28,
			client: office.from(primary),
			server: at(directory, 389),
			verdict: row("IPO-OUT-9", "import of the directory"),
		})
		.open()
		.client(ldapBind())
		.server(ldapBound())
		.wait(0.3)
		.close();
	office.wire
		.tcp({
			at: 29,
			client: office.from(directory),
			server: at(primary, 25),
			verdict: row("VMPRO-IN-1", "mail for Voicemail Pro"),
		})
		.open()
		.server(
			text("220 primary IP Office Voicemail Pro [Hardware mode 00] - Version 12.0.0.0 SMTP MAIL Service ready\r\n"),
		)
		.client(text("EHLO mail.example.test\r\n"))
		.server(text("250-primary\r\n250 STARTTLS\r\n"))
		.close();
}

function registrations(office: Office): void {
	const phone = { user: "201", address: sipPhone.address, port: 5060 };
	const pbx = { user: "201", address: primary.address, port: 5060 };
	const register = { method: "REGISTER", from: phone, to: pbx, callId: "a84b4c76e66710", agent };
	office.wire
		.udp({
			at: 30,
			client: at(sipPhone, 5060),
			server: at(primary, 5060),
			verdict: row("IPO-IN-19", "a SIP phone registers and calls"),
		})
		.client(sipRequest(register))
		.server(sipResponse("401 Unauthorized", register, server))
		.client(sipRequest({ ...register, sequence: 2 }))
		.server(sipResponse("200 OK", { ...register, sequence: 2 }, server))
		.until(40)
		.client(sipRequest({ ...register, method: "INVITE", sequence: 3, body: sdp(sipPhone.address, 5004) }))
		.server(sipResponse("100 Trying", { ...register, method: "INVITE", sequence: 3 }, server))
		.until(42)
		.server(sipResponse("200 OK", { ...register, method: "INVITE", sequence: 3 }, server, sdp(primary.address, 46760)))
		.client(sipRequest({ ...register, method: "ACK", sequence: 3 }))
		.until(46)
		.client(sipRequest({ ...register, method: "BYE", sequence: 4 }))
		.server(sipResponse("200 OK", { ...register, method: "BYE", sequence: 4 }, server));
	h323Call(office);
	const provider = { user: "+4930123456", address: trunk.address, port: 5060 };
	const options = { method: "OPTIONS", from: { ...pbx, user: "trunk1" }, to: provider, callId: "f00dcafe01" };
	office.wire
		.udp({
			at: 33,
			client: at(primary, 5060),
			server: at(trunk, 5060),
			verdict: matched("IPO-OUT-18", "the SIP trunk: IP Office asks first"),
			latency: WAN,
		})
		.client(sipRequest(options))
		.server(sipResponse("200 OK", options, "provider"))
		.until(40.5)
		.client(sipRequest({ ...options, method: "INVITE", sequence: 2, body: sdp(primary.address, 46762) }))
		.server(
			sipResponse("200 OK", { ...options, method: "INVITE", sequence: 2 }, "provider", sdp(trunk.address, 20500)),
		);
}

/** A phone that finds its gatekeeper, registers, and calls with fast start: the voice's ports are said in the call. */
function h323Call(office: Office): void {
	const phone: Phone = { extension: "202", address: h323Phone.address, rasPort: 49302, gatekeeper: primary.address };
	const [discover, confirm, register, registered] = registering(phone);
	office.wire
		.udp({
			at: 31,
			client: at(h323Phone, phone.rasPort),
			server: at(primary, 1719),
			verdict: row("IPO-IN-15", "an H.323 phone registers"),
		})
		.client(discover)
		.server(confirm)
		.client(register)
		.server(registered);
	const voice = { phone: { address: h323Phone.address, port: 2048 }, pbx: { address: primary.address, port: 46764 } };
	const messages = calling(phone, "201", voice);
	office.wire
		.tcp({
			at: 32,
			client: office.from(h323Phone),
			server: at(primary, 1720),
			verdict: row("IPO-IN-16", "an H.323 phone's signalling"),
		})
		.open()
		.wait(8)
		.client(messages.setup)
		.server(messages.callProceeding)
		.server(messages.alerting)
		.wait(1)
		.server(messages.connect)
		.wait(5)
		.client(messages.releaseComplete)
		.close();
}

/** Voice between the phones and IP Office: a quarter of a second of it. */
function call(office: Office): void {
	const { random } = office.recording;
	const legs: readonly (readonly [End, End, Verdict])[] = [
		[at(sipPhone, 5004), at(primary, 46760), row("IPO-IN-32", "voice of the phone")],
		[at(h323Phone, 2048), at(primary, 46764), row("IPO-IN-32", "voice of the H.323 phone")],
	];
	for (const [client, end, verdict] of legs) {
		const media = office.wire.udp({ at: 42, client, server: end, verdict });
		for (let n = 0; n < 12; n++) {
			media.sendAt(42 + n * 0.02, "client", rtp(random, n, 0x1001), 0xb8);
			media.sendAt(42.01 + n * 0.02, "server", rtp(random, n, 0x2002), 0xb8);
		}
	}
	const control = office.wire.udp({
		at: 43,
		client: at(sipPhone, 5005),
		server: at(primary, 46761),
		verdict: row("IPO-IN-32", "quality reports of the call"),
	});
	control.client(rtcp(0x1001)).server(rtcp(0x2002));
}

function applications(office: Office): void {
	const { random } = office.recording;
	office.tls(50, primary, at(portal, 50815), row("ONEX-IN-15", "CTI for one-X Portal", "IPO-OUT-27"), undefined, 2000);
	office.secret(51, portal, at(primary, 50814), row("IPO-IN-48", "CTI for one-X Portal", "ONEX-OUT-3"));
	office.tls(
		52,
		portal,
		at(primary, 50791),
		row("VMPRO-IN-8", "voicemail for portal users", "ONEX-OUT-2"),
		undefined,
		1500,
	);
	office.tls(53, admin, at(portal, 9443), row("ONEX-IN-11", "the portal in a browser"), undefined, 6000);
	office.tls(54, admin, at(portal, 9843), row("ONEX-IN-12", "web collaboration"));
	office.ask(
		55,
		office.from(branch),
		at(primary, 50791),
		row("VMPRO-IN-7", "the branch finds Voicemail Pro", "IPO-OUT-24"),
		proprietary(random, 30),
		proprietary(random, 30),
	);
	office.ask(
		56,
		at(branch, 50795),
		at(primary, 50795),
		row("IPO-IN-37", "trunk between the systems", "IPO-OUT-25"),
		proprietary(random, 60),
		proprietary(random, 60),
	);
}

function cloud(office: Office): void {
	office.tls(60, primary, at(licence, 443), row("IPO-OUT-12", "subscription"), "admin.avaya-sub.com");
	office.wire
		.tcp({
			at: 61,
			client: office.from(primary),
			server: at(licence, 8443),
			verdict: row("IPO-OUT-21", "the firewall drops the alternative port"),
			latency: WAN,
		})
		.unanswered(3);
	office.tls(62, primary, at(storage, 443), row("IPO-OUT-13", "backup"), "storage.googleapis.com", 4000);
}

/** What the matrix has nothing to do with, or does not allow. */
function strangers(office: Office): void {
	const { random } = office.recording;
	const stranger = unknown("neither end is a product");
	office.tls(70, admin, at(website, 443), stranger, "www.example.com", 5000);
	office.tls(71, sipPhone, at(website, 443), stranger, "time.example.com");
	office.ask(
		72,
		office.from(admin),
		at(directory, 53),
		stranger,
		dns(9, "www.example.com"),
		dns(9, "www.example.com", website.address),
	);
	office.wire.ping(
		{ at: 73, client: at(admin, 0), server: at(primary, 0), verdict: unknown("ICMP is not in the matrix") },
		3,
	);
	office.wire
		.tcp({
			at: 77,
			client: office.from(admin),
			server: at(primary, 5807),
			verdict: unknown("VNC left the matrix in 11.0"),
		})
		.refused();
	office.wire
		.tcp({
			at: 78,
			client: office.from(admin),
			server: at(primary, 443),
			verdict: unknown("plain HTTP where TLS is asked for"),
		})
		.open()
		.client(httpGet("/", primary.address, "curl/8.5.0"))
		.server(httpOk("IPOffice/", "Parsing error"))
		.close();
	office.secret(79, admin, at(primary, 9000), unknown("no row has the port"));
	office.ask(
		80,
		office.from(website),
		at(primary, 33000),
		unknown("a port of the configurable media range without media"),
		proprietary(random, 90),
		proprietary(random, 90),
	);
}
