import { u16, u32 } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

const FIRST_BYTE = 0x49;
const LONG_FORM = 0x8000;
/** Request types; the server's answers have 8 in the top four bits. */
const REQUESTS: readonly number[] = [0x002a0001, 0x00300001, 0x00300011, 0x00300041];
const EVENT = 0x10300011;
const ANSWER = 0x80000000;

/**
 * DevLink3, IP Office's interface for call control: 0x49, a 16-bit length that counts itself and the first byte (24 bits
 * where its top bit is set), then type and request id, 32 bits each, big-endian. The client always speaks first.
 */
export const devlink3: Recogniser = {
	protocol: "devlink3",
	transports: [6],
	strength: "strong",
	ports: [50797],
	source: "Avaya IP Office DevLink3 API Reference, issue 1.2",
	recognise(data, start, end) {
		if (end - start < 12 || data[start] !== FIRST_BYTE) return Role.No;
		const type = u32(data, start + (u16(data, start + 1) & LONG_FORM ? 4 : 3));
		if (REQUESTS.includes(type)) return Role.Client;
		return type === EVENT || (type >= ANSWER && REQUESTS.includes(type - ANSWER)) ? Role.Server : Role.No;
	},
};
