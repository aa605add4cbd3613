import { isIPv6 } from "node:net";
import { hex } from "../bytes.ts";
import { addressBytes } from "../network.ts";
import { type PerWriter, per } from "./per.ts";

/** Where media, its control, or a connection is to be received. */
export interface Endpoint {
	readonly address: string;
	readonly port: number;
}

/** A logical channel of G.711 A-law, or of T.38 fax, and those of its addresses that are given. */
export interface Channel {
	readonly number: number;
	readonly media?: Endpoint | undefined;
	readonly control?: Endpoint | undefined;
	readonly isFax?: boolean;
	/** Towards who proposes it (fast start): its parameters are the reverse ones. */
	readonly isReverse?: boolean;
}

const VERSION_13 = hex("00 08 81 75 00 0d");
const ADDITION = { h2250: 0, none: 1 } as const;

const request = (index: number) => per().choice(0, 4).choice(index, 11);
const response = (index: number) => per().choice(1, 4).choice(index, 19);

export function masterSlaveDetermination(terminalType: number, random: number): Uint8Array {
	return request(1).preamble(false).integer(terminalType, 0, 255).large(random, 0, 2).done();
}

export function masterSlaveDeterminationAck(decision: "master" | "slave"): Uint8Array {
	return response(1)
		.preamble(false)
		.bits(decision === "master" ? 0 : 1, 1)
		.done();
}

/** With one capability: G.711 A-law, 20 frames, in both directions. */
export function terminalCapabilitySet(sequence: number): Uint8Array {
	const writer = request(2).preamble(false, false, true, false).integer(sequence, 0, 255).counted(VERSION_13);
	writer.integer(1, 1, 256).preamble(undefined, true).integer(1, 1, 65535);
	return writer.choice(6, 12).choice(1, 14).integer(20, 1, 256).done();
}

export function terminalCapabilitySetAck(sequence: number): Uint8Array {
	return response(3).preamble(false).integer(sequence, 0, 255).done();
}

export function openLogicalChannel(channel: Channel): Uint8Array {
	return writeOpen(request(3), channel).done();
}

/** The same as an element of fast start: without the choice in front. */
export function fastStartElement(channel: Channel): Uint8Array {
	return writeOpen(per(), channel).done();
}

export function openLogicalChannelAck({ number, media, control, isFax = false }: Channel): Uint8Array {
	const parameters = per()
		.choice(0, 1)
		.preamble(false, false, true, media !== undefined, control !== undefined, false)
		.integer(isFax ? 3 : 1, 1, 255);
	writeAddresses(parameters, media, control);
	return response(5).preamble(true, false).integer(number, 1, 65535).additions([undefined, parameters]).done();
}

export function endSession(): Uint8Array {
	return per().choice(2, 4).choice(5, 7).choice(1, 3).done();
}

function writeOpen(writer: PerWriter, channel: Channel): PerWriter {
	const { number, media, control, isFax = false, isReverse = false } = channel;
	writer.preamble(false, isReverse).integer(number, 1, 65535).preamble(false, false);
	if (isReverse) writer.choice(1, 6).addedChoice(ADDITION.none, per()).preamble(false, true);
	if (isFax) writeFax(writer);
	else writer.choice(3, 6).choice(1, 14).integer(20, 1, 256);
	const parameters = per()
		.preamble(false, false, false, media !== undefined, false, control !== undefined, false, false, false, false, false)
		.integer(isFax ? 3 : 1, 0, 255);
	writeAddresses(parameters, media, control);
	return writer.addedChoice(ADDITION.h2250, parameters);
}

/** T.38 over UDP at 14,400 bit/s. */
function writeFax(writer: PerWriter): void {
	const fax = per().addedChoice(6, per()).preamble(false, false, false, false);
	writer.choice(4, 6).preamble(false).addedChoice(2, fax).large(144, 0, 2);
}

function writeAddresses(writer: PerWriter, ...endpoints: readonly (Endpoint | undefined)[]): void {
	for (const endpoint of endpoints) {
		if (!endpoint) continue;
		writer.choice(0, 2).choice(isIPv6(endpoint.address) ? 2 : 0, 5);
		writer.preamble(false).bytes(addressBytes(endpoint.address)).integer(endpoint.port, 0, 65535);
	}
}
