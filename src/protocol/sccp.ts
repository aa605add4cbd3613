import { type Recogniser, Role } from "./recogniser.ts";

const HEADER = 8;
const MESSAGE_ID = 4;
/** Of the body, message id included: the longest known message has some 1,700 bytes. */
const MAX_LENGTH = 2048;
/** Header versions of what speaks it: 0 (basic) to 22. */
const MAX_VERSION = 22;
const REGISTER = 0x01;
const REGISTER_ACK = 0x81;
/** Below are a phone's messages; those of the call manager follow, up to the second. */
const FIRST_OF_SERVER = 0x80;
const LAST_OF_SERVER = 0x160;

function u32le(data: Uint8Array, at: number): number {
	return (data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24)) >>> 0;
}

/** Cisco's phones (Skinny); known so that it is not taken for anything else. All numbers are little-endian. */
export const sccp: Recogniser = {
	protocol: "sccp",
	transports: [6],
	strength: "weak",
	ports: [2000],
	source: "Wireshark, packet-skinny",
	recognise(data, start, end) {
		if (end - start < HEADER + MESSAGE_ID) return Role.No;
		const length = u32le(data, start);
		if (length < MESSAGE_ID || length > MAX_LENGTH || u32le(data, start + 4) > MAX_VERSION) return Role.No;
		const message = u32le(data, start + HEADER);
		if (message < FIRST_OF_SERVER) return Role.Client;
		return message <= LAST_OF_SERVER ? Role.Server : Role.No;
	},
	describe(data, start) {
		const message = u32le(data, start + HEADER);
		if (message === REGISTER) return { message: "register" };
		return message === REGISTER_ACK ? { message: "register-ack" } : {};
	},
	messageLength(data, start, end) {
		return end - start < 4 ? 0 : HEADER + u32le(data, start);
	},
};
