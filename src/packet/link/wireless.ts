import { Carried, type Cursor, type HeaderReader } from "../cursor.ts";
import { cutOff, plainReason } from "../reasons.ts";

const CUT = cutOff("802.11 header");
const RADIOTAP_CUT = cutOff("radiotap header");
const MANAGEMENT = plainReason("other", "802.11 management");
const CONTROL = plainReason("other", "802.11 control");
const NO_DATA = plainReason("other", "802.11 data frame without data");
const EXTENSION = plainReason("other", "802.11 frame of another type");
const ENCRYPTED = plainReason(
	"problem",
	"802.11 data, encrypted",
	"decrypt the capture first, or capture on the wired side of the access point",
);

/** Frame control field, little-endian (IEEE 802.11-2020, 9.2.4.1). */
const TO_DS = 0x0100;
const FROM_DS = 0x0200;
const PROTECTED = 0x4000;
const HT_CONTROL = 0x8000;
/** Subtype bits of data frames. */
const SUBTYPE_NO_DATA = 0x40;
const SUBTYPE_QOS = 0x80;
/** In the QoS control field: the body is a series of subframes (A-MSDU). */
const QOS_AGGREGATE = 0x80;
/** Destination, source, length before each subframe. */
const SUBFRAME_HEADER = 14;

/** IEEE 802.11 without its FCS. Of aggregated frames only the first is read. */
export const ieee80211: HeaderReader = (cursor, at) => frame(cursor, at, false);

/**
 * Radiotap (https://www.radiotap.org): version, pad, length and bit fields of what is present, little-endian; then
 * IEEE 802.11.
 */
export const radiotap: HeaderReader = (cursor, at) => {
	const { packet } = cursor;
	const { view } = packet;
	if (packet.end - at < 8) return cursor.cut(RADIOTAP_CUT, at);
	const length = view.getUint16(at + 2, true);
	if (length < 8 || packet.end - at < length) return cursor.cut(RADIOTAP_CUT, at);
	return frame(cursor, at + length, (radiotapFlags(cursor, at, length) & PADDED) !== 0);
};

const TSFT = 1;
const FLAGS = 2;
const MORE_BITS = 0x80000000 | 0;
/** In the flags field: the 802.11 header is padded to a multiple of 4 bytes. */
const PADDED = 0x20;

/** @returns the flags field of the radiotap header of `length` bytes at `at`, 0 where it has none. */
function radiotapFlags(cursor: Cursor, at: number, length: number): number {
	const { view } = cursor.packet;
	const present = view.getInt32(at + 4, true);
	if ((present & FLAGS) === 0) return 0;
	let field = 4;
	for (let bits = present; (bits & MORE_BITS) !== 0; bits = view.getInt32(at + field, true)) {
		field += 4;
		if (field + 4 > length) return 0;
	}
	field += 4;
	if (present & TSFT) field = ((field + 7) & ~7) + 8;
	return field < length ? view.getUint8(at + field) : 0;
}

function frame(cursor: Cursor, at: number, padded: boolean): number {
	const { packet } = cursor;
	if (packet.end - at < 2) return cursor.cut(CUT, at);
	const control = packet.view.getUint16(at, true);
	switch (control & 0x0c) {
		case 0x00:
			return cursor.stop(MANAGEMENT);
		case 0x04:
			return cursor.stop(CONTROL);
		case 0x08:
			return data(cursor, at, control, padded);
		default:
			return cursor.stop(EXTENSION);
	}
}

function data(cursor: Cursor, at: number, control: number, padded: boolean): number {
	const { packet } = cursor;
	if (control & SUBTYPE_NO_DATA) return cursor.stop(NO_DATA);
	if (control & PROTECTED) return cursor.stop(ENCRYPTED);
	const qos = (control & SUBTYPE_QOS) !== 0;
	let length = (control & TO_DS) !== 0 && (control & FROM_DS) !== 0 ? 30 : 24;
	const qosAt = length;
	if (qos) length += control & HT_CONTROL ? 6 : 2;
	if (padded) length = (length + 3) & ~3;
	if (packet.end - at < length) return cursor.cut(CUT, at);
	if (qos && (packet.view.getUint8(at + qosAt) & QOS_AGGREGATE) !== 0) length += SUBFRAME_HEADER;
	if (packet.end - at < length) return cursor.cut(CUT, at);
	cursor.carried = Carried.LLC;
	return at + length;
}
