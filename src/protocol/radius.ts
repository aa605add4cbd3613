import { u16 } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

const HEADER = 20;
const REQUESTS: readonly number[] = [1, 4, 12, 40, 43];
const RESPONSES: readonly number[] = [2, 3, 5, 11, 13, 41, 42, 44, 45];

export const radius: Recogniser = {
	protocol: "radius",
	transports: [17],
	strength: "weak",
	ports: [1812, 1813, 1645, 1646, 3799],
	source: "RFC 2865, 3; RFC 5176",
	recognise(data, start, end) {
		if (end - start < HEADER) return Role.No;
		const length = u16(data, start + 2);
		if (length < HEADER || length > end - start) return Role.No;
		if (REQUESTS.includes(data[start]!)) return Role.Client;
		return RESPONSES.includes(data[start]!) ? Role.Server : Role.No;
	},
};
