import { find, lineEnd, startsWith, startsWithAnyCase, textOf } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

const COMMANDS = ["user ", "auth tls", "auth ssl", "feat\r\n", "syst\r\n", "pass "];

/** SMTP greets with the same code: the word FTP, or the port, tells. */
export const ftp: Recogniser = {
	protocol: "ftp",
	transports: [6],
	strength: "weak",
	ports: [21],
	source: "RFC 959",
	recognise(data, start, end) {
		if (startsWith(data, start, end, "220"))
			return find(data, start, lineEnd(data, start, end), "smtp") < 0 ? Role.Server : Role.No;
		return COMMANDS.some((command) => startsWithAnyCase(data, start, end, command)) ? Role.Client : Role.No;
	},
	describe(data, start, end) {
		return startsWith(data, start, end, "220") ? { banner: textOf(data, start + 4, lineEnd(data, start, end)) } : {};
	},
};
