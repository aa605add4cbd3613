import { FlowStore } from "../flow/store.ts";
import { synAckSide } from "../flow/tcp.ts";
import { MatrixIndex } from "../matrix/index.ts";
import type { Matrix } from "../matrix/types.ts";
import { Protocol } from "../packet/view.ts";
import { TFTP_PORT } from "../protocol/tftp.ts";
import type { DhcpExchange } from "../session/dhcp.ts";
import { isTentative } from "../session/evidence.ts";
import type { Sessions } from "../session/sessions.ts";
import type { Transfer } from "../session/transfers.ts";
import {
	type Direction,
	inferredDirection,
	observedDirection,
	ServerEndpoints,
	transferDirection,
} from "./direction.ts";
import type { Facts } from "./facts.ts";
import { type AddressKey, addressKey, Hosts, keyOfText, sideAddress } from "./hosts.ts";
import { productSignature } from "./signatures.ts";
import { Labeller, type Verdict } from "./verdict.ts";

export interface LabelOptions {
	/** What the user said: complete for each product named. */
	readonly hosts: readonly { product: string; address: string }[];
	/** Whether further hosts are inferred from the traffic. */
	readonly infer: boolean;
}

/** A flow's direction and verdict. */
export interface FlowLabel {
	readonly direction: Direction;
	readonly verdict: Verdict;
}

const LOOPBACK_NET = 127;

/**
 * Labels for the flows of a finished capture. A first pass over all flows learns who serves what and who is a
 * product, so that no label depends on the order of packets; `of` then labels one flow at a time.
 */
export class Labels {
	readonly hosts: Hosts;
	readonly #store: FlowStore;
	readonly #sessions: Sessions;
	readonly #matrix: MatrixIndex;
	readonly #endpoints = new ServerEndpoints();
	readonly #labeller: Labeller;
	/** By the verdict without the tunnel, so that equal verdicts stay one object. */
	readonly #carriers = new WeakMap<Verdict, Verdict>();

	constructor(store: FlowStore, sessions: Sessions, matrix: Matrix, options: LabelOptions) {
		this.#store = store;
		this.#sessions = sessions;
		this.#matrix = new MatrixIndex(matrix);
		this.hosts = new Hosts(matrix, options.hosts);
		for (let flow = 0; flow < store.size; flow++) this.#learn(flow, options.infer);
		if (options.infer) for (const transfer of sessions.transfers.transfers) this.#learnFromTransfer(transfer);
		this.hosts.settle();
		this.#labeller = new Labeller(this.#matrix, this.hosts.any);
	}

	of(flow: number): FlowLabel {
		const direction = this.direction(flow);
		const verdict = this.#verdict(flow, direction);
		const isCarrier = verdict.status === "unknown" && this.#store.carrier(flow);
		return { direction, verdict: isCarrier ? this.#asCarrier(verdict) : verdict };
	}

	/** An unknown flow is no riddle where it carries others that have labels of their own. */
	#asCarrier(verdict: Verdict): Verdict {
		let carrier = this.#carriers.get(verdict);
		if (!carrier) {
			const group = "carries a tunnel: the flows inside it have their own labels";
			carrier = { ...verdict, group, reasons: [group, ...verdict.reasons] };
			this.#carriers.set(verdict, carrier);
		}
		return carrier;
	}

	direction(flow: number): Direction {
		return (
			this.#directionOfTransfer(flow) ??
			observedDirection(this.#store, flow) ??
			inferredDirection(
				this.#store,
				flow,
				this.#endpoints,
				this.hosts,
				this.#matrix,
				this.#sessions.protocolOf(flow) ?? this.#announced(flow),
			)
		);
	}

	#directionOfTransfer(flow: number): Direction | undefined {
		const store = this.#store;
		const transfer = this.#sessions.transfers.transfers[store.transfer(flow) - 1];
		if (!transfer || store.sameAddress(flow)) return undefined;
		return transferDirection(sideAddress(store, flow, 0) === transfer.server.address ? 0 : 1);
	}

