import { bytesOf, find, lineEnd, startsWith, startsWithAnyCase, textOf } from "./bytes.ts";
import { isReplyCode, replyLength } from "./lines.ts";
import { type Fields, type Recogniser, Role } from "./recogniser.ts";

const COMMANDS = [
	"user ",
	"auth tls",
	"auth ssl",
	"feat\r\n",
	"syst\r\n",
	"pass ",
	"opts ",
	"port ",
	"eprt ",
	"pasv",
	"epsv",
	"type ",
	"cwd ",
	"pwd",
	"list",
	"retr ",
	"stor ",
	"quit",
];

function describe(data: Uint8Array, start: number, end: number): Fields {
	if (startsWith(data, start, end, "220")) {
		const text = Math.min(end, start + 4);
		return { banner: textOf(data, text, lineEnd(data, text, end)) };
	}
	if (startsWith(data, start, end, "211"))
		return find(data, start, end, "\n auth tls") >= 0 ? { tlsOffered: true } : {};
	return startsWithAnyCase(data, start, end, "auth ") ? { tlsAsked: true } : {};
}

/** Until somebody logs in, the next command may ask for TLS. */
function leadsOn(data: Uint8Array, start: number, end: number): boolean {
	if (isReplyCode(data, start, end)) return startsWith(data, start, end, "2");
	return startsWithAnyCase(data, start, end, "auth ") || startsWithAnyCase(data, start, end, "feat");
}

/** A greeting that names the protocol (SMTP greets with the same code), and its one command that nothing else has. */
export const ftp: Recogniser = {
	protocol: "ftp",
	transports: [6],
	strength: "strong",
	ports: [21],
	firstBytes: bytesOf("2a"),
	source: "RFC 959, 4; RFC 4217, 4",
	startsTls: true,
	recognise(data, start, end) {
		if (startsWith(data, start, end, "220")) {
			const line = lineEnd(data, start, end);
			return find(data, start, line, "ftp") > 0 && find(data, start, line, "smtp") < 0 ? Role.Server : Role.No;
		}
		return startsWithAnyCase(data, start, end, "auth tls\r\n") ? Role.Client : Role.No;
	},
	describe,
	messageLength: replyLength,
	leadsOn,
};

/** On its own port any reply or command will do. */
export const ftpLine: Recogniser = {
	protocol: "ftp",
	transports: [6],
	strength: "weak",
	ports: [21],
	source: "RFC 959, 5.3",
	startsTls: true,
	recognise(data, start, end) {
		if (end - start < 4) return Role.No;
		if (isReplyCode(data, start, end)) return Role.Server;
		return COMMANDS.some((command) => startsWithAnyCase(data, start, end, command)) ? Role.Client : Role.No;
	},
	describe,
	messageLength: replyLength,
	leadsOn,
};
