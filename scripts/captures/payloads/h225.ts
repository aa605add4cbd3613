import { isIPv6 } from "node:net";
import { counted16, hex, join, text, u16, utf16 } from "../bytes.ts";
import { addressBytes } from "../network.ts";
import type { Endpoint } from "./h245.ts";
import { type PerWriter, per } from "./per.ts";

/** {itu-t(0) recommendation(0) h(8) 2250 version(0) 4}. */
const VERSION_4 = hex("00 08 91 4a 00 04");
const MESSAGE = {
	alerting: 1,
	callProceeding: 2,
	setup: 5,
	connect: 7,
	releaseComplete: 0x5a,
	facility: 0x62,
} as const;
/** The same as alternatives of H323-UU-PDU. */
const BODY = { setup: 0, callProceeding: 1, connect: 2, alerting: 3, releaseComplete: 5, facility: 6 } as const;
const Element = { cause: 0x08, display: 0x28, calling: 0x6c, called: 0x70, userUser: 0x7e } as const;

/** What an endpoint says of itself; the country code is that of the United States. */
export interface Product {
	readonly name: string;
	readonly version: string;
}

/** A call signalling message; what is undefined is left out. */
export interface Call {
	readonly message: keyof typeof MESSAGE;
	readonly reference: number;
	/** From the side that did not choose the reference. */
	readonly isAnswer?: boolean;
	readonly identifier: Uint8Array;
	/** A number, which Q.931's element has too, or a name. */
	readonly caller?: string;
	readonly called?: string;
	readonly display?: string;
	readonly cause?: number;
	readonly product?: Product;
	readonly h245Address?: Endpoint;
	/** Elements of fast start. */
	readonly fastStart?: readonly Uint8Array[];
	/** Tunnelled H.245 messages. */
	readonly h245?: readonly Uint8Array[];
	/** Contents of an object identifier that marks data as the maker's own. */
	readonly nonStandard?: Uint8Array;
}

/** A Q.931 message with its user-user element, behind a TPKT header. */
export function callSignalling(call: Call): Uint8Array {
	const { message, reference, isAnswer = false, caller, called, display, cause } = call;
	const elements = [
		...(message === "setup" ? [element(0x04, hex("8893a5"))] : []),
		...(cause === undefined ? [] : [element(Element.cause, hex("80"), 0x80 | cause)]),
		...(display === undefined ? [] : [element(Element.display, display)]),
		...(caller !== undefined && isNumber(caller) ? [element(Element.calling, hex("0180"), caller)] : []),
		...(called !== undefined && isNumber(called) ? [element(Element.called, hex("81"), called)] : []),
		join(Element.userUser, counted16(5, userInformation(call))),
	];
	return tpkt(join(8, 2, u16(reference | (isAnswer ? 0x8000 : 0)), MESSAGE[message], ...elements));
}

/** A TPKT packet (RFC 1006, 6). */
export function tpkt(body: Uint8Array): Uint8Array {
	return join(3, 0, u16(body.length + 4), body);
}

function element(id: number, ...parts: readonly (Uint8Array | string | number)[]): Uint8Array {
	const body = join(...parts);
	return join(id, body.length, body);
}

function userInformation(call: Call): Uint8Array {
	const { message, h245, nonStandard } = call;
	const isTunnelling = h245 !== undefined;
	const writer = per()
		.preamble(false, false)
		.preamble(isTunnelling, nonStandard !== undefined);
	writer.choice(BODY[message], 7);
	writeBody(writer, call);
	if (nonStandard) writer.choice(0, 2).counted(nonStandard).counted(hex("0001"));
	if (isTunnelling) {
		const control = h245.length === 0 ? undefined : per().list(h245, (each, octets) => each.counted(octets));
		writer.additions([undefined, per().bits(1, 1), control]);
	}
	return writer.done();
}

function writeBody(writer: PerWriter, call: Call): void {
	const { message, identifier, caller, called, product, h245Address, fastStart } = call;
	const callIdentifier = per().preamble(false).bytes(identifier);
	const channels = fastStart && per().list(fastStart, (each, octets) => each.counted(octets));
	const hasH245 = h245Address !== undefined;
	const no = per().bits(0, 1);
	switch (message) {
		case "setup":
			writer.preamble(true, hasH245, caller !== undefined, called !== undefined, false, false, false, false);
			writer.counted(VERSION_4);
			if (h245Address) writeAddress(writer, h245Address);
			if (caller !== undefined) writer.list([caller], writeAlias);
			writeEndpointType(writer, product);
			if (called !== undefined) writer.list([called], writeAlias);
			writer.bits(0, 1).bytes(identifier).choice(0, 3).choice(0, 4);
			writer.additions([
				...[undefined, undefined, callIdentifier, undefined, undefined, undefined, channels],
				...[no, no, undefined, no, no],
			]);
			return;
		case "releaseComplete":
			writer.preamble(true, true).counted(VERSION_4).choice(11, 12).additions([callIdentifier]);
			return;
		case "facility":
			writer.preamble(true, false, false, false).counted(VERSION_4).choice(3, 4);
			writer.additions([callIdentifier]);
			return;
		default:
			writer.preamble(true, hasH245).counted(VERSION_4);
			if (message === "connect" && h245Address) writeAddress(writer, h245Address);
			writeEndpointType(writer, product);
			if (message === "connect") writer.bytes(identifier);
			else if (h245Address) writeAddress(writer, h245Address);
			writer.additions([callIdentifier, undefined, undefined, undefined, channels, no, no]);
	}
}

/** A terminal. */
export function writeEndpointType(writer: PerWriter, product: Product | undefined): void {
	writer.preamble(false, false, product !== undefined, false, false, false, true);
	if (product) writeVendor(writer, product);
	writer.preamble(false, false).bits(0, 2);
}

export function writeVendor(writer: PerWriter, { name, version }: Product): void {
	writer.preamble(false, true, true);
	writer.preamble(false).integer(181, 0, 255).integer(0, 0, 255).integer(0, 0, 65535);
	for (const each of [name, version]) writer.integer(each.length, 1, 256).bytes(text(each));
}

function isNumber(alias: string): boolean {
	return /^[0-9#*,]+$/.test(alias);
}

/** Dialled digits where they are nothing else, or a name. */
export function writeAlias(writer: PerWriter, alias: string): void {
	if (isNumber(alias)) {
		writer.choice(0, 2).integer(alias.length, 1, 128).align();
		for (const digit of alias) writer.bits("#*,0123456789".indexOf(digit), 4);
	} else {
		writer.choice(1, 2).integer(alias.length, 1, 256).bytes(utf16(alias));
	}
}

export function writeIdentifier(writer: PerWriter, identifier: string): void {
	writer.integer(identifier.length, 1, 128).bytes(utf16(identifier));
}

export function writeAddress(writer: PerWriter, { address, port }: Endpoint): void {
	writer.choice(isIPv6(address) ? 3 : 0, 7);
	if (isIPv6(address)) writer.preamble(false);
	writer.bytes(addressBytes(address)).integer(port, 0, 65535);
}
