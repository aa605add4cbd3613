import { BATCH_PACKETS } from "../../src/capture/batch.ts";
import { Engine } from "../../src/engine.ts";
import type { IdleTimeouts } from "../../src/flow/table.ts";
import { PacketDecoder } from "../../src/packet/decode.ts";
import { PacketVector } from "../../src/packet/vector.ts";
import { batchOf, captureInterface, ethernet, ipv4, ipv6, type Packet, type Payload, udp } from "./packet-builder.ts";

/** The engine after these packets, all from one Ethernet interface. */
export function analyse(
	packets: readonly Packet[],
	options: { idle?: Partial<IdleTimeouts>; maxFlows?: number } = {},
): Engine {
	const engine = new Engine({ severalFiles: false, ...options });
	for (let from = 0; from < packets.length; from += BATCH_PACKETS)
		ingest(engine, packets.slice(from, from + BATCH_PACKETS), from);
	return engine;
}

/** Gives an engine some more packets, at most a batch. @param from number of those before them. */
export function ingest(engine: Engine, packets: readonly Packet[], from = 0): void {
	const batch = batchOf(packets, from);
	const vector = new PacketVector();
	const decoder = new PacketDecoder([captureInterface()]);
	for (let at = 0; at < batch.count; ) {
		at = vector.fill(decoder, batch, at, batch.count);
		engine.ingest(vector);
	}
}

/** `10.0.0.1:69` or `[fd00::1]:69`. */
export function splitEndpoint(endpoint: string): { address: string; port: number } {
	const at = endpoint.lastIndexOf(":");
	return { address: endpoint.slice(0, at).replace(/^\[|\]$/g, ""), port: Number(endpoint.slice(at + 1)) };
}

/** A UDP datagram in an Ethernet frame, between endpoints written as `address:port`. */
export function datagram(from: string, to: string, payload: Payload): Payload & { bytes: Uint8Array } {
	const source = splitEndpoint(from);
	const destination = splitEndpoint(to);
	const transport = udp(source.port, destination.port, payload);
	return ethernet(
		source.address.includes(":")
			? ipv6(source.address, destination.address, transport)
			: ipv4(source.address, destination.address, transport),
	) as Payload & { bytes: Uint8Array };
}