	/** The one row of a transfer's flows. */
	ofTransfer(transfer: Transfer): Verdict {
		const server = keyOfText(transfer.server.address);
		const client = keyOfText(transfer.client.address);
		return this.#labeller.label({
			protocol: Protocol.UDP,
			serverPort: TFTP_PORT,
			serverProducts: this.#productsAt(server),
			clientProducts: this.#productsAt(client),
			sameHost: server === client,
			application: "tftp",
			name: null,
			isDnsName: false,
			announced: null,
			speaks: null,
		});
	}

	#verdict(flow: number, direction: Direction): Verdict {
		const store = this.#store;
		const transfer = this.#sessions.transfers.transfers[store.transfer(flow) - 1];
		if (transfer) return this.ofTransfer(transfer);
		const { serverSide } = direction;
		const clientSide = (1 - serverSide) as 0 | 1;
		const fields = this.#sessions.fieldsOf(flow);
		const application = this.#sessions.protocolOf(flow);
		const exchange = this.#sessions.dhcp.exchangeOf(flow);
		const facts = {
			protocol: store.protocol(flow),
			serverPort: store.port(flow, serverSide),
			serverProducts:
				exchange && this.#standsIn(flow, serverSide, exchange)
					? this.#productsOfAll(exchange.servers)
					: this.#productsOfSide(flow, serverSide),
			clientProducts:
				exchange && this.#standsIn(flow, clientSide, exchange)
					? this.#productsOfAll(exchange.clients)
					: this.#productsOfSide(flow, clientSide),
			sameHost: store.sameAddress(flow),
			application,
			name: nameIn(fields),
			isDnsName: false,
			announced: application === null ? this.#announced(flow) : null,
			speaks: (application && fields && productSignature(application, fields)?.product) || null,
		};
		const usesNames = facts.name === null && facts.protocol === Protocol.TCP && facts.clientProducts.length > 0;
		return (usesNames ? this.#byDnsName(facts, flow, serverSide) : undefined) ?? this.#labeller.label(facts);
	}

	/** What a session description announced for one of a flow's ends. */
	#announced(flow: number): string | null {
		const { media } = this.#sessions;
		const store = this.#store;
		if (media.size === 0 || store.protocol(flow) !== Protocol.UDP) return null;
		return (
			media.at(sideAddress(store, flow, 0), store.port(flow, 0)) ??
			media.at(sideAddress(store, flow, 1), store.port(flow, 1))
		);
	}

	/** The verdict by the names that DNS gave the server; undefined where there are none, or they disagree. */
	#byDnsName(facts: Facts, flow: number, serverSide: 0 | 1): Verdict | undefined {
		const { names } = this.#sessions;
		if (names.size === 0) return undefined;
		let agreed: Verdict | undefined;
		for (const name of names.of(sideAddress(this.#store, flow, serverSide))) {
			const verdict = this.#labeller.label({ ...facts, name, isDnsName: true });
			if (agreed && (agreed.status !== verdict.status || agreed.row !== verdict.row)) return undefined;
			agreed = verdict;
		}
		return agreed;
	}

	#learn(flow: number, infer: boolean): void {
		const store = this.#store;
		if (store.transfer(flow) !== 0) return;
		const direction = observedDirection(store, flow);
		if (!direction || store.packets(flow, direction.serverSide) === 0) return;
		const protocol = store.protocol(flow);
		const side = direction.serverSide;
		if (
			protocol === Protocol.TCP &&
			direction.basis === "handshake" &&
			synAckSide(store.words(flow), store.base(flow) + FlowStore.STATE) < 0
		)
			return;
		const address = addressKey(store, flow, side);
		const port = store.port(flow, side);
		// Whoever asked first in a protocol where both sides ask is no proof that the endpoint serves others.
		if (direction.basis !== "payload" || !isTentative(store.evidence(flow)))
			this.#endpoints.add(address, protocol, port);
		if (!infer) return;
		const text = () => sideAddress(store, flow, side);
		const application = this.#sessions.protocolOf(flow);
		this.hosts.answered(address, text, protocol, port, application === "tls");
		const fields = this.#sessions.fieldsOf(flow);
		const signature = application && fields ? productSignature(application, fields) : undefined;
		if (signature) this.hosts.spoke(address, text, signature.product, signature.reason);
	}

	#learnFromTransfer(transfer: Transfer): void {
		if (transfer.style === undefined || transfer.isAssumed) return;
		// Any server may be asked for IP Office's pseudo-files: only one that has them is one.
		const file = transfer.blocks > 0 ? transfer.file : "";
		const signature = productSignature("tftp", { file, style: transfer.style });
		if (!signature) return;
		this.hosts.spoke(
			keyOfText(transfer.server.address),
			() => transfer.server.address,
			signature.product,
			signature.reason,
		);
	}

	/** Whether a side of a DHCP flow is nobody itself: a broadcast, a client without address, or a relay. */
	#standsIn(flow: number, side: 0 | 1, exchange: DhcpExchange): boolean {
		const word = this.#store.addressWord(flow, side, 3);
		return word === 0 || word === -1 || exchange.relays.has(sideAddress(this.#store, flow, side));
	}

	#productsOfSide(flow: number, side: 0 | 1): readonly string[] {
		const store = this.#store;
		const isLoopback = store.ipVersion(flow) === 4 && store.addressWord(flow, side, 3) >>> 24 === LOOPBACK_NET;
		return isLoopback ? this.hosts.allProducts() : this.#productsAt(addressKey(store, flow, side));
	}

	#productsAt(address: AddressKey): readonly string[] {
		return address === "::1" ? this.hosts.allProducts() : this.hosts.productsOf(address);
	}

	#productsOfAll(addresses: Iterable<string>): readonly string[] {
		return this.hosts.productSet([...addresses].flatMap((address) => this.hosts.productsOf(keyOfText(address))));
	}
}

function nameIn(fields: Readonly<Record<string, unknown>> | undefined): string | null {
	const name = fields?.sni ?? fields?.host;
	return typeof name === "string" ? name : null;
}
