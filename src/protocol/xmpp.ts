import { find, startsWith, textOf } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

const HEAD = 600;

/** Both sides open a stream; only the server's answer has an id. */
export const xmpp: Recogniser = {
	protocol: "xmpp",
	transports: [6],
	strength: "strong",
	ports: [5222, 5269],
	source: "RFC 6120, 4",
	recognise(data, start, end) {
		if (data[start] !== 0x3c) return Role.No;
		const limit = Math.min(end, start + HEAD);
		const stream = startsWith(data, start, end, "<stream:stream")
			? start
			: startsWith(data, start, end, "<?xml")
				? find(data, start, limit, "<stream:stream")
				: -1;
		if (stream < 0) return startsWith(data, start, end, "<stream:features") ? Role.Server : Role.No;
		return find(data, stream, limit, " id=") > 0 ? Role.Server : Role.Client;
	},
	describe(data, start, end) {
		const at = find(data, start, Math.min(end, start + HEAD), " to=");
		if (at < 0) return {};
		const quote = data[at + 4];
		let last = at + 5;
		while (last < end && data[last] !== quote) last++;
		return { host: textOf(data, at + 5, Math.min(last, end)) };
	},
};
