import { dropOldest } from "../oldest.ts";
import type { Overflow } from "../overflow.ts";
import type { Transfer, UdpEndpoint } from "./transfer.ts";

/** Client endpoints that wait for answers, or whose answers go on, at a time; the oldest gives way. */
const MAX_CLIENTS = 4096;
/** Servers that one port of a client asks at a time: Manager asks all systems of a network from one. */
const MAX_OF_CLIENT = 64;
/** Transfers of one host that an answer may be for: a flood of requests must not be walked through for each packet. */
const MAX_OF_HOST = 128;
/** An answer later than this belongs to another request (Linux conntrack's TFTP helper waits as long). */
export const ANSWER_TIMEOUT = 300e9;
const BEYOND = "TFTP requests beyond those that may wait at a time: answers to them were not looked for";

const NONE: readonly Transfer[] = [];

/** Transfers that packets may belong to: the newest of each client's endpoint to each server that it asked. */
export class PendingTransfers {
	/** By the client's endpoint, oldest request first; of each the newest first. */
	readonly #byClient = new Map<string, readonly Transfer[]>();
	/** By the client's address; of each the oldest first. */
	readonly #byHost = new Map<string, Transfer[]>();

	readonly #overflow: Overflow;

	constructor(overflow: Overflow) {
		this.#overflow = overflow;
	}

	get isEmpty(): boolean {
		return this.#byClient.size === 0;
	}

	/** Puts a transfer in the place of the one that its client's endpoint had with the same server. */
	add(transfer: Transfer): void {
		const key = keyOf(transfer.client);
		const before = this.of(transfer.client);
		const others = before.filter(({ asked }) => asked !== transfer.asked).slice(0, MAX_OF_CLIENT - 1);
		for (const gone of before) if (!others.includes(gone)) this.#forget(gone);
		this.#byClient.delete(key);
		this.#byClient.set(key, [transfer, ...others]);
		this.#remember(transfer);
		if (this.#byClient.size <= MAX_CLIENTS) return;
		dropOldest(this.#byClient, (_, transfers) => {
			for (const gone of transfers) {
				this.#forget(gone);
				if (gone.style === undefined && transfer.start - gone.end <= ANSWER_TIMEOUT) this.#overflow.add(BEYOND);
			}
		});
	}

	/** Those of a client's endpoint, newest first. */
	of(client: UdpEndpoint): readonly Transfer[] {
		return this.#byClient.get(keyOf(client)) ?? NONE;
	}

	/** Those of all endpoints of a client's host, oldest first. */
	ofHost(address: string): readonly Transfer[] {
		return this.#byHost.get(address) ?? NONE;
	}

	/** Takes out a transfer whose client turns out to be another. */
	remove(transfer: Transfer): void {
		const key = keyOf(transfer.client);
		const others = this.of(transfer.client).filter((other) => other !== transfer);
		if (others.length > 0) this.#byClient.set(key, others);
		else this.#byClient.delete(key);
		this.#forget(transfer);
	}

	#remember(transfer: Transfer): void {
		const { address } = transfer.client;
		const ofHost = this.#byHost.get(address);
		if (!ofHost) this.#byHost.set(address, [transfer]);
		else {
			if (ofHost.length >= MAX_OF_HOST) ofHost.shift();
			ofHost.push(transfer);
		}
	}

	#forget(transfer: Transfer): void {
		const { address } = transfer.client;
		const ofHost = this.#byHost.get(address);
		const at = ofHost?.indexOf(transfer) ?? -1;
		if (at >= 0) ofHost!.splice(at, 1);
		if (ofHost?.length === 0) this.#byHost.delete(address);
	}
}

function keyOf({ address, port }: UdpEndpoint): string {
	return `${address}|${port}`;
}
