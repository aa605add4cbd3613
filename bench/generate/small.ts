import { Random } from "../../scripts/captures/random.ts";
import { converse, type Exchange, tcp, udp } from "./conversations.ts";
import { type CaptureWriter, TCP, TRANSPORT, UDP, writeHeaders } from "./writer.ts";

const FRAME = 64;
const CLIENTS = 4096;
const SERVER = { address: 0x0a000001, port: 50_795 };

/** Writes frames of 64 bytes only, half of them TCP: about 12 packets a flow. */
export function small(writer: CaptureWriter, packets: number): void {
	const random = new Random("small");
	const exchange = (count: number, header: number): Exchange =>
		Array.from({ length: count }, (_, i) => [i % 2 === 0, random.bytes(FRAME - TRANSPORT - header)] as const);
	const scripts = [
		tcp(443, 25, exchange(3, TCP)),
		tcp(50_804, 25, exchange(3, TCP)),
		udp(50_795, 50, exchange(12, UDP)),
	];
	converse(writer, packets, scripts, FRAME);
}

/**
 * Writes frames of 64 bytes (UDP) of exactly so many flows: one packet of each, then packets of flows at random, as
 * no cache likes them.
 */
export function manyFlows(writer: CaptureWriter, packets: number, flows: number): void {
	const random = new Random("flows");
	const length = FRAME - TRANSPORT;
	const payload = random.bytes(length - UDP);
	const client = { address: 0, port: 0 };
	for (let n = 0; n < packets; n++) {
		const flow = n < flows ? n : random.next() % flows;
		client.address = 0x0a100000 + (flow % CLIENTS);
		client.port = 10_000 + Math.floor(flow / CLIENTS);
		const fromClient = n < flows || random.next() % 2 === 0;
		const frame = writer.frame(FRAME);
		writeHeaders(writer.bytes, frame, 17, fromClient ? client : SERVER, fromClient ? SERVER : client, length, n);
		writer.bytes.set(payload, frame + TRANSPORT + UDP);
	}
}
