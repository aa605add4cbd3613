import { i32, u16 } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

const HEADER = 4;
const ENTRY = 20;
const MAX_METRIC = 16;
const Family = { Unspecified: 0, Ip: 2, Authentication: 0xffff } as const;

/** Family, and a metric of at most 16 (infinity); version 1 leaves all but address and metric zero. */
function isEntry(data: Uint8Array, at: number, version: number): boolean {
	const family = u16(data, at);
	if (family === Family.Authentication) return version === 2;
	if (family !== Family.Unspecified && family !== Family.Ip) return false;
	const metric = i32(data, at + 16);
	if (metric < 0 || metric > MAX_METRIC) return false;
	return version === 2 || (u16(data, at + 2) === 0 && i32(data, at + 8) === 0 && i32(data, at + 12) === 0);
}

export const rip: Recogniser = {
	protocol: "rip",
	transports: [17],
	strength: "weak",
	ports: [520],
	source: "RFC 2453, 3.6 and 4; RFC 1058, 3.1",
	recognise(data, start, end) {
		if (end - start < HEADER + ENTRY || data[start]! < 1 || data[start]! > 2) return Role.No;
		const version = data[start + 1]!;
		if (version < 1 || version > 2 || !isEntry(data, start + HEADER, version)) return Role.No;
		return data[start] === 1 ? Role.Client : Role.Either;
	},
	describe(data, start, end) {
		return {
			version: data[start + 1]!,
			command: data[start] === 1 ? "request" : "response",
			entries: Math.floor((end - start - HEADER) / ENTRY),
		};
	},
};
