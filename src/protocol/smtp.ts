import { bytesOf, find, lineEnd, startsWith, startsWithAnyCase, textOf } from "./bytes.ts";
import { releaseOfVoicemailPro } from "./ip-office.ts";
import { afterSpaces, isReplyCode, replyLength, wordEnd } from "./lines.ts";
import { type Fields, type Recogniser, Role } from "./recogniser.ts";

/** Commands as far as they tell the protocol, with what must follow. RFC 5321, 4.1; RFC 3207; RFC 2033 (LMTP). */
const COMMANDS = ["ehlo ", "helo ", "lhlo ", "mail from:", "rcpt to:"];
/** Commands that other protocols have too. */
const OTHER_COMMANDS = ["starttls\r\n", "quit\r\n", "rset\r\n", "noop\r\n", "data\r\n", "auth "];
/** Keywords of an EHLO answer: no other protocol's multi-line 250 has them (IANA, SMTP Service Extensions). */
const EXTENSIONS = [
	"size",
	"8bitmime",
	"pipelining",
	"starttls",
	"enhancedstatuscodes",
	"auth ",
	"dsn",
	"help",
	"vrfy",
];
const PORTS: readonly number[] = [25, 465, 587, 2525];

function isCommand(data: Uint8Array, start: number, end: number): boolean {
	const first = start < end ? data[start]! | 0x20 : 0;
	// e, h, l, m, r
	if (first !== 0x65 && first !== 0x68 && first !== 0x6c && first !== 0x6d && first !== 0x72) return false;
	return COMMANDS.some((command) => startsWithAnyCase(data, start, end, command));
}

/** Whether an extension is offered in a line of its own, behind its code. */
function offers(data: Uint8Array, start: number, end: number, keyword: string): boolean {
	for (let at = start; at < end; at = lineEnd(data, at, end) + 1) {
		if (isReplyCode(data, at, end) && startsWithAnyCase(data, at + 4, end, keyword)) return true;
	}
	return false;
}

function isGreeting(data: Uint8Array, start: number, end: number): boolean {
	return startsWith(data, start, end, "220") && find(data, start, lineEnd(data, start, end), "smtp") > 0;
}

function isEhloAnswer(data: Uint8Array, start: number, end: number): boolean {
	return startsWith(data, start, end, "250-") && EXTENSIONS.some((keyword) => offers(data, start, end, keyword));
}

function describe(data: Uint8Array, start: number, end: number): Fields {
	if (isReplyCode(data, start, end)) return replyFields(data, start, end);
	if (startsWithAnyCase(data, start, end, "starttls")) return { tlsAsked: true };
	const isHello = startsWithAnyCase(data, start + 1, end, "hlo ") || startsWithAnyCase(data, start, end, "helo ");
	if (!isHello) return {};
	const name = afterSpaces(data, start + 4, end);
	const nameEnd = wordEnd(data, name, end);
	return nameEnd > name ? { client: textOf(data, name, nameEnd) } : {};
}

function replyFields(data: Uint8Array, start: number, end: number): Fields {
	if (startsWith(data, start, end, "250")) return offers(data, start, end, "starttls") ? { tlsOffered: true } : {};
	if (!startsWith(data, start, end, "220") && !startsWith(data, start, end, "554")) return {};
	const text = Math.min(end, start + 4);
	const banner = textOf(data, text, lineEnd(data, text, end));
	const release = releaseOfVoicemailPro(banner);
	return { banner, ...(release === undefined ? {} : { release }) };
}

/** Greetings and hellos are followed by what may end in STARTTLS; the mail itself tells no more. */
function leadsOn(data: Uint8Array, start: number, end: number): boolean {
	if (startsWith(data, start, end, "220") || startsWith(data, start, end, "250-")) return true;
	return !isReplyCode(data, start, end) && !startsWithAnyCase(data, start, end, "mail from:");
}

/** The greeting names the protocol; replies without it are told from FTP's by what the client says. */
export const smtp: Recogniser = {
	protocol: "smtp",
	transports: [6],
	strength: "strong",
	ports: PORTS,
	firstBytes: bytesOf("2ehlmr"),
	source: "RFC 5321, 4; RFC 3207",
	startsTls: true,
	recognise(data, start, end) {
		if (start < end && data[start] === 0x32)
			return isGreeting(data, start, end) || isEhloAnswer(data, start, end) ? Role.Server : Role.No;
		return isCommand(data, start, end) ? Role.Client : Role.No;
	},
	describe,
	messageLength: replyLength,
	leadsOn,
};

/** On its own ports any reply will do (`220 <host> ready`, `554 no service`), and commands such as STARTTLS, which IRC has too. */
export const smtpLine: Recogniser = {
	protocol: "smtp",
	transports: [6],
	strength: "weak",
	ports: PORTS,
	source: "RFC 5321, 4.2",
	startsTls: true,
	recognise(data, start, end) {
		if (OTHER_COMMANDS.some((command) => startsWithAnyCase(data, start, end, command))) return Role.Client;
		return end - start >= 5 && data[start] !== 0x31 && isReplyCode(data, start, end) ? Role.Server : Role.No;
	},
	describe,
	messageLength: replyLength,
	leadsOn,
};
