import { hex } from "../bytes.ts";
import { type Call, callSignalling, type Product } from "./h225.ts";
import { type Endpoint, fastStartElement } from "./h245.ts";
import {
	gatekeeperConfirm,
	gatekeeperRequest,
	type Registration,
	registrationConfirm,
	registrationRequest,
} from "./ras.ts";

const PHONE: Product = { name: "Avaya 9640", version: "3.2.1" };
const PBX: Product = { name: "IP Office", version: "12.0" };
/** {joint-iso-itu-t(2) country(16) us(840) organization(1) 113778 4 2 1}, which marks Avaya's own data. */
const AVAYA = hex("60 86 48 01 86 f8 72 04 02 01");

/** A phone of IP Office that speaks H.323, and where both are. */
export interface Phone {
	readonly extension: string;
	readonly address: string;
	readonly rasPort: number;
	readonly gatekeeper: string;
}

/** Discovery and registration of a phone: each request and its answer, in their order. */
export function registering(phone: Phone): readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array] {
	const { extension, address, rasPort, gatekeeper } = phone;
	const registration: Registration = {
		sequence: 1,
		alias: extension,
		product: PHONE,
		ras: { address, port: rasPort },
		callSignalling: { address, port: 1720 },
		gatekeeper: "IPOffice",
		endpoint: "00000001",
		gatekeeperRas: { address: gatekeeper, port: 1719 },
		gatekeeperSignalling: { address: gatekeeper, port: 1720 },
	};
	const second = { ...registration, sequence: 2 };
	return [
		gatekeeperRequest(registration),
		gatekeeperConfirm(registration),
		registrationRequest(second),
		registrationConfirm(second),
	];
}

/** Where both sides of a call want to receive its voice; control goes to the next port. */
export interface Voice {
	readonly phone: Endpoint;
	readonly pbx: Endpoint;
}

/** The messages of a call that a phone places and ends, with fast start. */
export function calling(phone: Phone, called: string, voice: Voice): Readonly<Record<Call["message"], Uint8Array>> {
	const call = { reference: 0x1234, identifier: hex("00112233445566778899aabbccddeeff") };
	const answer = { ...call, isAnswer: true, product: PBX, nonStandard: AVAYA };
	const proposals = [
		fastStartElement({ number: 1, control: next(voice.phone) }),
		fastStartElement({ number: 2, media: voice.phone, control: next(voice.phone), isReverse: true }),
	];
	const choice = [
		fastStartElement({ number: 1, media: voice.pbx, control: next(voice.pbx) }),
		fastStartElement({ number: 2, control: next(voice.pbx), isReverse: true }),
	];
	return {
		setup: callSignalling({
			...call,
			message: "setup",
			caller: phone.extension,
			called,
			display: `Extn${phone.extension}`,
			product: PHONE,
			fastStart: proposals,
			h245: [],
			nonStandard: AVAYA,
		}),
		callProceeding: callSignalling({ ...answer, message: "callProceeding" }),
		alerting: callSignalling({ ...answer, message: "alerting", fastStart: choice }),
		connect: callSignalling({ ...answer, message: "connect", display: `Extn${called}`, h245: [] }),
		facility: callSignalling({ ...call, message: "facility", h245: [] }),
		releaseComplete: callSignalling({ ...call, message: "releaseComplete", cause: 16 }),
	};
}

function next({ address, port }: Endpoint): Endpoint {
	return { address, port: port + 1 };
}
