import { isIPv6 } from "node:net";
import { hex, join, u16, zeros } from "./bytes.ts";
import { Flag, IpProtocol, tcpSegment } from "./packets.ts";
import { ends, type Flow, type Recording, type Side } from "./recording.ts";

const NOTHING = zeros(0);
/** Seconds after the first SYN at which an unanswered one is sent again (RFC 6298: 1 s, doubled each time). */
const SYN_TIMES = [0, 1, 3, 7];

/**
 * A TCP connection between two machines that behave: sequence numbers, acknowledgements (with the answer where there
 * is one), segments of at most the MSS. Every packet moves its clock on.
 */
export class TcpConversation {
	readonly flow: Flow;
	readonly #recording: Recording;
	readonly #latency: number;
	readonly #next: Record<Side, number>;
	readonly #mss: number;
	#clock: number;
	/** The side whose data the other has not acknowledged yet. */
	#unacknowledged: Side | undefined;

	constructor(recording: Recording, flow: Flow, at: number, latency: number) {
		this.#recording = recording;
		this.flow = flow;
		this.#clock = at;
		this.#latency = latency;
		this.#next = { client: recording.random.next(), server: recording.random.next() };
		this.#mss = isIPv6(flow.client.host.address) ? 1440 : 1460;
	}

	/** Seconds since the recording's start. */
	get clock(): number {
		return this.#clock;
	}

	/** The three-way handshake. Not called for a connection that was open before the capture began. */
	open(): this {
		this.#syn();
		this.#segment("server", Flag.syn | Flag.ack, NOTHING, this.#synOptions());
		this.#next.server++;
		return this.#acknowledge("client");
	}

	client(data: Uint8Array): this {
		return this.#send("client", data);
	}

	server(data: Uint8Array): this {
		return this.#send("server", data);
	}

	/** Time passes; what is not acknowledged yet is. */
	wait(seconds: number): this {
		this.#flush();
		this.#clock += seconds;
		return this;
	}

	/** An acknowledgement without data, as keep-alives are answered. */
	acknowledge(side: Side): this {
		return this.#acknowledge(side);
	}

	/** An orderly end: FIN, FIN, ACK. */
	close(by: Side = "client"): this {
		const other = opposite(by);
		this.#finish(by);
		this.#finish(other);
		return this.#acknowledge(by);
	}

	reset(by: Side): this {
		this.#unacknowledged = undefined;
		this.#segment(by, Flag.rst | Flag.ack);
		return this;
	}

	/** A SYN that is answered with a reset: nothing listens there. */
	refused(): this {
		this.#syn();
		return this.reset("server");
	}

	/** SYNs that nobody answers. */
	unanswered(count: number): this {
		const start = this.#clock;
		for (const seconds of SYN_TIMES.slice(0, count)) {
			this.#clock = start + seconds;
			this.#segment("client", Flag.syn, NOTHING, this.#synOptions());
		}
		return this;
	}

	#syn(): void {
		this.#segment("client", Flag.syn, NOTHING, this.#synOptions());
		this.#next.client++;
	}

	#send(side: Side, data: Uint8Array): this {
		if (this.#unacknowledged === side) this.#flush();
		for (let from = 0; from < data.length; from += this.#mss) {
			const piece = data.subarray(from, from + this.#mss);
			const last = from + this.#mss >= data.length;
			this.#segment(side, Flag.ack | (last ? Flag.psh : 0), piece);
			this.#next[side] += piece.length;
		}
		this.#unacknowledged = side;
		return this;
	}

	#finish(side: Side): void {
		this.#segment(side, Flag.fin | Flag.ack);
		this.#next[side]++;
		this.#unacknowledged = undefined;
	}

	#flush(): void {
		if (this.#unacknowledged) this.#acknowledge(opposite(this.#unacknowledged));
	}

	#acknowledge(side: Side): this {
		this.#segment(side, Flag.ack);
		this.#unacknowledged = undefined;
		return this;
	}

	#segment(side: Side, flags: number, data: Uint8Array = NOTHING, options: Uint8Array = NOTHING): void {
		const [from, to] = ends(this.flow, side);
		const fields = {
			sourcePort: from.port,
			destinationPort: to.port,
			sequence: this.#next[side] >>> 0,
			acknowledgement: flags & Flag.ack ? this.#next[opposite(side)] >>> 0 : 0,
			flags,
			window: flags & Flag.rst ? 0 : 64240,
			options,
		};
		const segment = tcpSegment(from.host.address, to.host.address, fields, data);
		this.#recording.addSegment(this.#clock, this.flow, side, IpProtocol.tcp, segment);
		this.#clock += this.#latency * (1 + (this.#recording.random.next() % 1000) / 1000);
	}

	/** Maximum segment size and "selective acknowledgements permitted". */
	#synOptions(): Uint8Array {
		return join(2, 4, u16(this.#mss), hex("0101 0402"));
	}
}

function opposite(side: Side): Side {
	return side === "client" ? "server" : "client";
}
