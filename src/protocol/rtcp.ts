import { u16 } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

/**
 * A compound packet begins with a sender or receiver report and is filled to the end by packets whose lengths lead on
 * (RFC 3550, 6.1 and A.2); feedback packets may stand alone (RFC 5506).
 */
export const rtcp: Recogniser = {
	protocol: "rtcp",
	transports: [17],
	strength: "strong",
	ports: [],
	source: "RFC 3550, 6; RFC 5506",
	recognise(data, start, end) {
		if (end - start < 8 || data[start]! >>> 6 !== 2) return Role.No;
		const first = data[start + 1]!;
		if (first < 200 || first > 207) return Role.No;
		let at = start;
		let packets = 0;
		while (end - at >= 4) {
			const type = data[at + 1]!;
			if (data[at]! >>> 6 !== 2 || type < 200 || type > 213) break;
			const size = 4 * (u16(data, at + 2) + 1);
			if (size > end - at) return Role.No;
			at += size;
			packets++;
		}
		// SRTCP has an index and a tag of at most 20 bytes behind a packet whose own body is encrypted.
		return packets > 0 && at === end && (packets > 1 || first <= 201 || first >= 205) ? Role.Either : Role.No;
	},
};
