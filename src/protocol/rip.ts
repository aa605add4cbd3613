import { u16 } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

const ENTRY = 20;
const AUTHENTICATION = 0xffff;

export const rip: Recogniser = {
	protocol: "rip",
	transports: [17],
	strength: "weak",
	ports: [520],
	source: "RFC 2453, 3.6; RFC 1058",
	recognise(data, start, end) {
		const length = end - start;
		if (length < 4 + ENTRY || (length - 4) % ENTRY !== 0 || data[start + 1]! < 1 || data[start + 1]! > 2)
			return Role.No;
		const family = u16(data, start + 4);
		if (family !== 0 && family !== 2 && family !== AUTHENTICATION) return Role.No;
		if (data[start] === 1) return Role.Client;
		return data[start] === 2 ? Role.Either : Role.No;
	},
};
