import { i32 } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

const LONG_HEADER = 0xc0;
const MAX_CONNECTION_ID = 20;
const MIN_INITIAL = 1200;
const VERSION_1 = 1;
const VERSION_2 = 0x6b3343cf | 0;

/** Long headers only: short ones look like noise. */
export const quic: Recogniser = {
	protocol: "quic",
	transports: [17],
	strength: "strong",
	ports: [443],
	source: "RFC 9000, 17.2; RFC 9369",
	recognise(data, start, end) {
		if (end - start < 16 || (data[start]! & LONG_HEADER) !== LONG_HEADER) return Role.No;
		const version = i32(data, start + 1);
		const isDraft = (version & 0xffffff00) === (0xff000000 | 0);
		if (version !== VERSION_1 && version !== VERSION_2 && !isDraft) return Role.No;
		const destination = data[start + 5]!;
		if (
			destination > MAX_CONNECTION_ID ||
			start + 6 + destination >= end ||
			data[start + 6 + destination]! > MAX_CONNECTION_ID
		)
			return Role.No;
		// Only a client pads its first packet to 1200 bytes before it knows the path; later ones come from both sides.
		return Role.Either;
	},
	describe(_data, start, end) {
		return { initial: end - start >= MIN_INITIAL };
	},
};
