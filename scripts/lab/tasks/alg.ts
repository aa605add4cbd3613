/** A router's SIP inspection (application layer gateway): passes SIP on over UDP, with other addresses inside. */
import { createSocket, type Socket } from "node:dgram";

export interface AlgArgument {
	/** The router's address on each side. */
	readonly inside: string;
	readonly outside: string;
	/** Who is called. */
	readonly server: string;
	/** Whether it forgets the session description, as simple ones do. */
	readonly headersOnly: boolean;
}

const PORT = 5060;

let sockets: Socket[] = [];

/** Stands between one client inside and the server, until {@link releaseAlg}. */
export async function serveAlg({ inside, outside, server, headersOnly }: AlgArgument): Promise<void> {
	const near = await opened(inside);
	const far = await opened(outside);
	sockets = [near, far];
	let client = { address: "", port: 0 };
	near.on("message", (message, from) => {
		client = from;
		far.send(rewritten(message, client.address, outside, headersOnly), PORT, server);
	});
	far.on("message", (message) => {
		near.send(rewritten(message, outside, client.address, headersOnly), client.port, client.address);
	});
}

export async function releaseAlg(): Promise<void> {
	for (const socket of sockets) socket.close();
	sockets = [];
}

function rewritten(message: Buffer, from: string, to: string, headersOnly: boolean): Buffer {
	const [headers, ...rest] = message.toString("latin1").split("\r\n\r\n");
	const body = rest.join("\r\n\r\n");
	const newBody = headersOnly ? body : body.replaceAll(from, to);
	const newHeaders = headers!.replaceAll(from, to).replace(/^(Content-Length: *)\d+/im, `$1${newBody.length}`);
	return Buffer.from(`${newHeaders}\r\n\r\n${newBody}`, "latin1");
}

function opened(address: string): Promise<Socket> {
	const socket = createSocket("udp4");
	return new Promise((resolve, reject) => {
		socket.once("error", reject);
		socket.bind(PORT, address, () => resolve(socket));
	});
}
