import { pcapMagic } from "./pcap.ts";
import { BYTE_ORDER_MAGIC } from "./pcapng-format.ts";

/** Bytes that tell a capture: pcapng's byte-order magic is the third word. */
export const MAGIC_BYTES = 12;
/** Bytes of a file's beginning that are looked at where it is no capture. */
export const IDENTIFY_BYTES = 4096;

export type Identity =
	| { readonly format: "pcap" | "pcapng" }
	/** What the file looks like instead, and what would help. */
	| { readonly format: undefined; readonly looksLike: string };

/** Tells a capture format by the first bytes, whatever the file is called. */
export function identify(head: Uint8Array): Identity {
	if (head.length === 0) return other("an empty file");
	const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
	if (head.length >= 4) {
		const magic = pcapMagic(view, 0);
		if (magic) return { format: "pcap" };
		if (view.getUint32(0) === 0x0a0d0d0a && hasSectionMagic(view)) return { format: "pcapng" };
	}
	return other(SIGNATURES.find(({ bytes, at }) => matches(head, at, bytes))?.name ?? textOrNoise(head));
}

/** A file cut off before its byte-order magic is still taken for pcapng. */
function hasSectionMagic(view: DataView): boolean {
	if (view.byteLength < 12) return true;
	return view.getUint32(8) === BYTE_ORDER_MAGIC || view.getUint32(8, true) === BYTE_ORDER_MAGIC;
}

function other(looksLike: string): Identity {
	return { format: undefined, looksLike };
}

const CONVERT = "convert it with editcap -F pcapng IN OUT";

interface Signature {
	readonly at: number;
	readonly bytes: readonly number[];
	readonly name: string;
}

function ascii(text: string): number[] {
	return [...text].map((character) => character.charCodeAt(0));
}

const SIGNATURES: readonly Signature[] = [
	{ at: 0, bytes: ascii("snoop\0\0\0"), name: `a Sun snoop capture (${CONVERT})` },
	{ at: 0, bytes: ascii("btsnoop\0"), name: "a Bluetooth btsnoop capture, which holds no IP traffic" },
	{ at: 0, bytes: ascii("GMBU"), name: `a Microsoft Network Monitor capture (${CONVERT})` },
	{ at: 0, bytes: ascii("RTSS"), name: `a Microsoft Network Monitor 1 capture (${CONVERT})` },
	{ at: 0, bytes: ascii("TRSNIFF data    \x1a"), name: `a Sniffer capture (${CONVERT})` },
	{ at: 0, bytes: ascii("XCP\0"), name: `a NetXRay or Windows Sniffer capture (${CONVERT})` },
	{ at: 0, bytes: ascii("\x7fver"), name: `an OmniPeek (EtherPeek) capture (${CONVERT})` },
	{ at: 0, bytes: ascii("5VW"), name: `a 5View capture (${CONVERT})` },
	{ at: 0, bytes: ascii("NetS"), name: `a NetScaler trace (${CONVERT})` },
	{ at: 0, bytes: [0xd4, 0xc3, 0xb2], name: "a pcap file with a damaged magic number" },
	{ at: 0, bytes: [0x0a, 0x0d, 0x0d, 0x0a], name: "a pcapng file whose section header is damaged" },
	{
		at: 0,
		bytes: [0x0d, 0x0a, 0x0d, 0x0a],
		name: "a pcapng file damaged by a transfer in text mode: transfer it again in binary mode",
	},
	{
		at: 0,
		bytes: [0x0a, 0x0d, 0x0a],
		name: "a pcapng file damaged by a transfer in text mode: transfer it again in binary mode",
	},
	{ at: 0, bytes: ascii("PK\x03\x04"), name: "a zip archive (unpack it first)" },
	{ at: 0, bytes: ascii("7z\xbc\xaf\x27\x1c"), name: "a 7z archive (unpack it first)" },
	{ at: 0, bytes: ascii("Rar!"), name: "a RAR archive (unpack it first)" },
	{ at: 0, bytes: [0xfd, ...ascii("7zXZ")], name: "an xz-compressed file (unpack it first with xz -d)" },
	{ at: 0, bytes: ascii("BZh"), name: "a bzip2-compressed file (unpack it first with bzip2 -d)" },
	{ at: 0, bytes: [0x04, 0x22, 0x4d, 0x18], name: "an lz4-compressed file (unpack it first with lz4 -d)" },
	{ at: 0, bytes: [0x1f, 0x8b], name: "a gzip file (unpack it first)" },
	{ at: 257, bytes: ascii("ustar"), name: "a tar archive (unpack it first)" },
	{ at: 0, bytes: ascii("%PDF"), name: "a PDF document" },
	{ at: 0, bytes: ascii("\x89PNG"), name: "a PNG picture" },
	{ at: 0, bytes: [0x7f, ...ascii("ELF")], name: "a program (ELF)" },
	{ at: 0, bytes: ascii("MZ"), name: "a Windows program" },
	{ at: 0, bytes: ascii("ElfFile\0"), name: "a Windows event log (EVTX)" },
	{ at: 0, bytes: ascii("SQLite format 3\0"), name: "an SQLite database" },
];

