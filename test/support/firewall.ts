import { openCapture } from "../../src/capture/open.ts";
import { addressText, endpointText, parseAddress } from "../../src/packet/address.ts";
import { PacketDecoder } from "../../src/packet/decode.ts";
import { type PacketView, Protocol } from "../../src/packet/view.ts";

/** An endpoint of a packet. */
export interface End {
	readonly address: string;
	readonly port: number;
}

/** A packet that comes to the firewall. */
export interface Passing {
	readonly number: number;
	readonly transport: number;
	readonly from: End;
	readonly to: End;
	readonly outward: boolean;
	readonly payload: Uint8Array;
}

/** What stands between the two sides. */
export interface Firewall {
	readonly isInside: (address: string) => boolean;
	/** What an inside endpoint is on the outside. */
	readonly translate?: (end: End, transport: number) => End;
	readonly drop?: (packet: Passing) => boolean;
	/** Payload of the same length. */
	readonly rewrite?: (packet: Passing) => Uint8Array | undefined;
	/** Nanoseconds on the way. */
	readonly transit?: number;
	/** What the outside clock shows, in nanoseconds, when the inside one shows `time` (nanoseconds since 1970). */
	readonly clock?: (time: bigint) => bigint;
	/** Added to sequence numbers on the outside, as firewalls do that choose their own. */
	readonly sequence?: number;
	/** Whether it counts as a hop. */
	readonly routes?: boolean;
}

export interface TwoSides {
	readonly inside: Uint8Array;
	readonly outside: Uint8Array;
	/** Numbers, in the original, of packets that were dropped, and of those that passed. */
	readonly dropped: readonly number[];
	readonly passed: readonly number[];
}

interface Frame {
	readonly time: bigint;
	readonly bytes: Uint8Array;
}

/** What captures on both sides of a firewall would hold of the IPv4 over Ethernet in a capture. */
export async function throughFirewall(path: string, firewall: Firewall): Promise<TwoSides> {
	const captures = openCapture([path]);
	const decoder = new PacketDecoder(captures.interfaces);
	const { packet } = decoder;
	const sides: [Frame[], Frame[]] = [[], []];
	const [dropped, passed]: [number[], number[]] = [[], []];
	const { clock = (time: bigint) => time, transit = 200_000, routes = true } = firewall;
	for await (const { batch, from, to } of captures.runs()) {
		for (let i = from; i < to; i++) {
			const bytes = batch.data.slice(batch.offset[i]!, batch.offset[i]! + batch.capturedLength[i]!);
			if (!decoder.decode(batch, i) || packet.ipVersion !== 4 || packet.laterFragment) continue;
			const time = BigInt(captures.timeline.epoch!) * 1_000_000_000n + BigInt(Math.round(packet.time));
			const passing = passingOf(packet, firewall);
			const near = passing.outward || firewall.isInside(passing.from.address) ? 0 : 1;
			const far = 1 - near;
			const frame = Uint8Array.from(bytes);
			const shifts = { at: batch.offset[i]! };
			const translated = outsideFrame(frame, packet, passing, firewall, shifts.at);
			const seen = (side: number, at: bigint, bytesThere: Uint8Array) =>
				sides[side]!.push({ time: side === 1 ? clock(at) : at, bytes: bytesThere });
			seen(near, time, near === 0 ? frame : translated);
			const crosses = firewall.isInside(passing.from.address) !== firewall.isInside(passing.to.address);
			if (!crosses) continue;
			if (firewall.drop?.(passing)) {
				dropped.push(passing.number);
				continue;
			}
			passed.push(passing.number);
			const changed = firewall.rewrite?.(passing);
			const arrived = Uint8Array.from(far === 0 ? frame : translated);
			if (changed) arrived.set(changed, packet.payloadStart - shifts.at);
			if (routes) hop(arrived, packet.ipOffset - shifts.at);
			seen(far, time + BigInt(transit), arrived);
		}
	}
	const file = (frames: Frame[]) => pcap(frames.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0)));
	return { inside: file(sides[0]), outside: file(sides[1]), dropped, passed };
}

function passingOf(packet: PacketView, { isInside }: Firewall): Passing {
	const from = { address: addressText(4, 0, 0, 0, packet.src3), port: packet.srcPort };
	const to = { address: addressText(4, 0, 0, 0, packet.dst3), port: packet.dstPort };
	return {
		number: packet.number,
		transport: packet.protocol,
		from,
		to,
		outward: isInside(from.address) && !isInside(to.address),
		payload: Uint8Array.from(packet.data.subarray(packet.payloadStart, packet.payloadEnd)),
	};
}

/** The frame with the inside endpoint's outside address and port,. Its checksums are not set right: no side looks at them. */
function outsideFrame(
	frame: Uint8Array,
	packet: PacketView,
	passing: Passing,
	firewall: Firewall,
	at: number,
): Uint8Array {
	const { translate = (end: End) => end, sequence = 0, isInside } = firewall;
	const copy = Uint8Array.from(frame);
	const view = new DataView(copy.buffer);
	const ip = packet.ipOffset - at;
	const transport = packet.transportOffset - at;
	for (const [end, addressAt, portAt] of [
		[passing.from, ip + 12, transport],
		[passing.to, ip + 16, transport + 2],
	] as const) {
		if (!isInside(end.address)) continue;
		const other = translate(end, passing.transport);
		view.setInt32(addressAt, parseAddress(other.address)!.words[3]);
		if (passing.transport === Protocol.TCP || passing.transport === Protocol.UDP) view.setUint16(portAt, other.port);
	}
	if (passing.transport === Protocol.TCP && sequence !== 0) {
		const moved = isInside(passing.from.address) ? 4 : 8;
		view.setInt32(transport + moved, (view.getInt32(transport + moved) + sequence) | 0);
	}
	return copy;
}

function hop(frame: Uint8Array, ip: number): void {
	frame[ip + 8]!--;
}

/** A classic capture with nanoseconds, of Ethernet. */
function pcap(frames: readonly Frame[]): Uint8Array {
	const header = Buffer.alloc(24);
	header.writeUInt32LE(0xa1b23c4d, 0);
	header.writeUInt16LE(2, 4);
	header.writeUInt16LE(4, 6);
	header.writeUInt32LE(262_144, 16);
	header.writeUInt32LE(1, 20);
	const records = frames.map(({ time, bytes }) => {
		const record = Buffer.alloc(16);
		record.writeUInt32LE(Number(time / 1_000_000_000n), 0);
		record.writeUInt32LE(Number(time % 1_000_000_000n), 4);
		record.writeUInt32LE(bytes.length, 8);
		record.writeUInt32LE(bytes.length, 12);
		return Buffer.concat([record, bytes]);
	});
	return Buffer.concat([header, ...records]);
}

/** Translates as a firewall with one outside address: a port of its own for each inside endpoint. */
export function behindOneAddress(outside: string, firstPort = 40_000): (end: End, transport: number) => End {
	const ports = new Map<string, number>();
	return (end, transport) => {
		const key = `${transport} ${endpointText(end.address, end.port)}`;
		if (!ports.has(key)) ports.set(key, firstPort + ports.size);
		return { address: outside, port: ports.get(key)! };
	};
}
