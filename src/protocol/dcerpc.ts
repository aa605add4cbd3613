import { type Fields, type Recogniser, Role } from "./recogniser.ts";

const VERSION = 5;
const HEADER = 16;
/** Types of packets of connections (C706, 12.6.3.1), and who sends them. */
const SENDERS: Readonly<Record<number, Role>> = {
	0: Role.Client, // request
	2: Role.Server, // response
	3: Role.Server, // fault
	11: Role.Client, // bind
	12: Role.Server, // bind_ack
	13: Role.Server, // bind_nak
	14: Role.Client, // alter_context
	15: Role.Server, // alter_context_resp
	16: Role.Client, // auth3
};
/** Integers little-endian, characters ASCII, floats IEEE: what Windows writes; with 0 in the upper half big-endian. */
const LITTLE_ENDIAN = 0x10;
const BIG_ENDIAN = 0x00;

function fragmentLength(data: Uint8Array, start: number): number {
	const [low, high] = data[start + 4] === LITTLE_ENDIAN ? [start + 8, start + 9] : [start + 9, start + 8];
	return data[low]! | (data[high]! << 8);
}

/**
 * DCE/RPC, Windows' remote procedures, on ports that its endpoint mapper gives out of the dynamic range: known so that
 * these are not taken for a product's.
 */
export const dcerpc: Recogniser = {
	protocol: "dcerpc",
	transports: [6],
	strength: "strong",
	ports: [135],
	firstBytes: [VERSION],
	source: "DCE 1.1: Remote Procedure Call (C706), 12.6.3; MS-RPCE, 2.2.2",
	recognise(data, start, end) {
		if (end - start < HEADER || data[start] !== VERSION || data[start + 1]! > 1) return Role.No;
		const representation = data[start + 4]!;
		if (representation !== LITTLE_ENDIAN && representation !== BIG_ENDIAN) return Role.No;
		if (data[start + 5] !== 0 || data[start + 6] !== 0 || data[start + 7] !== 0) return Role.No;
		return fragmentLength(data, start) < HEADER ? Role.No : (SENDERS[data[start + 2]!] ?? Role.No);
	},
	describe(data, start): Fields {
		return { version: `${VERSION}.${data[start + 1]}` };
	},
	messageLength(data, start, end) {
		return end - start < HEADER ? 0 : Math.max(HEADER, fragmentLength(data, start));
	},
};
