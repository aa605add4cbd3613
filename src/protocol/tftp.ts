import { u16 } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

export const TFTP_PORT = 69;

/** RFC 1350, 5; OACK: RFC 2347. */
export const TftpOpcode = { RRQ: 1, WRQ: 2, DATA: 3, ACK: 4, ERROR: 5, OACK: 6 } as const;

/** Opcode and block number. */
export const TFTP_HEADER = 4;

const LATIN1 = new TextDecoder("latin1");
const MAX_NAME = 255;
const MODES: readonly string[] = ["octet", "netascii", "mail"];
const LAST_ERROR_CODE = 8;

/** What a read or write request asks for. */
export interface TftpRequest {
	readonly file: string;
	/** Lower case. */
	readonly mode: string;
	/** RFC 2347 options that are numbers: blksize, tsize, windowsize, timeout. */
	readonly options: Record<string, number>;
}

/** The opcode of a payload that can be TFTP; 0 for others. A request must have a file name and a known mode. */
export function tftpOpcode(data: Uint8Array, start: number, end: number): number {
	if (end - start < 4 || data[start] !== 0) return 0;
	const opcode = data[start + 1]!;
	switch (opcode) {
		case TftpOpcode.RRQ:
		case TftpOpcode.WRQ:
			return hasFileAndMode(data, start + 2, end) ? opcode : 0;
		case TftpOpcode.DATA:
			return opcode;
		case TftpOpcode.ACK:
			return end - start === 4 ? opcode : 0;
		case TftpOpcode.ERROR:
			return u16(data, start + 2) <= LAST_ERROR_CODE ? opcode : 0;
		case TftpOpcode.OACK:
			return data[start + 2]! >= 0x20 && data[end - 1] === 0 ? opcode : 0;
		default:
			return 0;
	}
}

function hasFileAndMode(data: Uint8Array, start: number, end: number): boolean {
	const nul = zeroAt(data, start, Math.min(end, start + MAX_NAME));
	if (nul <= start) return false;
	for (let at = start; at < nul; at++) if (data[at]! < 0x20) return false;
	// o(ctet), n(etascii), m(ail), in either case
	const mode = data[nul + 1]! | 0x20;
	return nul + 1 < end && (mode === 0x6f || mode === 0x6e || mode === 0x6d);
}

function zeroAt(data: Uint8Array, start: number, end: number): number {
	let at = start;
	while (at < end && data[at] !== 0) at++;
	return at < end ? at : -1;
}

/** A request that {@link tftpOpcode} said yes to. Options may be cut off by the snaplen. */
export function parseTftpRequest(data: Uint8Array, start: number, end: number): TftpRequest {
	const [file = "", mode = "", ...rest] = strings(data, start + 2, end);
	const lower = mode.toLowerCase();
	return { file, mode: MODES.find((known) => known === lower) ?? lower, options: options(rest) };
}

export function parseOack(data: Uint8Array, start: number, end: number): Record<string, number> {
	return options(strings(data, start + 2, end));
}

/** `<code> <text>` of an ERROR packet. */
export function parseTftpError(data: Uint8Array, start: number, end: number): string {
	const text = strings(data, start + 4, end)[0] ?? "";
	return `${u16(data, start + 2)} ${text}`.trimEnd();
}

function strings(data: Uint8Array, start: number, end: number): string[] {
	return LATIN1.decode(data.subarray(start, Math.min(end, start + 1024))).split("\0");
}

const OPTIONS: readonly string[] = ["blksize", "tsize", "windowsize", "timeout"];

function options(pairs: readonly string[]): Record<string, number> {
	const found: Record<string, number> = {};
	for (let i = 0; i + 1 < pairs.length; i += 2) {
		const name = pairs[i]!.toLowerCase();
		if (OPTIONS.includes(name) && /^\d{1,12}$/.test(pairs[i + 1]!)) found[name] = Number(pairs[i + 1]);
	}
	return found;
}

/** Only requests: what follows them is tied to them by the transfer tracker. */
export const tftp: Recogniser = {
	protocol: "tftp",
	transports: [17],
	strength: "weak",
	ports: [TFTP_PORT],
	source: "RFC 1350",
	recognise(data, start, end) {
		const opcode = tftpOpcode(data, start, end);
		return opcode === TftpOpcode.RRQ || opcode === TftpOpcode.WRQ ? Role.Client : Role.No;
	},
	describe(data, start, end) {
		const { file, mode } = parseTftpRequest(data, start, end);
		return { file, mode };
	},
};
