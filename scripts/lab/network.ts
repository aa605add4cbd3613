/**
 * A switch and the machines on it: network namespaces, joined by veth pairs to one bridge in a namespace of its own
 * (ip-netns(8), veth(4)). Nothing leads out of them: no machine has a default route, and the host is not on the bridge.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { attempt, run, tail, until } from "./command.ts";
import { Live, type LiveReport } from "./live.ts";
import { Machine } from "./machine.ts";

const SWITCH = "switch";
const BRIDGE = "br0";
const CAPTURE_START = 5_000;
/** No router is looked for, and every user may open every port, as the daemons' own users do. */
const MACHINE_SETTINGS = [
	"echo 0 > /proc/sys/net/ipv6/conf/default/accept_ra",
	"echo 0 > /proc/sys/net/ipv6/conf/default/router_solicitations",
	"echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start",
].join(" && ");

export interface Address {
	readonly address: string;
	readonly prefix: number;
}

export class Network {
	readonly folder: string;
	readonly #prefix: string;
	readonly #machines: Machine[] = [];
	readonly #captures: { process: ChildProcess; file: string }[] = [];
	readonly #live: Live[] = [];
	readonly #namespaces: string[] = [];
	#ports = 0;
	#closed = false;

	/** @param folder temporary folder: captures, and the machines' name files. */
	constructor(folder: string) {
		this.folder = folder;
		this.#prefix = `flowlab${process.pid}`;
	}

	async open(names: Readonly<Record<string, string>>): Promise<void> {
		// What every machine sees as /etc/hosts and /etc/resolv.conf: a name server that no route leads to.
		const hosts = Object.entries(names).map(([name, address]) => `${address} ${name}`);
		writeFileSync(join(this.folder, "hosts"), `127.0.0.1 localhost\n${hosts.join("\n")}\n`);
		writeFileSync(join(this.folder, "resolv.conf"), "nameserver 192.0.2.53\noptions timeout:1 attempts:1\n");
		const namespace = await this.#namespace(SWITCH);
		await this.#inside(namespace, "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6");
		await this.#inside(namespace, "echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6");
		await run("ip", ["-n", namespace, "link", "add", BRIDGE, "type", "bridge"]);
		await run("ip", ["-n", namespace, "link", "set", BRIDGE, "up"]);
	}

