/** Who is where: the machines of the office, its server room, its provider and the Internet beyond it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Verdict } from "../captures/truth.ts";
import { type CertificatePaths, makeCertificate, pathsOf } from "./certificate.ts";
import { until } from "./command.ts";
import type { Machine } from "./machine.ts";
import type { Network } from "./network.ts";
import type { Certificate, Turn } from "./tasks/dialogue.ts";
import { endText, type LabFlow } from "./truth.ts";

/** Machines by name: their last address parts (10.77.x.y and fd77::x:y), and the products that they run. */
const MACHINES = {
	ipo: { at: [[0, 10]], products: ["ipo"] },
	branch: { at: [[0, 20]], products: ["ipo"] },
	vmpro: { at: [[0, 11]], products: ["vmpro"] },
	onex: { at: [[0, 12]], products: ["onex"] },
	standby: { at: [[0, 13]], products: ["onex"] },
	mm: { at: [[0, 14]], products: ["mm"] },
	com: { at: [[0, 15]], products: ["com"] },
	/** A Server Edition: several products on one host. */
	edition: { at: [[0, 30]], products: ["ipo", "vmpro", "onex"] },
	manager: { at: [[1, 20]] },
	pc: { at: [[1, 30]] },
	phone: { at: [[1, 101]] },
	softphone: { at: [[1, 102]] },
	/** The server room: mail, directory, logs, time, names. */
	servers: { at: [[2, 5]] },
	router: { at: [[0, 1]] },
	provider: { at: [[9, 5]] },
	/** One address for each service out there. */
	internet: { at: [10, 11, 12, 13, 14, 15, 16, 17].map((last) => [8, last]) },
} as const satisfies Record<
	string,
	{ at: readonly (readonly [number, number])[] | number[][]; products?: readonly string[] }
>;

export type MachineName = keyof typeof MACHINES;

export const MACHINE_NAMES = Object.keys(MACHINES) as readonly MachineName[];

/** Names on the Internet. */
export const INTERNET = {
	"scep.example.test": "10.77.8.10",
	"spaces.avayacloud.com": "10.77.8.11",
	"admin.avaya-sub.com": "10.77.8.12",
	"storage.googleapis.com": "10.77.8.13",
	"www.googleapis.com": "10.77.8.14",
	"outlook.office365.com": "10.77.8.15",
	"www.example.test": "10.77.8.16",
	"stun.example.test": "10.77.8.17",
} as const;

/** An address of the office that nobody has: the switch carries what is sent to it, and nothing comes back. */
export const NOBODY = "10.77.0.99";
const NOBODYS_MAC = "02:00:00:00:00:99";

export interface TalkOptions {
	readonly service: string;
	readonly client: Machine;
	readonly server: Machine;
	readonly transport: "tcp" | "tls" | "udp";
	readonly port: number;
	readonly turns: readonly Turn[];
	readonly verdict: Verdict;
	/** The client's port; by default the kernel chooses. */
	readonly localPort?: number;
	/** Name for TLS's server name indication. */
	readonly serverName?: string;
	readonly shows?: string;
	readonly finding?: string;
	/** Whether a program answers, so that no port is opened for this talk. */
	readonly answered?: true;
	readonly ipv6?: true;
	/** Why the connection does not come about: nobody listens (a reset answers), or nothing answers at all. */
	readonly fails?: "ECONNREFUSED" | "ETIMEDOUT";
	/** Where it goes to, other than the server's address. */
	readonly address?: string;
}

/** A dialogue that is under way. */
export interface Talking {
	/** Plays it to its end. */
	end(): Promise<LabFlow>;
}

const BEGINS = 10_000;
/** File name of the lab's own certificate. */
const LAB = "lab";

export class Office {
	/** Temporary folder of the run. */
	readonly folder: string;
	readonly certificate: Certificate;
	readonly #machines: ReadonlyMap<MachineName, Machine>;

	private constructor(folder: string, certificate: Certificate, machines: ReadonlyMap<MachineName, Machine>) {
		this.folder = folder;
		this.certificate = certificate;
		this.#machines = machines;
	}

	/** @param more further ip(8) commands for each machine. */
	static async open(network: Network, more: readonly string[] = []): Promise<Office> {
		await network.open({ ...INTERNET, ...namesOfMachines() });
		const neighbour = `neigh add ${NOBODY} lladdr ${NOBODYS_MAC} dev eth0 nud permanent`;
		const machines = await Promise.all(
			MACHINE_NAMES.map(
				async (name) => [name, await network.machine(name, addressesOf(name), [neighbour, ...more])] as const,
			),
		);
		const paths = await makeCertificate(network.folder, LAB, ["lab.test", "*.lab.test"]);
		const certificate = { cert: readFileSync(paths.cert, "utf8"), key: readFileSync(paths.key, "utf8") };
		return new Office(network.folder, certificate, new Map(machines));
	}

	machine(name: MachineName): Machine {
		return this.#machines.get(name)!;
	}

