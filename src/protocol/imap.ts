import { lineEnd, startsWith, startsWithAnyCase, textOf } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

const COMMANDS = ["capability", "login ", "starttls", "authenticate ", "id ", "select ", "noop", "logout"];
const MAX_TAG = 12;

/** `* OK` greets; commands follow a tag of letters and digits. Other line protocols look alike, so the port counts. */
export const imap: Recogniser = {
	protocol: "imap",
	transports: [6],
	strength: "weak",
	ports: [143],
	source: "RFC 9051, RFC 3501",
	recognise(data, start, end) {
		if (
			startsWith(data, start, end, "* OK") ||
			startsWith(data, start, end, "* PREAUTH") ||
			startsWith(data, start, end, "* BYE")
		)
			return Role.Server;
		if (startsWith(data, start, end, "* CAPABILITY")) return Role.Server;
		let at = start;
		while (at < end && at - start < MAX_TAG && isTagByte(data[at]!)) at++;
		if (at === start || data[at] !== 0x20) return Role.No;
		return COMMANDS.some((command) => startsWithAnyCase(data, at + 1, end, command)) ? Role.Client : Role.No;
	},
	describe(data, start, end) {
		return startsWith(data, start, end, "* OK ") ? { banner: textOf(data, start + 5, lineEnd(data, start, end)) } : {};
	},
};

function isTagByte(byte: number): boolean {
	return (
		(byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x2e
	);
}
