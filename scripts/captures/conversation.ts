import type { Path } from "./link.ts";
import type { End } from "./network.ts";
import { IpProtocol, icmpMessage, udpDatagram } from "./packets.ts";
import { ends, type Flow, type Recording, type Side } from "./recording.ts";
import { TcpConversation } from "./tcp.ts";
import type { Verdict } from "./truth.ts";

/** How a conversation begins and what label it must get. */
export interface Opening {
	/** Seconds since the recording's start. */
	readonly at: number;
	readonly client: End;
	readonly server: End;
	readonly verdict: Verdict;
	/** Seconds from one end to the other; a local network's by default. */
	readonly latency?: number;
}

/** A place where conversations are recorded. */
export class Wire {
	readonly recording: Recording;
	readonly #path: Path;

	constructor(recording: Recording, path: Path) {
		this.recording = recording;
		this.#path = path;
	}

	/** The same recording, with packets wrapped in another way. */
	via(path: Path): Wire {
		return new Wire(this.recording, path);
	}

	/** A TCP connection of which nothing is sent yet. */
	tcp(opening: Opening): TcpConversation {
		return new TcpConversation(this.recording, this.#flow(opening, "tcp"), opening.at, opening.latency ?? LAN);
	}

	udp(opening: Opening): UdpConversation {
		return new UdpConversation(this.recording, this.#flow(opening, "udp"), opening.at, opening.latency ?? LAN);
	}

	/** Echo requests, one a second, each answered. */
	ping(opening: Opening, count: number): void {
		const flow = this.#flow(opening, "icmp");
		const identifier = Uint8Array.of(0, 1);
		for (let n = 1; n <= count; n++) {
			const body = [identifier, Uint8Array.of(0, n), "abcdefghijklmnopqrstuvwabcdefghi"] as const;
			const from = flow.client.host.address;
			const to = flow.server.host.address;
			const time = opening.at + n - 1;
			const latency = opening.latency ?? LAN;
			this.recording.addSegment(time, flow, "client", IpProtocol.icmp, icmpMessage(from, to, 8, 0, ...body));
			this.recording.addSegment(time + latency, flow, "server", IpProtocol.icmp, icmpMessage(to, from, 0, 0, ...body));
		}
	}

	/** A flow whose packets the caller builds. */
	flow(opening: Opening, transport: Flow["transport"]): Flow {
		return this.#flow(opening, transport);
	}

	#flow(opening: Opening, transport: Flow["transport"]): Flow {
		const { client, server, verdict } = opening;
		return { client, server, transport, verdict, path: this.#path };
	}
}

/** A UDP conversation; every datagram moves its clock on. */
export class UdpConversation {
	readonly flow: Flow;
	readonly #recording: Recording;
	readonly #latency: number;
	#clock: number;

	constructor(recording: Recording, flow: Flow, at: number, latency: number) {
		this.#recording = recording;
		this.flow = flow;
		this.#clock = at;
		this.#latency = latency;
	}

	/** Seconds since the recording's start. */
	get clock(): number {
		return this.#clock;
	}

	client(data: Uint8Array): this {
		return this.#send("client", data);
	}

	server(data: Uint8Array): this {
		return this.#send("server", data);
	}

	wait(seconds: number): this {
		this.#clock += seconds;
		return this;
	}

	/** Moves the clock to a time, to follow what happens in another flow. */
	until(seconds: number): this {
		this.#clock = seconds;
		return this;
	}

	/** One datagram at a time of its own, the clock left alone. */
	sendAt(seconds: number, side: Side, data: Uint8Array, dscp = 0): this {
		const [from, to] = ends(this.flow, side);
		const ports = [from.port, to.port] as const;
		const datagram = udpDatagram(from.host.address, to.host.address, ports, data);
		this.#recording.addSegment(seconds, this.flow, side, IpProtocol.udp, datagram, dscp);
		return this;
	}

	#send(side: Side, data: Uint8Array): this {
		this.sendAt(this.#clock, side, data);
		this.#clock += this.#latency * (1 + (this.#recording.random.next() % 1000) / 1000);
		return this;
	}
}

/** One way through a switch, seconds. */
const LAN = 0.0004;
/** One way to a server on the Internet, seconds. */
export const WAN = 0.014;