	/** Several machines at once. */
	machines<Names extends readonly MachineName[]>(...names: Names): { [Index in keyof Names]: Machine } {
		return names.map((name) => this.machine(name)) as { [Index in keyof Names]: Machine };
	}

	/** Ends the programs of all machines. */
	async stop(): Promise<void> {
		await Promise.all([...this.#machines.values()].map((machine) => machine.stop()));
	}

	/** Addresses of the machines that run a product, by product: what is given with `--host`. */
	get hosts(): Record<string, string[]> {
		const hosts: Record<string, string[]> = {};
		for (const [name, machine] of Object.entries(MACHINES)) {
			for (const product of "products" in machine ? machine.products : []) {
				hosts[product] ??= [];
				hosts[product]!.push(...addressesOf(name as MachineName).map(({ address }) => address));
			}
		}
		return hosts;
	}

	/** Writes a file into the temporary folder, for programs' configurations. @returns its path. */
	file(name: string, content: string | Uint8Array): string {
		const path = join(this.folder, name);
		writeFileSync(path, content);
		return path;
	}

	/** Paths of the lab's own certificate and its key. */
	get certificatePaths(): CertificatePaths {
		return pathsOf(this.folder, LAB);
	}

	/** Makes a self-signed certificate. @param names for its subject (the first) and its alternative names (all). */
	makeCertificate(file: string, names: readonly string[]): Promise<CertificatePaths> {
		return makeCertificate(this.folder, file, names);
	}

	/** Plays a dialogue between two machines' agents. */
	async talk(options: TalkOptions): Promise<LabFlow> {
		return (await this.#open(options)).end();
	}

	/** Plays a dialogue up to the turn that waits. */
	async begin(options: TalkOptions): Promise<Talking> {
		const talking = await this.#open(options);
		const waits = options.turns.find((turn) => turn.waits)!;
		const agent = await options[waits.from].agent();
		await until(`${options.service} waits`, BEGINS, async () => (await agent.do("countPaused", undefined)) > 0);
		return {
			end: async () => {
				await agent.do("goOn", undefined);
				return talking.end();
			},
		};
	}

	async #open(options: TalkOptions): Promise<Talking> {
		const { client, server, transport, port, turns, serverName, ipv6 } = options;
		const address = options.address ?? (ipv6 ? server.address6 : server.address);
		const localAddress = ipv6 ? client.address6 : client.address;
		const place = { transport, address, port, turns };
		const serving = options.answered || options.fails ? undefined : await server.agent();
		await serving?.do("serve", { ...place, certificate: this.certificate });
		const asking = await client.agent();
		const local = { localAddress, localPort: options.localPort ?? 0 };
		const talk = asking.do("converse", { ...place, ...local, ...(serverName ? { serverName } : {}) });
		// Until the end is awaited, a failure waits too.
		talk.catch(() => {});
		return {
			end: async () => {
				const { localPort, failed } = await talk;
				await serving?.do("release", undefined);
				if (failed !== (options.fails ?? null)) throw new Error(`${options.service}: ${failed ?? "it was answered"}`);
				// A connection that failed has lost its port.
				return declare(options, endText(localAddress, localPort || "*"), endText(address, port));
			},
		};
	}
}

/** What a talk's flow is, by its options. */
function declare(options: TalkOptions, client: string, server: string): LabFlow {
	const { service, transport, verdict, shows, finding } = options;
	return {
		service,
		transport: transport === "udp" ? "udp" : "tcp",
		client,
		server,
		...verdict,
		...(shows ? { shows } : transport === "tls" ? { shows: "tls" } : {}),
		...(finding ? { finding } : {}),
	};
}

/** A flow between a client program, whose port the kernel chose, and a server. @param port e.g. `tcp/443` */
export function flow(
	service: string,
	client: Machine | string,
	server: Machine | string,
	port: string,
	verdict: Verdict,
	details: { readonly shows?: string; readonly finding?: string; readonly clientPort?: number } = {},
): LabFlow {
	const [transport, number] = port.split("/") as ["tcp" | "udp", string];
	const { clientPort, ...rest } = details;
	const address = (end: Machine | string) => (typeof end === "string" ? end : end.address);
	return {
		service,
		transport,
		client: endText(address(client), clientPort ?? "*"),
		server: endText(address(server), Number(number)),
		...verdict,
		...rest,
	};
}

/** The first address of a machine. */
export function addressOf(name: MachineName): string {
	return addressesOf(name)[0]!.address;
}

function addressesOf(name: MachineName): { address: string; prefix: number }[] {
	return MACHINES[name].at.flatMap(([net, last]) => [
		{ address: `10.77.${net}.${last}`, prefix: 16 },
		{ address: net === 0 ? `fd77::${last}` : `fd77::${net}:${last}`, prefix: 64 },
	]);
}

function namesOfMachines(): Record<string, string> {
	return Object.fromEntries(MACHINE_NAMES.map((name) => [`${name}.lab.test`, addressOf(name)]));
}
