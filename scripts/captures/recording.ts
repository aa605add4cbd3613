import type { Path } from "./link.ts";
import { type End, endText, type Host } from "./network.ts";
import { ipPacket } from "./packets.ts";
import { Random } from "./random.ts";
import type { FlowTruth, TransferTruth, Verdict } from "./truth.ts";

/** Which end of a flow sent a packet. */
export type Side = "client" | "server";

/** A conversation while it is being recorded. */
export interface Flow {
	readonly client: End;
	readonly server: End;
	readonly transport: FlowTruth["transport"];
	readonly verdict: Verdict;
	readonly path: Path;
}

/** A captured frame. */
export interface Frame {
	/** Microseconds since 1970. */
	readonly time: number;
	readonly bytes: Uint8Array;
	/** The flow that the frame counts in, if any. */
	readonly flow?: Flow;
	readonly side?: Side;
	/** Index of the interface, where a capture has several. */
	readonly interface: number;
}

/** A capture in the making: frames in any order, and what is known of their conversations. */
export class Recording {
	readonly random: Random;
	readonly transfers: TransferTruth[] = [];
	readonly #start: number;
	readonly #frames: Frame[] = [];
	readonly #identifications = new Map<string, number>();

	/**
	 * @param seed names the recording: all its pseudo-random bytes follow from it
	 * @param start ISO 8601
	 */
	constructor(seed: string, start: string) {
		this.random = new Random(seed);
		this.#start = Date.parse(start) * 1000;
	}

	/** @param seconds since the recording's start; kept to the microsecond */
	add(seconds: number, bytes: Uint8Array, flow?: Flow, side?: Side, interfaceIndex = 0): void {
		const time = this.#start + Math.round(seconds * 1e6);
		this.#frames.push({ time, bytes, interface: interfaceIndex, ...(flow && side ? { flow, side } : {}) });
	}

	/** An IP packet of a flow, wrapped as the flow's path says. */
	addPacket(seconds: number, flow: Flow, side: Side, packet: Uint8Array): void {
		const [from, to] = ends(flow, side);
		this.add(seconds, flow.path.wrap(packet, from.host, to.host), flow, side);
	}

	/** A whole transport segment of a flow in one IP packet. */
	addSegment(seconds: number, flow: Flow, side: Side, protocol: number, segment: Uint8Array, dscp = 0): void {
		const [from, to] = ends(flow, side);
		const fields = { id: this.identification(from.host), ttl: 64, dscp };
		this.addPacket(seconds, flow, side, ipPacket(from.host.address, to.host.address, protocol, segment, fields));
	}

	/** A host's next IP identification. */
	identification(host: Host): number {
		const last = this.#identifications.get(host.address) ?? this.random.between(0, 0xffff);
		const next = (last + 1) & 0xffff;
		this.#identifications.set(host.address, next);
		return next;
	}

	/** Frames by time; frames of one time stay in the order in which they were added. */
	frames(): Frame[] {
		return [...this.#frames].sort((a, b) => a.time - b.time);
	}
}

/** Sender and receiver of what one side sends. */
export function ends(flow: Flow, side: Side): readonly [End, End] {
	return side === "client" ? [flow.client, flow.server] : [flow.server, flow.client];
}

/**
 * What was recorded of every flow that these frames hold, in the order of their first packets.
 * @param place tells the file and the number in it of the frame at an index
 */
export function flowTruths(
	frames: readonly Frame[],
	place: (index: number) => { file: string; packet: number },
): FlowTruth[] {
	const found = new Map<Flow, { first: { file: string; packet: number }; client: number; server: number }>();
	frames.forEach((frame, index) => {
		if (!frame.flow || !frame.side) return;
		const counts = found.get(frame.flow) ?? { first: place(index), client: 0, server: 0 };
		counts[frame.side]++;
		found.set(frame.flow, counts);
	});
	return [...found].map(([flow, { first, client, server }]) => ({
		client: endText(flow.client),
		server: endText(flow.server),
		transport: flow.transport,
		...(flow.path.vlan.length > 0 ? { vlan: flow.path.vlan } : {}),
		...(flow.path.tunnelled ? { tunnelled: true as const } : {}),
		...flow.verdict,
		first,
		packets: { client, server },
	}));
}
