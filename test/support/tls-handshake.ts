/** Handshakes of a real TLS stack over loopback, as the bytes that each side sent. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import {
	type ConnectionOptions,
	connect as connectTls,
	createServer as createTlsServer,
	type TlsOptions,
} from "node:tls";

export interface Handshake {
	readonly client: Uint8Array;
	readonly server: Uint8Array;
	/** What was sent, in the order in which the relay passed it on. */
	readonly turns: readonly { readonly side: "client" | "server"; readonly bytes: Uint8Array }[];
}

/**
 * Runs one connection through a relay that writes down what passes. A handshake that fails is an answer too.
 * @param session one that the client took from an earlier connection
 */
export async function handshake(
	serverOptions: TlsOptions,
	clientOptions: ConnectionOptions,
	onClient: (session: Buffer) => void = () => {},
): Promise<Handshake> {
	const server = createTlsServer(serverOptions, (socket) => socket.end("x")).on("tlsClientError", () => {});
	await once(server.listen(0, "127.0.0.1"), "listening");
	const turns: { side: "client" | "server"; bytes: Buffer }[] = [];
	const relay = createServer((near) => {
		const far = connect((server.address() as AddressInfo).port, "127.0.0.1");
		pipe(near, far, (bytes) => turns.push({ side: "client", bytes }));
		pipe(far, near, (bytes) => turns.push({ side: "server", bytes }));
	});
	await once(relay.listen(0, "127.0.0.1"), "listening");
	const port = (relay.address() as AddressInfo).port;
	const client = connectTls({ host: "127.0.0.1", port, rejectUnauthorized: false, ...clientOptions });
	client
		.on("error", () => {})
		.on("session", onClient)
		.resume();
	await new Promise((closed) => client.on("close", closed));
	relay.close();
	server.close();
	const sentBy = (side: string) => Buffer.concat(turns.filter((turn) => turn.side === side).map(({ bytes }) => bytes));
	return { client: sentBy("client"), server: sentBy("server"), turns };
}

function pipe(from: Socket, to: Socket, write: (bytes: Buffer) => void): void {
	from
		.on("data", (bytes) => {
			write(bytes);
			to.write(bytes);
		})
		.on("end", () => to.end())
		.on("error", () => to.destroy());
}
