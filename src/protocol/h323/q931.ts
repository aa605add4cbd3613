import { textOf, u16 } from "../bytes.ts";

/** Message types of Q.931, 4.4, that H.225.0 uses (table 4). */
const MESSAGES: Readonly<Record<number, string>> = {
	1: "alerting",
	2: "callProceeding",
	3: "progress",
	5: "setup",
	7: "connect",
	13: "setupAcknowledge",
	15: "connectAcknowledge",
	32: "userInformation",
	90: "releaseComplete",
	98: "facility",
	110: "notify",
	117: "statusInquiry",
	123: "information",
	125: "status",
};
const DISCRIMINATOR = 8;
const Element = {
	Cause: 0x08,
	Display: 0x28,
	CallingPartyNumber: 0x6c,
	CalledPartyNumber: 0x70,
	UserUser: 0x7e,
} as const;
/** Elements of one byte, among them the shifts to another code set (Q.931, 4.5.3). */
const ONE_BYTE = 0x80;
const SHIFT = 0x90;
const NOT_LOCKING = 0x08;
const CODE_SET = 0x07;
/** ASN.1 as the contents of a user-user element (H.225.0, 7.2.2.31). */
const ASN1 = 5;

export interface Q931Message {
	readonly message: string;
	/** Without the flag that tells who chose it. */
	readonly callReference: number;
	/** Q.850. */
	cause?: number;
	display?: string;
	calling?: string;
	called?: string;
	/** Where the ASN.1 of the user-user element begins and ends, exclusive. */
	userUser?: readonly [start: number, end: number];
}

/** Whether the bytes at `start`, behind the TPKT header, are a message that H.225.0 knows. */
export function isQ931(data: Uint8Array, start: number, end: number): boolean {
	if (end - start < 3 || data[start] !== DISCRIMINATOR) return false;
	const type = start + 2 + data[start + 1]!;
	return data[start + 1]! <= 2 && type < end && MESSAGES[data[type]!] !== undefined;
}

/** Header and information elements (Q.931, 4) of the message at `start`, behind the TPKT header. */
export function parseQ931(data: Uint8Array, start: number, end: number): Q931Message | undefined {
	if (!isQ931(data, start, end)) return undefined;
	const referenceLength = data[start + 1]!;
	const message = MESSAGES[data[start + 2 + referenceLength]!]!;
	const callReference =
		referenceLength === 2 ? u16(data, start + 2) & 0x7fff : referenceLength && data[start + 2]! & 0x7f;
	const found: Q931Message = { message, callReference };
	let isShifted = false;
	let skipsNext = false;
	for (let at = start + 3 + referenceLength; at < end; ) {
		const id = data[at++]!;
		if (id & ONE_BYTE) {
			if ((id & 0xf0) !== SHIFT) continue;
			if (id & NOT_LOCKING) skipsNext = true;
			else isShifted = (id & CODE_SET) !== 0;
			continue;
		}
		const lengthBytes = id === Element.UserUser ? 2 : 1;
		if (end - at < lengthBytes) break;
		const length = lengthBytes === 2 ? u16(data, at) : data[at]!;
		at += lengthBytes;
		if (!isShifted && !skipsNext) readElement(found, id, data, at, Math.min(end, at + length));
		skipsNext = false;
		at += length;
	}
	return found;
}

function readElement(found: Q931Message, id: number, data: Uint8Array, start: number, end: number): void {
	switch (id) {
		case Element.Cause: {
			const at = afterGroup(data, start, end);
			if (at < end) found.cause ??= data[at]! & 0x7f;
			return;
		}
		case Element.Display:
			// National variants put the display's type before its text.
			found.display ??= textIn(data, start < end && data[start]! & 0x80 ? start + 1 : start, end);
			return;
		case Element.CallingPartyNumber:
			found.calling ??= textIn(data, afterGroup(data, start, end), end);
			return;
		case Element.CalledPartyNumber:
			found.called ??= textIn(data, afterGroup(data, start, end), end);
			return;
		case Element.UserUser:
			if (start < end && data[start] === ASN1) found.userUser ??= [start + 1, end];
	}
}

/** First byte behind a group of bytes, all but the last of which have their top bit clear (Q.931, 4.5.1). */
function afterGroup(data: Uint8Array, at: number, end: number): number {
	while (at < end && (data[at]! & 0x80) === 0) at++;
	return Math.min(end, at + 1);
}

/** Text without the zeros that some implementations end it with. */
function textIn(data: Uint8Array, start: number, end: number): string {
	return textOf(data, start, end).replace(/\0+$/, "");
}
