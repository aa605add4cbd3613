import { Labels } from "../../src/label/labels.ts";
import { loadMatrix } from "../../src/matrix/load.ts";
import { matrixOfRelease } from "../../src/matrix/release.ts";
import type { Matrix } from "../../src/matrix/types.ts";
import { analyse } from "./analyse.ts";
import { FLAGS, segment } from "./frames.ts";
import { clientHelloBody, handshakeRecord, message, serverHelloBody, serverName } from "./hello.ts";
import type { Packet, Part } from "./packet-builder.ts";

const IP_OFFICE = await loadMatrix();

export interface Known {
	/** Hosts that the user names; without any, they are inferred. */
	readonly hosts?: { product: string; address: string }[];
	readonly release?: string;
	readonly matrix?: Matrix;
}

/** The labels of a capture's flows. */
export function labelsOf(packets: readonly Packet[], { hosts = [], release, matrix = IP_OFFICE }: Known = {}) {
	const engine = analyse(packets);
	engine.finish();
	const { store } = engine.table;
	const options = { hosts, infer: hosts.length === 0 };
	const labels =
		release === undefined
			? new Labels(store, engine.sessions, matrix, options)
			: new Labels(store, engine.sessions, matrixOfRelease(matrix, release), options, matrix);
	return { labels, store, sessions: engine.sessions };
}

/** A connection whose server accepts it; what each side then says in turn, the client first. */
export function connection(client: string, server: string, ...said: (Uint8Array | string)[]): Part[] {
	const next = [1, 1];
	const packets = [
		segment(client, server, { flags: FLAGS.syn, sequence: 100 }),
		segment(server, client, { flags: FLAGS.syn | FLAGS.ack, sequence: 500, acknowledgement: 101 }),
		segment(client, server, { flags: FLAGS.ack, sequence: 101, acknowledgement: 501 }),
	];
	for (const [turn, bytes] of said.entries()) {
		const side = turn & 1;
		const [from, to] = side === 0 ? [client, server] : [server, client];
		const numbers = [100 + next[0]!, 500 + next[1]!];
		const options = { flags: FLAGS.ack, sequence: numbers[side]!, acknowledgement: numbers[1 - side]! };
		packets.push(segment(from, to, options, bytes));
		next[side]! += bytes.length;
	}
	return packets;
}

/** A TLS client's first record. @param name the server's, where the client says it */
export function hello(name?: string): Uint8Array {
	const extensions = name === undefined ? [] : [serverName(name)];
	return handshakeRecord(message(1, clientHelloBody({ extensions })));
}

export const SERVER_HELLO = handshakeRecord(message(2, serverHelloBody()));

export function tls(client: string, server: string, name?: string): Part[] {
	return connection(client, server, hello(name), SERVER_HELLO);
}
