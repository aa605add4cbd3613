/**
 * Conversations with given bytes, over real sockets: both ends walk the same list of turns, each sends its own and
 * waits for the other's. Where a program answers, its turns are {@link anything}.
 */
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from "node:dgram";
import { connect, createServer, type Server, type Socket } from "node:net";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";

export interface Turn {
	readonly from: "client" | "server";
	/** What is sent; undefined for whatever the other end, a real program, says. */
	readonly bytes: Uint8Array | undefined;
	/** Whether it is sent only when {@link goOn} says so. */
	readonly waits?: true;
}

export const asks = (bytes: Uint8Array | string): Turn => ({ from: "client", bytes: toBytes(bytes) });
export const answers = (bytes: Uint8Array | string): Turn => ({ from: "server", bytes: toBytes(bytes) });
export const anything: Turn = { from: "server", bytes: undefined };
export const later = (turn: Turn): Turn => ({ ...turn, waits: true });

export interface Certificate {
	readonly key: string;
	readonly cert: string;
}

export interface Place {
	/** `tls` is TCP with TLS. */
	readonly transport: "tcp" | "tls" | "udp";
	readonly address: string;
	readonly port: number;
}

export interface ServeArgument extends Place {
	readonly turns: readonly Turn[];
	readonly certificate: Certificate;
}

export interface ConverseArgument extends Place {
	readonly turns: readonly Turn[];
	/** 0 for one that the kernel chooses. */
	readonly localPort: number;
	readonly localAddress: string;
	/** Name for TLS's server name indication. */
	readonly serverName?: string;
}

export interface Talk {
	readonly localPort: number;
	/** Why the connection did not come about: `ECONNREFUSED`, `ETIMEDOUT`. */
	readonly failed: string | null;
}

/** Milliseconds that one turn may take. */
const TURN = 25_000;
/** Milliseconds that a connection may take. */
const CONNECTS = 2_500;

let closers: (() => void)[] = [];

/** Opens a port that answers with the dialogue's turns, until {@link release}. */
export function serve({ transport, address, port, turns, certificate }: ServeArgument): Promise<void> {
	if (transport === "udp") return serveUdp(address, port, turns);
	const onConnection = (socket: Socket) => {
		speak(socket, "server", turns).catch(() => socket.destroy());
	};
	const server: Server =
		transport === "tls"
			? createTlsServer({ ...certificate, ALPNProtocols: ["http/1.1", "postgresql"] }, onConnection)
			: createServer(onConnection);
	closers.push(() => server.close());
	return new Promise((resolve, reject) => {
		server.on("error", reject);
		server.listen(port, address, () => resolve());
	});
}

/** Closes the ports that {@link serve} opened. */
export async function release(): Promise<void> {
	for (const close of closers) close();
	closers = [];
}

/** Has a dialogue with a server. */
export function converse(argument: ConverseArgument): Promise<Talk> {
	return argument.transport === "udp" ? converseUdp(argument) : converseTcp(argument);
}

async function converseTcp(argument: ConverseArgument): Promise<Talk> {
	const { transport, address, port, turns, localPort, localAddress, serverName } = argument;
	const socket = connect({ host: address, port, localAddress, localPort });
	const failed = await connected(socket);
	const talk = { localPort: socket.localPort ?? localPort, failed };
	if (failed) return talk;
	let stream: Socket = socket;
	if (transport === "tls") {
		const secure = connectTls({
			socket,
			rejectUnauthorized: false,
			...(serverName ? { servername: serverName } : {}),
		});
		await once(secure, "secureConnect");
		stream = secure;
	}
	await speak(stream, "client", turns);
	stream.end();
	await once(socket, "close");
	return talk;
}

