import { type FlowStore, sideAddress } from "../flow/store.ts";
import { synAckSide } from "../flow/tcp.ts";
import type { Matrix } from "../matrix/types.ts";
import { Protocol } from "../packet/view.ts";
import { isTentative } from "../session/evidence.ts";
import type { Sessions } from "../session/sessions.ts";
import type { Transfer } from "../session/transfer/transfer.ts";
import { PortUse } from "./base-port.ts";
import { type Clue, PortClues } from "./clues.ts";
import { type Direction, observedDirection, type ServerEndpoints } from "./direction.ts";
import { addressKey, type Hosts, keyOfText } from "./hosts.ts";

/** The first pass over a finished capture: what its flows, transfers and hosts' own words show of who serves what. */
export class Learner {
	readonly #store: FlowStore;
	readonly #sessions: Sessions;
	readonly #hosts: Hosts;
	readonly #endpoints: ServerEndpoints;
	readonly #clues: PortClues;

	/** @param hosts and `endpoints` take in what is learnt. */
	constructor(store: FlowStore, sessions: Sessions, matrix: Matrix, hosts: Hosts, endpoints: ServerEndpoints) {
		this.#store = store;
		this.#sessions = sessions;
		this.#hosts = hosts;
		this.#endpoints = endpoints;
		this.#clues = new PortClues(matrix);
	}

	learn(): void {
		for (let flow = 0; flow < this.#store.size; flow++) this.#flow(flow);
		for (const transfer of this.#sessions.transfers.transfers) this.#transfer(transfer);
		for (const [address, identities] of this.#sessions.identities.entries()) {
			for (const identity of identities) this.#hosts.says(keyOfText(address), () => address, identity);
		}
	}

	/** Takes from one flow what it shows of its ends. */
	#flow(flow: number): void {
		const store = this.#store;
		if (store.transfer(flow) !== 0) return;
		const direction = observedDirection(store, flow);
		if (!direction) return;
		const protocol = store.protocol(flow);
		const side = direction.serverSide;
		const address = addressKey(store, flow, side);
		const text = () => sideAddress(store, flow, side);
		const port = store.port(flow, side);
		const isAnswered = store.packets(flow, side) > 0 && !isWithoutAnswer(store, flow, direction);
		const application = this.#sessions.protocolOf(flow);
		const hasTls = application === "tls";
		if (protocol === Protocol.TCP) {
			const use = PortUse.Asked | (isAnswered ? PortUse.Answered : 0) | (hasTls ? PortUse.Tls : 0);
			this.#hosts.usedPort(address, text, port, use);
		}
		if (!isAnswered) return;
		// Whoever asked first in a protocol where both sides ask is no proof that the endpoint serves others.
		if (direction.basis !== "payload" || !isTentative(store.evidence(flow)))
			this.#endpoints.add(address, protocol, port);
		if (protocol === Protocol.TCP && application !== null) this.#endpoints.heard(address, port, hasTls);
		this.#ports(flow, side);
		const fields = this.#sessions.fieldsOf(flow);
		if (fields && servesDirectory(fields))
			this.#hosts.says(address, text, { product: "ipo", reason: "serves IP Office's directory files by HTTP" });
		const role = fields && roleClue(this.#sessions.protocolOf(flow), fields);
		if (role) this.#hosts.clue(address, text, role);
	}

	#ports(flow: number, side: 0 | 1): void {
		const store = this.#store;
		const application = this.#sessions.protocolOf(flow);
		const other = (1 - side) as 0 | 1;
		const protocol = store.protocol(flow);
		const port = store.port(flow, side);
		const clientPort = store.port(flow, other);
		const server = this.#clues.ofServer(protocol, port, clientPort, application);
		if (server) this.#hosts.clue(addressKey(store, flow, side), () => sideAddress(store, flow, side), server);
		const client = this.#clues.ofClient(protocol, port, clientPort, application);
		if (client) this.#hosts.clue(addressKey(store, flow, other), () => sideAddress(store, flow, other), client);
	}

	/** What a transfer shows of its server: any may be asked for IP Office's pseudo-files, only IP Office has them. */
	#transfer({ style, shownBy, blocks, file, server }: Transfer): void {
		if (style === undefined || shownBy !== "request") return;
		const says = (reason: string) =>
			this.#hosts.says(keyOfText(server.address), () => server.address, { product: "ipo", reason });
		if (style === "ipoffice") says("answers TFTP reads with a write request, as only IP Office does");
		else if (blocks > 0 && /^nasystem\//i.test(file)) says("serves IP Office's pseudo-files (nasystem/…) by TFTP");
	}
}

/** A TCP server that was asked, but did not accept. */
function isWithoutAnswer(store: FlowStore, flow: number, { basis }: Direction): boolean {
	return basis === "handshake" && synAckSide(store.tcpWords(flow), store.tcpBase(flow)) < 0;
}

/** Files that IP Office makes for its network and for directory clients, with all users and numbers. */
const DIRECTORY_FILES = /^\/system\/(user\/scn_user_list|dir\/\w*cfg_dir_list)/;

function servesDirectory({ path, status }: Readonly<Record<string, unknown>>): boolean {
	return typeof path === "string" && status === 200 && DIRECTORY_FILES.test(path);
}

/**
 * What IP Office does in a network, and other gatekeepers and DHCP servers do too: each counts for little, and not all of
 * them together are likely to be anything else.
 */
function roleClue(application: string | null, fields: Readonly<Record<string, unknown>>): Clue | undefined {
	const clue = (reason: string) => ({ product: "ipo", key: reason, points: 1, reason });
	if (application === "h225-ras") return clue("answers as an H.323 gatekeeper");
	if (application === "h225") return clue("takes H.323 calls");
	const { siteOption } = fields;
	return typeof siteOption === "string" && AVAYA_SETTINGS.test(siteOption)
		? clue("gives Avaya phones their settings by DHCP")
		: undefined;
}

/** Of option 242 or 176, as Avaya's phones read it. */
const AVAYA_SETTINGS = /\b(MCIPADD|HTTPSRVR|HTTPSSRVR|TLSSRVR|TFTPSRVR|L2QVLAN)=/;
