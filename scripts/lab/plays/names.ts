/** Names and addresses: dnsmasq as DNS relay, DHCP and BOOTP server; dig, dhclient and small clients of the lab. */
import { hex } from "../../captures/bytes.ts";
import { dhcp } from "../../captures/payloads/services.ts";
import { matched, unknown } from "../../captures/truth.ts";
import type { Result } from "../command.ts";
import type { Machine } from "../machine.ts";
import { flow, type Office } from "../office.ts";
import type { Play } from "../play.ts";
import { anything, asks } from "../tasks/dialogue.ts";
import type { LabFlow } from "../truth.ts";

const PHONE_LEASE = "10.77.4.50";
/** What a system gives as its own in DHCP and BOOTP. */
const HARDWARE = "00:e0:07:00:00:01";
/** A phone behind the relay. */
const FAR_PHONE = "00:1b:4f:00:00:09";
const FAR_LEASE = "10.77.4.60";
const BROADCAST = "255.255.255.255";
const DHCP_DISCOVER = 1;
const DHCP_REQUEST = 3;

export const names: Play = {
	name: "names",
	packages: ["dnsmasq-base", "bind9-dnsutils"],
	rows: ["IPO-IN-2", "IPO-OUT-3"],
	/** IP Office relays to the server room's DNS; asking it by TCP too. */
	async run(office) {
		const [ipo, phone, pc, servers] = office.machines("ipo", "phone", "pc", "servers");
		await startDnsmasq(office, servers, ["--address=/lab.test/10.77.2.80"]);
		await startDnsmasq(office, ipo, [`--server=${servers.address}`, "--cache-size=0"]);
		const ask = (machine: Machine, to: Machine, ...more: string[]) =>
			machine.run("dig", ["+tries=1", "+time=3", "+short", ...more, `@${to.address}`, "mail.lab.test"]);
		await ask(phone, ipo);
		await ask(pc, ipo, "+tcp");
		await ask(pc, servers);
		return [
			flow("DNS: a phone asks IP Office", phone, ipo, "udp/53", matched("IPO-IN-2", "DNS relay"), { shows: "dns" }),
			flow("DNS by TCP: a PC asks IP Office", pc, ipo, "tcp/53", matched("IPO-IN-2", "DNS relay"), { shows: "dns" }),
			flow("DNS by TCP: IP Office relays", ipo, servers, "tcp/53", unknown("IPO-OUT-3 is UDP only"), { shows: "dns" }),
			flow("DNS: IP Office relays", ipo, servers, "udp/53", matched("IPO-OUT-3", "DNS client"), { shows: "dns" }),
			flow("DNS: a PC asks a server", pc, servers, "udp/53", unknown("no product"), { shows: "dns" }),
		];
	},
};

export const addresses: Play = {
	name: "addresses",
	packages: ["dnsmasq-base", "isc-dhcp-client"],
	rows: ["IPO-IN-3", "IPO-IN-4", "IPO-OUT-4", "IPO-OUT-5"],
	async run(office) {
		const [ipo, servers, manager, phone, branch] = office.machines("ipo", "servers", "manager", "phone", "branch");
		const serve = (machine: Machine, range: string, ...more: string[]) =>
			startDnsmasq(office, machine, [`--dhcp-range=${range},255.255.0.0,1h`, "--no-ping", "--port=0", ...more]);
		const reserve = (machine: Machine) => `--dhcp-host=${HARDWARE},${machine.address}`;
		await serve(ipo, `${PHONE_LEASE},${PHONE_LEASE}`, reserve(branch), `--dhcp-host=${FAR_PHONE},${FAR_LEASE}`);
		const flows = [
			...(await lease(office, phone, ipo)),
			await bootp(office, branch, ipo, "IPO-IN-4", "IPO-OUT-5"),
			await relayed(office),
		];
		await ipo.stop();
		await serve(servers, "10.77.0.0,static", reserve(ipo), "--dhcp-authoritative");
		await serve(manager, "10.77.0.0,static", reserve(ipo));
		return [...flows, await renewal(office, ipo, servers), await bootp(office, ipo, manager, "IPO-OUT-5")];
	},
};

