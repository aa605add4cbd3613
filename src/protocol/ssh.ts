import { lineEnd, startsWith, textOf } from "./bytes.ts";
import { lineLength } from "./lines.ts";
import { type Recogniser, Role } from "./recogniser.ts";

/** Both sides greet alike. */
export const ssh: Recogniser = {
	protocol: "ssh",
	transports: [6],
	strength: "strong",
	ports: [22],
	firstBytes: [0x53],
	source: "RFC 4253, 4.2",
	recognise(data, start, end) {
		return startsWith(data, start, end, "SSH-2.0-") || startsWith(data, start, end, "SSH-1.") ? Role.Either : Role.No;
	},
	describe(data, start, end) {
		return { software: textOf(data, start, lineEnd(data, start, end)) };
	},
	messageLength: lineLength,
};
