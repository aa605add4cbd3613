import { join, u16le, u32le } from "./bytes.ts";
import type { Frame } from "./recording.ts";

const SNAPLEN = 262144;

/** A classic capture file, little-endian, microseconds. */
export function pcapFile(frames: readonly Frame[], linkType: number): Uint8Array {
	const header = join(u32le(0xa1b2c3d4), u16le(2), u16le(4), u32le(0), u32le(0), u32le(SNAPLEN), u32le(linkType));
	return join(header, ...frames.map(packetRecord));
}

function packetRecord(frame: Frame): Uint8Array {
	const seconds = Math.floor(frame.time / 1e6);
	const { length } = frame.bytes;
	return join(u32le(seconds), u32le(frame.time - seconds * 1e6), u32le(length), u32le(length), frame.bytes);
}
