/** Traffic that misleads: what a port says and what is spoken differ, connections fail, and hosts that are no product. */
import { rtp } from "../../captures/payloads/media.ts";
import { httpGet, httpOk, ntp, proprietary, snmp, syslog } from "../../captures/payloads/services.ts";
import { sipRequest, sipResponse } from "../../captures/payloads/sip.ts";
import { Random } from "../../captures/random.ts";
import { ambiguous, matched, unknown } from "../../captures/truth.ts";
import { INTERNET, type Office, type TalkOptions } from "../office.ts";
import type { Play } from "../play.ts";
import { answers, asks, type Turn } from "../tasks/dialogue.ts";
import type { LabFlow } from "../truth.ts";

const random = new Random("traps");
const http = [asks(httpGet("/", "10.77.0.10", "test")), answers(httpOk("test", "hello"))];
const secret = [asks(proprietary(random, 40)), answers(proprietary(random, 80))];
const GET = 0xa0;
const RESPONSE = 0xa2;

export const traps: Play = {
	name: "traps",
	packages: [],
	rows: ["IPO-IN-8", "IPO-IN-10", "IPO-IN-18", "IPO-IN-19", "IPO-IN-42", "IPO-OUT-7", "IPO-OUT-13"],
	async run(office) {
		const flows: LabFlow[] = [];
		for (const trap of [...ports(office), ...payloads(office), ...strangers(office)])
			flows.push(await office.talk(trap));
		return flows;
	},
};

/** Ephemeral ports that a row lists, and rows at other ports than their default. */
function ports(office: Office): TalkOptions[] {
	const [ipo, pc, phone, servers, internet] = office.machines("ipo", "pc", "phone", "servers", "internet");
	const party = (address: string, port: number) => ({ user: "201", address, port });
	const options = {
		method: "OPTIONS",
		from: party(phone.address, 5062),
		to: party(ipo.address, 5070),
		callId: "moved-port",
	};
	return [
		{
			service: "client port 50794 to web 443",
			client: pc,
			server: ipo,
			transport: "tls",
			port: 443,
			localPort: 50_794,
			turns: http,
			verdict: matched("IPO-IN-10", "the client's port is ephemeral"),
		},
		{
			service: "client port 50805 to the Internet",
			client: ipo,
			server: internet,
			address: INTERNET["storage.googleapis.com"],
			serverName: "storage.googleapis.com",
			transport: "tls",
			port: 443,
			localPort: 50_805,
			turns: http,
			verdict: matched("IPO-OUT-13", "the client's port is ephemeral"),
		},
		{
			service: "NTP from port 123",
			client: ipo,
			server: servers,
			transport: "udp",
			port: 123,
			localPort: 123,
			turns: [asks(ntp(3)), answers(ntp(4))],
			verdict: matched("IPO-OUT-7", "both ports are 123"),
			shows: "ntp",
		},
		{
			service: "SNMP at a moved port",
			client: servers,
			server: ipo,
			transport: "udp",
			port: 1161,
			turns: [asks(snmp(GET)), answers(snmp(RESPONSE))],
			verdict: matched("IPO-IN-8", "a configurable port, with evidence"),
			shows: "snmp",
		},
		{
			service: "SIP at a moved port",
			client: phone,
			server: ipo,
			transport: "udp",
			port: 5070,
			localPort: 5062,
			turns: [asks(sipRequest(options)), answers(sipResponse("200 OK", options))],
			verdict: ambiguous(["IPO-IN-18", "IPO-IN-19"], "a configurable port of both"),
			shows: "sip",
		},
		{
			service: "a port that no row lists",
			client: pc,
			server: ipo,
			transport: "tcp",
			port: 9_000,
			turns: http,
			verdict: unknown("no row lists 9000"),
			shows: "http",
		},
	];
}

/** Payloads that are not what the row is about. */
function payloads(office: Office): TalkOptions[] {
	const [ipo, pc, manager, servers] = office.machines("ipo", "pc", "manager", "servers");
	const to = { client: pc, server: ipo } as const;
	const ssh: readonly Turn[] = [answers("SSH-2.0-OpenSSH_9.2\r\n"), asks("SSH-2.0-PuTTY_0.78\r\n")];
	return [
		{
			...to,
			service: "HTTP on 22",
			transport: "tcp",
			port: 22,
			turns: http,
			verdict: unknown("HTTP contradicts IPO-IN-1"),
			shows: "http",
		},
		{
			...to,
			service: "SSH on 443",
			transport: "tcp",
			port: 443,
			turns: ssh,
			verdict: unknown("SSH contradicts IPO-IN-10"),
			shows: "ssh",
		},
		{
			...to,
			service: "plain HTTP on 50805",
			transport: "tcp",
			port: 50_805,
			turns: http,
			verdict: unknown("plain text on a row that asks for TLS"),
			shows: "http",
		},
		{
			...to,
			service: "plain HTTP on 443",
			transport: "tcp",
			port: 443,
			turns: http,
			verdict: unknown("plain text on a row that asks for TLS"),
			shows: "http",
		},
		{
			service: "TLS on 50804",
			client: manager,
			server: ipo,
			transport: "tls",
			port: 50_804,
			turns: secret,
			verdict: matched("IPO-IN-42", "TLS on a row that does not ask for it is no contradiction"),
		},
		{
			service: "TLS on 80",
			client: pc,
			server: ipo,
			transport: "tls",
			port: 80,
			turns: http,
			verdict: matched("IPO-IN-6", "TLS on a row that does not ask for it is no contradiction"),
		},
		{
			service: "HTTP on 389",
			client: ipo,
			server: servers,
			transport: "tcp",
			port: 389,
			turns: http,
			verdict: unknown("HTTP contradicts IPO-OUT-9"),
			shows: "http",
		},
		{
			service: "syslog from a PC to IP Office",
			client: pc,
			server: ipo,
			transport: "udp",
			port: 514,
			turns: [asks(syslog("hello"))],
			verdict: unknown("IP Office sends logs; no ingress row lists 514"),
			shows: "syslog",
		},
	];
}

/** Neither end is a product. */
function strangers(office: Office): TalkOptions[] {
	const [pc, phone, softphone, servers, manager] = office.machines("pc", "phone", "softphone", "servers", "manager");
	const none = unknown("neither end is a product");
	const speech = Array.from({ length: 10 }, (_, index) => [
		asks(rtp(random, index, 7)),
		answers(rtp(random, index, 8)),
	]).flat();
	return [
		{
			service: "50808 between strangers",
			client: manager,
			server: servers,
			transport: "tcp",
			port: 50_808,
			turns: secret,
			verdict: none,
		},
		{
			service: "HTTP on 8080 between strangers",
			client: pc,
			server: servers,
			transport: "tcp",
			port: 8_080,
			turns: http,
			verdict: none,
			shows: "http",
		},
		{
			service: "RTP between two phones",
			client: phone,
			server: softphone,
			transport: "udp",
			port: 46_752,
			localPort: 46_750,
			turns: speech,
			verdict: none,
			shows: "rtp",
		},
	];
}
