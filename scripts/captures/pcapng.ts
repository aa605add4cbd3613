import { join, padTo4, text, u16le, u32le } from "./bytes.ts";
import { addressBytes } from "./network.ts";
import type { Frame } from "./recording.ts";

const SNAPLEN = 262144;
const BlockType = { interface: 1, names: 4, statistics: 5, packet: 6, section: 0x0a0d0d0a } as const;

export interface InterfaceDescription {
	readonly name: string;
	readonly description?: string;
	readonly linkType: number;
	/** Negative power of ten of a time unit: 6 for microseconds, 9 for nanoseconds. */
	readonly resolution: 6 | 9;
}

/** Section header block, with the software that claims to have written the file. */
export function sectionHeader(software: string, comment?: string): Uint8Array {
	return block(
		BlockType.section,
		u32le(0x1a2b3c4d),
		u16le(1),
		u16le(0),
		u32le(0xffffffff),
		u32le(0xffffffff),
		...(comment === undefined ? [] : [option(1, text(comment))]),
		option(4, text(software)),
		option(0),
	);
}

export function interfaceBlock(description: InterfaceDescription): Uint8Array {
	return block(
		BlockType.interface,
		u16le(description.linkType),
		u16le(0),
		u32le(SNAPLEN),
		option(2, text(description.name)),
		...(description.description === undefined ? [] : [option(3, text(description.description))]),
		option(9, Uint8Array.of(description.resolution)),
		option(0),
	);
}

/** Name resolution block: names by IPv4 address. */
export function nameBlock(names: Readonly<Record<string, string>>): Uint8Array {
	const records = Object.entries(names).map(([address, name]) => {
		const value = join(addressBytes(address), name, 0);
		return join(u16le(1), u16le(value.length), padTo4(value));
	});
	return block(BlockType.names, ...records, u16le(0), u16le(0));
}

/** Enhanced packet block. */
export function packetBlock(frame: Frame, resolution: 6 | 9 = 6): Uint8Array {
	return block(BlockType.packet, packetBody(frame, resolution, frame.bytes.length));
}

/** A packet block whose captured length is more than the block holds: the damage of a file that was overwritten. */
export function damagedPacketBlock(frame: Frame): Uint8Array {
	return block(BlockType.packet, packetBody(frame, 6, 0x00ffffff));
}

/** Interface statistics block: how many packets came and how many were lost. */
export function statisticsBlock(last: Frame, resolution: 6 | 9, received: number): Uint8Array {
	const count = (value: number): Uint8Array => join(u32le(value), u32le(0));
	return block(
		BlockType.statistics,
		u32le(last.interface),
		timestamp(last, resolution),
		option(4, count(received)),
		option(5, count(0)),
		option(0),
	);
}

function packetBody(frame: Frame, resolution: 6 | 9, capturedLength: number): Uint8Array {
	return join(
		u32le(frame.interface),
		timestamp(frame, resolution),
		u32le(capturedLength),
		u32le(frame.bytes.length),
		padTo4(frame.bytes),
	);
}

function timestamp(frame: Frame, resolution: 6 | 9): Uint8Array {
	const units = BigInt(frame.time) * (resolution === 9 ? 1000n : 1n);
	return join(u32le(Number(units >> 32n)), u32le(Number(units & 0xffffffffn)));
}

function option(code: number, value: Uint8Array = new Uint8Array(0)): Uint8Array {
	return join(u16le(code), u16le(value.length), padTo4(value));
}

function block(type: number, ...parts: readonly Uint8Array[]): Uint8Array {
	const body = padTo4(join(...parts));
	const length = u32le(12 + body.length);
	return join(u32le(type), length, body, length);
}
