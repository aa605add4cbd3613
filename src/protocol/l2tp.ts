import { textOf, u16 } from "./bytes.ts";
import { type Fields, type Recogniser, Role } from "./recogniser.ts";

const Flag = { Control: 0x8000, Length: 0x4000, Sequence: 0x0800, Offset: 0x0200, Reserved: 0x34f0 } as const;
/** Flags, length, tunnel, session, Ns and Nr: control messages have them all. */
const CONTROL_HEADER = 12;
const AVP_HEADER = 6;
const MAX_AVPS = 32;
const Attribute = { MessageType: 0, HostName: 7, VendorName: 8 } as const;
const MESSAGES: Readonly<Record<number, string>> = {
	1: "SCCRQ",
	2: "SCCRP",
	3: "SCCCN",
	4: "StopCCN",
	6: "HELLO",
	7: "OCRQ",
	8: "OCRP",
	9: "OCCN",
	10: "ICRQ",
	11: "ICRP",
	12: "ICCN",
	14: "CDN",
	15: "WEN",
	16: "SLI",
};
const SCCRQ = 1;
const SCCRP = 2;

function isControl(flags: number): boolean {
	const needed = Flag.Control | Flag.Length | Flag.Sequence;
	return (flags & needed) === needed;
}

/** The message type, which is the first attribute (RFC 2661, 4.1); 0 for messages without. */
function messageType(data: Uint8Array, start: number, end: number): number {
	const at = start + CONTROL_HEADER;
	const isThere = end - at >= AVP_HEADER + 2 && u16(data, at + 2) === 0 && u16(data, at + 4) === Attribute.MessageType;
	return isThere ? u16(data, at + AVP_HEADER) : 0;
}

/**
 * Whether a PPP frame follows a data message's header: address and control, or a protocol number, whose high byte is
 * even and whose low byte, which may stand alone, is odd (RFC 1661, 2).
 */
function hasPpp(data: Uint8Array, start: number, end: number, flags: number): boolean {
	let at = start + 6 + (flags & Flag.Length ? 2 : 0) + (flags & Flag.Sequence ? 4 : 0);
	if (flags & Flag.Offset) {
		if (end - at < 2) return false;
		at += 2 + u16(data, at);
	}
	if (end - at < 2) return false;
	if (u16(data, at) === 0xff03) return true;
	return (data[at]! & 1) === 1 || (data[at + 1]! & 1) === 1;
}

/** Version 2, and version 3 over UDP (RFC 3931, 4.1.2), whose control messages are built alike. */
export const l2tp: Recogniser = {
	protocol: "l2tp",
	transports: [17],
	strength: "weak",
	ports: [1701],
	source: "RFC 2661, 3.1 and 4.1; RFC 3931, 4.1.2",
	recognise(data, start, end) {
		if (end - start < 6) return Role.No;
		const flags = u16(data, start);
		const version = flags & 15;
		if ((version !== 2 && version !== 3) || flags & Flag.Reserved) return Role.No;
		if (flags & Flag.Length && u16(data, start + 2) > end - start) return Role.No;
		if (!(flags & Flag.Control)) return version === 2 && hasPpp(data, start, end, flags) ? Role.Either : Role.No;
		if (!isControl(flags) || end - start < CONTROL_HEADER) return Role.No;
		const type = messageType(data, start, end);
		return type === SCCRQ ? Role.Client : type === SCCRP ? Role.Server : Role.Either;
	},
	describe(data, start, end) {
		if (end - start < CONTROL_HEADER || !isControl(u16(data, start))) return {};
		const fields: Fields = { version: u16(data, start) & 15 };
		const type = messageType(data, start, end);
		if (type > 0) fields.message = MESSAGES[type] ?? String(type);
		let at = start + CONTROL_HEADER;
		for (let i = 0; i < MAX_AVPS && end - at >= AVP_HEADER; i++) {
			const length = u16(data, at) & 0x3ff;
			if (length < AVP_HEADER || length > end - at) break;
			// Attributes of other vendors have other numbers; hidden ones (bit 0x4000) are encrypted.
			if (u16(data, at + 2) === 0 && !(u16(data, at) & 0x4000) && length > AVP_HEADER) {
				const name = u16(data, at + 4);
				if (name === Attribute.HostName) fields.host = textOf(data, at + AVP_HEADER, at + length);
				if (name === Attribute.VendorName) fields.vendor = textOf(data, at + AVP_HEADER, at + length);
			}
			at += length;
		}
		return fields;
	},
};
