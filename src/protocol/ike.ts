import { i32, u32 } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

const HEADER = 28;

function headerRole(data: Uint8Array, start: number, end: number): Role {
	if (end - start < HEADER || i32(data, start) === 0) return Role.No;
	const version = data[start + 17]!;
	const exchange = data[start + 18]!;
	if (version !== 0x10 && version !== 0x20) return Role.No;
	if (
		version === 0x10
			? !((exchange >= 1 && exchange <= 6) || exchange === 32 || exchange === 33)
			: exchange < 34 || exchange > 44
	)
		return Role.No;
	const length = u32(data, start + 24);
	if (length < HEADER || length > 65_535) return Role.No;
	// The first message has no responder's cookie yet.
	return i32(data, start + 8) === 0 && i32(data, start + 12) === 0 ? Role.Client : Role.Either;
}

export const ike: Recogniser = {
	protocol: "ike",
	transports: [17],
	strength: "weak",
	ports: [500, 4500],
	source: "RFC 7296, 3.1; RFC 2408, 3.1; RFC 3948",
	recognise(data, start, end) {
		// Behind a NAT, four zero bytes tell IKE from ESP.
		const marked = end - start > 4 && i32(data, start) === 0;
		return headerRole(data, marked ? start + 4 : start, end);
	},
};
