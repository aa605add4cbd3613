import { mapKey } from "../flow/map-key.ts";
import type { FlowStore } from "../flow/store.ts";
import { sideAddress, sideEndpoint } from "../flow/store.ts";
import type { Matrix } from "../matrix/types.ts";
import { addressText, endpointText, formatIPv4, parseAddress } from "../packet/address.ts";
import type { Identity } from "../protocol/identity.ts";
import { IdentityTable } from "../session/identities.ts";
import { Overflow } from "../session/overflow.ts";
import { type MovedGroup, PortUse, ServiceGroups } from "./base-port.ts";
import { type Clue, ENOUGH } from "./clues.ts";
import { compare } from "./words.ts";

/** An address as a map key: IPv4 as the {@link mapKey} of its 32 bits, IPv6 as text. */
export type AddressKey = number | string;

/** A host that runs products. */
export interface Host {
	readonly address: string;
	readonly products: readonly string[];
	readonly source: "given" | "inferred";
	readonly reasons: readonly string[];
	/** What it says of itself: kind of system, release, name. Several where it says several. */
	readonly model?: string;
	readonly release?: string;
	readonly system?: string;
	/** Base of its services, where the site has moved them. */
	readonly basePort?: number;
}

const NONE: readonly string[] = [];
const PORTS = 1 << 16;
/** Ports without a row on which a host that serves the dynamic range at large answers. */
const AT_LARGE = 2;
/** Addresses with clues that are followed: a site has a few product hosts, a flood of answers has millions. */
const MAX_SUSPECTS = 50_000;
const BEYOND = `times addresses beyond the first ${MAX_SUSPECTS} gave a clue to a product: none was concluded of these`;
/** Ports of one host that are remembered for a moved service group: a scan asks for all of them. */
const MAX_PORTS = 256;

export function addressKey(store: FlowStore, flow: number, side: 0 | 1): AddressKey {
	return store.ipVersion(flow) === 4 ? mapKey(store.addressWord(flow, side, 3)) : sideAddress(store, flow, side);
}

/** An address and a port as a map key: a number for IPv4, text for IPv6. */
export type EndpointKey = number | string;

export function endpointKey(store: FlowStore, flow: number, side: 0 | 1): EndpointKey {
	return store.ipVersion(flow) === 4
		? (store.addressWord(flow, side, 3) >>> 0) * PORTS + store.port(flow, side)
		: sideEndpoint(store, flow, side);
}

/** `192.0.2.1:5060`, `[2001:db8::1]:5060`. */
export function endpointOfKey(key: EndpointKey): string {
	return typeof key === "string" ? key : endpointText(formatIPv4(Math.floor(key / PORTS)), key % PORTS);
}

export function addressOfKey(key: AddressKey): string {
	return typeof key === "string" ? key : formatIPv4(mapKey(key));
}

export function keyOfText(address: string): AddressKey {
	const parsed = parseAddress(address);
	if (!parsed) return address;
	return parsed.version === 4 ? mapKey(parsed.words[3]) : addressText(6, ...parsed.words);
}

interface Suspect {
	readonly address: string;
	/** By product, then by the clue's key. */
	readonly clues: Map<string, Map<string, Clue>>;
	/** What it says of itself: each different thing once, as many as the sessions keep. A server says it in every flow. */
	said?: IdentityTable;
}

/** A host's TCP ports in the ranges that service groups may be moved to, as {@link PortUse} bits. */
interface PortsInUse {
	readonly address: string;
	readonly ports: Map<number, number>;
}

/** What was seen of hosts that may be products, for what comes of them later in the run. */
export interface HostClues {
	readonly suspects: ReadonlyMap<AddressKey, Suspect>;
	readonly ports: ReadonlyMap<AddressKey, PortsInUse>;
}

/** Who is a product (rule 1): what the user said, and what the capture showed for the products left open. */
export class Hosts {
	readonly #given = new Map<AddressKey, { address: string; products: Set<string> }>();
	readonly #givenProducts = new Set<string>();
	readonly #infer: boolean;
	readonly #groups: ServiceGroups;
	readonly #suspects = new Map<AddressKey, Suspect>();
	readonly #ports = new Map<AddressKey, PortsInUse>();
	readonly #sets = new Map<string, readonly string[]>([["", NONE]]);
	readonly #moved = new Map<AddressKey, MovedGroup>();
	readonly #passedOver: { address: string; products: readonly string[] }[] = [];
	readonly #overflow: Overflow;
	#hosts: ReadonlyMap<AddressKey, Host> | undefined;

