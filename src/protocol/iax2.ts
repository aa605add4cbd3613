import { type Recogniser, Role } from "./recogniser.ts";

const HEADER = 12;
const FULL_FRAME = 0x80;
const At = { type: 10, subclass: 11 } as const;
/** RFC 5456, 8.2: the types of full frames; 6 is IAX control. */
const LAST_TYPE = 12;
const CONTROL = 6;
/** RFC 5456, 8.4: requests that begin something, and what only their receiver sends. */
const REQUESTS: Readonly<Record<number, string>> = { 1: "new", 13: "regreq", 17: "regrel", 30: "poke" };
const ANSWERS: ReadonlySet<number> = new Set([3, 7, 8, 14, 15, 16]);

/** Asterisk's trunks; known by its full frames, so that it is not taken for anything else. */
export const iax2: Recogniser = {
	protocol: "iax2",
	transports: [17],
	strength: "weak",
	ports: [4569],
	source: "RFC 5456, 8.1.1",
	recognise(data, start, end) {
		if (end - start < HEADER || !(data[start]! & FULL_FRAME)) return Role.No;
		const type = data[start + At.type]!;
		if (type === 0 || type > LAST_TYPE) return Role.No;
		if (type !== CONTROL) return Role.Either;
		const subclass = data[start + At.subclass]!;
		if (REQUESTS[subclass] !== undefined) return Role.Asks;
		return ANSWERS.has(subclass) ? Role.Answers : Role.Either;
	},
	describe(data, start) {
		const request = data[start + At.type] === CONTROL ? REQUESTS[data[start + At.subclass]!] : undefined;
		return request === undefined ? {} : { message: request };
	},
};
