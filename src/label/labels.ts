import { type FlowStore, sideAddress } from "../flow/store.ts";
import { MatrixIndex } from "../matrix/index.ts";
import type { Matrix, MatrixRow, SecureTwin } from "../matrix/types.ts";
import { Protocol } from "../packet/view.ts";
import { identityIn } from "../protocol/identity.ts";
import { TFTP_PORT } from "../protocol/tftp.ts";
import type { DhcpExchange } from "../session/service/dhcp.ts";
import type { Sessions } from "../session/sessions.ts";
import type { Transfer } from "../session/transfer/transfer.ts";
import {
	type Direction,
	inferredDirection,
	observedDirection,
	ServerEndpoints,
	transferDirection,
} from "./direction.ts";
import type { Facts } from "./facts.ts";
import {
	type AddressKey,
	addressKey,
	type EndpointKey,
	endpointKey,
	type HostClues,
	Hosts,
	keyOfText,
} from "./hosts.ts";
import { Learner } from "./learner.ts";
import { ServerNames } from "./server-names.ts";
import { Labeller, type Verdict } from "./verdict.ts";
import { type WeighedRow, weighRows } from "./weigh.ts";

export interface LabelOptions {
	/** What the user said: complete for each product named. */
	readonly hosts: readonly { product: string; address: string }[];
	/** Whether further hosts are inferred from the traffic. */
	readonly infer: boolean;
	/** Of pieces of the run that were read before. */
	readonly earlier?: HostClues;
}

/** A flow's direction and verdict. */
export interface FlowLabel {
	readonly direction: Direction;
	readonly verdict: Verdict;
}

/** A flow's label, what it rests on, and every row that could have been it. */
export interface Explained extends FlowLabel {
	readonly facts: Facts;
	readonly rows: readonly WeighedRow[];
}

/** Where a service is to be had with TLS, and whether the server answers there in this capture, other than in clear text. */
export interface AnsweringTwin {
	readonly row: MatrixRow;
	readonly port: number;
	readonly isAnswering: boolean;
}

/** What shares a port with media (RFC 7983). */
const BESIDE_MEDIA: ReadonlySet<string | null> = new Set(["stun", "dtls"]);
/** Ports of STUN and TURN servers (RFC 8489, 18.6), of their neighbours, and of a public one in wide use. */
const STUN_SERVER_PORTS: readonly number[] = [3478, 3479, 5349, 19302];
const NO_ENDPOINTS = new ServerEndpoints();

const NO_TWINS: readonly AnsweringTwin[] = [];
/** Servers of one row whose twins are remembered. */
const MAX_ENDPOINTS = 1000;

const LOOPBACK_NET = 127;

const NO_REQUEST = "the TFTP request, which tells who serves, is not in the capture";

/**
 * Labels for the flows of a finished capture. A first pass over all flows learns who serves what and who is a
 * product, so that no label depends on the order of packets; `of` then labels one flow at a time.
 */
export class Labels {
	readonly hosts: Hosts;
	readonly #store: FlowStore;
	readonly #sessions: Sessions;
	readonly #matrix: MatrixIndex;
	readonly #later: MatrixIndex | undefined;
	readonly #endpoints: ServerEndpoints;
	readonly #labeller: Labeller;
	readonly #names: ServerNames;
	/** By row, then by server. */
	readonly #twins = new Map<MatrixRow, Map<EndpointKey, readonly AnsweringTwin[]>>();
	/** By flow: what was asked for once is asked for again, by findings, summary and records. */
	readonly #known: (FlowLabel | undefined)[];
	readonly #byVerdict = new WeakMap<Verdict, FlowLabel[]>();
	/** By the verdict without the tunnel, so that equal verdicts stay one object. */
	readonly #carriers = new WeakMap<Verdict, Verdict>();

