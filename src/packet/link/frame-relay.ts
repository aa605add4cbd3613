import { Carried, type Cursor, type HeaderReader } from "../cursor.ts";
import { hexNumber } from "../names.ts";
import { cutOff, type Reason } from "../reasons.ts";
import { snap } from "./llc.ts";

const CUT = cutOff("frame relay header");
const NOT_IP = {
	class: "other",
	text: (id) => NAMES.get(id) ?? `not IP: frame relay network layer protocol ${hexNumber(id, 2)}`,
	rest: "not IP: other frame relay protocols",
} satisfies Reason;
const NAMES: ReadonlyMap<number, string> = new Map([
	[0x08, "frame relay: Q.933 and LMI"],
	[0x81, "OSI (IS-IS, ES-IS)"],
	[0x82, "OSI (IS-IS, ES-IS)"],
	[0x83, "OSI (IS-IS, ES-IS)"],
	[0xb1, "frame relay: FRF.12 fragments"],
]);

const UNNUMBERED = 0x03;
/** Network layer protocol identifiers (ISO/IEC TR 9577). */
const NLPID_SNAP = 0x80;
const NLPID_IPV4 = 0xcc;
const NLPID_IPV6 = 0x8e;

/**
 * Frame relay: an address of 2 to 4 bytes, whose last byte is odd, then RFC 2427 (control 0x03, an optional pad byte,
 * a network layer protocol identifier) or Cisco's encapsulation (an EtherType).
 */
export const frameRelay: HeaderReader = (cursor, at) => {
	const { packet } = cursor;
	const { view } = packet;
	const start = at;
	do {
		if (packet.end - at < 1 || at - start === 4) return cursor.cut(CUT, start);
	} while ((view.getUint8(at++) & 1) === 0);
	if (packet.end - at < 2) return cursor.cut(CUT, start);
	if (view.getUint8(at) !== UNNUMBERED) {
		cursor.carried = view.getUint16(at);
		return at + 2;
	}
	at++;
	if (view.getUint8(at) === 0) at++;
	if (packet.end - at < 1) return cursor.cut(CUT, start);
	return networkLayer(cursor, view.getUint8(at), at + 1);
};

function networkLayer(cursor: Cursor, id: number, at: number): number {
	if (id === NLPID_SNAP) return snap(cursor, at);
	if (id === NLPID_IPV4) cursor.carried = Carried.IPV4;
	else if (id === NLPID_IPV6) cursor.carried = Carried.IPV6;
	else return cursor.stop(NOT_IP, id);
	return at;
}
