/** Names that cannot be resolved, and addresses that are not given. */
import { askForAddress, startDnsmasq } from "../../lab/plays/names.ts";
import { type Expected, expected, type Fault } from "../fault.ts";
import type { Site } from "../site.ts";

const CLIENT = "IPO-OUT-3";
const DHCP_SERVER = "IPO-IN-3";
/** The subscription's domain, which IP Office needs. */
const NEEDED = "admin.avaya-sub.com";
const DNSMASQ = ["dnsmasq-base", "bind9-dnsutils"];
const POOL = "--dhcp-range=10.77.4.50,10.77.4.50,255.255.0.0,1h";
/** A lease of another network that a phone brings along. */
const FOREIGN_LEASE = `lease {
  interface "eth0";
  fixed-address 192.0.2.77;
  option subnet-mask 255.255.255.0;
  renew 4 2098/01/01 00:00:00;
  rebind 4 2098/01/02 00:00:00;
  expire 4 2098/01/03 00:00:00;
}
`;

export const NAMES: readonly Fault[] = [
	{
		name: "dns-silent",
		shows: "The name server does not answer IP Office at all.",
		packages: DNSMASQ,
		findings: [expected("unanswered", CLIENT, "queries are repeated, and nothing comes back")],
		async run(site) {
			const [servers] = site.machines("servers");
			await site.rules(servers, "input", "udp dport 53 drop");
			for (let count = 0; count < 2; count++) await ask(site, NEEDED);
		},
	},
	{
		name: "dns-off",
		shows: "The name server's program is not running: its host answers IP Office by ICMP.",
		packages: DNSMASQ,
		findings: [expected("unreachable", CLIENT, "the host itself says that nobody listens: ICMP 3/3")],
		run: (site) => ask(site, NEEDED),
	},
	{
		name: "dns-fails",
		shows: "The name server cannot reach its own: SERVFAIL.",
		packages: ["unbound", "bind9-dnsutils"],
		findings: [expected("dns-failure", CLIENT, "SERVFAIL, whatever the name")],
		async run(site) {
			const [servers] = site.machines("servers");
			const config = site.office.file(
				"unbound.conf",
				`server:
  interface: ${servers.address}
  access-control: 10.77.0.0/16 allow
  username: ""
  chroot: ""
  directory: "${site.office.folder}"
  pidfile: ""
  use-syslog: no
  module-config: "iterator"
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@5399
remote-control:
  control-enable: no
`,
			);
			await servers.start("unbound", ["-d", "-c", config], { opens: ["udp/53"] });
			for (let count = 0; count < 2; count++) await ask(site, "mail.example.com");
		},
	},
	answered("dns-refuses", "The name server refuses to answer: REFUSED.", [], "mail.example.test", [
		expected("dns-failure", CLIENT, "REFUSED, whatever the name"),
	]),
	answered(
		"dns-name-missing",
		"The subscription's name does not exist for this name server.",
		["--local=/avaya-sub.com/"],
		NEEDED,
		[expected("dns-failure", CLIENT, "NXDOMAIN for a name that IP Office needs")],
	),
	answered("dns-typing-error", "A name that nobody needs does not exist.", ["--local=/test/"], "intranett.test", []),
	answered("dns-healthy", "Names are resolved.", [`--address=/avaya-sub.com/10.77.8.12`], NEEDED, []),
	{
		name: "dhcp-silent",
		shows: "A phone asks for an address, and there is no DHCP server.",
		packages: ["isc-dhcp-client"],
		findings: [expected("dhcp-no-offer", null, "DISCOVER is repeated, and there is no OFFER; no server tells the row")],
		async run(site) {
			const [phone] = site.machines("phone");
			const { code } = await askForAddress(site.office, phone, 30);
			if (code === 0) throw new Error("the phone has an address");
		},
	},
	{
		name: "dhcp-refuses",
		shows: "A phone brings an address of another network along, and IP Office refuses it.",
		packages: ["isc-dhcp-client", "dnsmasq-base"],
		findings: [expected("dhcp-refused", DHCP_SERVER, "DHCPNAK, before the phone gets another address")],
		run: (site) => lease(site, FOREIGN_LEASE),
	},
	{
		name: "dhcp-healthy",
		shows: "A phone gets its address from IP Office.",
		packages: ["isc-dhcp-client", "dnsmasq-base"],
		findings: [],
		run: (site) => lease(site, ""),
	},
];

async function lease(site: Site, leases: string): Promise<void> {
	const [phone, ipo] = site.machines("phone", "ipo");
	await startDnsmasq(site.office, ipo, [POOL, "--no-ping", "--port=0", "--dhcp-authoritative"]);
	const { code, stderr } = await askForAddress(site.office, phone, 15, leases);
	if (code !== 0) throw new Error(`dhclient: status ${code}: ${stderr}`);
}

function answered(
	name: string,
	shows: string,
	options: readonly string[],
	question: string,
	findings: readonly Expected[],
): Fault {
	return {
		name,
		shows,
		packages: DNSMASQ,
		findings,
		async run(site) {
			const [servers] = site.machines("servers");
			await startDnsmasq(site.office, servers, options);
			for (let count = 0; count < 2; count++) await ask(site, question);
		},
	};
}

async function ask(site: Site, name: string): Promise<void> {
	const [ipo, servers] = site.machines("ipo", "servers");
	// No cookie and no EDNS, as embedded resolvers ask.
	await ipo.attempt("dig", ["+tries=3", "+time=1", "+noedns", `@${servers.address}`, name]);
}
