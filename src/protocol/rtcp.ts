import { u16, u32 } from "./bytes.ts";
import { type Fields, type Recogniser, Role } from "./recogniser.ts";

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const REPORT_BLOCK = 24;
/** Behind an encrypted packet: index, authentication tag of 4 to 20 bytes, key identifier (RFC 3711, 3.4). */
const MIN_TRAILER = 8;

/** What a receiver says of a stream that it receives (RFC 3550, 6.4.1). */
export interface ReportBlock {
	/** Of the stream that is reported on. */
	readonly ssrc: number;
	/** Packets lost since its start; negative where duplicates came. */
	readonly lost: number;
	/** In units of the stream's clock. */
	readonly jitter: number;
	/** Which sender report came last: the middle 32 bits of its time; 0 for none. */
	readonly lastReport: number;
	/** From that report's arrival to this one, in 1/65,536 s. */
	readonly delay: number;
}

/** What a sender says of its stream (RFC 3550, 6.4.1). */
export interface SenderReport {
	readonly ssrc: number;
	/** Middle 32 bits of its NTP time stamp. */
	readonly ntp: number;
}

/**
 * A compound packet begins with a sender or receiver report and is filled to the end by packets whose lengths lead on
 * (RFC 3550, 6.1 and A.2); feedback packets may stand alone (RFC 5506). Of SRTCP only the first header is clear.
 */
export const rtcp: Recogniser = {
	protocol: "rtcp",
	transports: [17],
	strength: "strong",
	ports: [],
	source: "RFC 3550, 6; RFC 5506; RFC 3711, 3.4",
	recognise(data, start, end) {
		if (end - start < 8 || data[start]! >>> 6 !== 2) return Role.No;
		const first = data[start + 1]!;
		if (first < 200 || first > 207) return Role.No;
		if (isEncrypted(data, start, end)) return Role.Either;
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
		return packets > 0 && at === end && (packets > 1 || first <= 201 || first >= 205) ? Role.Either : Role.No;
	},
	describe(data, start, end) {
		const fields: Fields = { ssrc: ssrcText(u32(data, start + 4)) };
		if (isEncrypted(data, start, end)) fields.encrypted = true;
		return fields;
	},
};

/** A synchronisation source as Wireshark writes it. */
export function ssrcText(ssrc: number): string {
	return `0x${ssrc.toString(16).padStart(8, "0")}`;
}

/**
 * Whether what follows a report's clear header is encrypted: the report is as long as its count of blocks says, and
 * behind it comes no further packet's header but enough for SRTCP's trailer.
 */
function isEncrypted(data: Uint8Array, start: number, end: number): boolean {
	const type = data[start + 1]!;
	if (type !== SENDER_REPORT && type !== RECEIVER_REPORT) return false;
	const words = (type === SENDER_REPORT ? 6 : 1) + 6 * (data[start]! & 31);
	const next = start + 4 * (words + 1);
	if (u16(data, start + 2) !== words || end - next < MIN_TRAILER) return false;
	return data[next]! >>> 6 !== 2 || data[next + 1]! < 200 || data[next + 1]! > 213;
}

/**
 * Calls `report` for every report block of the sender and receiver reports in a compound packet that is not encrypted,
 * and `sent` for every sender report.
 * @param end exclusive.
 */
export function readReports(
	data: Uint8Array,
	start: number,
	end: number,
	report: (block: ReportBlock) => void,
	sent: (report: SenderReport) => void = () => {},
): void {
	if (end - start < 8 || isEncrypted(data, start, end)) return;
	for (let at = start; end - at >= 8 && data[at]! >>> 6 === 2; ) {
		const size = 4 * (u16(data, at + 2) + 1);
		if (size > end - at) return;
		const type = data[at + 1]!;
		if (type === SENDER_REPORT && size >= 28) sent({ ssrc: u32(data, at + 4), ntp: u32(data, at + 10) });
		if (type === SENDER_REPORT || type === RECEIVER_REPORT) {
			let block = at + (type === SENDER_REPORT ? 28 : 8);
			for (let count = data[at]! & 31; count > 0 && block + REPORT_BLOCK <= at + size; count--) {
				const lost = u32(data, block + 4) & 0xffffff;
				report({
					ssrc: u32(data, block),
					lost: lost & 0x800000 ? lost - 0x1000000 : lost,
					jitter: u32(data, block + 12),
					lastReport: u32(data, block + 16),
					delay: u32(data, block + 20),
				});
				block += REPORT_BLOCK;
			}
		}
		at += size;
	}
}
