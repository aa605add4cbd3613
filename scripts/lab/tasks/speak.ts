/** Sends datagrams at a steady pace, and takes whatever comes: a side of a call, or a host that talks to nobody. */
import { createSocket } from "node:dgram";
import { setTimeout as wait } from "node:timers/promises";

export interface SpeakArgument {
	readonly localAddress: string;
	readonly localPort: number;
	readonly address: string;
	readonly port: number;
	/** Empty for a side that only listens. */
	readonly messages: readonly Uint8Array[];
	/** Milliseconds before the first, between two, and after the last. */
	readonly before: number;
	readonly every: number;
	readonly after: number;
}

/** The port is open from the beginning to the end. @returns how many datagrams came. */
export async function speak(argument: SpeakArgument): Promise<number> {
	const { localAddress, localPort, address, port, messages, before, every, after } = argument;
	const socket = createSocket("udp4");
	let heard = 0;
	socket.on("message", () => heard++);
	socket.on("error", () => {});
	await new Promise<void>((resolve) => socket.bind(localPort, localAddress, resolve));
	socket.setBroadcast(true);
	await wait(before);
	const begin = performance.now();
	for (const [index, message] of messages.entries()) {
		// By the clock, so that what one packet is late the next ones are not.
		await wait(Math.max(0, begin + index * every - performance.now()));
		socket.send(message, port, address);
	}
	await wait(after);
	socket.close();
	return heard;
}
