import { u32 } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

/** Seconds since 1900: 1990-01-01 and 2036-02-07, when the 32 bits run out. */
const EARLIEST = 2_840_140_800;
/** 1970-01-01 in seconds since 1900. */
const EPOCH = 2_208_988_800;

/** An empty datagram asks; the answer is one 32-bit count of seconds since 1900. */
export const time: Recogniser = {
	protocol: "time",
	transports: [17, 6],
	strength: "weak",
	ports: [37],
	source: "RFC 868",
	recognise(data, start, end) {
		return end - start === 4 && u32(data, start) >= EARLIEST ? Role.Server : Role.No;
	},
	describe(data, start) {
		return { time: new Date(1000 * (u32(data, start) - EPOCH)).toISOString() };
	},
};
