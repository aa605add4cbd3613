import { i32, startsWith, u32 } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

const PROTOCOL_3 = 196_608;
const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
const CANCEL_REQUEST = 80_877_102;
const MAX_STARTUP = 10_000;

/** The first message has no type byte: length, then version or request code. */
export const postgresql: Recogniser = {
	protocol: "postgresql",
	transports: [6],
	strength: "strong",
	ports: [5432, 5433],
	source: "PostgreSQL documentation, 55.7",
	recognise(data, start, end) {
		if (end - start < 8) return Role.No;
		const length = u32(data, start);
		const code = i32(data, start + 4);
		if ((code === SSL_REQUEST || code === GSS_REQUEST) && length === 8) return Role.Client;
		if (code === CANCEL_REQUEST && length === 16) return Role.Client;
		return code === PROTOCOL_3 && length <= MAX_STARTUP && startsWith(data, start + 8, end, "user")
			? Role.Client
			: Role.No;
	},
};
