import { u16 } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

const Flag = { Control: 0x8000, Length: 0x4000, Reserved: 0x34f0 } as const;

export const l2tp: Recogniser = {
	protocol: "l2tp",
	transports: [17],
	strength: "weak",
	ports: [1701],
	source: "RFC 2661, 3.1",
	recognise(data, start, end) {
		if (end - start < 6) return Role.No;
		const flags = u16(data, start);
		if ((flags & 15) !== 2 || flags & Flag.Reserved) return Role.No;
		if (flags & Flag.Length && u16(data, start + 2) > end - start) return Role.No;
		// SCCRQ goes to tunnel 0, which the server has not given out yet.
		const isFirst =
			flags & Flag.Control && end - start >= 20 && u16(data, start + 4) === 0 && u16(data, start + 18) === 1;
		return isFirst ? Role.Client : Role.Either;
	},
};
