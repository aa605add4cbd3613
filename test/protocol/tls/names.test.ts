import { describe, expect, it } from "vitest";
import { Role } from "../../../src/protocol/recogniser.ts";
import { cipherName } from "../../../src/protocol/tls/ciphers.ts";
import { alertName, isGrease, sideName, versionName } from "../../../src/protocol/tls/names.ts";

describe("numbers of TLS", () => {
	it("versions", () => {
		const versions = [0x0002, 0x0300, 0x0303, 0x0304, 0xfeff, 0xfefc, 0x7f17, 0xfb1a, 0x0305];
		expect(versions.map(versionName)).toEqual([
			"SSL 2.0",
			"SSL 3.0",
			"TLS 1.2",
			"TLS 1.3",
			"DTLS 1.0",
			"DTLS 1.3",
			"TLS 1.3 draft 23",
			"TLS 1.3 draft 26",
			undefined,
		]);
	});

	it("GREASE is sixteen values", () => {
		const found = Array.from({ length: 0x10000 }, (_, value) => value).filter(isGrease);
		expect(found).toEqual(Array.from({ length: 16 }, (_, i) => i * 0x1010 + 0x0a0a));
	});

	it("cipher suites by IANA's names, the others by their numbers", () => {
		expect([0x002f, 0xc02f, 0xcca9, 0x1302, 0x0a0b].map(cipherName)).toEqual([
			"TLS_RSA_WITH_AES_128_CBC_SHA",
			"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
			"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
			"TLS_AES_256_GCM_SHA384",
			"0x0a0b",
		]);
	});

	it("alerts, and who sends them", () => {
		expect(alertName(2, 40) + sideName(Role.Server)).toBe("fatal handshake_failure from server");
		expect(alertName(1, 0) + sideName(Role.Either)).toBe("warning close_notify");
		expect([alertName(3, 40), alertName(2, 1)]).toEqual([undefined, undefined]);
	});
});