	/** @param later the matrix of a later release, whose rows count where `matrix` has none for a flow. */
	constructor(store: FlowStore, sessions: Sessions, matrix: Matrix, options: LabelOptions, later?: Matrix) {
		this.#store = store;
		this.#sessions = sessions;
		this.#matrix = new MatrixIndex(matrix);
		this.#later = later && new MatrixIndex(later);
		this.hosts = new Hosts(matrix, options.hosts, options.infer, sessions.overflow, options.earlier);
		this.#endpoints = new ServerEndpoints(sessions.overflow);
		this.#names = new ServerNames(later ?? matrix);
		new Learner(store, sessions, later ?? matrix, this.hosts, this.#endpoints).learn();
		this.hosts.settle();
		this.#labeller = new Labeller(this.#matrix, this.hosts.any, this.#later);
		this.#known = new Array<FlowLabel | undefined>(store.size).fill(undefined);
	}

	of(flow: number): FlowLabel {
		let label = this.#known[flow];
		if (!label) {
			const direction = this.direction(flow);
			const verdict = this.#verdict(flow, direction);
			const isCarrier = verdict.status === "unknown" && this.#store.carrier(flow);
			label = this.#shared(direction, isCarrier ? this.#asCarrier(verdict) : verdict);
			this.#known[flow] = label;
		}
		return label;
	}

	/** Equal labels are one object: there are few. */
	#shared(direction: Direction, verdict: Verdict): FlowLabel {
		let labels = this.#byVerdict.get(verdict);
		if (!labels) {
			labels = [];
			this.#byVerdict.set(verdict, labels);
		}
		let label = labels.find((each) => each.direction === direction);
		if (!label) {
			label = { direction, verdict };
			labels.push(label);
		}
		return label;
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
			this.#directionOfMedia(flow) ??
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

	/**
	 * Direction of a web client's media. Connectivity checks (ICE) and DTLS go both ways, and say nothing of who serves:
	 * the ports do, where one of them is in a media range of its own host.
	 */
	#directionOfMedia(flow: number): Direction | undefined {
		const store = this.#store;
		const application = this.#sessions.protocolOf(flow);
		if (store.protocol(flow) !== Protocol.UDP || !BESIDE_MEDIA.has(application)) return undefined;
		if (isStunServer(store.port(flow, 0)) || isStunServer(store.port(flow, 1))) return undefined;
		const direction = inferredDirection(store, flow, NO_ENDPOINTS, this.hosts, this.#matrix, application);
		return direction.basis === "port" ? direction : undefined;
	}

	/** Whether a row is known by a name's domain: then somebody needs the name. */
	needsName(name: string): boolean {
		return this.#names.isOfMatrix(name);
	}

	/** The row of a verdict that names one. */
	rowOf({ row }: Verdict): MatrixRow | undefined {
		return row === null ? undefined : this.row(row);
	}

	/** A row by its id, of a later release too where its rows count. */
	row(id: string): MatrixRow | undefined {
		return this.#matrix.row(id) ?? this.#later?.row(id);
	}

	/** The rows, as they stood in the release that labels the run. */
	get matrix(): MatrixIndex {
		return this.#matrix;
	}

	/** Whether the server's port answered in any flow of the capture. */
	hasAnswered(flow: number, { direction }: FlowLabel): boolean {
		const store = this.#store;
		const side = direction.serverSide;
		return this.#endpoints.has(addressKey(store, flow, side), store.protocol(flow), store.port(flow, side));
	}

	/**
	 * The port on which the server answers with TLS for what the flow's row does without: where both are there, the plain
	 * one may be off. Undefined where the row has no such twin, or none answers in the capture.
	 */
	secureTwin(flow: number, label: FlowLabel): number | undefined {
		return this.secureTwins(flow, label).find(({ isAnswering }) => isAnswering)?.port;
	}

	/** Where the server would do with TLS what the flow's row does without it. The same list for all flows of a row and server. */
	secureTwins(flow: number, { direction, verdict }: FlowLabel): readonly AnsweringTwin[] {
		const row = this.rowOf(verdict);
		if (!row?.secureTwins) return NO_TWINS;
		let ofRow = this.#twins.get(row);
		if (!ofRow) {
			ofRow = new Map();
			this.#twins.set(row, ofRow);
		}
		const endpoint = endpointKey(this.#store, flow, direction.serverSide);
		let twins = ofRow.get(endpoint);
		if (!twins) {
			twins = this.#twinsOf(row.secureTwins, flow, direction.serverSide);
			if (ofRow.size < MAX_ENDPOINTS) ofRow.set(endpoint, twins);
		}
		return twins;
	}

	#twinsOf(twins: readonly SecureTwin[], flow: number, side: 0 | 1): AnsweringTwin[] {
		const store = this.#store;
		const port = store.port(flow, side);
		const address = addressKey(store, flow, side);
		const listed = this.hosts.defaultPort(address, port);
		const shift = listed === undefined ? 0 : port - listed;
		return twins.flatMap(({ row: id, port: its }) => {
			const row = this.#matrix.row(id);
			const there = its + shift;
			if (!row || there === port) return [];
			const isAnswering = this.#endpoints.has(address, Protocol.TCP, there) && !this.#endpoints.isPlain(address, there);
			return [{ row, port: there, isAnswering }];
		});
	}

	#directionOfTransfer(flow: number): Direction | undefined {
		const store = this.#store;
		const transfer = this.#transferOf(flow);
		if (!transfer || store.sameAddress(flow)) return undefined;
		return transferDirection(sideAddress(store, flow, 0) === transfer.server.address ? 0 : 1, transfer.shownBy);
	}