function connected(socket: Socket): Promise<string | null> {
	return new Promise((resolve) => {
		const timer = setTimeout(() => settle("ETIMEDOUT"), CONNECTS);
		const settle = (failed: string | null) => {
			clearTimeout(timer);
			if (failed) socket.destroy();
			resolve(failed);
		};
		socket.once("connect", () => settle(null));
		socket.once("error", (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
	});
}

function once(emitter: Socket, event: string): Promise<void> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => reject(new Error(`no ${event}`)), TURN);
		const done = (error?: Error) => {
			clearTimeout(timer);
			if (error) reject(error);
			else resolve();
		};
		emitter.once(event, () => done());
		emitter.once("error", done);
	});
}

/** Walks the turns over a connection: sends one's own, waits until as many bytes as the other's have come. */
async function speak(socket: Socket, role: "client" | "server", turns: readonly Turn[]): Promise<void> {
	const inbox = new Inbox();
	socket.on("data", (bytes: Buffer) => inbox.add(bytes.length));
	socket.on("error", () => {});
	for (const { from, bytes, waits } of turns) {
		if (from === role) {
			if (waits) await new Promise<void>((resolve) => paused.push(resolve));
			socket.write(bytes!);
		} else await inbox.take(bytes?.length);
	}
}

/** Those that wait for {@link goOn}. */
let paused: (() => void)[] = [];

/** How many ends wait on this machine. */
export async function countPaused(): Promise<number> {
	return paused.length;
}

/** Lets them go on. */
export async function goOn(): Promise<void> {
	for (const resume of paused) resume();
	paused = [];
}

/** Counts what has come, and wakes who waits for it. */
class Inbox {
	#count = 0;
	#wake = () => {};

	add(count: number): void {
		this.#count += count;
		this.#wake();
	}

	/** @param count undefined for all that is there, once anything is. */
	async take(count: number | undefined): Promise<void> {
		const end = performance.now() + TURN;
		while (this.#count < (count ?? 1)) {
			const left = end - performance.now();
			if (left <= 0) throw new Error(`waited for ${count ?? "any"} bytes, ${this.#count} came`);
			await new Promise<void>((resolve) => {
				const timer = setTimeout(resolve, left);
				this.#wake = () => {
					clearTimeout(timer);
					resolve();
				};
			});
		}
		this.#count -= count ?? this.#count;
	}
}

/** Each client has the dialogue from its beginning. */
function serveUdp(address: string, port: number, turns: readonly Turn[]): Promise<void> {
	const socket = createSocket({ type: address.includes(":") ? "udp6" : "udp4", reuseAddr: true });
	const places = new Map<string, number>();
	const sayOwn = (peer: RemoteInfo, place: number) => {
		for (; turns[place]?.from === "server"; place++) socket.send(turns[place]!.bytes!, peer.port, peer.address);
		places.set(`${peer.address} ${peer.port}`, place);
	};
	socket.on("message", (_, peer) => sayOwn(peer, (places.get(`${peer.address} ${peer.port}`) ?? 0) + 1));
	closers.push(() => socket.close());
	return bound(socket, port, address);
}

async function converseUdp(argument: ConverseArgument): Promise<Talk> {
	const { address, port, turns, localAddress, localPort } = argument;
	const socket = createSocket({ type: address.includes(":") ? "udp6" : "udp4", reuseAddr: true });
	const inbox = new Inbox();
	socket.on("message", () => inbox.add(1));
	socket.on("error", () => {});
	await bound(socket, localPort, localAddress);
	if (address === BROADCAST) socket.setBroadcast(true);
	for (const { from, bytes } of turns) {
		if (from === "client") await new Promise((resolve) => socket.send(bytes!, port, address, resolve));
		else await inbox.take(1);
	}
	const talk = { localPort: socket.address().port, failed: null };
	socket.close();
	return talk;
}

const BROADCAST = "255.255.255.255";

function bound(socket: UdpSocket, port: number, address: string): Promise<void> {
	return new Promise((resolve, reject) => {
		socket.once("error", reject);
		socket.bind(port, address, () => resolve());
	});
}

function toBytes(bytes: Uint8Array | string): Uint8Array {
	return typeof bytes === "string" ? new Uint8Array(Buffer.from(bytes, "latin1")) : bytes;
}
