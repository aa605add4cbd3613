import type { HeaderReader } from "../cursor.ts";
import { cutOff } from "../reasons.ts";

const CUT = cutOff("link header");

/** A header of `length` bytes that says nothing of interest and always carries the same: see `Carried`. */
export function skip(length: number, carried: number): HeaderReader {
	return (cursor, at) => {
		if (cursor.packet.end - at < length) return cursor.cut(CUT, at);
		cursor.carried = carried;
		return at + length;
	};
}
