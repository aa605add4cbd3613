/**
 * Options of a pcapng block: code and length (16 bits each, the section's byte order), value padded to 32 bits
 * (draft-ietf-opsawg-pcapng, 3.5). Calls `visit` with each option's code and the bounds of its value; stops at
 * opt_endofopt, or where a length leads out of the block.
 * @returns bytes by which the last option reaches beyond `end`; 0 where all are whole.
 */
export function visitOptions(
	view: DataView,
	start: number,
	end: number,
	little: boolean,
	visit: (code: number, at: number, length: number) => void,
): number {
	let at = start;
	while (end - at >= 4) {
		const code = view.getUint16(at, little);
		const length = view.getUint16(at + 2, little);
		if (code === 0) return 0;
		if (length > end - at - 4) return length - (end - at - 4);
		visit(code, at + 4, length);
		at += 4 + ((length + 3) & ~3);
	}
	return 0;
}
