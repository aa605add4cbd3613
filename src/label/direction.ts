import { type FlowStore, isGroupSide } from "../flow/store.ts";
import { synAckSide, synSide } from "../flow/tcp.ts";
import type { MatrixIndex } from "../matrix/index.ts";
import { Protocol } from "../packet/view.ts";
import { isPortOf } from "../protocol/index.ts";
import { serverSideByPayload } from "../session/evidence.ts";
import { Overflow } from "../session/overflow.ts";
import type { Shown } from "../session/transfer/transfer.ts";
import { Evidence, evidenceFor } from "./fit.ts";
import { type AddressKey, addressKey, type Hosts } from "./hosts.ts";
import { FIRST_USER_PORT, isServicePort } from "./services.ts";

export type Basis = "handshake" | "payload" | "port" | "first-packet";

/** Which side is the server, and how that is known (rule 2). */
export interface Direction {
	readonly serverSide: 0 | 1;
	readonly basis: Basis;
	/** False for a guess. */
	readonly certain: boolean;
	readonly reason: string;
}

const BY_SYN_ACK = "the server is the side that answered the SYN";
const BY_SYN = "the server is the side that was sent the SYN; it did not accept";
const BY_PAYLOAD = "client and server are told by the payload: who asks, and who answers";
const BY_TRANSFER = "the server is the side that the TFTP transfer's request went to";
const WITHOUT_REQUEST = "the TFTP transfer's request is not in the capture:";
const BY_TFTP_PORT = `${WITHOUT_REQUEST} the server is the side with port 69`;
const BY_WRITE_REQUEST = `${WITHOUT_REQUEST} the side whose write request the data follows at once is taken for the server, for so IP Office answers`;
const BY_DATA = `${WITHOUT_REQUEST} the side that sends the data is taken for the server, though a client that writes sends it too`;
const BY_ENDPOINT = "the server is the endpoint that answers other flows in this capture";
const BY_PORT = "the server is the side whose port a matrix row or a well-known service lists";
const BY_GROUP = "the server is the group that is spoken to: a broadcast or multicast address asks nobody";
const BY_FIRST = "the client is the side that was seen first; nothing else tells";

function verdict(serverSide: 0 | 1, basis: Basis, certain: boolean, reason: string): Direction {
	return { serverSide, basis, certain, reason };
}

const VERDICTS = {
	synAck: [verdict(0, "handshake", true, BY_SYN_ACK), verdict(1, "handshake", true, BY_SYN_ACK)],
	syn: [verdict(0, "handshake", true, BY_SYN), verdict(1, "handshake", true, BY_SYN)],
	payload: [verdict(0, "payload", true, BY_PAYLOAD), verdict(1, "payload", true, BY_PAYLOAD)],
	endpoint: [verdict(0, "port", true, BY_ENDPOINT), verdict(1, "port", true, BY_ENDPOINT)],
	port: [verdict(0, "port", true, BY_PORT), verdict(1, "port", true, BY_PORT)],
	group: [verdict(0, "port", true, BY_GROUP), verdict(1, "port", true, BY_GROUP)],
	first: [verdict(0, "first-packet", false, BY_FIRST), verdict(1, "first-packet", false, BY_FIRST)],
} as const;

const BY_TRANSFERS: Readonly<Record<Shown, readonly [Direction, Direction]>> = {
	request: [verdict(0, "payload", true, BY_TRANSFER), verdict(1, "payload", true, BY_TRANSFER)],
	port: [verdict(0, "port", true, BY_TFTP_PORT), verdict(1, "port", true, BY_TFTP_PORT)],
	"write-request": [verdict(0, "payload", false, BY_WRITE_REQUEST), verdict(1, "payload", false, BY_WRITE_REQUEST)],
	data: [verdict(0, "payload", false, BY_DATA), verdict(1, "payload", false, BY_DATA)],
};

/** Direction from the flow alone: its handshake or its payload; undefined where neither tells. */
export function observedDirection(store: FlowStore, flow: number): Direction | undefined {
	if (store.protocol(flow) === Protocol.TCP) {
		const words = store.tcpWords(flow);
		const state = store.tcpBase(flow);
		const answered = synAckSide(words, state);
		if (answered >= 0) return VERDICTS.synAck[answered as 0 | 1];
		const asked = synSide(words, state);
		if (asked >= 0) return VERDICTS.syn[(1 - asked) as 0 | 1];
	}
	const side = serverSideByPayload(store.evidence(flow));
	return side === undefined ? undefined : VERDICTS.payload[side];
}

/**
 * Direction of a flow that is part of a TFTP transfer: the transfer's, whoever opened the flow. IP Office's write
 * request to port 69 of the client answers; it does not make the client a server.
 */
export function transferDirection(serverSide: 0 | 1, shownBy: Shown): Direction {
	return BY_TRANSFERS[shownBy][serverSide];
}

/** Endpoints kept; a flood of answers from ever new addresses must not fill the memory. */
const MAX_ENDPOINTS = 500_000;
const BEYOND = `times servers beyond the first ${MAX_ENDPOINTS} endpoints were seen: in other flows they may be taken for clients`;

/** Beside protocol and port, in the numbers that stand for them. */
const PLAIN = 1 << 24;
const SECURE = 1 << 25;