function matches(head: Uint8Array, at: number, bytes: readonly number[]): boolean {
	return head.length >= at + bytes.length && bytes.every((byte, i) => head[at + i] === byte);
}

function textOrNoise(head: Uint8Array): string {
	if (looksLikeEtl(head))
		return "a Windows event trace (ETL): convert it with pktmon etl2pcap FILE, or with etl2pcapng";
	if (looksLikeErf(head)) return `an Endace ERF capture (${CONVERT})`;
	if (head[0] === 0xff && head[1] === 0xfe) return "text in UTF-16";
	if (head.every((byte) => byte === 0)) return "nothing but zero bytes";
	if (!isText(head)) return "no format that is known here";
	const text = new TextDecoder().decode(head).trimStart().toLowerCase();
	if (text.startsWith("<!doctype html") || text.startsWith("<html"))
		return "a web page (HTML): perhaps a log-in page saved instead of the capture";
	if (text.startsWith("<?xml") || text.startsWith("<pdml") || text.startsWith("<")) return "XML";
	if (text.startsWith("{") || text.startsWith("[")) return "JSON";
	if (/^\d\d:\d\d:\d\d\.\d+ |^\s*\d+\s+\d+\.\d+ /.test(text))
		return "text printed by a capture tool (tcpdump or tshark): save the capture with -w instead";
	if (/^[0-9a-f]{4,8}\s+([0-9a-f]{2}\s+){4}/.test(text)) return "a hex dump (text2pcap makes a capture of it)";
	return "text";
}

/** An ETL file begins with a buffer header: its size, a power of two, where the first event trace header lies. */
function looksLikeEtl(head: Uint8Array): boolean {
	if (head.length < 0x68) return false;
	const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
	const size = view.getUint32(0, true);
	return (
		size >= 0x400 &&
		size <= 0x1000000 &&
		(size & (size - 1)) === 0 &&
		view.getUint32(4, true) <= size &&
		head[0x4a] === 0x02 &&
		head[0x4b] === 0xc0
	);
}

/** ERF has no file header: several records in a row with known types, rising times and lengths that lead on. */
function looksLikeErf(head: Uint8Array): boolean {
	const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
	let at = 0;
	let records = 0;
	let seconds = 0;
	while (head.length - at >= 16 && records < 3) {
		const time = view.getUint32(at + 4, true);
		const type = head[at + 8]! & 0x7f;
		const length = view.getUint16(at + 10);
		if (type === 0 || type > 48 || length < 16 || time < seconds || time < 631_152_000) return false;
		seconds = time;
		at += length;
		records++;
	}
	return records >= 2 || (records === 1 && at === head.length);
}

function isText(head: Uint8Array): boolean {
	return (
		head.every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13 || byte === 12 || byte === 27) &&
		!head.includes(0x7f)
	);
}
