import { u16 } from "../bytes.ts";
import { type Fields, type Recogniser, Role } from "../recogniser.ts";
import { type Endpoint, textOfEndpoint } from "./addresses.ts";
import { aliasIn, endpointIn } from "./aliases.ts";
import { chosen, type ValueFor } from "./asn1.ts";
import type { aliasAddresses, endpointType, transportAddress, vendorIdentifier } from "./h225-types.ts";
import { PerReader } from "./per-reader.ts";
import { rasMessage } from "./ras-messages.ts";
import { isAvaya, textOfVendor, type Vendor, vendorOf } from "./vendor.ts";

/** A message between an endpoint and its gatekeeper, or between gatekeepers. Text is raw. */
export interface RasMessage {
	/** In H.225.0's spelling: `registrationRequest`, `admissionConfirm`… */
	readonly message: string;
	/** Of the request, and the same in its answer. */
	readonly sequence?: number | undefined;
	/** Why something was rejected, or ended. */
	readonly reason?: string | undefined;
	/** The gatekeeper's name for itself. */
	readonly gatekeeper?: string | undefined;
	/** The gatekeeper's name for the endpoint. */
	readonly endpoint?: string | undefined;
	/** The endpoint's own number or name. */
	readonly alias?: string | undefined;
	readonly caller?: string | undefined;
	readonly called?: string | undefined;
	readonly vendor?: Vendor | undefined;
	/** Where call signalling goes to: the endpoint's address in its requests, the gatekeeper's or the called party's in answers. */
	readonly callSignalAddress?: Endpoint | undefined;
	/** 16 bytes in hexadecimal, as in call signalling. */
	readonly callIdentifier?: string | undefined;
	/** Whether something in it is Avaya's own. */
	readonly avaya: boolean;
}

const { No, Client, Server, Either, Asks, Answers } = Role;
/**
 * Who sends the messages of a root choice, in its order. An endpoint asks its gatekeeper; either side may unregister,
 * change the bandwidth, disengage, and look for a location.
 */
const ROLES: readonly Role[] = [
	...[Client, Server, Server], // gatekeeper request, confirm, reject
	...[Client, Server, Server], // registration
	...[Asks, Answers, Answers], // unregistration
	...[Client, Server, Server], // admission
	...[Asks, Answers, Answers], // bandwidth
	...[Asks, Answers, Answers], // disengage
	...[Asks, Answers, Answers], // location
	...[Server, Client], // info request, response
	...[Either, Either], // non-standard, unknown message response
];
/** The same for the additions: request in progress, resources available, info request, service control, admissions. */
const ADDED_ROLES: readonly Role[] = [Answers, Client, Server, Server, Server, Asks, Answers, Server];
/**
 * Bits between the choice and the sequence number: the extension bit and one for each optional component. In an info
 * request response, the first of these may come before its sequence number: only two bits are sure.
 */
const PREAMBLES: readonly number[] = [
	...[5, 3, 3, 4, 4, 3, 4, 2, 2, 8, 3, 2, 3, 2, 2],
	...[2, 2, 2, 3, 2, 2, 3, 2, 1, 1],
];
const CHOICE_BITS = 6;
const IS_ADDITION = 0x80;
const LAST_DISCOVERY_CHOICE = 2;
const LAST_REGISTRATION_CHOICE = 5;
/** The protocol's identifier, {itu-t(0) recommendation(0) h(8) 2250 version(0) n}, with its length and without n. */
const IDENTIFIER = [0x06, 0x00, 0x08, 0x91, 0x4a, 0x00];
const IDENTIFIER_AT = 4;
const WORD = 4;

/** Messages about gatekeepers and registration carry the protocol's identifier at a fixed place: they are told anywhere. */
export const h225Ras: Recogniser = {
	protocol: "h225-ras",
	transports: [17],
	strength: "strong",
	ports: [1718, 1719],
	source: "ITU-T H.225.0, annex H; ITU-T X.691",
	recognise(data, start, end) {
		const role = rootRole(data, start, end);
		if (role === No || data[start]! >>> 2 > LAST_REGISTRATION_CHOICE) return No;
		const at = start + IDENTIFIER_AT;
		if (end - at <= IDENTIFIER.length) return No;
		for (let i = 0; i < IDENTIFIER.length; i++) if (data[at + i] !== IDENTIFIER[i]) return No;
		return role;
	},
	describe: describeRas,
	/** Registration, which names endpoints and addresses, comes behind the discovery of the gatekeeper. */
	leadsOn: (data, start, end) => start < end && data[start]! >>> 2 <= LAST_DISCOVERY_CHOICE,
};

