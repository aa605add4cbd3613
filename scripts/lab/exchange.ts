/** Services that no free program speaks: agents play them, in their published form where there is one. */
import { proprietary } from "../captures/payloads/services.ts";
import { Random } from "../captures/random.ts";
import { matched } from "../captures/truth.ts";
import type { MachineName, Office } from "./office.ts";
import type { Play } from "./play.ts";
import { answers, asks, type Turn } from "./tasks/dialogue.ts";
import type { LabFlow } from "./truth.ts";

export interface Exchange {
	readonly row: string;
	readonly peerRow?: string;
	readonly transport: "tcp" | "tls" | "udp";
	readonly port: number;
	readonly client: MachineName;
	readonly server: MachineName;
	readonly name: string;
	/** By default: bytes that no known protocol begins with. */
	readonly turns?: readonly Turn[];
	/** The client's port, where it is no ephemeral one. */
	readonly localPort?: number;
	readonly shows?: string;
}

/** A play that consists of such exchanges. */
export function exchanges(name: string, all: readonly Exchange[], loopback?: Play["loopback"]): Play {
	return {
		name,
		packages: [],
		rows: [...new Set(all.flatMap(({ row, peerRow }) => (peerRow ? [row, peerRow] : [row])))],
		...(loopback ? { loopback } : {}),
		async run(office) {
			const flows: LabFlow[] = [];
			for (const each of all) flows.push(await perform(office, each));
			return flows;
		},
	};
}

function perform(office: Office, { row, peerRow, name, client, server, turns, ...rest }: Exchange): Promise<LabFlow> {
	return office.talk({
		...rest,
		service: `${rest.transport} ${rest.port}: ${name}`,
		client: office.machine(client),
		server: office.machine(server),
		turns: turns ?? unpublished(name),
		verdict: matched(row, name, peerRow ? { peerRow } : {}),
	});
}

function unpublished(seed: string): Turn[] {
	const random = new Random(seed);
	return [30, 120, 12, 700].map((length, index) => (index % 2 === 0 ? asks : answers)(proprietary(random, length)));
}
