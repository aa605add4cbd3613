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
	/** Whether it rewrites Call-ID too, where a client has its address there. */
	readonly callId: boolean;
}

const PORT = 5060;

let sockets: Socket[] = [];

/** Stands between one client inside and the server, until {@link releaseAlg}. */
export async function serveAlg(argument: AlgArgument): Promise<void> {
	const { inside, outside, server } = argument;
	const near = await opened(inside);
	const far = await opened(outside);
	sockets = [near, far];
	let client = { address: "", port: 0 };
	near.on("message", (message, from) => {
		client = from;
		far.send(rewritten(message, client.address, outside, argument), PORT, server);
	});
	far.on("message", (message) => {
		near.send(rewritten(message, outside, client.address, argument), client.port, client.address);
	});
}

export async function releaseAlg(): Promise<void> {
	for (const socket of sockets) socket.close();
	sockets = [];
}

function rewritten(message: Buffer, from: string, to: string, { headersOnly, callId }: AlgArgument): Buffer {
	const [headers, ...rest] = message.toString("latin1").split("\r\n\r\n");
	const body = rest.join("\r\n\r\n");
	const newBody = headersOnly ? body : body.replaceAll(from, to);
	const lines = headers!.split("\r\n").map((line) => {
		if (/^Content-Length:/i.test(line)) return `Content-Length: ${newBody.length}`;
		return /^Call-ID:/i.test(line) && !callId ? line : line.replaceAll(from, to);
	});
	return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${newBody}`, "latin1");
}

function opened(address: string): Promise<Socket> {
	const socket = createSocket("udp4");
	return new Promise((resolve, reject) => {
		socket.once("error", reject);
		socket.bind(PORT, address, () => resolve(socket));
	});
}
