import { copyBytes } from "./batch.ts";
import { NameType } from "./pcapng-format.ts";
import { visitOptions } from "./pcapng-options.ts";

/** Bytes of the addresses of a name resolution block's records. */
const ADDRESS_BYTES: Readonly<Record<number, number>> = { [NameType.IPv4]: 4, [NameType.IPv6]: 16 };
/** The longest name of DNS (RFC 1035, 2.3.4). */
const MAX_NAME = 255;
const UTF8 = new TextDecoder();

/**
 * Calls `add` with every name of a name resolution block's records; each address may have several, NUL-terminated.
 * @returns bytes by which the last record reaches beyond `end`; 0 where all are whole.
 */
export function visitNames(
	view: DataView,
	data: Uint8Array,
	start: number,
	end: number,
	little: boolean,
	add: (address: Uint8Array, name: string) => void,
): number {
	return visitOptions(view, start, end, little, (type, at, length) => {
		const addressBytes = ADDRESS_BYTES[type];
		if (addressBytes === undefined || length <= addressBytes) return;
		const address = copyBytes(data, at, at + addressBytes);
		let from = at + addressBytes;
		for (let i = from; i <= at + length; i++) {
			if (i < at + length && data[i] !== 0) continue;
			if (i > from && i - from <= MAX_NAME) add(address, UTF8.decode(data.subarray(from, i)));
			from = i + 1;
		}
	});
}