	#transferOf(flow: number): Transfer | undefined {
		const id = this.#store.transfer(flow);
		return id === 0 ? undefined : this.#sessions.transfers.transfers[id - 1];
	}

	/** The one row of a transfer's flows. */
	ofTransfer(transfer: Transfer): Verdict {
		const facts = this.#factsOfTransfer(transfer);
		switch (transfer.shownBy) {
			case "data":
				return this.#labeller.either(facts, turned(facts), NO_REQUEST);
			case "write-request":
				return this.#labeller.unconfirmed(facts, NO_REQUEST);
			default:
				return this.#labeller.label(facts);
		}
	}

	#factsOfTransfer(transfer: Transfer): Facts {
		const server = keyOfText(transfer.server.address);
		const client = keyOfText(transfer.client.address);
		return {
			protocol: Protocol.UDP,
			serverPort: TFTP_PORT,
			listedPort: TFTP_PORT,
			serverProducts: this.#productsAt(server),
			clientProducts: this.#productsAt(client),
			sameHost: server === client,
			application: "tftp",
			name: null,
			feature: null,
			announced: null,
			speaks: null,
		};
	}

	#verdict(flow: number, direction: Direction): Verdict {
		return this.#judge(flow, direction).verdict;
	}

	#judge(flow: number, direction: Direction): { facts: Facts; verdict: Verdict } {
		const transfer = this.#transferOf(flow);
		if (transfer) return { facts: this.#factsOfTransfer(transfer), verdict: this.ofTransfer(transfer) };
		const facts = this.#facts(flow, direction);
		const usesNames = facts.name === null && facts.protocol === Protocol.TCP && facts.clientProducts.length > 0;
		const byName = usesNames ? this.#byAddressName(facts, flow, direction.serverSide) : undefined;
		if (byName) return byName;
		const verdict = this.#labeller.label(facts);
		return verdict.status === "unknown" ? (this.#byMedia(facts, flow) ?? { facts, verdict }) : { facts, verdict };
	}

	/** The verdict by the media that comes beside STUN or DTLS, or that was announced for it; undefined where it tells no row. */
	#byMedia(facts: Facts, flow: number): { facts: Facts; verdict: Verdict } | undefined {
		if (facts.protocol !== Protocol.UDP || !BESIDE_MEDIA.has(facts.application)) return undefined;
		const media = { ...facts, application: this.#sessions.mediaOf(flow) === null ? null : "rtp" };
		const announced = media.application === null ? this.#announced(flow) : null;
		if (media.application === null && announced === null) return undefined;
		const verdict = this.#labeller.label({ ...media, announced });
		return verdict.status === "unknown" ? undefined : { facts: { ...media, announced }, verdict };
	}

	/** A flow's label with all that it rests on. */
	explain(flow: number): Explained {
		const label = this.of(flow);
		const { facts } = this.#judge(flow, label.direction);
		return { ...label, facts, rows: weighRows(this.#matrix, facts, label.verdict) };
	}

	#facts(flow: number, { serverSide }: Direction): Facts {
		const store = this.#store;
		const clientSide = (1 - serverSide) as 0 | 1;
		const fields = this.#sessions.fieldsOf(flow);
		const application = this.#sessions.protocolOf(flow);
		const exchange = this.#sessions.dhcp.exchangeOf(flow);
		const protocol = store.protocol(flow);
		const serverPort = store.port(flow, serverSide);
		const name = this.#names.nameIn(fields);
		return {
			protocol,
			serverPort,
			listedPort: (protocol === Protocol.TCP && this.#defaultPort(flow, serverSide, serverPort)) || serverPort,
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
			name,
			feature: name && this.#names.featureOf(name.text),
			announced: application === null ? this.#announced(flow) : null,
			speaks: (application && fields && identityIn(application, fields)?.product) || null,
		};
	}

	#defaultPort(flow: number, serverSide: 0 | 1, port: number): number | undefined {
		return this.hosts.defaultPort(addressKey(this.#store, flow, serverSide), port);
	}

	/** What a session description announced for one of a flow's ends. */
	#announced(flow: number): string | null {
		const { media } = this.#sessions;
		const store = this.#store;
		if (media.size === 0 || store.protocol(flow) !== Protocol.UDP) return null;
		return media.announcedFor(store, flow);
	}

	/** The verdict by the names that the server's address has; undefined where there are none, or they disagree. */
	#byAddressName(facts: Facts, flow: number, serverSide: 0 | 1): { facts: Facts; verdict: Verdict } | undefined {
		const { names } = this.#sessions;
		if (names.size === 0) return undefined;
		let agreed: { facts: Facts; verdict: Verdict } | undefined;
		for (const [text, source] of names.of(sideAddress(this.#store, flow, serverSide))) {
			const named = { ...facts, name: { text, source }, feature: this.#names.featureOf(text) };
			const verdict = this.#labeller.label(named);
			if (agreed && (agreed.verdict.status !== verdict.status || agreed.verdict.row !== verdict.row)) return undefined;
			agreed = { facts: named, verdict };
		}
		return agreed;
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

function isStunServer(port: number): boolean {
	return STUN_SERVER_PORTS.includes(port);
}

/** The facts if client and server were the other way round. */
function turned(facts: Facts): Facts {
	return { ...facts, serverProducts: facts.clientProducts, clientProducts: facts.serverProducts };
}
