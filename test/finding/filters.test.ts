import { describe, expect, it } from "vitest";
import { securityFilter } from "../../src/finding/filters.ts";

const TCP = 6 << 16;
const UDP = 17 << 16;

describe("filters by fields of TLS", () => {
	it.each<[string, string, readonly number[], string]>([
		["stay as they are over TCP", "tls.handshake", [TCP | 443, TCP | 50805], "tls.handshake"],
		["are DTLS's over UDP", "tls.alert_message", [UDP | 3478], "dtls.alert_message"],
		["are either's over both", "tls.handshake", [UDP | 3478, TCP | 443], "tls.handshake || dtls.handshake"],
		["are none on a port that Wireshark reads as HTTP", "tls.handshake", [TCP | 80, TCP | 443], ""],
		["are on such a port of UDP", "tls.handshake.type == 11", [UDP | 80], "dtls.handshake.type == 11"],
		["are no others'", "rtp", [TCP | 80], "rtp"],
	])("%s", (_, filter, ports, expected) => {
		expect(securityFilter(filter, ports)).toBe(expected);
	});
});
