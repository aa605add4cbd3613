import { u16 } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

const ConnectionRequest = 0xe0;
const ConnectionConfirm = 0xd0;
const FIXED_PART = 11;
/** Parameters of ISO transport (TPDU size, TSAPs) begin here: other protocols over TPKT send them, RDP does not. */
const ISO_PARAMETERS = 0xc0;

/** X.224 connection request and confirm behind a TPKT header. */
export const rdp: Recogniser = {
	protocol: "rdp",
	transports: [6],
	strength: "strong",
	ports: [3389],
	firstBytes: [3],
	source: "MS-RDPBCGR, 2.2.1.1",
	recognise(data, start, end) {
		if (end - start < FIXED_PART || data[start] !== 3 || data[start + 1] !== 0) return Role.No;
		if (u16(data, start + 2) !== end - start || data[start + 4] !== end - start - 5) return Role.No;
		if (end - start > FIXED_PART && data[start + FIXED_PART]! >= ISO_PARAMETERS) return Role.No;
		if (data[start + 5] === ConnectionRequest) return Role.Client;
		return data[start + 5] === ConnectionConfirm ? Role.Server : Role.No;
	},
	messageLength(data, start, end) {
		return end - start < 4 ? 0 : u16(data, start + 2);
	},
};
