import { u16 } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

const TPKT_HEADER = 4;
const Q931_DISCRIMINATOR = 8;
const Message = {
	Alerting: 0x01,
	CallProceeding: 0x02,
	Progress: 0x03,
	Setup: 0x05,
	Connect: 0x07,
	SetupAck: 0x0d,
	Information: 0x7b,
	Status: 0x7d,
	Facility: 0x62,
	Notify: 0x6e,
	Release: 0x5a,
	StatusEnquiry: 0x75,
} as const;
const MESSAGES: readonly number[] = Object.values(Message);

/** Q.931 messages behind a TPKT header. Whoever places a call is its client; a phone's connection carries both ways. */
export const h225: Recogniser = {
	protocol: "h225",
	transports: [6],
	strength: "strong",
	ports: [1720, 1300],
	source: "ITU-T H.225.0, 7; ITU-T Q.931, 4; RFC 1006",
	recognise(data, start, end) {
		if (end - start < TPKT_HEADER + 5 || data[start] !== 3 || data[start + 1] !== 0 || u16(data, start + 2) < 9)
			return Role.No;
		if (data[start + 4] !== Q931_DISCRIMINATOR) return Role.No;
		const referenceLength = data[start + 5]!;
		const at = start + 6 + referenceLength;
		if (referenceLength > 2 || at >= end || !MESSAGES.includes(data[at]!)) return Role.No;
		return Role.Either;
	},
};
