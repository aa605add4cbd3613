import { bytesOf, find, lineEnd, startsWith, startsWithAnyCase, textOf } from "./bytes.ts";
import { lineLength } from "./lines.ts";
import { type Fields, type Recogniser, Role } from "./recogniser.ts";

/** Commands of RFC 9051, 6 (and RFC 3501), RFC 2971 and RFC 2177; what follows the word is left open. */
const COMMANDS = [
	"capability",
	"login ",
	"starttls",
	"authenticate ",
	"id ",
	"select ",
	"examine ",
	"list ",
	"lsub ",
	"status ",
	"namespace",
	"enable ",
	"idle",
	"noop",
	"logout",
	"uid ",
	"fetch ",
];
const STATUSES = ["ok ", "no ", "bad "];
const GREETINGS = ["* ok", "* preauth", "* bye", "* capability"];
const MAX_TAG = 16;

/** End of a tag that a space follows, or -1. */
function tagEnd(data: Uint8Array, start: number, end: number): number {
	let at = start;
	while (at < end && at - start < MAX_TAG && isTagByte(data[at]!)) at++;
	return at > start && at < end && data[at] === 0x20 ? at : -1;
}

function isTagByte(byte: number): boolean {
	const letter = byte | 0x20;
	return (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x7a) || byte === 0x2e;
}

function role(data: Uint8Array, start: number, end: number): Role {
	if (start >= end) return Role.No;
	if (data[start] === 0x2a)
		return GREETINGS.some((text) => startsWithAnyCase(data, start, end, text)) ? Role.Server : Role.No;
	const tag = tagEnd(data, start, end);
	if (tag < 0) return Role.No;
	if (COMMANDS.some((command) => startsWithAnyCase(data, tag + 1, end, command))) return Role.Client;
	return STATUSES.some((status) => startsWithAnyCase(data, tag + 1, end, status)) ? Role.Server : Role.No;
}

function describe(data: Uint8Array, start: number, end: number): Fields {
	const line = lineEnd(data, start, end);
	const tag = tagEnd(data, start, line);
	if (tag >= 0) return startsWithAnyCase(data, tag + 1, line, "starttls") ? { tlsAsked: true } : {};
	const fields: Fields = {};
	if (startsWithAnyCase(data, start, line, "* ok ")) fields.banner = textOf(data, start + 5, line);
	if (find(data, start, line, " starttls") >= 0) fields.tlsOffered = true;
	return fields;
}

/** Until somebody logs in, the next line may ask for TLS. */
function leadsOn(data: Uint8Array, start: number, end: number): boolean {
	const tag = tagEnd(data, start, end);
	if (tag < 0) return !startsWithAnyCase(data, start, end, "* bye");
	return !startsWithAnyCase(data, tag + 1, end, "login") && !startsWithAnyCase(data, tag + 1, end, "authenticate");
}

/** A greeting that names the protocol, and the commands that nothing else has. */
export const imap: Recogniser = {
	protocol: "imap",
	transports: [6],
	strength: "strong",
	ports: [143],
	firstBytes: bytesOf("*.0123456789abcdefghijklmnopqrstuvwxyz"),
	source: "RFC 9051, 6 and 7; RFC 3501",
	startsTls: true,
	recognise(data, start, end) {
		const found = role(data, start, end);
		if (found === Role.No) return Role.No;
		if (data[start] === 0x2a) return find(data, start, lineEnd(data, start, end), "imap") > 0 ? found : Role.No;
		const command = tagEnd(data, start, end) + 1;
		return startsWith(data, command, end, "CAPABILITY\r\n") || startsWith(data, command, end, "STARTTLS\r\n")
			? found
			: Role.No;
	},
	describe,
	messageLength: lineLength,
	leadsOn,
};

/** `* OK` greets; commands and their results follow a tag. Other line protocols look alike, so here the port counts. */
export const imapLine: Recogniser = {
	protocol: "imap",
	transports: [6],
	strength: "weak",
	ports: [143],
	source: "RFC 9051, 2.2",
	startsTls: true,
	recognise: role,
	describe,
	messageLength: lineLength,
	leadsOn,
};
