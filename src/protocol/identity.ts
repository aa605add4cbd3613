import { releaseOfHttpServer, releaseOfVoicemailPro } from "./ip-office.ts";
import type { Fields } from "./recogniser.ts";
import { parseWhoIs } from "./whois.ts";

/** What a host's own payload says that it is. */
export interface Identity {
	/** Product id of the IP Office matrix: `ipo` or `vmpro`. */
	readonly product: string;
	/** Kind of system: `IP 500 V2`. */
	readonly model?: string;
	/** As the host wrote it: `11.1.2.3.0 build 47`. */
	readonly release?: string;
	/** The system's own name. */
	readonly system?: string;
	/** How it says so, as the end of a sentence about the host. */
	readonly reason: string;
}

const VOICEMAIL_PRO = /(\S+) IP Office Voicemail Pro/;
/** `IP Office 9.1.4.0 build 137`, `IP Office 8.1 (43)`: the SIP agents of Avaya's published trunk configurations. */
const SIP_AGENT = /^(?:Avaya )?IP ?Office(?: R?(\d+(?:\.\d+)+(?: build \d+| ?\(\d+\))?))?/i;
const H323_VENDOR = /\bIP ?Office\b(?:[^\d]{0,20}(\d+(?:\.\d+)+))?/i;

/** By protocol: the field that may name the product, and how its text is read. */
const READERS: ReadonlyMap<string, readonly (readonly [string, (text: string) => Identity | undefined])[]> = new Map([
	["http", [["server", httpServer]]],
	["smtp", [["banner", smtpBanner]]],
	[
		"sip",
		[
			["agent", sipAgent],
			["server", sipAgent],
		],
	],
	["devlink3", [["system", devlink3System]]],
	[
		"h225",
		[
			["callerVendor", h323Vendor],
			["calledVendor", h323Vendor],
		],
	],
	["h225-ras", [["vendor", h323Vendor]]],
]);

/**
 * Who the sender of a message with these fields is, where it says so.
 * @param fields of one message of `protocol`, as its recogniser's `describe` gave them.
 */
export function identityIn(protocol: string, fields: Readonly<Fields>): Identity | undefined {
	const readers = READERS.get(protocol);
	if (!readers) return undefined;
	for (const [field, read] of readers) {
		const text = fields[field];
		const identity = typeof text === "string" ? read(text) : undefined;
		if (!identity) continue;
		const { release } = fields;
		return typeof release === "string" ? { release, ...identity } : identity;
	}
	return undefined;
}

/** What the reply to `nasystem/who_is` says of the system that sent it. */
export function identityInWhoIs(text: string): Identity {
	const { type, version, name } = parseWhoIs(text) ?? {};
	return {
		product: "ipo",
		...(type ? { model: type } : {}),
		...(version ? { release: version } : {}),
		...(name ? { system: name } : {}),
		reason: "answers nasystem/who_is by TFTP",
	};
}

function httpServer(text: string): Identity | undefined {
	if (!/^IPOffice\b/.test(text)) return undefined;
	return withRelease({ product: "ipo", reason: "its HTTP server names itself IPOffice" }, releaseOfHttpServer(text));
}

function smtpBanner(text: string): Identity | undefined {
	const system = VOICEMAIL_PRO.exec(text)?.[1];
	if (system === undefined) return undefined;
	const identity = { product: "vmpro", system, reason: "its SMTP greeting names Voicemail Pro" };
	return withRelease(identity, releaseOfVoicemailPro(text));
}

function sipAgent(text: string): Identity | undefined {
	const match = SIP_AGENT.exec(text);
	return match ? withRelease({ product: "ipo", reason: "its SIP messages name IP Office" }, match[1]) : undefined;
}

function devlink3System(text: string): Identity {
	return { product: "ipo", model: text, reason: "its DevLink3 greeting names the system" };
}

function h323Vendor(text: string): Identity | undefined {
	const match = H323_VENDOR.exec(text);
	return match ? withRelease({ product: "ipo", reason: "its H.323 messages name IP Office" }, match[1]) : undefined;
}

function withRelease(identity: Identity, release: string | undefined): Identity {
	return release === undefined ? identity : { ...identity, release };
}
