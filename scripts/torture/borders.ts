/**
 * Where the records of a capture file begin, found without flowmatrix: pcap-savefile(5), draft-ietf-opsawg-pcapng.
 * @returns offsets, in order, and the end of the last one; none for packed files and other formats.
 */
export function recordBorders(bytes: Uint8Array): number[] {
	if (bytes.length < PCAP_HEADER) return [];
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const magic = view.getUint32(0, true);
	if (magic === SECTION_HEADER) return blockBorders(view);
	for (const little of [true, false]) {
		const header = RECORD_HEADERS.get(view.getUint32(0, little));
		if (header !== undefined) return pcapBorders(view, header, little);
	}
	return [];
}

/** @returns how many records of a classic pcap file are whole in its first `length` bytes. */
export function wholeRecords(borders: readonly number[], length: number): number {
	return borders.slice(1).filter((end) => end <= length).length;
}

export function isPcapng(bytes: Uint8Array): boolean {
	return bytes.length > 3 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === SECTION_HEADER;
}

const PCAP_HEADER = 24;
/** Bytes before a record's packet, by the file's magic number: micro- and nanoseconds, Kuznetzov's variant. */
const RECORD_HEADERS: ReadonlyMap<number, number> = new Map([
	[0xa1b2c3d4, 16],
	[0xa1b23c4d, 16],
	[0xa1b2cd34, 24],
]);
const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const LEAST_BLOCK = 12;

function pcapBorders(view: DataView, header: number, little: boolean): number[] {
	const borders: number[] = [];
	let at = PCAP_HEADER;
	while (at + header <= view.byteLength) {
		borders.push(at);
		at += header + view.getUint32(at + 8, little);
	}
	borders.push(at);
	return borders;
}

function blockBorders(view: DataView): number[] {
	const borders: number[] = [];
	let little = true;
	let at = 0;
	while (at + LEAST_BLOCK <= view.byteLength) {
		borders.push(at);
		if (view.getUint32(at, true) === SECTION_HEADER) little = view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC;
		const length = view.getUint32(at + 4, little);
		if (length < LEAST_BLOCK) return borders;
		at += length;
	}
	borders.push(at);
	return borders;
}