/** Endpoints that were seen to serve, by a handshake or by their payload, in any flow of the capture. */
export class ServerEndpoints {
	readonly #endpoints = new Map<AddressKey, Set<number>>();
	readonly #overflow: Overflow;
	#size = 0;

	constructor(overflow = new Overflow()) {
		this.#overflow = overflow;
	}

	add(address: AddressKey, protocol: number, port: number): void {
		if (this.has(address, protocol, port)) return;
		if (this.#size >= MAX_ENDPOINTS) {
			this.#overflow.add(BEYOND);
			return;
		}
		this.#size++;
		let ports = this.#endpoints.get(address);
		if (!ports) {
			ports = new Set();
			this.#endpoints.set(address, ports);
		}
		ports.add((protocol << 16) | port);
	}

	has(address: AddressKey, protocol: number, port: number): boolean {
		return this.#endpoints.get(address)?.has((protocol << 16) | port) ?? false;
	}

	/** A TCP endpoint that is known to serve was heard with TLS, or without. */
	heard(address: AddressKey, port: number, hasTls: boolean): void {
		if (this.has(address, Protocol.TCP, port)) this.#endpoints.get(address)!.add((hasTls ? SECURE : PLAIN) | port);
	}

	/** Whether it was heard, and never with TLS: one client that speaks in clear to a secure service is refused there. */
	isPlain(address: AddressKey, port: number): boolean {
		const known = this.#endpoints.get(address);
		return known?.has(PLAIN | port) === true && !known.has(SECURE | port);
	}
}

/** Direction from ports: what other flows showed, then who lists which port, then whose the payload's is, then who was seen first. */
export function inferredDirection(
	store: FlowStore,
	flow: number,
	endpoints: ServerEndpoints,
	hosts: Hosts,
	matrix: MatrixIndex,
	application: string | null,
): Direction {
	const protocol = store.protocol(flow);
	const port0 = store.port(flow, 0);
	const port1 = store.port(flow, 1);
	if (port0 === 0 && port1 === 0) return VERDICTS.first[1];
	const isGroup1 = isGroupSide(store, flow, 1);
	if (isGroupSide(store, flow, 0) !== isGroup1) return VERDICTS.group[isGroup1 ? 1 : 0];
	const address0 = addressKey(store, flow, 0);
	const address1 = addressKey(store, flow, 1);
	const serves0 = endpoints.has(address0, protocol, port0);
	const serves1 = endpoints.has(address1, protocol, port1);
	if (serves0 !== serves1) return VERDICTS.endpoint[serves0 ? 0 : 1];
	const products0 = hosts.productsOf(address0);
	const products1 = hosts.productsOf(address1);
	const rank0 = portRank(matrix, protocol, port0, products0, products1, application);
	const rank1 = portRank(matrix, protocol, port1, products1, products0, application);
	if (rank0 !== rank1) return VERDICTS.port[rank0 > rank1 ? 0 : 1];
	const speaks0 = isPortOf(application, port0);
	if (speaks0 !== isPortOf(application, port1)) return VERDICTS.port[speaks0 ? 0 : 1];
	const service0 = isServicePort(port0);
	if (service0 !== isServicePort(port1)) return VERDICTS.port[service0 ? 0 : 1];
	const system0 = port0 < FIRST_USER_PORT;
	if (service0 && system0 !== port1 < FIRST_USER_PORT) return VERDICTS.port[system0 ? 0 : 1];
	return VERDICTS.first[1];
}

/**
 * How strongly a port says that its side is the server: an exact port of a row that fits the two hosts, a default
 * range of its own product's rows, a well-known service, a range of the other side's egress rows, a
 * configurable range of its own product's rows, an exact port of any row.
 */
function portRank(
	matrix: MatrixIndex,
	protocol: number,
	port: number,
	own: readonly string[],
	other: readonly string[],
	application: string | null,
): number {
	const fit = bestFit(matrix, protocol, port, own, other, application);
	if (fit === "exact") return 5;
	if (fit === "own-range") return 4;
	if (isServicePort(port)) return 3;
	if (fit === "other-range") return 2;
	if (fit === "own-configurable") return 1;
	return matrix.isExactPort(protocol, port) ? 0.5 : 0;
}

/**
 * How well a port fits the ingress rows of its own side's products and the egress rows of the other side's. The
 * ranges hold many ephemeral ports: they speak only for a payload that their row names.
 */
function bestFit(
	matrix: MatrixIndex,
	protocol: number,
	port: number,
	own: readonly string[],
	other: readonly string[],
	application: string | null,
): "exact" | "own-range" | "other-range" | "own-configurable" | null {
	if (own.length === 0 && other.length === 0) return null;
	if (application === null && !matrix.isExactPort(protocol, port)) return null;
	let best: "own-range" | "other-range" | "own-configurable" | null = null;
	for (const { row, fit } of matrix.rowsFor(protocol, port)) {
		if (!(row.direction === "out" ? other : own).includes(row.product)) continue;
		if (fit === "exact") {
			if (evidenceFor(row, application) !== Evidence.Contradicts) return "exact";
			continue;
		}
		if (application === null || !row.protocols.includes(application)) continue;
		if (fit === "configurable") {
			if (row.direction !== "out") best ??= "own-configurable";
		} else if (row.direction !== "out") best = "own-range";
		else if (best !== "own-range") best = "other-range";
	}
	return best;
}
