import type { FlowStore } from "../flow/store.ts";
import type { Matrix } from "../matrix/types.ts";
import { addressText, parseAddress } from "../packet/address.ts";
import { Protocol } from "../packet/view.ts";
import { FIRST_DYNAMIC_PORT, isServicePort } from "./services.ts";

/** An address as a map key: IPv4 as its 32 bits (signed), IPv6 as text. */
export type AddressKey = number | string;

/** A host that runs products. */
export interface Host {
	readonly address: string;
	readonly products: readonly string[];
	readonly source: "given" | "inferred";
	readonly reasons: readonly string[];
}

const NONE: readonly string[] = [];

/**
 * Evidence points that make a host a product: two ports in the dynamic range that only the product serves, one such
 * port that also speaks TLS as its row asks, or one protocol that only the product speaks.
 */
const ENOUGH = 3;
/** Addresses with clues that are followed: a site has a few product hosts, a flood of answers has millions. */
const MAX_SUSPECTS = 50_000;
const DYNAMIC_PORT_POINTS = 2;
const REGISTERED_PORT_POINTS = 1;
const TLS_POINTS = 1;

export function addressKey(store: FlowStore, flow: number, side: 0 | 1): AddressKey {
	return store.ipVersion(flow) === 4 ? store.addressWord(flow, side, 3) : sideAddress(store, flow, side);
}

/** A side's address as text. */
export function sideAddress(store: FlowStore, flow: number, side: 0 | 1): string {
	return addressText(
		store.ipVersion(flow),
		store.addressWord(flow, side, 0),
		store.addressWord(flow, side, 1),
		store.addressWord(flow, side, 2),
		store.addressWord(flow, side, 3),
	);
}

export function keyOfText(address: string): AddressKey {
	const parsed = parseAddress(address);
	if (!parsed) return address;
	return parsed.version === 4 ? parsed.words[3] : addressText(6, ...parsed.words);
}

/** Who is a product (rule 1): what the user said, and what the capture showed for the products left open. */
export class Hosts {
	readonly #given = new Map<AddressKey, { address: string; products: Set<string> }>();
	readonly #givenProducts = new Set<string>();
	readonly #points = new Map<AddressKey, Map<string, Clues>>();
	readonly #distinctive: ReadonlyMap<number, { product: string; row: string; tls: boolean }>;
	readonly #sets = new Map<string, readonly string[]>([["", NONE]]);
	#hosts: ReadonlyMap<AddressKey, Host> | undefined;

	constructor(matrix: Matrix, given: readonly { product: string; address: string }[]) {
		this.#distinctive = distinctivePorts(matrix);
		for (const { product, address } of given) {
			const key = keyOfText(address);
			const host = this.#given.get(key) ?? { address, products: new Set<string>() };
			host.products.add(product);
			this.#given.set(key, host);
			this.#givenProducts.add(product);
		}
	}

	/** A TCP server answered here. @param tls whether it spoke TLS. */
	answered(address: AddressKey, text: () => string, protocol: number, port: number, tls: boolean): void {
		if (protocol !== Protocol.TCP) return;
		const clue = this.#distinctive.get(port);
		if (!clue || this.#givenProducts.has(clue.product)) return;
		const points =
			(port >= FIRST_DYNAMIC_PORT ? DYNAMIC_PORT_POINTS : REGISTERED_PORT_POINTS) + (tls && clue.tls ? TLS_POINTS : 0);
		this.#add(
			address,
			text,
			clue.product,
			`tcp/${port}`,
			points,
			`answers on tcp/${port}${tls ? " with TLS" : ""} (${clue.row})`,
		);
	}

	/** Products in order, each once; the same products are the same object, so that look-ups can go by identity. */
	productSet(products: Iterable<string>): readonly string[] {
		const sorted = [...new Set(products)].sort();
		const key = sorted.join();
		const known = this.#sets.get(key);
		if (known) return known;
		this.#sets.set(key, sorted);
		return sorted;
	}

