/** One machine of the lab: its addresses, the programs that run on it, and an agent that speaks where no program does. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AgentProcess } from "./agent-process.ts";
import { attempt, type Result, type RunOptions, sleep, tail, until } from "./command.ts";
import type { Address } from "./network.ts";

const PORT_OPENS = 15_000;
const ENDS = 2_000;

/**
 * A host name of its own, and a private /run, /etc/hosts and /etc/resolv.conf in the mount namespace that
 * `ip netns exec` makes.
 */
const CONTAINED = [
	'hostname "$1" && shift',
	"mount -t tmpfs -o mode=755 lab /run",
	'mount --bind "$0/hosts" /etc/hosts',
	'mount --bind "$0/resolv.conf" /etc/resolv.conf',
	'exec "$@"',
].join(" && ");

export interface DaemonOptions {
	readonly env?: Readonly<Record<string, string>>;
	/** The ports that must be open before it counts as started, e.g. `tcp/443`. */
	readonly opens: readonly string[];
	/** Directories wanted in the private /run, with the user that owns each. */
	readonly run?: Readonly<Record<string, string>>;
}

export class Machine {
	readonly name: string;
	readonly namespace: string;
	readonly addresses: readonly Address[];
	readonly #folder: string;
	#daemons: Daemon[] = [];
	#agent: Promise<AgentProcess> | undefined;

	constructor(name: string, namespace: string, addresses: readonly Address[], folder: string) {
		this.name = name;
		this.namespace = namespace;
		this.addresses = addresses;
		this.#folder = folder;
	}

	/** The first IPv4 address. */
	get address(): string {
		return this.addresses.find(({ address }) => !address.includes(":"))!.address;
	}

	/** The first IPv6 address. */
	get address6(): string {
		return this.addresses.find(({ address }) => address.includes(":"))!.address;
	}

	/** Runs a command to its end; a status other than 0 is a result. */
	attempt(command: string, args: readonly string[], options?: RunOptions): Promise<Result> {
		return attempt("ip", this.#contained(command, args), options);
	}

	/** Runs a command that must succeed. @returns its standard output. */
	async run(command: string, args: readonly string[], options?: RunOptions): Promise<string> {
		const { code, stdout, stderr } = await this.attempt(command, args, options);
		if (code !== 0) throw new Error(`${command} on ${this.name}: status ${code}: ${tail(stderr || stdout)}`);
		return stdout;
	}

	/** Starts a program in the foreground and waits until its ports are open. {@link stop} ends it. */
	async start(command: string, args: readonly string[], options: DaemonOptions): Promise<void> {
		const made = Object.entries(options.run ?? {}).map(([path, user]) => `install -d -o ${user} ${path}`);
		const prepared = made.length > 0 ? ["sh", "-c", `${made.join(" && ")} && exec "$0" "$@"`, command] : [command];
		const [first, ...rest] = [...prepared, ...args];
		const daemon = new Daemon(command, this.#contained(first!, rest), options.env ?? {});
		this.#daemons.push(daemon);
		await until(`${command} on ${this.name} opens ${options.opens.join(", ")}`, PORT_OPENS, () => {
			if (daemon.ended) throw new Error(`${command} on ${this.name} ended: ${tail(daemon.said)}`);
			return options.opens.every((port) => daemon.hasOpen(port));
		}).catch((error: Error) => {
			throw new Error(`${error.message}\n${tail(daemon.said)}`);
		});
	}

	/** What the programs have written so far. */
	get said(): string {
		return this.#daemons.map(({ said }) => said).join("\n");
	}

	/** Ends the programs that were started. */
	async stop(): Promise<void> {
		const daemons = this.#daemons;
		this.#daemons = [];
		for (const daemon of daemons) daemon.signal("SIGTERM");
		await until("programs end", ENDS, () => daemons.every(({ ended }) => ended)).catch(() => undefined);
		for (const daemon of daemons) daemon.signal("SIGKILL");
		// The last packets are on their way.
		if (daemons.length > 0) await sleep(50);
	}

	/** The machine's agent, started when first asked for. */
	agent(): Promise<AgentProcess> {
		this.#agent ??= AgentProcess.start(this.namespace);
		return this.#agent;
	}

	/** Ends what runs, at once. */
	close(): void {
		for (const daemon of this.#daemons) daemon.signal("SIGKILL");
		this.#agent?.then(
			(agent) => agent.close(),
			() => undefined,
		);
	}

	#contained(command: string, args: readonly string[]): string[] {
		const inside = ["unshare", "--uts", "sh", "-c", CONTAINED, this.#folder, this.name];
		return ["netns", "exec", this.namespace, ...inside, command, ...args];
	}
}

/** A server program. */
class Daemon {
	readonly #process: ChildProcess;
	said = "";

	constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>>) {
		// A process group of its own, so that its children end with it.
		this.#process = spawn("ip", args, {
			stdio: ["ignore", "pipe", "pipe"],
			detached: true,
			env: { ...process.env, LC_ALL: "C", ...env },
		});
		for (const stream of [this.#process.stdout, this.#process.stderr]) {
			stream?.setEncoding("utf8").on("data", (text: string) => {
				this.said = (this.said + text).slice(-MAX_SAID);
			});
		}
		this.#process.on("error", (error) => {
			this.said += `${command}: ${error.message}`;
		});
	}

	get ended(): boolean {
		return this.#process.exitCode !== null || this.#process.signalCode !== null;
	}

	/** Whether a port, written `udp/53`, is open in the program's namespace. Asks the kernel: no packet is sent. */
	hasOpen(port: string): boolean {
		const [transport, number] = port.split("/") as ["tcp" | "udp", string];
		const local = Number(number).toString(16).toUpperCase().padStart(4, "0");
		const open = new RegExp(`^\\s*\\d+: [0-9A-F]+:${local} [0-9A-F:]+ ${OPEN_STATE[transport]} `, "m");
		return ["", "6"].some((version) => open.test(this.#sockets(`${transport}${version}`)));
	}

	#sockets(table: string): string {
		try {
			return readFileSync(join("/proc", String(this.#process.pid), "net", table), "utf8");
		} catch {
			return "";
		}
	}

	signal(name: NodeJS.Signals): void {
		try {
			process.kill(-this.#process.pid!, name);
		} catch {
			// The group has ended.
		}
	}
}

/** Socket states in /proc/net/tcp and udp: listening, and unconnected (proc_pid_net(5)). */
const OPEN_STATE = { tcp: "0A", udp: "07" } as const;
const MAX_SAID = 20_000;
