import { type Recogniser, Role } from "./recogniser.ts";

/** PER encoding of the H.225.0 protocolIdentifier {itu-t(0) recommendation(0) h(8) 2250 version(0) n}, with its length. */
const PROTOCOL_IDENTIFIER = [0x06, 0x00, 0x08, 0x91, 0x4a, 0x00];
const SEARCHED = 24;
/** RasMessage is a choice of 25: in aligned PER, its index is the five bits behind the extension bit. */
const LAST_CHOICE = 24;
const LAST_REGISTRATION_CHOICE = 5;

function choiceOf(first: number): number {
	return (first >>> 2) & 31;
}

function hasProtocolIdentifier(data: Uint8Array, start: number, end: number): boolean {
	const limit = Math.min(end, start + SEARCHED) - PROTOCOL_IDENTIFIER.length;
	for (let at = start + 1; at <= limit; at++) {
		let i = 0;
		while (i < PROTOCOL_IDENTIFIER.length && data[at + i] === PROTOCOL_IDENTIFIER[i]) i++;
		if (i === PROTOCOL_IDENTIFIER.length) return true;
	}
	return false;
}

/** Gatekeeper and registration messages carry the protocol's identifier: they are told anywhere. */
export const h225Ras: Recogniser = {
	protocol: "h225-ras",
	transports: [17],
	strength: "strong",
	ports: [1718, 1719],
	source: "ITU-T H.225.0, annex H; ITU-T X.691",
	recognise(data, start, end) {
		if (end - start < 12 || data[start]! & 0x80 || !hasProtocolIdentifier(data, start, end)) return Role.No;
		return choiceOf(data[start]!) <= LAST_CHOICE ? roleOf(data[start]!) : Role.No;
	},
};

/** The other messages have a choice and a sequence number only; the port must say the rest. */
export const h225RasOther: Recogniser = {
	protocol: "h225-ras",
	transports: [17],
	strength: "weak",
	ports: [1718, 1719],
	source: "ITU-T H.225.0, annex H",
	recognise(data, start, end) {
		return end - start >= 3 && (data[start]! & 0x80) === 0 && choiceOf(data[start]!) <= LAST_CHOICE
			? roleOf(data[start]!)
			: Role.No;
	},
};

/** Choices 0-5 (gatekeeper discovery, registration) come in the order request, confirm, reject. */
function roleOf(first: number): Role {
	const choice = choiceOf(first);
	if (choice > LAST_REGISTRATION_CHOICE) return Role.Either;
	return choice % 3 === 0 ? Role.Client : Role.Server;
}
