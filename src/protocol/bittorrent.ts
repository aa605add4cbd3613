import { startsWith } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

/** Known so that its high ports are not taken for anything else. */
export const bittorrent: Recogniser = {
	protocol: "bittorrent",
	transports: [6, 17],
	strength: "strong",
	ports: [6881],
	firstBytes: [19, 0x64],
	source: "BEP 3, BEP 5",
	recognise(data, start, end) {
		if (data[start] === 19 && startsWith(data, start + 1, end, "BitTorrent protocol")) return Role.Either;
		return startsWith(data, start, end, "d1:ad2:id20:") || startsWith(data, start, end, "d1:rd2:id20:")
			? Role.Either
			: Role.No;
	},
};
