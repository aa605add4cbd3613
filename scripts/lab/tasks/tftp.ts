/** TFTP as IP Office speaks it, and as servers do that stay on port 69 (RFC 1350 is played by real programs). */
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { ack, data, request } from "../../captures/payloads/tftp.ts";

const PORT = 69;
const BLOCK = 512;
const WAIT = 4_000;

export type Style = "ipoffice" | "single-port";

export interface ServeTftpArgument {
	readonly address: string;
	readonly style: Style;
	/** Contents by name. */
	readonly files: Readonly<Record<string, Uint8Array>>;
}

export interface FetchTftpArgument {
	readonly address: string;
	readonly localAddress: string;
	readonly localPort: number;
	readonly style: Style;
	readonly file: string;
}

export interface Fetched {
	readonly localPort: number;
	/** The port that data came from. */
	readonly serverPort: number;
	readonly bytes: number;
}

let servers: Socket[] = [];

/** Answers read requests on port 69 until {@link releaseTftp}. */
export async function serveTftp({ address, style, files }: ServeTftpArgument): Promise<void> {
	const socket = await socketAt(PORT, address);
	servers.push(socket);
	socket.on("message", (message, peer) => {
		if (message.readUInt16BE(0) !== 1) return;
		const name = message.subarray(2, message.indexOf(0, 2)).toString("latin1");
		const content = files[name];
		// A client that says no more ends its transfer.
		if (content) send(socket, address, style, name, content, peer).catch(() => undefined);
	});
}

export async function releaseTftp(): Promise<void> {
	for (const socket of servers) socket.close();
	servers = [];
}

/** IP Office writes to the client's port 69 from a new port before the data goes to the port that asked. */
async function send(
	well: Socket,
	address: string,
	style: Style,
	name: string,
	content: Uint8Array,
	peer: RemoteInfo,
): Promise<void> {
	const socket = style === "ipoffice" ? await socketAt(0, address) : well;
	if (style === "ipoffice") socket.send(request(2, name), PORT, peer.address);
	for (let block = 1; (block - 1) * BLOCK <= content.length; block++) {
		const acknowledged = reply(socket, (message) => message.readUInt16BE(0) === 4 && message.readUInt16BE(2) === block);
		socket.send(data(block, content.subarray((block - 1) * BLOCK, block * BLOCK)), peer.port, peer.address);
		await acknowledged;
	}
	if (style === "ipoffice") socket.close();
}

/** Reads a file. The client of IP Office's exchange listens on port 69, too. */
export async function fetchTftp(argument: FetchTftpArgument): Promise<Fetched> {
	const { address, localAddress, localPort, style, file } = argument;
	const socket = await socketAt(localPort, localAddress);
	const listener = style === "ipoffice" ? await socketAt(PORT, localAddress) : undefined;
	let bytes = 0;
	let serverPort = 0;
	const complete = new Promise<void>((resolve, reject) => {
		const timer = setTimeout(() => reject(new Error(`${file}: no last block`)), WAIT);
		socket.on("message", (message, peer) => {
			if (message.readUInt16BE(0) !== 3) return;
			serverPort = peer.port;
			bytes += message.length - 4;
			const isLast = message.length - 4 < BLOCK;
			socket.send(ack(message.readUInt16BE(2)), peer.port, peer.address, () => {
				if (!isLast) return;
				clearTimeout(timer);
				resolve();
			});
		});
	});
	socket.send(request(1, file), PORT, address);
	await complete;
	const fetched = { localPort: socket.address().port, serverPort, bytes };
	socket.close();
	listener?.close();
	return fetched;
}

function socketAt(port: number, address: string): Promise<Socket> {
	const socket = createSocket({ type: "udp4" });
	return new Promise((resolve, reject) => {
		socket.once("error", reject);
		socket.bind(port, address, () => resolve(socket));
	});
}

function reply(socket: Socket, fits: (message: Buffer) => boolean): Promise<void> {
	return new Promise((resolve, reject) => {
		const done = (finish: () => void) => {
			clearTimeout(timer);
			socket.off("message", listen);
			finish();
		};
		const listen = (message: Buffer) => {
			if (fits(message)) done(resolve);
		};
		const timer = setTimeout(() => done(() => reject(new Error("no acknowledgement"))), WAIT);
		socket.on("message", listen);
	});
}
