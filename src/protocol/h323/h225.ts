import { type Fields, type Recogniser, Role } from "../recogniser.ts";
import type { AnnouncedMedia } from "../sdp.ts";
import { type Endpoint, textOfEndpoint } from "./addresses.ts";
import { aliasIn, endpointIn } from "./aliases.ts";
import { chosen, type ValueFor } from "./asn1.ts";
import { h323UserInformation } from "./h225-messages.ts";
import { parseH245Messages } from "./h245.ts";
import { openLogicalChannel } from "./h245-messages.ts";
import { MediaList } from "./media.ts";
import { PerReader } from "./per-reader.ts";
import { isQ931, parseQ931, type Q931Message } from "./q931.ts";
import { TPKT_HEADER, tpktLength } from "./tpkt.ts";
import { isAvaya, textOfVendor, type Vendor, vendorOf } from "./vendor.ts";

/** A call signalling message: what Q.931's elements and H.225.0's user-user element say. Text is raw. */
export interface H225Message {
	/** Of Q.931, in H.225.0's spelling: `setup`, `callProceeding`, `releaseComplete`… */
	readonly message: string;
	/** 15 bits, for as long as the call lasts on this connection. */
	readonly callReference: number;
	/** 16 bytes in hexadecimal: the same on every leg of the call, and in RAS. */
	readonly callIdentifier?: string | undefined;
	/** Number, else the first alias. */
	readonly caller?: string | undefined;
	readonly called?: string | undefined;
	readonly display?: string | undefined;
	readonly vendor?: Vendor | undefined;
	/** Q.850. */
	readonly cause?: number | undefined;
	/** H.225.0's reason of a releaseComplete or a facility. */
	readonly reason?: string | undefined;
	/** Where the sender listens for an H.245 connection. */
	readonly h245Address?: Endpoint | undefined;
	/** Names of the tunnelled H.245 messages. */
	readonly h245: readonly string[];
	/** What fast start and tunnelled H.245 announce. */
	readonly media: readonly AnnouncedMedia[];
	/** Whether something in it is Avaya's own. */
	readonly avaya: boolean;
}

/** Messages behind which the sender has little more to tell. */
const LAST_WORDS: readonly string[] = ["setup", "connect", "releaseComplete"];

/** Q.931 messages behind a TPKT header. Whoever places a call is its client; a phone's connection carries both ways. */
export const h225: Recogniser = {
	protocol: "h225",
	transports: [6],
	strength: "strong",
	ports: [1720, 1300],
	source: "ITU-T H.225.0, 7; ITU-T Q.931, 4; ITU-T X.691; RFC 1006",
	recognise(data, start, end) {
		const length = tpktLength(data, start, end);
		return length > 0 && isQ931(data, start + TPKT_HEADER, Math.min(end, start + length)) ? Role.Either : Role.No;
	},
	describe(data, start, end) {
		const message = parseH225Call(data, start, end);
		return message ? fieldsOf(message) : {};
	},
	messageLength: tpktLength,
	leadsOn(data, start, end) {
		const message = parseQ931(data, start + TPKT_HEADER, end)?.message;
		return message !== undefined && !LAST_WORDS.includes(message);
	},
};

/** The message of the TPKT packet at `start`; undefined where it is none of call signalling. */
export function parseH225Call(data: Uint8Array, start: number, end: number): H225Message | undefined {
	const length = tpktLength(data, start, end);
	const last = Math.min(end, start + length);
	const q931 = length > 0 ? parseQ931(data, start + TPKT_HEADER, last) : undefined;
	if (!q931) return undefined;
	const [from, to] = q931.userUser ?? [last, last];
	return messageOf(q931, userInformation(data, from, to), (vendor) => isAvaya(vendor, data, from, to));
}

type UserInformation = ValueFor<typeof h323UserInformation>;

function userInformation(data: Uint8Array, start: number, end: number): UserInformation {
	return start < end ? h323UserInformation(new PerReader(data, start, end)) : {};
}

function messageOf(
	q931: Q931Message,
	{ h323UuPdu }: UserInformation,
	isAvayas: (vendor: Vendor | undefined) => boolean,
): H225Message {
	const body = h323UuPdu?.messageBody;
	const setup = body?.setup;
	const answer = body?.alerting ?? body?.callProceeding ?? body?.connect ?? body?.progress;
	const other = body?.facility ?? body?.releaseComplete ?? body?.information ?? body?.status;
	const facility = body?.facility;
	const vendor = vendorOf((setup?.sourceInfo ?? answer?.destinationInfo)?.vendor);
	const callIdentifier = (setup ?? answer ?? other ?? body?.statusInquiry ?? body?.setupAcknowledge ?? body?.notify)
		?.callIdentifier;
	const channels = setup ?? answer ?? facility ?? body?.information;
	const { message, callReference, cause, display } = q931;
	return {
		message,
		callReference,
		callIdentifier: callIdentifier?.guid && Buffer.from(callIdentifier.guid).toString("hex"),
		caller: textOr(q931.calling, aliasIn(setup?.sourceAddress)),
		called: textOr(q931.called, aliasIn(setup?.destinationAddress)),
		display: textOr(display, undefined),
		vendor,
		cause,
		reason: chosen(body?.releaseComplete?.reason ?? facility?.reason),
		h245Address: endpointIn((setup ?? answer ?? facility)?.h245Address),
		...mediaOf(channels?.fastStart, h323UuPdu?.h245Control, setup?.parallelH245Control),
		avaya: isAvayas(vendor),
	};
}

/** Channels proposed or taken by fast start, and those of tunnelled H.245. */
function mediaOf(
	fastStart: readonly Uint8Array[] = [],
	...tunnelled: readonly (readonly Uint8Array[] | undefined)[]
): Pick<H225Message, "h245" | "media"> {
	const list = new MediaList();
	for (const element of fastStart) list.addOpen(openLogicalChannel(new PerReader(element, 0, element.length)));
	const h245: string[] = [];
	for (const control of tunnelled.flatMap((each) => each ?? [])) {
		const { messages, media } = parseH245Messages(control, 0, control.length);
		h245.push(...messages);
		list.addAll(media);
	}
	return { h245, media: list.all };
}

function textOr(text: string | undefined, instead: string | undefined): string | undefined {
	return text === undefined || text === "" ? instead : text;
}

/** Messages by which the called side says what it is, and where it wants its media. */
const OF_CALLED: readonly string[] = ["callProceeding", "alerting", "connect", "progress"];

/** Fields of a message; those that both sides of a call have are told apart. */
function fieldsOf(message: H225Message): Fields {
	const { vendor, h245Address, media } = message;
	const found: Record<string, string | number | undefined> = {
		message: message.message,
		caller: message.caller,
		called: message.called,
		display: message.display,
		cause: message.cause,
		reason: message.reason,
		callIdentifier: message.callIdentifier,
		h245Address: textOfEndpoint(h245Address),
	};
	const mediaAt = textOfEndpoint(media.find(({ protocol }) => protocol !== "rtcp"));
	if (message.message === "setup") {
		Object.assign(found, { callerVendor: textOfVendor(vendor), callerMedia: mediaAt });
	} else if (OF_CALLED.includes(message.message)) {
		Object.assign(found, { calledVendor: textOfVendor(vendor), calledMedia: mediaAt });
	} else {
		found.media = mediaAt;
	}
	const fields: Fields = {};
	for (const [name, value] of Object.entries(found)) if (value !== undefined) fields[name] = value;
	if (message.avaya) fields.avaya = true;
	return fields;
}
