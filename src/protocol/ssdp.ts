import { startsWith } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

export const ssdp: Recogniser = {
	protocol: "ssdp",
	transports: [17],
	strength: "strong",
	ports: [1900],
	source: "UPnP Device Architecture 2.0, 1",
	recognise(data, start, end) {
		if (startsWith(data, start, end, "M-SEARCH * HTTP/1.1")) return Role.Client;
		if (startsWith(data, start, end, "NOTIFY * HTTP/1.1")) return Role.Client;
		return startsWith(data, start, end, "HTTP/1.1 200") ? Role.Server : Role.No;
	},
};
