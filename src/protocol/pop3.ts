import { find, lineEnd, startsWith, startsWithAnyCase, textOf } from "./bytes.ts";
import { lineLength } from "./lines.ts";
import { type Recogniser, Role } from "./recogniser.ts";

const COMMANDS = ["user ", "apop ", "capa\r\n", "auth", "stls\r\n", "quit\r\n", "stat\r\n", "list", "pass "];

/** Known so that it is not taken for IMAP; an answer of several lines (CAPA) ends with the segment. */
export const pop3: Recogniser = {
	protocol: "pop3",
	transports: [6],
	strength: "weak",
	ports: [110],
	source: "RFC 1939; RFC 2449; RFC 2595",
	startsTls: true,
	recognise(data, start, end) {
		if (startsWith(data, start, end, "+OK") || startsWith(data, start, end, "-ERR")) return Role.Server;
		return COMMANDS.some((command) => startsWithAnyCase(data, start, end, command)) ? Role.Client : Role.No;
	},
	describe(data, start, end) {
		if (startsWithAnyCase(data, start, end, "stls")) return { tlsAsked: true };
		if (!startsWith(data, start, end, "+OK")) return {};
		if (find(data, start, end, "\nstls") >= 0) return { tlsOffered: true };
		const text = Math.min(end, start + 4);
		return { banner: textOf(data, text, lineEnd(data, text, end)) };
	},
	messageLength(data, start, end) {
		return Math.max(end - start, lineLength(data, start, end));
	},
	/** Until somebody logs in, the next line may ask for TLS. */
	leadsOn(data, start, end) {
		return !startsWithAnyCase(data, start, end, "pass ") && !startsWith(data, start, end, "-ERR");
	},
};
