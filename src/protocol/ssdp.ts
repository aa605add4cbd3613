import { bytesOf, putHeaders, startsWith, type WantedHeaders } from "./bytes.ts";
import { type Fields, type Recogniser, Role } from "./recogniser.ts";

const HEADERS: WantedHeaders = [
	["server", "server"],
	["st", "target"],
	["nt", "target"],
];

export const ssdp: Recogniser = {
	protocol: "ssdp",
	transports: [17],
	strength: "strong",
	ports: [1900],
	firstBytes: bytesOf("hmn"),
	source: "UPnP Device Architecture 2.0, 1",
	recognise(data, start, end) {
		if (startsWith(data, start, end, "M-SEARCH * HTTP/1.")) return Role.Client;
		if (startsWith(data, start, end, "NOTIFY * HTTP/1.")) return Role.Client;
		return startsWith(data, start, end, "HTTP/1.1 200") ? Role.Server : Role.No;
	},
	describe(data, start, end) {
		const fields: Fields = {};
		putHeaders(fields, HEADERS, data, start, end);
		return fields;
	},
};
