/** Tunnels and routes: strongSwan (IKEv2, RFC 7296), xl2tpd (L2TP, RFC 2661), BIRD (RIP, RFC 2453). */
import { matched, unknown } from "../../captures/truth.ts";
import { sleep, until } from "../command.ts";
import type { Machine } from "../machine.ts";
import { flow, type Office } from "../office.ts";
import type { Play } from "../play.ts";

const PLUGINS = "random nonce openssl aes sha1 sha2 hmac kdf gmp kernel-netlink socket-default vici";

export const ipsec: Play = {
	name: "ipsec",
	packages: ["strongswan-charon", "strongswan-swanctl", "libstrongswan-standard-plugins"],
	rows: ["IPO-OUT-14"],
	/** Main mode of IKEv1 stays on port 500; IKEv2 goes on to 4500 where a NAT may be (RFC 3948). */
	async run(office) {
		const [ipo, router] = office.machines("ipo", "router");
		for (const machine of [router, ipo]) await startCharon(office, machine, machine === ipo ? router : ipo);
		const initiate = (name: string) =>
			ipo.run("swanctl", ["--initiate", "--ike", name, "--timeout", "5", "--uri", vici(office, ipo)]);
		await initiate("first");
		await initiate("second");
		return [
			flow("IKEv1, and IKEv2's first exchange", ipo, router, "udp/500", matched("IPO-OUT-14", "IPsec"), {
				shows: "ike",
				clientPort: 500,
			}),
			flow("IKEv2 through a NAT", ipo, router, "udp/4500", unknown("no row lists 4500"), {
				shows: "ike",
				clientPort: 4500,
			}),
		];
	},
};

function vici(office: Office, machine: Machine): string {
	return `unix://${office.folder}/${machine.name}.vici`;
}

async function startCharon(office: Office, machine: Machine, peer: Machine): Promise<void> {
	const strongswan = office.file(
		`strongswan-${machine.name}.conf`,
		`charon {
	load = ${PLUGINS}
	install_routes = no
	plugins { vici { socket = ${vici(office, machine)} } }
	filelog { stderr { default = 1 } }
}
`,
	);
	const connection = (name: string, version: number, encapsulated: "yes" | "no") =>
		`${name} { version = ${version}; mobike = no; encap = ${encapsulated}
	local_addrs = ${machine.address}; remote_addrs = ${peer.address}
	local { auth = psk; id = ${machine.address} }
	remote { auth = psk; id = ${peer.address} } }`.replaceAll(";", "\n");
	const swanctl = office.file(
		`swanctl-${machine.name}.conf`,
		`connections {
${connection("first", 1, "no")}
${connection("second", 2, "yes")}
}
secrets { ike-lab {
	secret = "lab"
} }
`,
	);
	await machine.start("/usr/lib/ipsec/charon", [], {
		opens: ["udp/500", "udp/4500"],
		env: { STRONGSWAN_CONF: strongswan },
	});
	const load = () => machine.attempt("swanctl", ["--load-all", "--file", swanctl, "--uri", vici(office, machine)]);
	await until("charon takes its configuration", 5_000, async () => (await load()).code === 0);
}

export const l2tp: Play = {
	name: "l2tp",
	packages: ["xl2tpd"],
	rows: ["IPO-IN-13"],
	async run(office) {
		const [ipo, router] = office.machines("ipo", "router");
		const range = "ip range = 10.78.0.10-10.78.0.20\nlocal ip = 10.78.0.1";
		await startL2tp(office, ipo, `[lns default]\n${range}\nrequire authentication = no\n`);
		await startL2tp(office, router, `[lac office]\nlns = ${ipo.address}\nautodial = yes\n`);
		await until("the tunnel is up", 5_000, () => ipo.said.includes("Connection established to"));
		return [
			flow("L2TP tunnel", router, ipo, "udp/1701", matched("IPO-IN-13", "L2TP server"), {
				shows: "l2tp",
				clientPort: 1701,
			}),
		];
	},
};

function startL2tp(office: Office, machine: Machine, section: string): Promise<void> {
	const file = (kind: string, content = "") => office.file(`xl2tpd-${machine.name}.${kind}`, content);
	const config = file("conf", `[global]\nlisten-addr = ${machine.address}\nport = 1701\n${section}`);
	const files = ["-c", config, "-s", file("secrets"), "-p", file("pid"), "-C", file("control")];
	return machine.start("xl2tpd", ["-D", ...files], { opens: ["udp/1701"] });
}

export const rip: Play = {
	name: "rip",
	packages: ["bird2"],
	rows: ["IPO-IN-11", "IPO-OUT-16"],
	async run(office) {
		const [ipo, router] = office.machines("ipo", "router");
		// The router is there first, so that it answers IP Office's request.
		await startBird(office, router, 'protocol static { ipv4; route 10.99.0.0/16 via "eth0"; }');
		await startBird(office, ipo, "");
		await sleep(UPDATES);
		const both = { shows: "rip", clientPort: 520 };
		return [
			flow(
				"RIP: IP Office's updates",
				ipo,
				"224.0.0.9",
				"udp/520",
				matched("IPO-OUT-16", "multicast to neighbours"),
				both,
			),
			flow(
				"RIP: a router's updates",
				router,
				"224.0.0.9",
				"udp/520",
				unknown("neither end is a product: a router tells the group"),
				both,
			),
			flow(
				"RIP: a router answers IP Office",
				router,
				ipo,
				"udp/520",
				matched("IPO-IN-11", "routes from a neighbour"),
				both,
			),
		];
	},
};

/** Two of BIRD's shortest update intervals. */
const UPDATES = 2_500;

function startBird(office: Office, machine: Machine, more: string): Promise<void> {
	const config = office.file(
		`bird-${machine.name}.conf`,
		`router id ${machine.address};
protocol device { }
protocol rip { ipv4 { import all; export all; }; interface "eth0" { mode multicast; update time 1; timeout time 30; }; }
${more}
`,
	);
	return machine.start("bird", ["-f", "-c", config, "-s", `${office.folder}/bird-${machine.name}.ctl`], {
		opens: ["udp/520"],
	});
}
