import { find, lineEnd, startsWith, startsWithAnyCase, textOf } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

const COMMANDS = ["ehlo ", "helo ", "mail from:", "rcpt to:", "starttls\r\n"];
const PORTS: readonly number[] = [25, 465, 587, 2525];

/** The greeting names the protocol; replies without it are told from FTP's by what the client says. */
export const smtp: Recogniser = {
	protocol: "smtp",
	transports: [6],
	strength: "strong",
	ports: PORTS,
	source: "RFC 5321, 4",
	recognise(data, start, end) {
		if (startsWith(data, start, end, "220"))
			return find(data, start, lineEnd(data, start, end), "smtp") > 0 ? Role.Server : Role.No;
		return COMMANDS.some((command) => startsWithAnyCase(data, start, end, command)) ? Role.Client : Role.No;
	},
	describe(data, start, end) {
		return startsWith(data, start, end, "220") ? { banner: textOf(data, start + 4, lineEnd(data, start, end)) } : {};
	},
};

/** On its own ports any greeting will do: `220 <host> ready`, `554 no service`. */
export const smtpReply: Recogniser = {
	protocol: "smtp",
	transports: [6],
	strength: "weak",
	ports: PORTS,
	source: "RFC 5321, 4.2",
	recognise(data, start, end) {
		const separator = data[start + 3];
		const isReply =
			end - start >= 5 &&
			data[start]! >= 0x32 &&
			data[start]! <= 0x35 &&
			isDigit(data[start + 1]!) &&
			isDigit(data[start + 2]!);
		return isReply && (separator === 0x20 || separator === 0x2d) ? Role.Server : Role.No;
	},
	describe(data, start, end) {
		return startsWith(data, start, end, "220") ? { banner: textOf(data, start + 4, lineEnd(data, start, end)) } : {};
	},
};

function isDigit(byte: number): boolean {
	return byte >= 0x30 && byte <= 0x39;
}
