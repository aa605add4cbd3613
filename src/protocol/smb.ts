import { type Recogniser, Role } from "./recogniser.ts";

const HEADER = 4; // NetBIOS session service: type and length

export const smb: Recogniser = {
	protocol: "smb",
	transports: [6],
	strength: "strong",
	ports: [445, 139],
	source: "MS-SMB2, 2.1; RFC 1002, 4.3",
	recognise(data, start, end) {
		if (end - start < HEADER + 32 || data[start] !== 0) return Role.No;
		const at = start + HEADER;
		const version = data[at]!;
		if (data[at + 1] !== 0x53 || data[at + 2] !== 0x4d || data[at + 3] !== 0x42) return Role.No;
		if (version === 0xff) return data[at + 9]! & 0x80 ? Role.Server : Role.Client;
		if (version === 0xfe) return data[at + 16]! & 1 ? Role.Server : Role.Client;
		return version === 0xfd || version === 0xfc ? Role.Either : Role.No;
	},
};
