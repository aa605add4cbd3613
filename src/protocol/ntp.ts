import { type Recogniser, Role } from "./recogniser.ts";

const HEADER = 48;
const Mode = {
	SymmetricActive: 1,
	SymmetricPassive: 2,
	Client: 3,
	Server: 4,
	Broadcast: 5,
	Control: 6,
	Private: 7,
} as const;

export const ntp: Recogniser = {
	protocol: "ntp",
	transports: [17],
	strength: "weak",
	ports: [123],
	source: "RFC 5905, 7.3; RFC 4330",
	recognise(data, start, end) {
		const length = end - start;
		const version = (data[start]! >>> 3) & 7;
		const mode = data[start]! & 7;
		if (length < 12 || version < 1 || version > 4) return Role.No;
		if (mode === Mode.Control || mode === Mode.Private) return Role.Either;
		if (length < HEADER || mode === 0) return Role.No;
		if (mode === Mode.Client) return Role.Client;
		return mode === Mode.Server ? Role.Server : Role.Either;
	},
	describe(data, start, end) {
		return end - start < HEADER ? {} : { version: (data[start]! >>> 3) & 7, stratum: data[start + 1]! };
	},
};
