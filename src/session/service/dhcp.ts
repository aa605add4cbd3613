import { addressText } from "../../packet/address.ts";
import type { PacketView } from "../../packet/view.ts";
import { type DhcpMessage, parseDhcp } from "../../protocol/dhcp.ts";
import type { IncidentTable } from "../incidents.ts";
import { Overflow } from "../overflow.ts";
import { DhcpClients } from "./dhcp-clients.ts";

/** Who takes part in the exchanges that one flow's messages belong to. */
export interface DhcpExchange {
	/** Addresses of the servers that answered. */
	readonly servers: ReadonlySet<string>;
	/** Addresses of the clients: the ones that they sent from, had, or were given. */
	readonly clients: ReadonlySet<string>;
	/** Addresses of relay agents, which stand between the two (RFC 2131, giaddr). */
	readonly relays: ReadonlySet<string>;
}

interface Transaction {
	readonly servers: Set<string>;
	readonly clients: Set<string>;
	readonly relays: Set<string>;
}

/** Transactions and flows followed; a flood of further ones stays unattached. */
const MAX_TRANSACTIONS = 50_000;
const MAX_FLOWS = 100_000;
/** Of all flows: which transactions each of them carried. */
const MAX_TIES = 200_000;
const BEYOND = "DHCP messages beyond the limits were not attached to their exchange";
/** Addresses kept of one kind in one transaction: more are no exchange but an attack. */
const MAX_PARTICIPANTS = 16;
const UNSPECIFIED = new Set(["0.0.0.0", "255.255.255.255"]);

/**
 * DHCP and BOOTP exchanges (RFC 2131, RFC 951). Their flows are broadcasts of nobody to everybody; the transaction id
 * ties each to the host that answers and to the address that the client is given.
 */
export class DhcpTracker {
	readonly #transactions = new Map<string, Transaction>();
	readonly #flows = new Map<number, Set<Transaction>>();
	readonly #clients: DhcpClients;
	readonly #overflow: Overflow;
	#ties = 0;

	constructor(incidents: IncidentTable, overflow = new Overflow()) {
		this.#clients = new DhcpClients(incidents, overflow);
		this.#overflow = overflow;
	}

	/** Notes which clients have got no address yet. */
	tellOpen(): void {
		this.#clients.tellOpen();
	}

	/** Looks at one BOOTP-format payload. */
	observe(data: Uint8Array, start: number, end: number, packet: PacketView, flow: number, side: 0 | 1): void {
		const message = parseDhcp(data, start, end);
		if (!message) return;
		this.#clients.observe(message, packet, flow, side);
		const transaction = this.#transactionOf(message);
		if (!transaction) {
			this.#overflow.add(BEYOND);
			return;
		}
		const source = addressText(packet.ipVersion, packet.src0, packet.src1, packet.src2, packet.src3);
		if (message.reply) {
			add(transaction.servers, message.serverId ?? source);
			add(transaction.clients, message.yourAddress);
		} else if (message.relay === "0.0.0.0") {
			add(transaction.clients, source);
		}
		add(transaction.clients, message.clientAddress);
		add(transaction.relays, message.relay);
		this.#tie(flow, transaction);
	}

	#tie(flow: number, transaction: Transaction): void {
		const transactions = this.#flows.get(flow);
		if (transactions?.has(transaction)) return;
		if (this.#ties >= MAX_TIES || (!transactions && this.#flows.size >= MAX_FLOWS)) this.#overflow.add(BEYOND);
		else {
			this.#ties++;
			if (transactions) transactions.add(transaction);
			else this.#flows.set(flow, new Set([transaction]));
		}
	}

	#transactionOf(message: DhcpMessage): Transaction | undefined {
		const key = `${message.transactionId} ${message.hardwareAddress}`;
		let transaction = this.#transactions.get(key);
		if (!transaction && this.#transactions.size < MAX_TRANSACTIONS) {
			transaction = { servers: new Set(), clients: new Set(), relays: new Set() };
			this.#transactions.set(key, transaction);
		}
		return transaction;
	}

	/** The participants of all exchanges that `flow` carried; undefined for a flow that carried none. */
	exchangeOf(flow: number): DhcpExchange | undefined {
		const transactions = this.#flows.get(flow);
		if (!transactions) return undefined;
		const servers = new Set<string>();
		const clients = new Set<string>();
		const relays = new Set<string>();
		for (const transaction of transactions) {
			for (const server of transaction.servers) servers.add(server);
			for (const client of transaction.clients) clients.add(client);
			for (const relay of transaction.relays) relays.add(relay);
		}
		return { servers, clients, relays };
	}
}

function add(addresses: Set<string>, address: string): void {
	if (!UNSPECIFIED.has(address) && addresses.size < MAX_PARTICIPANTS) addresses.add(address);
}
