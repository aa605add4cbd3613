/** What looks like a fault, and is none: captures cut short or half, resets at the end, questions that need no answer. */
import { text } from "../../captures/bytes.ts";
import { syslog } from "../../captures/payloads/services.ts";
import { sleep } from "../../lab/command.ts";
import type { Machine } from "../../lab/machine.ts";
import { nginx } from "../../lab/nginx.ts";
import { addresses, names } from "../../lab/plays/names.ts";
import { ssh } from "../../lab/plays/ssh.ts";
import { stun } from "../../lab/plays/stun.ts";
import { time } from "../../lab/plays/time.ts";
import { expected, type Fault, remark } from "../fault.ts";
import { BEYOND, type Site } from "../site.ts";
import { CURL, WEB } from "./programs.ts";

const QUIET = ["names", "addresses", "time", "ssh", "stun"];
const ORDINARY = [names, addresses, time, ssh, stun];
const SECURE = [443, 5443, 50805].map((port) => ({ port, tls: true }));

export const HEALTHY: readonly Fault[] = [
	{
		name: "healthy-day",
		shows: `An ordinary day of ${QUIET.join(", ")}: everything works.`,
		packages: ORDINARY.flatMap(({ packages }) => packages),
		findings: [],
		async run(site) {
			for (const play of ORDINARY) {
				await play.run(site.office, []);
				await site.office.stop();
			}
		},
	},
	{
		name: "healthy-web",
		shows: "Browsers and Manager use IP Office's services with TLS.",
		packages: WEB,
		findings: [],
		run: visits,
	},
	{
		name: "healthy-one-sided",
		shows: "The same, from a mirror port that copies what IP Office receives, and not what it sends.",
		packages: WEB,
		captured: "mirror",
		findings: [expected("capture-one-sided", null, "one direction of every connection: nothing else can be judged")],
		run: visits,
	},
	{
		name: "healthy-cut-short",
		shows: "The capture ends while connections are being opened: a SYN of 0.2 s has time to be answered.",
		packages: WEB,
		findings: [],
		async run(site) {
			const [pc, manager, ipo] = site.machines("pc", "manager", "ipo");
			await visits(site);
			await nginx(site.office, site.beyond, [{ ports: SECURE }]);
			await site.line({ delay: 600 });
			pc.attempt("curl", [...CURL, "--max-time", "2", `https://${BEYOND.branch}/`]);
			await sleep(150);
			// The last packets of the capture, so that it does not end with the SYN.
			await manager.run("curl", [...CURL, `https://${ipo.address}/`]);
		},
	},
	{
		name: "healthy-reset-at-end",
		shows: "A phone closes its connections with a reset after it has all that it asked for, as small devices do.",
		packages: WEB,
		findings: [
			remark("clear-text", "IPO-IN-6", "443 does the same with TLS"),
			remark("reset", "IPO-IN-6", "it is so, and after a whole exchange it is no fault"),
		],
		async run(site) {
			const [phone, ipo] = site.machines("phone", "ipo");
			await nginx(site.office, ipo, [{ ports: [{ port: 80, tls: false }] }], "IPOffice/12.0.0.0 build 56");
			for (let count = 0; count < 3; count++) await phone.run("python3", ["-c", RESETTING, ipo.address]);
		},
	},
	{
		name: "healthy-nobody-answers",
		shows: "Multicasts and broadcasts that nobody answers, log messages and traps, which have no answer.",
		packages: ["snmp"],
		findings: [remark("clear-text", "IPO-OUT-15", "6514 does the same with TLS")],
		async run(site) {
			const [pc, ipo, servers] = site.machines("pc", "ipo", "servers");
			await servers.agent();
			const listening = Promise.all([514, 162].map((port) => listen(servers, port)));
			await Promise.all([
				say(pc, 5353, "224.0.0.251", 5353, MDNS),
				say(pc, 0, "239.255.255.250", 1900, SSDP),
				say(pc, 137, "10.77.255.255", 137, NETBIOS),
				say(ipo, 0, servers.address, 514, syslog("<134>Nov 24 10:00:00 ipoffice: a call has ended")),
			]);
			const trap = ["-v2c", "-c", "public", servers.address, "100", "1.3.6.1.6.3.1.1.5.1"];
			for (let count = 0; count < 3; count++) await ipo.run("snmptrap", trap);
			await listening;
		},
	},
];

/** Many short connections, by two clients. */
async function visits(site: Site): Promise<void> {
	const [pc, manager, ipo] = site.machines("pc", "manager", "ipo");
	await nginx(site.office, ipo, [{ ports: SECURE }]);
	for (let count = 0; count < 3; count++)
		for (const { port } of SECURE)
			for (const client of [pc, manager]) await client.run("curl", [...CURL, `https://${ipo.address}:${port}/`]);
}

/** Reads one answer of HTTP to its end, and closes with SO_LINGER 0. */
const RESETTING = `
import socket, struct, sys
s = socket.create_connection((sys.argv[1], 80))
s.sendall(b"GET /46xxsettings.txt HTTP/1.1\\r\\nHost: ipo\\r\\n\\r\\n")
answer = b""
while b"hello" not in answer:
    answer += s.recv(4096)
s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
s.close()
`;

const TIMES = 4;
const EVERY = 700;
/** Milliseconds for the listeners to open their ports. */
const BEFORE = 300;

async function say(from: Machine, localPort: number, to: string, port: number, message: Uint8Array): Promise<void> {
	const agent = await from.agent();
	const messages = Array.from({ length: TIMES }, () => message);
	const local = { localAddress: from.address, localPort };
	await agent.do("speak", { ...local, address: to, port, messages, before: BEFORE, every: EVERY, after: 100 });
}

async function listen(machine: Machine, port: number): Promise<void> {
	const agent = await machine.agent();
	const nobody = { address: machine.address, port, messages: [] };
	const all = { localAddress: machine.address, localPort: port };
	await agent.do("speak", { ...all, ...nobody, before: 0, every: 0, after: 2 * TIMES * EVERY });
}

/** A query for a printer (RFC 6762), a search (UPnP 1.1, 1.3.2), a query for a name (RFC 1002, 4.2.12). */
const MDNS = text("\0\0\0\0\0\x01\0\0\0\0\0\0\x04_ipp\x04_tcp\x05local\0\0\x0c\0\x01");
const SSDP = text(
	'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n',
);
const NETBIOS = text(`\x12\x34\x01\x10\0\x01\0\0\0\0\0\0\x20${"CACACACACACACACACACACACACACACACA"}\0\0\x20\0\x01`);