	/** The host spoke a protocol that only this product speaks. */
	spoke(address: AddressKey, text: () => string, product: string, reason: string): void {
		if (this.#givenProducts.has(product)) return;
		this.#add(address, text, product, reason, ENOUGH, reason);
	}

	#add(address: AddressKey, text: () => string, product: string, clue: string, points: number, reason: string): void {
		let products = this.#points.get(address);
		if (!products) {
			if (this.#points.size >= MAX_SUSPECTS) return;
			products = new Map();
			this.#points.set(address, products);
		}
		let clues = products.get(product);
		if (!clues) {
			clues = { address: text(), seen: new Map() };
			products.set(product, clues);
		}
		if ((clues.seen.get(clue)?.points ?? 0) < points) clues.seen.set(clue, { points, reason });
	}

	/** Ends the collection of clues. What is known does not depend on the order in which they came. */
	settle(): void {
		const hosts = new Map<AddressKey, Host>();
		for (const [key, { address, products }] of this.#given) {
			hosts.set(key, {
				address,
				products: this.productSet(products),
				source: "given",
				reasons: ["given on the command line"],
			});
		}
		for (const [key, products] of this.#points) {
			for (const [product, clues] of products) {
				const seen = [...clues.seen.values()].sort((a, b) => (a.reason < b.reason ? -1 : 1));
				if (seen.reduce((sum, clue) => sum + clue.points, 0) < ENOUGH) continue;
				const known = hosts.get(key);
				hosts.set(key, {
					address: clues.address,
					products: this.productSet([...(known?.products ?? []), product]),
					source: known?.source ?? "inferred",
					reasons: [...(known?.reasons ?? []), ...seen.map((clue) => `${product}: ${clue.reason}`)],
				});
			}
		}
		this.#hosts = hosts;
	}

	get #settled(): ReadonlyMap<AddressKey, Host> {
		if (!this.#hosts) throw new Error("Hosts.settle() has not been called");
		return this.#hosts;
	}

	/** Whether any product host is known. */
	get any(): boolean {
		return this.#settled.size > 0;
	}

	/** The product host at an address, if it is one. */
	at(address: AddressKey): Host | undefined {
		return this.#settled.get(address);
	}

	/** Products at an address, a {@link productSet}; empty for a host that is none. */
	productsOf(address: AddressKey): readonly string[] {
		return this.#settled.get(address)?.products ?? NONE;
	}

	sourceOf(address: AddressKey): "given" | "inferred" | undefined {
		return this.#settled.get(address)?.source;
	}

	/** All products of all hosts. */
	allProducts(): readonly string[] {
		return this.productSet([...this.#settled.values()].flatMap((host) => host.products));
	}

	/** Given hosts first, then by address. */
	list(): Host[] {
		return [...this.#settled.values()].sort((a, b) =>
			a.source !== b.source ? (a.source === "given" ? -1 : 1) : a.address < b.address ? -1 : 1,
		);
	}
}

interface Clues {
	readonly address: string;
	readonly seen: Map<string, { points: number; reason: string }>;
}

/**
 * TCP ports that one product's ingress rows name and nobody else commonly serves: not those on which the products
 * themselves look for other servers, such as a WebLM server's.
 */
function distinctivePorts(matrix: Matrix): Map<number, { product: string; row: string; tls: boolean }> {
	const ports = new Map<number, { product: string; row: string; tls: boolean }>();
	const shared = new Set<number>();
	for (const row of matrix.rows) {
		if (!row.transports.includes("tcp")) continue;
		if (row.direction === "out" && !row.peerProducts) for (const { first } of row.ports) shared.add(first);
		if (row.direction !== "in") continue;
		for (const { first, last } of row.ports) {
			if (first !== last || isServicePort(first)) continue;
			const known = ports.get(first);
			if (known && known.product !== row.product) shared.add(first);
			ports.set(first, { product: row.product, row: row.id, tls: row.tls === "always" });
		}
	}
	for (const port of shared) ports.delete(port);
	return ports;
}
