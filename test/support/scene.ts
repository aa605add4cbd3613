/** Captures of a few conversations, written packet by packet, and what is found wrong in them. */
import { type ClassifyOptions, classify } from "../../src/classify.ts";
import type { Report } from "../../src/document/document.ts";
import { datagram, splitEndpoint } from "./analyse.ts";
import { pcap, type Record, withFiles } from "./capture-file.ts";
import { ethernet, ipv4, type Payload, tcp } from "./packet-builder.ts";

/** 2026-03-02 09:00:00 UTC. */
const START = 1_772_442_000;
const SERVER_SEQUENCE = 50_000;
const Flag = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16 } as const;

type Side = "client" | "server";

/** A scene's packets; times are seconds from its beginning. */
export class Scene {
	readonly #records: Record[] = [];
	readonly #start: number;
	#now = 0;

	constructor(start = START) {
		this.#start = start;
	}

	/** Lets time pass. */
	wait(seconds: number): this {
		this.#now += seconds;
		return this;
	}

	/** A datagram between endpoints written as `address:port`. */
	send(from: string, to: string, payload: Payload): this {
		return this.frame(datagram(from, to, payload).bytes);
	}

	/** Something else happens, so that the capture goes on until here. */
	end(): this {
		return this.send("10.9.9.9:40000", "10.9.9.8:40000", "x");
	}

	/** A frame as it is, a millisecond after the one before. @param kept bytes that a snaplen leaves of it */
	frame(data: Uint8Array, kept = data.length): this {
		this.#now += 0.001;
		const seconds = Math.floor(this.#now);
		const fraction = Math.round((this.#now - seconds) * 1e6);
		this.#records.push({
			seconds: this.#start + seconds,
			fraction,
			data: data.subarray(0, kept),
			wireLength: data.length,
		});
		return this;
	}

	/** Its frames, in their order. */
	get frames(): Uint8Array[] {
		return this.#records.map(({ data }) => data);
	}

	/** What flowmatrix makes of it. */
	report(options: ClassifyOptions = {}): Promise<Report> {
		return withFiles([pcap(this.#records)], (paths) => classify(paths, options));
	}

	/** `error unanswered: …` of each finding of the capture, without where and when. */
	async findings(): Promise<string[]> {
		const report = await this.report();
		const found = [...report.flows()].flatMap(({ findings }) => findings);
		return found.map(({ severity, kind, message }) => `${severity} ${kind}: ${message}`);
	}
}

/** A TCP connection in a scene, opened by a handshake. */
export class Connection {
	readonly #scene: Scene;
	readonly #ends: { readonly [side in Side]: ReturnType<typeof splitEndpoint> };
	readonly #next = { client: 1000, server: SERVER_SEQUENCE };

	constructor(scene: Scene, client: string, server: string) {
		this.#scene = scene;
		this.#ends = { client: splitEndpoint(client), server: splitEndpoint(server) };
		this.#segment("client", Flag.SYN);
		this.#segment("server", Flag.SYN | Flag.ACK);
		this.#segment("client", Flag.ACK);
	}

	/** @param kept bytes of the payload that a snaplen leaves */
	say(side: Side, payload: Uint8Array | string, kept?: number): this {
		this.#segment(side, Flag.PSH | Flag.ACK, payload, kept);
		this.#segment(side === "client" ? "server" : "client", Flag.ACK);
		return this;
	}

	/** Bytes that their receiver acknowledges, but that the capture lacks. */
	lose(side: Side, count: number): this {
		this.#next[side] += count;
		this.#segment(side === "client" ? "server" : "client", Flag.ACK);
		return this;
	}

	close(side: Side): this {
		this.#segment(side, Flag.FIN | Flag.ACK);
		return this;
	}

	reset(side: Side): this {
		this.#segment(side, Flag.RST | Flag.ACK);
		return this;
	}

	#segment(side: Side, flags: number, payload: Uint8Array | string = "", kept?: number): void {
		const other = side === "client" ? "server" : "client";
		const [from, to] = [this.#ends[side], this.#ends[other]];
		const options = {
			flags,
			sequence: this.#next[side],
			acknowledgement: flags & Flag.ACK ? this.#next[other] : 0,
		};
		const { bytes } = ethernet(ipv4(from.address, to.address, tcp(from.port, to.port, options, payload)));
		this.#scene.frame(bytes, kept === undefined ? undefined : bytes.length - payload.length + kept);
		this.#next[side] += payload.length + (flags & (Flag.SYN | Flag.FIN) ? 1 : 0);
	}
}
