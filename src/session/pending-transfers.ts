import type { Transfer, UdpEndpoint } from "./transfer.ts";

/** Requests that wait for an answer, or whose answers go on, at a time; the oldest client's give way. */
const MAX_CLIENTS = 4096;
/** Servers that one port of a client asks at a time: Manager asks all systems of a network from one. */
const MAX_OF_CLIENT = 64;

/** Transfers by the client's endpoint: the newest to each server that it asked. */
export class PendingTransfers {
	/** Oldest request first. */
	readonly #byClient = new Map<string, Transfer[]>();

	get isEmpty(): boolean {
		return this.#byClient.size === 0;
	}

	/** Puts a transfer in the place of the one that its client had with the same server. */
	add(transfer: Transfer): void {
		const key = keyOf(transfer.client);
		const others = this.of(transfer.client).filter(({ asked }) => asked !== transfer.asked);
		this.#byClient.delete(key);
		this.#byClient.set(key, [transfer, ...others].slice(0, MAX_OF_CLIENT));
		if (this.#byClient.size > MAX_CLIENTS) this.#byClient.delete(this.#byClient.keys().next().value!);
	}

	/** Those of a client's endpoint, newest first. */
	of(client: UdpEndpoint): readonly Transfer[] {
		return this.#byClient.get(keyOf(client)) ?? NONE;
	}

	/** Takes out the transfer of a client that turns out to be none. */
	remove(transfer: Transfer): void {
		const key = keyOf(transfer.client);
		const others = this.of(transfer.client).filter((other) => other !== transfer);
		if (others.length > 0) this.#byClient.set(key, others);
		else this.#byClient.delete(key);
	}

	/** All, those of the clients that asked first first. */
	*all(): Iterable<Transfer> {
		for (const transfers of this.#byClient.values()) yield* transfers;
	}
}

const NONE: readonly Transfer[] = [];

function keyOf({ address, port }: UdpEndpoint): string {
	return `${address}|${port}`;
}
