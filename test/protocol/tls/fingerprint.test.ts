import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { clientHelloFields } from "../../../src/protocol/tls/client-hello.ts";
import {
	alpn,
	clientHelloBody,
	extension,
	groups,
	pointFormats,
	serverName,
	signatureAlgorithms,
	supportedVersions,
} from "../../support/hello.ts";

/** Extension types, cipher suites and algorithms of a JA4 in its long form, as FoxIO prints them. */
function hexWords(text: string): number[] {
	return text.split(",").map((word) => Number.parseInt(word, 16));
}

/** A hello with extensions of these types in this order; those that a fingerprint looks into have what is given. */
function hello(ciphers: string, types: string, contents: readonly Uint8Array[]): Uint8Array {
	const given = new Map(contents.map((each) => [(each[0]! << 8) | each[1]!, each]));
	const extensions = hexWords(types).map((type) => given.get(type) ?? extension(type));
	return clientHelloBody({ ciphers: hexWords(ciphers), extensions });
}

function ja4Of(body: Uint8Array, carrier: "t" | "d" | "q" = "t"): unknown {
	return clientHelloFields(body, 0, body.length, true, carrier).ja4;
}

const CHROME_CIPHERS = "1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035";
const CHROME_ALGORITHMS = [0x403, 0x804, 0x401, 0x503, 0x805, 0x501, 0x806, 0x601];
const CHROME = [
	serverName("a.example"),
	alpn("h2", "http/1.1"),
	supportedVersions(0x304, 0x303),
	signatureAlgorithms(...CHROME_ALGORITHMS),
];

describe("JA4", () => {
	// FoxIO's examples: python/test/testdata/browsers-x509.pcapng.json (twice one client, which shuffles), sigalg-grease.
	it.each([
		[
			"t13d1516h2_8daaf6152771_e5627efa2ab1",
			hello(CHROME_CIPHERS, "000d,0000,000a,0005,000b,002b,001b,ff01,0033,4469,002d,0023,0017,0012,0010,0015", CHROME),
		],
		[
			"t13d1516h2_8daaf6152771_e5627efa2ab1",
			hello(CHROME_CIPHERS, "002b,4469,000b,0017,000d,0000,001b,0005,0033,ff01,0010,000a,002d,0012,0023,0015", CHROME),
		],
		[
			"t13d1517h2_8daaf6152771_cb7bf5808d99",
			hello(
				`1a1a,${CHROME_CIPHERS}`,
				"3a3a,fe0d,0010,0017,0033,44cd,ff01,000a,000d,0023,002b,000b,ca34,002d,0000,0005,001b,0012,fafa",
				[
					...CHROME.slice(0, 2),
					supportedVersions(0x6a6a, 0x304, 0x303),
					signatureAlgorithms(0x9a9a, 0x904, 0x905, 0x906, ...CHROME_ALGORITHMS),
				],
			),
		],
	])("%s", (expected, body) => {
		expect(ja4Of(body)).toBe(expected);
	});

	it.each<[string, Uint8Array, "t" | "d" | "q"]>([
		["t12i010000_", clientHelloBody(), "t"],
		["ts3i010000_", clientHelloBody({ version: 0x300, extensions: null }), "t"],
		["q13i0101", clientHelloBody({ extensions: [supportedVersions(0x304)] }), "q"],
		["dd2i010000_", clientHelloBody({ version: 0xfefd, cookie: new Uint8Array(20) }), "d"],
		[
			"dd3i010100_",
			clientHelloBody({ version: 0xfefd, cookie: new Uint8Array(0), extensions: [supportedVersions2()] }),
			"d",
		],
		["t12i0101h1_", clientHelloBody({ extensions: [alpn("http/1.1")] }), "t"],
		["t12i0101hh_", clientHelloBody({ extensions: [alpn("h")] }), "t"],
		// 0xab … 0xcd: neither end is a letter or digit.
		["t12i0101ad_", clientHelloBody({ extensions: [alpn("\xabz\xcd")] }), "t"],
		["t12i0100", clientHelloBody({ ciphers: [0x0a0a, 0x2f], extensions: [extension(0x0a0a)] }), "t"],
		["t12i99", clientHelloBody({ ciphers: Array.from({ length: 150 }, (_, i) => i) }), "t"],
	])("begins with %s", (expected, body, carrier) => {
		expect(ja4Of(body, carrier)).toSatisfy((value) => typeof value === "string" && value.startsWith(expected));
	});

	it("has zeros for lists that are empty, and no mark for algorithms that are not there", () => {
		expect(ja4Of(clientHelloBody({ ciphers: [], extensions: [] }))).toBe("t12i000000_000000000000_000000000000");
		const hash = createHash("sha256").update("0017").digest("hex").slice(0, 12);
		expect(ja4Of(clientHelloBody({ ciphers: [], extensions: [extension(0x17)] }))).toBe(
			`t12i000100_000000000000_${hash}`,
		);
	});
});

function supportedVersions2(): Uint8Array {
	return supportedVersions(0xfefc, 0xfefd);
}

describe("JA3", () => {
	const md5 = (text: string) => createHash("md5").update(text).digest("hex");
	const ja3Of = (body: Uint8Array) => clientHelloFields(body, 0, body.length, true, "t").ja3;

	it("is that of Salesforce's description", () => {
		// 769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0
		const body = clientHelloBody({
			version: 0x301,
			ciphers: [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4],
			extensions: [serverName("a"), groups(23, 24, 25), pointFormats(0)],
		});
		expect(ja3Of(body)).toBe("ada70206e40642a3e4461f35503241d5");
	});

	it("has empty fields where a hello has no extensions, which Salesforce's description shows as well", () => {
		const body = clientHelloBody({
			version: 0x301,
			ciphers: [4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99],
			extensions: null,
		});
		expect(ja3Of(body)).toBe("de350869b8c85de67a350c8d186f11e6");
	});

	it("leaves GREASE out", () => {
		const body = clientHelloBody({
			ciphers: [0xdada, 0x1301],
			extensions: [extension(0x2a2a), groups(0x4a4a, 29), pointFormats(0), extension(0xfafa, Uint8Array.of(0))],
		});
		expect(ja3Of(body)).toBe(md5("771,4865,10-11,29,0"));
	});

	it("is not given for a hello of which the end is missing", () => {
		const body = clientHelloBody({ extensions: [serverName("a.example")] });
		expect(clientHelloFields(body, 0, body.length, false, "t")).toEqual({
			offeredVersion: "TLS 1.2",
			sni: "a.example",
		});
		expect(ja3Of(body.subarray(0, -1))).toBeUndefined();
	});

	it("is not given, nor is JA4, for more cipher suites than any client has", () => {
		const ciphers = Array.from({ length: 9000 }, (_, i) => i);
		const body = clientHelloBody({ ciphers });
		expect(clientHelloFields(body, 0, body.length, true, "t")).toEqual({ offeredVersion: "TLS 1.2" });
		expect(ja3Of(clientHelloBody({ ciphers: ciphers.slice(0, 3000) }))).toMatch(/^[0-9a-f]{32}$/);
	});
});
