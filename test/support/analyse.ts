import { BATCH_PACKETS, type CaptureInterface, type PacketBatch } from "../../src/capture/batch.ts";
import { openCapture } from "../../src/capture/open.ts";
import { Engine } from "../../src/engine.ts";
import type { FlowTable, IdleTimeouts } from "../../src/flow/table.ts";
import { FlowTracker } from "../../src/flow/tracker.ts";
import type { IntakeSummary } from "../../src/intake/intake.ts";
import { CaptureRun } from "../../src/intake/read.ts";
import { PacketVector } from "../../src/packet/vector.ts";
import { batchOf, captureInterface, ethernet, ipv4, ipv6, type Packet, type Payload, udp } from "./packet-builder.ts";

/** The engine after these packets, all from one Ethernet interface. */
export function analyse(
	packets: readonly Packet[],
	options: { idle?: Partial<IdleTimeouts>; maxFlows?: number } = {},
): TestEngine {
	const engine = new TestEngine(new FlowTracker({ severalFiles: false, ...options }));
	for (let from = 0; from < packets.length; from += BATCH_PACKETS)
		engine.observe(packets.slice(from, from + BATCH_PACKETS), from);
	return engine;
}

/** An engine with the per-packet path before it. */
export class TestEngine extends Engine {
	readonly table: FlowTable;
	readonly #run: CaptureRun;
	readonly #vector = new PacketVector();
	readonly #hasPlaces: boolean;

	/** @param interfaces those that packets may have been captured on. */
	constructor(tracker: FlowTracker, interfaces: readonly CaptureInterface[] = [captureInterface()]) {
		super(tracker.table.store);
		this.table = tracker.table;
		const captures = openCapture([]);
		(captures.interfaces as CaptureInterface[]).push(...interfaces);
		this.#hasPlaces = interfaces.length > 1;
		this.#run = new CaptureRun(captures, () => tracker);
	}

	/** Takes in some more packets, at most a batch. @param from number of those before them. */
	observe(packets: readonly Packet[], from = 0, file = 0): void {
		const batch = batchOf(packets, from);
		batch.file = file;
		this.observeBatch(batch);
	}

	observeBatch(batch: PacketBatch): void {
		for (let at = 0; at < batch.count; ) {
			at = this.#run.fill(this.#vector, batch, at, batch.count, this.#hasPlaces);
			this.ingest(this.#vector);
		}
	}

	summary(): IntakeSummary {
		return this.#run.summary();
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
