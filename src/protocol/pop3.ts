import { startsWith, startsWithAnyCase } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

const COMMANDS = ["user ", "apop ", "capa\r\n", "auth", "stls\r\n", "quit\r\n"];

export const pop3: Recogniser = {
	protocol: "pop3",
	transports: [6],
	strength: "weak",
	ports: [110],
	source: "RFC 1939",
	recognise(data, start, end) {
		if (startsWith(data, start, end, "+OK") || startsWith(data, start, end, "-ERR")) return Role.Server;
		return COMMANDS.some((command) => startsWithAnyCase(data, start, end, command)) ? Role.Client : Role.No;
	},
};
