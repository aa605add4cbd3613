import { type Fields, type Recogniser, Role } from "../recogniser.ts";
import type { AnnouncedMedia } from "../sdp.ts";
import { textOfEndpoint } from "./addresses.ts";
import { chosen } from "./asn1.ts";
import { multimediaSystemControlMessage } from "./h245-messages.ts";
import { MediaList } from "./media.ts";
import { PerReader } from "./per-reader.ts";
import { TPKT_HEADER, tpktLength } from "./tpkt.ts";

export interface H245Messages {
	/** Names in H.245's own spelling, such as `openLogicalChannel`. */
	readonly messages: readonly string[];
	readonly media: readonly AnnouncedMedia[];
}

/** Messages of one TPKT packet that are read. */
const MAX_MESSAGES = 16;

/**
 * H.245 over its own connection, told by the messages that open it: capabilities with the protocol's identifier {itu-t(0)
 * recommendation(0) h(8) 245 version(0)}, and the short ones of which nearly every bit is fixed.
 */
export const h245: Recogniser = {
	protocol: "h245",
	transports: [6],
	strength: "strong",
	ports: [],
	source: "ITU-T H.245, 7; ITU-T H.323, 8.2; ITU-T X.691; RFC 1006",
	recognise(data, start, end) {
		const length = tpktLength(data, start, end);
		return length > 0 && isOpening(data, start + TPKT_HEADER, end, length - TPKT_HEADER) ? Role.Either : Role.No;
	},
	describe(data, start, end) {
		const { messages, media } = parseH245(data, start, end);
		const fields: Fields = {};
		if (messages[0] !== undefined) fields.message = messages[0];
		const first = textOfEndpoint(media.find(({ protocol }) => protocol !== "rtcp"));
		if (first !== undefined) fields.media = first;
		return fields;
	},
	messageLength: tpktLength,
	/** The channels come behind capabilities and the choice of the master. */
	leadsOn(data, start, end) {
		return parseH245(data, start, end).media.length === 0;
	},
};

/** The messages of the TPKT packet at `start`; none where it is no H.245. */
export function parseH245(data: Uint8Array, start: number, end: number): H245Messages {
	const length = tpktLength(data, start, end);
	return parseH245Messages(data, start + TPKT_HEADER, Math.min(end, start + length));
}

/** The same without a TPKT header, as H.225.0 tunnels them; they may follow each other (H.323, 8.2). */
export function parseH245Messages(data: Uint8Array, start: number, end: number): H245Messages {
	const messages: string[] = [];
	const media = new MediaList();
	const reader = new PerReader(data, start, Math.max(start, end));
	while (!reader.failed && !reader.isAtEnd && messages.length < MAX_MESSAGES) {
		const message = multimediaSystemControlMessage(reader);
		const name = chosen(message.request ?? message.response ?? message.command ?? message.indication);
		if (name === undefined) break;
		messages.push(name);
		if (message.request?.openLogicalChannel) media.addOpen(message.request.openLogicalChannel);
		if (message.response?.openLogicalChannelAck) media.addAck(message.response.openLogicalChannelAck);
		reader.align();
	}
	return { messages, media: media.all };
}

const MASTER_SLAVE = 0x01;
const CAPABILITIES = 0x02;
/** Of the response, the first byte holds all but the last bit of its number. */
const MASTER_SLAVE_ACK = 0x20;
const CAPABILITIES_ACK = 0x21;
const IDENTIFIER = [0x06, 0x00, 0x08, 0x81, 0x75, 0x00];

/** Whether a message of `length` bytes at `at` is one that an H.245 connection begins with. */
function isOpening(data: Uint8Array, at: number, end: number, length: number): boolean {
	if (end - at < 2) return false;
	const second = data[at + 1]!;
	switch (data[at]) {
		case CAPABILITIES: {
			const identifier = at + 3;
			if ((second & 0x0f) !== 0 || end - identifier < IDENTIFIER.length) return false;
			for (let i = 0; i < IDENTIFIER.length; i++) if (data[identifier + i] !== IDENTIFIER[i]) return false;
			return true;
		}
		case MASTER_SLAVE:
			// Extension bit, terminal type, and a number of one to three bytes that fill the packet.
			if (second !== 0 || end - at < 4) return false;
			return (data[at + 3]! & 0x3f) === 0 && data[at + 3]! < 0xc0 && length === 5 + (data[at + 3]! >>> 6);
		case MASTER_SLAVE_ACK:
			return length === 2 && (second === 0x80 || second === 0xa0);
		case CAPABILITIES_ACK:
			return length === 3 && second === 0x80;
		default:
			return false;
	}
}
