import { hex } from "../bytes.ts";
import { type Product, writeAddress, writeAlias, writeEndpointType, writeIdentifier, writeVendor } from "./h225.ts";
import type { Endpoint } from "./h245.ts";
import { type PerWriter, per } from "./per.ts";

/** {itu-t(0) recommendation(0) h(8) 2250 version(0) 4}. */
const VERSION_4 = hex("00 08 91 4a 00 04");

/** An endpoint that registers, and the gatekeeper that it registers with. */
export interface Registration {
	/** 1 to 65535; the answer has the same. */
	readonly sequence: number;
	readonly alias: string;
	readonly product: Product;
	readonly ras: Endpoint;
	readonly callSignalling: Endpoint;
	readonly gatekeeper: string;
	/** The gatekeeper's name for the endpoint. */
	readonly endpoint: string;
	readonly gatekeeperRas: Endpoint;
	readonly gatekeeperSignalling: Endpoint;
}

/** A RasMessage of the root choice, up to its sequence number. */
export function ras(choice: number, sequence: number, isExtended: boolean, ...present: readonly boolean[]): PerWriter {
	return per()
		.choice(choice, 25)
		.preamble(isExtended, ...present)
		.integer(sequence, 1, 65535);
}

/** Of H.225.0's added messages (requestInProgress is 0), up to the sequence number; to be wrapped by {@link added}. */
export function added(index: number, content: PerWriter): Uint8Array {
	return per().addedChoice(index, content).done();
}

export function gatekeeperRequest(registration: Registration): Uint8Array {
	const writer = ras(0, registration.sequence, false, false, false, false, true).counted(VERSION_4);
	writeAddress(writer, registration.ras);
	writeEndpointType(writer, registration.product);
	return writer.list([registration.alias], writeAlias).done();
}

export function gatekeeperConfirm(registration: Registration): Uint8Array {
	const writer = ras(1, registration.sequence, false, false, true).counted(VERSION_4);
	writeIdentifier(writer, registration.gatekeeper);
	writeAddress(writer, registration.gatekeeperRas);
	return writer.done();
}

export function registrationRequest(registration: Registration): Uint8Array {
	const writer = ras(3, registration.sequence, true, false, true, true).counted(VERSION_4).bits(1, 1);
	writer.list([registration.callSignalling], writeAddress).list([registration.ras], writeAddress);
	writeEndpointType(writer, registration.product);
	writer.list([registration.alias], writeAlias);
	writeIdentifier(writer, registration.gatekeeper);
	writeVendor(writer, registration.product);
	const no = per().bits(0, 1);
	const timeToLive = per().large(300, 1, 2);
	return writer.additions([undefined, timeToLive, undefined, undefined, undefined, no, undefined, no, no]).done();
}

export function registrationConfirm(registration: Registration): Uint8Array {
	const writer = ras(4, registration.sequence, true, false, true, true).counted(VERSION_4);
	writer.list([registration.gatekeeperSignalling], writeAddress).list([registration.alias], writeAlias);
	writeIdentifier(writer, registration.gatekeeper);
	writeIdentifier(writer, registration.endpoint);
	return writer.additions([undefined, per().large(300, 1, 2)]).done();
}
