/** Bad lines and slow ends: loss, delay, order, packets that are too large, receivers that do not read. */
import { nginx } from "../../lab/nginx.ts";
import { expected, type Fault } from "../fault.ts";
import { BEYOND, type Line, type Site } from "../site.ts";
import { CURL, WEB } from "./programs.ts";

const WEB_SERVER = "IPO-IN-10";
const PORTS = [{ port: 443, tls: true }];
const BACKUP = new Uint8Array(90_000).fill(0x55);

export const LINE: readonly Fault[] = [
	bad("line-loses", "A line loses 5 % of the packets of a backup, seen at the sender.", { loss: 5, delay: 10 }, [
		expected("retransmissions", WEB_SERVER, "what was lost behind the capture is sent again"),
	]),
	{
		...bad("line-lost", "A line loses 5 % of the packets of a backup, seen behind it.", { loss: 5, delay: 10 }, [
			expected("retransmissions", WEB_SERVER, "what was lost before the capture comes late"),
		]),
		captured: "beyond",
	},
	{
		...bad("line-reorders", "Packets of a backup overtake each other.", { reorder: 20, delay: 10 }, [
			expected("out-of-order", WEB_SERVER, "segments come before those that were sent earlier"),
		]),
		captured: "beyond",
	},
	{
		name: "line-slow",
		shows: "A line takes 300 ms in each direction.",
		packages: WEB,
		findings: [expected("slow-round-trip", WEB_SERVER, "each handshake takes 600 ms")],
		async run(site) {
			const [pc, manager] = site.machines("pc", "manager");
			await nginx(site.office, site.beyond, [{ ports: PORTS }]);
			await site.line({ delay: 300 });
			for (const client of [pc, manager, pc]) await client.run("curl", [...CURL, `https://${BEYOND.branch}/`]);
		},
	},
	{
		name: "line-narrow",
		shows:
			"A tunnel behind the router takes packets of 1200 bytes at most; the sender is told, and goes on with smaller ones.",
		packages: WEB,
		findings: [expected("fragmentation-needed", WEB_SERVER, "the router says so by ICMP 3/4")],
		async run(site) {
			await nginx(site.office, site.beyond, [{ ports: PORTS }]);
			await site.router.run("ip", ["route", "add", BEYOND.branch, "dev", "eth1", "mtu", "lock", "1200"]);
			await upload(site);
		},
	},
	{
		name: "line-black-hole",
		shows: "A tunnel takes packets of 600 bytes at most and says nothing: the server's certificate never arrives.",
		packages: WEB,
		findings: [expected("tls-incomplete", WEB_SERVER, "the client's hello is acknowledged and never answered")],
		async run(site) {
			const [pc] = site.machines("pc");
			await nginx(site.office, site.beyond, [{ ports: PORTS }]);
			await site.rules(site.router, "forward", "iif eth1 ip length > 600 drop");
			for (let count = 0; count < 2; count++)
				await pc.attempt("curl", [...CURL, "--max-time", "5", `https://${BEYOND.branch}/`]);
		},
	},
	{
		name: "receiver-slow",
		shows: "A PC reads a backup more slowly than IP Office sends it.",
		packages: WEB,
		findings: [expected("zero-window", WEB_SERVER, "the PC says again and again that its buffer is full")],
		async run(site) {
			const [pc] = site.machines("pc");
			site.office.file("backup.zip", BACKUP);
			await nginx(site.office, site.beyond, [{ ports: PORTS, folder: site.office.folder }]);
			await site.setting(pc, "net/ipv4/tcp_rmem", "4096 8192 8192");
			const slowly = ["--limit-rate", "12k", "--max-time", "14"];
			await pc.run("curl", [...CURL, ...slowly, `https://${BEYOND.branch}/backup.zip`]);
		},
	},
	{
		name: "answer-lost",
		shows: "IP Office accepts connections, and its answer does not reach the PC.",
		packages: WEB,
		findings: [expected("half-open", WEB_SERVER, "SYN and SYN-ACK are repeated, and the third packet never comes")],
		async run(site) {
			const [pc] = site.machines("pc");
			await nginx(site.office, site.beyond, [{ ports: PORTS }]);
			await site.rules(pc, "input", "tcp sport 443 drop");
			for (let count = 0; count < 2; count++)
				await pc.attempt("curl", [...CURL, "--connect-timeout", "5", `https://${BEYOND.branch}/`]);
		},
	},
];

function bad(name: string, shows: string, line: Line, findings: Fault["findings"]): Fault {
	return {
		name,
		shows,
		packages: WEB,
		findings,
		async run(site) {
			await nginx(site.office, site.beyond, [{ ports: PORTS }]);
			await site.line(line);
			await upload(site);
		},
	};
}

async function upload(site: Site): Promise<void> {
	const [pc] = site.machines("pc");
	const backup = site.office.file("backup.zip", BACKUP);
	await pc.run("curl", [...CURL, "--http1.1", "--max-time", "12", "-T", backup, `https://${BEYOND.branch}/backup.zip`]);
}
