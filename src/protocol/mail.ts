/**
 * What clients of mail servers ask, and what is refused: SMTP (RFC 5321, RFC 4954), IMAP (RFC 9051), POP3 (RFC 1939,
 * RFC 5034), a line or a reply at a time.
 */
import { lineEnd, startsWith, startsWithAnyCase, textOf } from "./bytes.ts";
import { isReplyCode } from "./lines.ts";

export interface MailCommand {
	/** In capitals. */
	readonly name: string;
	/** What it puts on the wire for all to read; empty for nothing. */
	readonly shows: "" | "user and password" | "mail";
	/** Whether mail goes over the wire next. */
	readonly isMail: boolean;
}

export interface Refusal {
	/** `550`, `NO [AUTHENTICATIONFAILED]`, `-ERR`. */
	readonly answer: string;
	/** The server's own words. */
	readonly text: string;
	/** Whether it ends the connection: nothing wrong where nothing was asked. */
	readonly isFarewell?: boolean;
}

/** One mail protocol. */
export interface MailDialect {
	readonly kind: "smtp-error" | "imap-error";
	/** Of whom nothing more is wanted once mail begins. */
	readonly mailFrom: "client" | "server";
	/** @returns undefined for what is no command. */
	command(data: Uint8Array, start: number, end: number): MailCommand | undefined;
	/** Whether an answer ends what a command asked for; a request to go on does not. */
	isResult(data: Uint8Array, start: number, end: number): boolean;
	/** Whether an answer lets the client send the mail now. */
	invitesMail?(data: Uint8Array, start: number, end: number): boolean;
	/** @returns undefined for any other answer. */
	refusal(data: Uint8Array, start: number, end: number): Refusal | undefined;
}

/** The name of a command that finds out what a server can do: a refusal is an answer like others. */
export const PROBE = "CAPA";

/** Names by their first letters. AUTH: the mechanisms that only encode what they send. */
const SMTP: readonly (readonly [text: string, name: string, shows: MailCommand["shows"]])[] = [
	["auth plain", "AUTH", "user and password"],
	["auth login", "AUTH", "user and password"],
	["auth ", "AUTH", ""],
	["mail from:", "MAIL FROM", ""],
	["rcpt to:", "RCPT TO", ""],
	["data", "DATA", ""],
	["bdat ", "BDAT", "mail"],
	["ehlo ", "EHLO", ""],
	["helo ", "HELO", ""],
	["starttls", "STARTTLS", ""],
];
const FIRST_ERROR = 400;
/** The server closes the connection, asked or not (RFC 5321, 4.2.2). */
const CLOSING = "421";

export const smtpDialect: MailDialect = {
	kind: "smtp-error",
	mailFrom: "client",
	command(data, start, end) {
		const found = SMTP.find(([text]) => startsWithAnyCase(data, start, end, text));
		if (!found) {
			const name = /^[A-Z]{4}$/i.exec(restOfLine(data, start, end).split(" ", 1)[0]!)?.[0];
			return name === undefined ? undefined : { name: name.toUpperCase(), shows: "", isMail: false };
		}
		const [, name, shows] = found;
		return { name, shows, isMail: name === "DATA" || name === "BDAT" };
	},
	isResult: (data, start, end) => isReplyCode(data, start, end) && data[start] !== 0x33,
	invitesMail: (data, start, end) => startsWith(data, start, end, "354"),
	refusal(data, start, end) {
		if (!isReplyCode(data, start, end)) return undefined;
		const answer = textOf(data, start, start + 3);
		if (Number(answer) < FIRST_ERROR) return undefined;
		return { answer, text: restOfLine(data, start + 4, end), isFarewell: answer === CLOSING };
	},
};

const IMAP_RESULT = /^(NO|BAD|BYE)(?: (\[[A-Z]+)[^\]]*\])? ?(.*)/i;

export const imapDialect: MailDialect = {
	kind: "imap-error",
	mailFrom: "server",
	command(data, start, end) {
		const [, first = "", second = ""] = restOfLine(data, start, end).toUpperCase().split(" ", 3);
		const name = first === "UID" ? second : first;
		if (!/^[A-Z]{2,16}$/.test(name)) return undefined;
		const isPassword = name === "LOGIN" || (name === "AUTHENTICATE" && (second === "PLAIN" || second === "LOGIN"));
		return { name, shows: isPassword ? "user and password" : "", isMail: name === "FETCH" || name === "APPEND" };
	},
	isResult: (data, start) => data[start] !== 0x2a && data[start] !== 0x2b,
	/** NO and BAD behind a command's tag are its result, without one a warning (RFC 9051, 7.1). */
	refusal(data, start, end) {
		const line = restOfLine(data, start, end);
		const space = line.indexOf(" ");
		const [, status = "", code = "", text = ""] = IMAP_RESULT.exec(line.slice(space + 1)) ?? [];
		const isFarewell = status.toUpperCase() === "BYE";
		if (status === "" || line.startsWith("* ") !== isFarewell) return undefined;
		return { answer: `${status.toUpperCase()}${code === "" ? "" : ` ${code}]`}`, text, isFarewell };
	},
};

const POP3 = ["USER", "PASS", "APOP", "AUTH", "STLS", "STAT", "LIST", "UIDL", "RETR", "TOP", "DELE", "QUIT", "CAPA"];

export const pop3Dialect: MailDialect = {
	kind: "imap-error",
	mailFrom: "server",
	command(data, start, end) {
		const name = restOfLine(data, start, Math.min(end, start + 4)).toUpperCase();
		if (!POP3.includes(name)) return undefined;
		// Without a mechanism it asks for a list of them.
		if (name === "AUTH" && lineEnd(data, start, end) <= start + name.length)
			return { name: PROBE, shows: "", isMail: false };
		return { name, shows: name === "PASS" ? "user and password" : "", isMail: name === "RETR" || name === "TOP" };
	},
	isResult: (data, start, end) => startsWith(data, start, end, "-ERR") || startsWith(data, start, end, "+OK"),
	refusal(data, start, end) {
		if (!startsWith(data, start, end, "-ERR")) return undefined;
		return { answer: "-ERR", text: restOfLine(data, start + 4, end) };
	},
};

function restOfLine(data: Uint8Array, at: number, end: number): string {
	const start = Math.min(at, end);
	return textOf(data, start, lineEnd(data, start, end)).trim();
}
