import { openCapture } from "../../src/capture/open.ts";
import type { FlowRecord } from "../../src/document/document.ts";
import { addressText, endpointText } from "../../src/packet/address.ts";
import { PacketDecoder } from "../../src/packet/decode.ts";
import { protocolName } from "../../src/packet/protocols.ts";
import type { PacketView } from "../../src/packet/view.ts";

/** A packet as part of a conversation. */
export interface PacketOf {
	/** In its file, from 1. */
	readonly number: number;
	/** Nanoseconds since 1970. */
	readonly time: bigint;
	readonly key: string;
	/** IP headers around this one. */
	readonly depth: number;
}

/** Every IP packet of a capture, those in tunnels too, with the conversation that it belongs to. */
export async function packetsOf(path: string): Promise<PacketOf[]> {
	const captures = openCapture([path]);
	const decoder = new PacketDecoder(captures.interfaces);
	const { packet } = decoder;
	const found: (PacketOf & { fragment: string })[] = [];
	const first = new Map<string, string>();
	for await (const { batch, from, to } of captures.runs()) {
		for (let i = from; i < to; i++) {
			if (!decoder.decode(batch, i)) continue;
			do {
				const { number, depth } = packet;
				const time = BigInt(captures.timeline.epoch!) * 1_000_000_000n + BigInt(Math.round(packet.time));
				const key = keyOf(packet);
				const fragment = packet.fragment ? `${source(packet)} ${destination(packet)} ${packet.ipId}` : "";
				if (packet.fragment && !packet.laterFragment) first.set(fragment, key);
				found.push({ number, time, key, depth, fragment });
			} while (decoder.next());
		}
	}
	return found.map(({ number, time, key, depth, fragment }) => ({
		number,
		time,
		key: first.get(fragment) ?? key,
		depth,
	}));
}

/** The conversation of a flow, as {@link packetsOf} names it. */
export function conversationOf({ transport, client, server }: FlowRecord): string {
	return named(transport, endpointText(client.address, client.port), endpointText(server.address, server.port));
}

/** Whether a packet is one of the flow's. */
export function isOf(flow: FlowRecord, { key, time }: PacketOf): boolean {
	return key === conversationOf(flow) && time >= nanoseconds(flow.start) && time <= nanoseconds(flow.end);
}

function nanoseconds(iso: string): bigint {
	const [whole = "", fraction = ""] = iso.replace("Z", "").split(".");
	return (BigInt(Date.parse(`${whole}Z`)) / 1000n) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0"));
}

function keyOf(packet: PacketView): string {
	return named(
		protocolName(packet.protocol),
		endpointText(source(packet), packet.srcPort),
		endpointText(destination(packet), packet.dstPort),
	);
}

function named(transport: string, a: string, b: string): string {
	return [transport, ...[a, b].sort()].join(" ");
}

function source({ ipVersion, src0, src1, src2, src3 }: PacketView): string {
	return addressText(ipVersion, src0, src1, src2, src3);
}

function destination({ ipVersion, dst0, dst1, dst2, dst3 }: PacketView): string {
	return addressText(ipVersion, dst0, dst1, dst2, dst3);
}