	/**
	 * @param infer whether products that are not given may be concluded from clues.
	 * @param earlier clues of pieces of the run that were read before.
	 */
	constructor(
		matrix: Matrix,
		given: readonly { product: string; address: string }[],
		infer: boolean,
		overflow = new Overflow(),
		earlier?: HostClues,
	) {
		this.#overflow = overflow;
		this.#infer = infer;
		this.#groups = new ServiceGroups(matrix);
		for (const { product, address } of given) {
			const key = keyOfText(address);
			const host = this.#given.get(key) ?? { address, products: new Set<string>() };
			host.products.add(product);
			this.#given.set(key, host);
			this.#givenProducts.add(product);
		}
		if (earlier) this.#goOn(earlier);
	}

	#goOn({ suspects, ports }: HostClues): void {
		for (const [key, { address, clues }] of suspects) {
			const own = new Map([...clues].map(([product, byKey]) => [product, new Map(byKey)]));
			// What they said of themselves the sessions have kept.
			this.#suspects.set(key, { address, clues: own });
		}
		for (const [key, used] of ports) this.#ports.set(key, { address: used.address, ports: new Map(used.ports) });
	}

	/** All that was seen until now. */
	get clues(): HostClues {
		return { suspects: this.#suspects, ports: this.#ports };
	}

	/** A flow gave a clue. */
	clue(address: AddressKey, text: () => string, clue: Clue | undefined): void {
		if (!clue || !this.#infer) return;
		const suspect = this.#suspect(address, text);
		if (!suspect) return;
		let clues = suspect.clues.get(clue.product);
		if (!clues) {
			clues = new Map();
			suspect.clues.set(clue.product, clues);
		}
		if ((clues.get(clue.key)?.points ?? 0) < clue.points) clues.set(clue.key, clue);
	}

	/** The host said who it is. */
	says(address: AddressKey, text: () => string, identity: Identity): void {
		const { product, reason } = identity;
		const suspect = this.#suspect(address, text);
		if (suspect) {
			suspect.said ??= new IdentityTable();
			suspect.said.add(suspect.address, identity);
		}
		this.clue(address, text, { product, key: reason, points: ENOUGH, reason });
	}

	/** A connection to a TCP port of the host was seen. @param use {@link PortUse} bits. */
	usedPort(address: AddressKey, text: () => string, port: number, use: number): void {
		if (!this.#groups.mayHold(port)) return;
		let known = this.#ports.get(address);
		if (!known) {
			if (this.#ports.size >= MAX_SUSPECTS) {
				this.#overflow.add(BEYOND);
				return;
			}
			known = { address: text(), ports: new Map() };
			this.#ports.set(address, known);
		}
		const { ports } = known;
		if (ports.has(port) || ports.size < MAX_PORTS) ports.set(port, (ports.get(port) ?? 0) | use);
	}

	#suspect(address: AddressKey, text: () => string): Suspect | undefined {
		let suspect = this.#suspects.get(address);
		if (!suspect && this.#suspects.size < MAX_SUSPECTS) {
			suspect = { address: text(), clues: new Map() };
			this.#suspects.set(address, suspect);
		} else if (!suspect) this.#overflow.add(BEYOND);
		return suspect;
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

	/** Ends the collection of clues. What is known does not depend on the order in which they came. */
	settle(): void {
		const hosts = new Map<AddressKey, Host>();
		for (const [key, { address, products }] of this.#given) {
			const reasons = ["given on the command line"];
			hosts.set(key, { address, products: this.productSet(products), source: "given", reasons });
		}
		for (const [key, { address, ports }] of this.#ports) this.#clueOfMovedGroup(key, () => address, ports);
		for (const [key, suspect] of this.#suspects) {
			const found = inferred(suspect, this.#servesAtLarge(key), this.#givenProducts);
			const known = hosts.get(key);
			const passedOver = found.passedOver.filter((product) => !known?.products.includes(product));
			if (passedOver.length > 0) this.#passedOver.push({ address: suspect.address, products: passedOver });
			if (found.products.length === 0 && !known) continue;
			hosts.set(key, {
				address: suspect.address,
				products: this.productSet([...(known?.products ?? []), ...found.products]),
				source: known?.source ?? "inferred",
				reasons: [...(known?.reasons ?? []), ...found.reasons],
				...saidBy(suspect.said?.of(suspect.address) ?? []),
			});
		}
		for (const [key, host] of hosts) this.#settleMovedGroup(key, host, hosts);
		this.#hosts = hosts;
	}

	/** Whether a host answers on ports of the dynamic range that no row names: remote procedures, passive FTP, games. */
	#servesAtLarge(key: AddressKey): boolean {
		const ports = this.#ports.get(key)?.ports ?? new Map<number, number>();
		const others = [...ports].filter(([port, use]) => (use & PortUse.Answered) !== 0 && !this.#groups.isNamed(port));
		return others.length >= AT_LARGE;
	}

	/** A whole group of services at another place shows its product as its default ports would. */
	#clueOfMovedGroup(key: AddressKey, text: () => string, ports: ReadonlyMap<number, number>): void {
		for (const product of this.#groups.products()) {
			const moved = this.#groups.moved(product, ports);
			if (!moved || !this.#groups.isProof(moved)) continue;
			const reason = `answers on ${moved.answered.map((port) => `tcp/${port}`).join(", ")}, as its group of services does`;
			this.clue(key, text, { product, key: reason, points: ENOUGH, reason });
		}
	}

	#settleMovedGroup(key: AddressKey, host: Host, hosts: Map<AddressKey, Host>): void {
		const ports = this.#ports.get(key)?.ports;
		const moved = ports && host.products.map((product) => this.#groups.moved(product, ports)).find(Boolean);
		if (!moved) return;
		this.#moved.set(key, moved);
		const { base, defaultBase, answered } = moved;
		const reason = `its services are moved from base port ${defaultBase} to ${base}: ${answered.join(", ")} answer`;
		hosts.set(key, { ...host, reasons: [...host.reasons, reason], basePort: base });
	}

	get #settled(): ReadonlyMap<AddressKey, Host> {
		if (!this.#hosts) throw new Error("Hosts.settle() has not been called");
		return this.#hosts;
	}

	/** Product hosts that are known. */
	get count(): number {
		return this.#settled.size;
	}

	/** Those of them that the user gave. */
	get given(): number {
		return this.#given.size;
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

	/** The default port that a host's TCP port stands for, where it belongs to a service group that the site has moved. */
	defaultPort(address: AddressKey, port: number): number | undefined {
		const moved = this.#moved.size === 0 ? undefined : this.#moved.get(address);
		return moved && this.#groups.defaultOf(moved, port);
	}

	/** Hosts that look like a product whose hosts the user gave without them: given hosts are taken as complete. */
	passedOver(): { address: string; products: readonly string[] }[] {
		return [...this.#passedOver].sort((a, b) => compare(a.address, b.address));
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

/** Products that a host's clues are enough for, and the clues in words. */
function inferred(
	{ clues }: Suspect,
	servesAtLarge: boolean,
	given: ReadonlySet<string>,
): { passedOver: string[]; products: string[]; reasons: string[] } {
	const passedOver: string[] = [];
	const products: string[] = [];
	const reasons: string[] = [];
	for (const [product, byKey] of [...clues].sort(([a], [b]) => compare(a, b))) {
		const counted = [...byKey.values()].filter(({ isPlainDynamic }) => !(servesAtLarge && isPlainDynamic));
		const seen = counted.sort((a, b) => b.points - a.points || compare(a.reason, b.reason));
		if (seen.reduce((sum, { points }) => sum + points, 0) < ENOUGH) continue;
		if (given.has(product)) {
			passedOver.push(product);
			continue;
		}
		products.push(product);
		reasons.push(...seen.map(({ reason }) => `${product}: ${reason}`));
	}
	return { passedOver, products, reasons };
}

/** What a host says of itself: IP Office's words before Voicemail Pro's, the longest of several. */
function saidBy(identities: readonly Identity[]): Pick<Host, "model" | "release" | "system"> {
	const said: { model?: string; release?: string; system?: string } = {};
	for (const field of ["model", "release", "system"] as const) {
		const [first] = identities
			.flatMap(({ product, [field]: text }) => (text ? [{ product, text }] : []))
			.sort((a, b) => compare(a.product, b.product) || b.text.length - a.text.length || compare(a.text, b.text));
		if (first) said[field] = first.text;
	}
	return said;
}