/**
 * A phone without address asks by broadcast (RFC 2131, 3.1).
 * @param leases what it remembers, in dhclient.leases(5)'s words.
 */
export async function askForAddress(office: Office, phone: Machine, seconds = 8, leases = ""): Promise<Result> {
	const known = office.file("dhclient.leases", leases);
	const config = office.file("dhclient.conf", `send vendor-class-identifier "ccp.avaya.com";\ntimeout ${seconds};\n`);
	const files = ["-cf", config, "-lf", known, "-pf", `${office.folder}/dhclient.pid`];
	// The script that would set the address is `true`: the machine keeps the one it has.
	return phone.attempt("dhclient", ["-4", "-1", ...files, "-sf", "/bin/true", "eth0"], {
		timeout: (seconds + 8) * 1_000,
	});
}

async function lease(office: Office, phone: Machine, ipo: Machine): Promise<LabFlow[]> {
	const { code, stderr } = await askForAddress(office, phone);
	if (code !== 0) throw new Error(`dhclient: status ${code}: ${stderr}`);
	const verdict = matched("IPO-IN-3", "DHCP server for phones");
	const details = { shows: "dhcp", clientPort: 68 };
	return [
		flow("DHCP: a phone's broadcasts", "0.0.0.0", BROADCAST, "udp/67", verdict, details),
		flow("DHCP: IP Office's answers", PHONE_LEASE, ipo, "udp/67", verdict, details),
	];
}

/** A client that has its address asks the server itself (RFC 2131, 4.3.2: RENEWING). */
function renewal(office: Office, ipo: Machine, servers: Machine): Promise<LabFlow> {
	const request = dhcp(1, hex(HARDWARE), DHCP_REQUEST);
	// `ciaddr`: the address that the client has.
	request.set(ipo.address.split(".").map(Number), 12);
	return office.talk({
		service: "DHCP: IP Office renews its lease",
		client: ipo,
		server: servers,
		transport: "udp",
		port: 67,
		localPort: 68,
		turns: [asks(request), anything],
		verdict: matched("IPO-OUT-4", "DHCP client"),
		shows: "dhcp",
		answered: true,
	});
}

/** A relay agent hands on what clients of another network ask (RFC 2131, 4.1): both ports are the server's. */
function relayed(office: Office): Promise<LabFlow> {
	const [client, server] = office.machines("router", "ipo");
	const discover = dhcp(1, hex(FAR_PHONE), DHCP_DISCOVER);
	// `giaddr`: the relay's own address.
	discover.set(client.address.split(".").map(Number), 24);
	return office.talk({
		service: "DHCP: a relay asks IP Office",
		client,
		server,
		transport: "udp",
		port: 67,
		localPort: 67,
		turns: [asks(discover), anything],
		verdict: matched("IPO-IN-3", "DHCP server for another network"),
		shows: "dhcp",
		answered: true,
	});
}

function bootp(office: Office, client: Machine, server: Machine, row: string, peerRow?: string): Promise<LabFlow> {
	const request = dhcp(1, hex(HARDWARE), undefined);
	request.set(client.address.split(".").map(Number), 12);
	return office.talk({
		service: `BOOTP: ${client.name} asks ${server.name}`,
		client,
		server,
		transport: "udp",
		port: 67,
		localPort: 68,
		turns: [asks(request), anything],
		verdict: matched(row, "BOOTP, without option 53", peerRow ? { peerRow } : {}),
		shows: "bootp",
		answered: true,
	});
}

/** @param options `--port=0` for DHCP and BOOTP alone. */
export function startDnsmasq(office: Office, machine: Machine, options: readonly string[]): Promise<void> {
	const opens = options.includes("--port=0") ? ["udp/67"] : ["udp/53", "tcp/53"];
	const own = [
		"--keep-in-foreground",
		"--conf-file=/dev/null",
		"--no-resolv",
		"--no-hosts",
		"--user=root",
		"--group=root",
	];
	const files = [`--dhcp-leasefile=${office.folder}/dnsmasq-${machine.name}.leases`, "--pid-file="];
	return machine.start("dnsmasq", [...own, ...files, "--log-facility=-", ...options], { opens });
}
