import { u16 } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

const RECORD_HEADER = 13;
const MAX_RECORD = (1 << 14) + 2048;

export const dtls: Recogniser = {
	protocol: "dtls",
	transports: [17],
	strength: "strong",
	ports: [],
	source: "RFC 6347, 4.1",
	recognise(data, start, end) {
		if (end - start < RECORD_HEADER || data[start]! < 20 || data[start]! > 23) return Role.No;
		const version = u16(data, start + 1);
		if (version !== 0xfeff && version !== 0xfefd && version !== 0x0100) return Role.No;
		const length = u16(data, start + 11);
		if (length === 0 || length > MAX_RECORD || RECORD_HEADER + length > end - start) return Role.No;
		if (data[start] !== 22 || u16(data, start + 3) !== 0) return Role.Either;
		const type = data[start + RECORD_HEADER]!;
		if (type === 1) return Role.Client;
		return type === 2 || type === 3 ? Role.Server : Role.Either;
	},
};
