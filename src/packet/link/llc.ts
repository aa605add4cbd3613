import { Carried, type HeaderReader } from "../cursor.ts";
import { CISCO_SNAP_NAMES, hexNumber, LLC_SAP_NAMES } from "../names.ts";
import { cutOff, type Reason } from "../reasons.ts";

const CUT = cutOff("LLC header");
const SNAP_CUT = cutOff("SNAP header");
const NOT_IP = {
	class: "other",
	text: (sap) => LLC_SAP_NAMES.get(sap) ?? `not IP: LLC service access point ${hexNumber(sap, 2)}`,
	rest: "not IP: other LLC service access points",
} satisfies Reason;
const CISCO = {
	class: "other",
	text: (id) => CISCO_SNAP_NAMES.get(id) ?? `not IP: Cisco SNAP protocol ${hexNumber(id)}`,
	rest: "not IP: other Cisco SNAP protocols",
} satisfies Reason;
const OTHER_SNAP = {
	class: "other",
	text: (oui) => `not IP: SNAP protocol of organisation ${hexNumber(oui, 6)}`,
	rest: "not IP: SNAP protocols of other organisations",
} satisfies Reason;

const SAP_SNAP = 0xaa;
const SAP_IP = 0x06;
const UNNUMBERED = 0x03;

const OUI_ENCAPSULATED_ETHERNET = 0x000000;
/** IEEE 802.1H bridge-tunnel encapsulation. */
const OUI_BRIDGE_TUNNEL = 0x0000f8;
const OUI_CISCO = 0x00000c;

/** IEEE 802.2 LLC, and SNAP (RFC 1042) in it. */
export const llc: HeaderReader = (cursor, at) => {
	const { packet } = cursor;
	const { view } = packet;
	if (packet.end - at < 3) return cursor.cut(CUT, at);
	const sap = view.getUint8(at);
	const unnumbered = view.getUint8(at + 2) === UNNUMBERED;
	if (sap === SAP_SNAP && unnumbered) return snap(cursor, at + 3);
	if (sap === SAP_IP && unnumbered) {
		cursor.carried = Carried.IP;
		return at + 3;
	}
	return cursor.stop(NOT_IP, sap);
};

/** Organisation (3 bytes) and its protocol identifier (2 bytes). */
export const snap: HeaderReader = (cursor, at) => {
	const { packet } = cursor;
	const { view } = packet;
	if (packet.end - at < 5) return cursor.cut(SNAP_CUT, at);
	const oui = view.getUint32(at) >>> 8;
	const id = view.getUint16(at + 3);
	if (oui === OUI_CISCO) return cursor.stop(CISCO, id);
	if (oui !== OUI_ENCAPSULATED_ETHERNET && oui !== OUI_BRIDGE_TUNNEL) return cursor.stop(OTHER_SNAP, oui);
	cursor.carried = id;
	return at + 5;
};
