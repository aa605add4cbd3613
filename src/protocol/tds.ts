import { u16 } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

const PRELOGIN = 0x12;
const RESPONSE = 0x04;
const HEADER = 8;

/** SQL Server's pre-login: a packet that holds an option list beginning with VERSION. */
export const tds: Recogniser = {
	protocol: "tds",
	transports: [6],
	strength: "strong",
	ports: [1433],
	source: "MS-TDS, 2.2.6.5",
	recognise(data, start, end) {
		if (end - start < HEADER + 6 || (data[start] !== PRELOGIN && data[start] !== RESPONSE)) return Role.No;
		if (u16(data, start + 2) !== end - start || data[start + 1] !== 1 || data[start + HEADER] !== 0) return Role.No;
		const offset = u16(data, start + HEADER + 1);
		if (offset < 6 || offset > 64 || u16(data, start + HEADER + 3) !== 6) return Role.No;
		return data[start] === PRELOGIN ? Role.Client : Role.Server;
	},
};