	/** Plugs a machine in. @param more further ip(8) commands for it. */
	async machine(name: string, addresses: readonly Address[], more: readonly string[]): Promise<Machine> {
		const namespace = await this.#namespace(name);
		const bridge = this.#name(SWITCH);
		const port = `p${this.#ports++}`;
		await this.#inside(namespace, MACHINE_SETTINGS);
		await this.#batch(bridge, [
			`link add ${port} type veth peer name eth0 netns ${namespace}`,
			`link set ${port} master ${BRIDGE} up`,
		]);
		await this.#batch(namespace, [
			...addresses.map(({ address, prefix }) =>
				address.includes(":")
					? `addr add ${address}/${prefix} dev eth0 nodad`
					: `addr add ${address}/${prefix} brd + dev eth0`,
			),
			"link set lo up",
			"link set eth0 up",
			"route add multicast 224.0.0.0/4 dev eth0",
			"route add 255.255.255.255 dev eth0",
			...more,
		]);
		return this.#add(name, namespace, addresses);
	}

	/**
	 * Plugs a machine into another one's second interface, `eth1`, as what lies behind a router.
	 * @param near the router's own addresses there; the first is the machine's gateway.
	 */
	async behind(
		router: Machine,
		near: readonly Address[],
		name: string,
		addresses: readonly Address[],
	): Promise<Machine> {
		const namespace = await this.#namespace(name);
		await this.#inside(namespace, MACHINE_SETTINGS);
		const own = (all: readonly Address[], device: string) =>
			all.map(({ address, prefix }) => `addr add ${address}/${prefix} brd + dev ${device}`);
		await this.#batch(router.namespace, [
			`link add eth1 type veth peer name eth0 netns ${namespace}`,
			...own(near, "eth1"),
			"link set eth1 up",
		]);
		await this.#inside(router.namespace, "echo 1 > /proc/sys/net/ipv4/ip_forward");
		await this.#batch(namespace, [
			...own(addresses, "eth0"),
			"link set lo up",
			"link set eth0 up",
			`route add default via ${near[0]!.address}`,
		]);
		return this.#add(name, namespace, addresses);
	}

	#add(name: string, namespace: string, addresses: readonly Address[]): Machine {
		const machine = new Machine(name, namespace, addresses, this.folder);
		this.#machines.push(machine);
		return machine;
	}

	/** Captures all that crosses the switch. @returns the capture's path. */
	captureSwitch(): Promise<string> {
		return this.#capture(this.#name(SWITCH), BRIDGE, "switch");
	}

	/** Has flowmatrix capture live what crosses the switch, beside the file. @param hosts given to it, by product. */
	async captureLive(backEnd: string, hosts: Readonly<Record<string, readonly string[]>>): Promise<void> {
		this.#live.push(await Live.start(this.#name(SWITCH), BRIDGE, backEnd, hosts));
	}

	/** Ends them. @returns what each said, by back end. */
	async endLive(): Promise<ReadonlyMap<string, LiveReport>> {
		const reports = await Promise.all(this.#live.map(async (live) => [live.backEnd, await live.end()] as const));
		return new Map(reports);
	}

	/** Captures what a machine says to itself, which crosses no switch. */
	captureLoopback(machine: Machine): Promise<string> {
		return this.#capture(machine.namespace, "lo", `${machine.name}-loopback`);
	}

	/** Captures one of a machine's interfaces. @param direction what is captured; by default both. */
	captureInterface(machine: Machine, device: string, direction: "in" | "inout" = "inout"): Promise<string> {
		return this.#capture(machine.namespace, device, `${machine.name}-${device}`, ["-Q", direction]);
	}

	async #capture(namespace: string, device: string, name: string, how: readonly string[] = []): Promise<string> {
		const file = join(this.folder, `${name}.pcap`);
		const settings = ["-n", "-U", "--immediate-mode", "-B", "32768", "-Z", "root", ...how];
		const args = ["tcpdump", "-i", device, ...settings, "-w", file];
		const child = spawn("ip", ["netns", "exec", namespace, ...args], { stdio: ["ignore", "ignore", "pipe"] });
		let said = "";
		child.stderr.setEncoding("utf8").on("data", (text: string) => {
			said += text;
		});
		this.#captures.push({ process: child, file });
		await until(`tcpdump on ${device}`, CAPTURE_START, () => {
			if (child.exitCode !== null) throw new Error(`tcpdump on ${device}: ${tail(said)}`);
			return said.includes("listening on");
		});
		return file;
	}

	/** Ends the captures. tcpdump writes what it still holds. */
	async endCaptures(): Promise<void> {
		for (const { process: child } of this.#captures) child.kill("SIGINT");
		await until("tcpdump ends", CAPTURE_START, () =>
			this.#captures.every(({ process: child }) => child.exitCode !== null || child.signalCode !== null),
		);
	}

	/** Ends every process inside and removes the namespaces. Never throws: it runs after failures too. */
	async close(): Promise<void> {
		this.#closed = true;
		for (const machine of this.#machines) machine.close();
		await Promise.all(this.#namespaces.map(endProcesses));
		await Promise.allSettled(this.#namespaces.map((namespace) => attempt("ip", ["netns", "delete", namespace])));
	}

	async #namespace(name: string): Promise<string> {
		// An interrupted run must not leave behind what it was about to make.
		if (this.#closed) throw new Error("the network is closed");
		const namespace = this.#name(name);
		this.#namespaces.push(namespace);
		await run("ip", ["netns", "add", namespace]);
		return namespace;
	}

	#name(name: string): string {
		return `${this.#prefix}-${name}`;
	}

	#inside(namespace: string, script: string): Promise<string> {
		return run("ip", ["netns", "exec", namespace, "sh", "-c", script]);
	}

	#batch(namespace: string, commands: readonly string[]): Promise<string> {
		return run("ip", ["-n", namespace, "-batch", "-"], { input: `${commands.join("\n")}\n` });
	}
}

async function endProcesses(namespace: string): Promise<void> {
	const pids = await attempt("ip", ["netns", "pids", namespace]).catch(() => undefined);
	for (const pid of (pids?.stdout ?? "").split("\n").filter(Boolean)) endProcess(Number(pid));
}

function endProcess(pid: number): void {
	try {
		process.kill(pid, "SIGKILL");
	} catch {
		// It has ended by itself.
	}
}