/** The other messages begin with a choice and a sequence number only; the port must say the rest. */
export const h225RasOther: Recogniser = {
	protocol: "h225-ras",
	transports: [17],
	strength: "weak",
	ports: [1718, 1719],
	source: "ITU-T H.225.0, annex H; ITU-T X.691",
	recognise(data, start, end) {
		if (start < end && data[start]! & IS_ADDITION) return addedRole(data, start, end);
		if (isWord(data, start, end)) return No;
		return data[start]! >>> 2 > LAST_REGISTRATION_CHOICE ? rootRole(data, start, end) : No;
	},
	describe: describeRas,
};

/** Whether it begins with four letters, as text does: another protocol on RAS's port. */
function isWord(data: Uint8Array, start: number, end: number): boolean {
	if (end - start < WORD) return false;
	for (let at = start; at < start + WORD; at++) {
		const lower = data[at]! | 0x20;
		if (lower < 0x61 || lower > 0x7a) return false;
	}
	return true;
}

/** Role of a message of the root choice, whose bits of alignment before its sequence number are all zero. */
function rootRole(data: Uint8Array, start: number, end: number): Role {
	if (end - start < 3 || data[start]! & IS_ADDITION) return No;
	const preamble = PREAMBLES[data[start]! >>> 2];
	if (preamble === undefined) return No;
	const bits = CHOICE_BITS + preamble;
	const spare = (8 - (bits & 7)) & 7;
	return (data[start + (bits >>> 3)]! & ((1 << spare) - 1)) === 0 ? ROLES[data[start]! >>> 2]! : No;
}

/** Role of a message of the additions: an open type, whose length fills the datagram. */
function addedRole(data: Uint8Array, start: number, end: number): Role {
	const role = ADDED_ROLES[data[start]! & 0x7f];
	if (role === undefined || end - start < 5) return No;
	const isLong = (data[start + 1]! & 0xc0) === 0x80;
	const length = isLong ? (u16(data, start + 1) & 0x3fff) + 3 : data[start + 1]! + 2;
	return length === end - start ? role : No;
}

/** A component by which more than one message tells the same. */
interface Body {
	readonly requestSeqNum?: number | undefined;
	readonly rejectReason?: object | undefined;
	readonly reason?: object | undefined;
	readonly gatekeeperIdentifier?: string | undefined;
	readonly endpointIdentifier?: string | undefined;
	readonly endpointAlias?: Aliases;
	readonly terminalAlias?: Aliases;
	readonly srcInfo?: Aliases;
	readonly sourceInfo?: Aliases;
	readonly destinationInfo?: Aliases;
	readonly endpointType?: ValueFor<typeof endpointType> | undefined;
	readonly terminalType?: ValueFor<typeof endpointType> | undefined;
	readonly endpointVendor?: ValueFor<typeof vendorIdentifier> | undefined;
	readonly callSignalAddress?: TransportAddress | readonly TransportAddress[] | undefined;
	readonly destCallSignalAddress?: TransportAddress | undefined;
	readonly callIdentifier?: { readonly guid?: Uint8Array | undefined } | undefined;
}
type Aliases = ValueFor<typeof aliasAddresses> | undefined;
type TransportAddress = ValueFor<typeof transportAddress>;

/** The RAS message that a datagram holds; undefined where its first bits name none. */
export function parseRas(data: Uint8Array, start: number, end: number): RasMessage | undefined {
	const value = rasMessage(new PerReader(data, start, end));
	const message = chosen(value);
	if (message === undefined) return undefined;
	const body: Body = Object.values(value)[0] ?? {};
	const vendor = vendorOf(body.endpointVendor ?? (body.terminalType ?? body.endpointType)?.vendor);
	const guid = body.callIdentifier?.guid;
	return {
		message,
		sequence: body.requestSeqNum,
		reason: chosen(body.rejectReason ?? body.reason),
		gatekeeper: body.gatekeeperIdentifier,
		endpoint: body.endpointIdentifier,
		alias: aliasIn(body.terminalAlias ?? body.endpointAlias),
		caller: aliasIn(body.srcInfo ?? body.sourceInfo),
		called: aliasIn(body.destinationInfo),
		vendor,
		callSignalAddress: endpointIn(firstOf(body.callSignalAddress) ?? body.destCallSignalAddress),
		callIdentifier: guid && Buffer.from(guid).toString("hex"),
		avaya: isAvaya(vendor, data, start, end),
	};
}

function firstOf(addresses: Body["callSignalAddress"]): TransportAddress | undefined {
	return addresses && "length" in addresses ? addresses[0] : addresses;
}

function describeRas(data: Uint8Array, start: number, end: number): Fields {
	const message = parseRas(data, start, end);
	if (!message) return {};
	const { vendor, callSignalAddress, avaya, ...texts } = message;
	const found: Record<string, string | number | undefined> = {
		...texts,
		vendor: textOfVendor(vendor),
		callSignalAddress: textOfEndpoint(callSignalAddress),
	};
	const fields: Fields = {};
	for (const [name, value] of Object.entries(found)) if (value !== undefined && value !== "") fields[name] = value;
	if (avaya) fields.avaya = true;
	return fields;
}
