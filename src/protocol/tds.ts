import { u16 } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

const PRELOGIN = 0x12;
const RESPONSE = 0x04;
const HEADER = 8;
/** MS-TDS, 2.2.3.1.1: SQL batch, RPC, attention, bulk load, transaction manager, login. */
const REQUESTS: readonly number[] = [0x01, 0x02, 0x03, 0x06, 0x07, 0x0e, 0x10, 0x11, PRELOGIN];
const LAST_STATUS_BIT = 0x10;

function messageLength(data: Uint8Array, start: number, end: number): number {
	return end - start < 4 ? 0 : u16(data, start + 2);
}

/** SQL Server's pre-login: a packet that holds an option list beginning with VERSION. */
export const tds: Recogniser = {
	protocol: "tds",
	transports: [6],
	strength: "strong",
	ports: [1433],
	firstBytes: [PRELOGIN, RESPONSE],
	source: "MS-TDS, 2.2.6.5",
	recognise(data, start, end) {
		if (end - start < HEADER + 6 || (data[start] !== PRELOGIN && data[start] !== RESPONSE)) return Role.No;
		if (u16(data, start + 2) !== end - start || data[start + 1] !== 1 || data[start + HEADER] !== 0) return Role.No;
		const offset = u16(data, start + HEADER + 1);
		if (offset < 6 || offset > 64 || u16(data, start + HEADER + 3) !== 6) return Role.No;
		return data[start] === PRELOGIN ? Role.Client : Role.Server;
	},
	messageLength,
};

/** On its own port, any packet: known type and status, a length, and a window that is always 0. */
export const tdsPacket: Recogniser = {
	protocol: "tds",
	transports: [6],
	strength: "weak",
	ports: [1433],
	source: "MS-TDS, 2.2.3.1",
	recognise(data, start, end) {
		if (end - start < HEADER || data[start + 1]! >= LAST_STATUS_BIT << 1 || data[start + 7] !== 0) return Role.No;
		if (u16(data, start + 2) < HEADER) return Role.No;
		if (data[start] === RESPONSE) return Role.Server;
		return REQUESTS.includes(data[start]!) ? Role.Client : Role.No;
	},
	messageLength,
};
