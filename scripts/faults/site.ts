/** The lab's office, and what lies behind its router: another IP Office and a provider, in one machine. */
import { fileURLToPath } from "node:url";
import { sleep, until } from "../lab/command.ts";
import type { Machine } from "../lab/machine.ts";
import type { Network } from "../lab/network.ts";
import { MACHINE_NAMES, type MachineName, Office } from "../lab/office.ts";
import type { Turn } from "../lab/tasks/dialogue.ts";
import type { Place } from "./fault.ts";

/** Behind the router: an IP Office of another site in a private network, and public addresses. */
export const BEYOND = {
	branch: "10.78.0.20",
	/** An IP Office that phones reach over the Internet. */
	hosted: "203.0.113.20",
	provider: "203.0.113.5",
} as const;
/** An IP Office there that is switched off: the router asks for it by ARP, in vain. */
export const OFF = "10.78.0.21";
/** The router's addresses there. */
const NEAR = [
	{ address: "10.78.0.1", prefix: 16 },
	{ address: "203.0.113.1", prefix: 24 },
];
const FAR = ["10.78.0.0/16", "203.0.113.0/24"];
export const PUBLIC = NEAR[1]!.address;

const LINE = fileURLToPath(new URL("line.py", import.meta.url));
const LINE_OPENS = 5_000;
const FLUSHES = 300;

/** What a bad line does to packets. */
export interface Line {
	/** Milliseconds that each packet takes. */
	readonly delay?: number;
	/** Milliseconds: each packet takes up to so many more. */
	readonly jitter?: number;
	/** Percentage of packets that are lost. */
	readonly loss?: number;
	/** Percentage of large packets that are overtaken by the next. */
	readonly reorder?: number;
}

export interface TalkOptions {
	readonly localAddress?: string;
	readonly localPort?: number;
	/** By default the server's first. */
	readonly address?: string;
	/** By default the server has a task that answers. */
	readonly answered?: true;
}

export class Site {
	readonly office: Office;
	readonly beyond: Machine;
	readonly #network: Network;

	private constructor(network: Network, office: Office, beyond: Machine) {
		this.#network = network;
		this.office = office;
		this.beyond = beyond;
	}

	static async open(network: Network): Promise<Site> {
		const office = await Office.open(network);
		const router = office.machine("router");
		const addresses = [BEYOND.branch, BEYOND.hosted, BEYOND.provider];
		const beyond = await network.behind(
			router,
			NEAR,
			"beyond",
			addresses.map((address) => ({ address, prefix: address.startsWith("10.") ? 16 : 24 })),
		);
		// The router itself is no gateway of its own.
		const near = MACHINE_NAMES.filter((name) => name !== "router").map((name) => office.machine(name));
		await Promise.all(near.map((machine) => machine.run("ip", ["-batch", "-"], { input: routesBy(router) })));
		return new Site(network, office, beyond);
	}

	get router(): Machine {
		return this.office.machine("router");
	}

	machines<Names extends readonly MachineName[]>(...names: Names): { [Index in keyof Names]: Machine } {
		return this.office.machines(...names);
	}

	/** What is given with `--host`: all that the site has. */
	get hosts(): Record<string, string[]> {
		const { hosts } = this.office;
		return { ...hosts, ipo: [...hosts.ipo!, BEYOND.branch, BEYOND.hosted, OFF] };
	}

	/** @returns the capture's path. */
	capture(place: Place): Promise<string> {
		if (place === "office") return this.#network.captureSwitch();
		if (place === "beyond") return this.#network.captureInterface(this.router, "eth1");
		if (place === "router") return this.#network.captureInterface(this.router, "any");
		return this.#network.captureInterface(this.office.machine("ipo"), "eth0", "in");
	}

	async endCapture(): Promise<void> {
		// What is on its way is captured, too.
		await sleep(FLUSHES);
		await this.#network.endCaptures();
	}

	/** Gives a machine rules of its packet filter, instead of those that it had (nft(8)). */
	async rules(machine: Machine, hook: "input" | "output" | "forward", ...rules: readonly string[]): Promise<void> {
		await this.chain(machine, `type filter hook ${hook} priority 0`, ...rules);
	}

	/** The same with a chain of any type. */
	async chain(machine: Machine, hook: string, ...rules: readonly string[]): Promise<void> {
		const input = `flush ruleset\ntable ip lab {\n chain lab {\n ${[hook, ...rules].join("\n ")}\n }\n}\n`;
		await machine.run("nft", ["-f", "-"], { input });
	}

	/** Makes the way to what is behind the router a bad line, in both directions, from now on. */
	async line(line: Line): Promise<void> {
		const { delay = 0, jitter = 0, loss = 0, reorder = 0 } = line;
		await this.router.start("python3", [LINE, ...[delay, jitter, loss, reorder].map(String)], { opens: [] });
		await until("the line is there", LINE_OPENS, () => this.router.said.includes("ready"));
		await this.router.run("sh", [
			"-ec",
			`ip link set line up
			ip route add default dev line table 9
			${FAR.map((net) => `ip rule add iif eth0 to ${net} lookup 9`).join("\n")}
			ip rule add iif eth1 lookup 9`,
		]);
	}

	/** Writes a setting of a machine's own kernel. @param path below /proc/sys */
	async setting(machine: Machine, path: string, value: string): Promise<void> {
		await machine.run("sh", ["-c", `echo '${value}' > /proc/sys/${path}`]);
	}

	/** Has a dialogue of given bytes between two machines' agents. */
	async talk(
		client: Machine,
		server: Machine,
		transport: "tcp" | "tls" | "udp",
		port: number,
		turns: readonly Turn[],
		options: TalkOptions = {},
	): Promise<void> {
		const place = { transport, address: options.address ?? server.address, port, turns };
		const serving = options.answered ? undefined : await server.agent();
		await serving?.do("serve", { ...place, certificate: this.office.certificate });
		const { localAddress = client.address, localPort = 0 } = options;
		const asking = await client.agent();
		const { failed } = await asking.do("converse", { ...place, localAddress, localPort });
		await serving?.do("release", undefined);
		if (failed) throw new Error(`${transport}/${port}: ${failed}`);
	}
}

function routesBy(router: Machine): string {
	return FAR.map((net) => `route add ${net} via ${router.address}\n`).join("");
}
