import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressText, endpointText, parseAddress, scopeOf } from "../../src/packet/address.ts";

const canonical = (text: string) => {
	const parsed = parseAddress(text);
	return parsed && addressText(parsed.version, ...parsed.words);
};

describe("addresses", () => {
	it.each([
		["2001:0db8:0:0:0:0:0:1", "2001:db8::1"],
		["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
		["2001:DB8::0:1", "2001:db8::1"],
		["::", "::"],
		["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
		["fe80:0:0:1::", "fe80:0:0:1::"],
		["192.0.2.1", "192.0.2.1"],
	])("%s is written %s (RFC 5952)", (text, expected) => {
		expect(canonical(text)).toBe(expected);
	});

	it("are what Node takes for addresses, and come back the same", () => {
		const text = fc.oneof(fc.ipV4(), fc.ipV6());
		fc.assert(
			fc.property(text, (address) => {
				const written = canonical(address)!;
				expect(isIP(written)).toBe(isIP(address));
				expect(parseAddress(written)).toEqual(parseAddress(address));
			}),
			{ numRuns: 1000 },
		);
	});

	it("are not made of other text", () => {
		fc.assert(
			fc.property(fc.string({ maxLength: 20 }), (text) => {
				if (isIP(text) === 0) expect(parseAddress(text)).toBeUndefined();
			}),
		);
		for (const text of [
			"",
			"1.2.3",
			"1.2.3.4.5",
			"256.0.0.1",
			"01.2.3.4",
			"::1::",
			"1:2:3:4:5:6:7",
			"fe80::1%eth0",
			"office",
		])
			expect(parseAddress(text), text).toBeUndefined();
	});

	it("are bracketed beside a port where they have colons", () => {
		expect(endpointText("192.0.2.1", 69)).toBe("192.0.2.1:69");
		expect(endpointText("2001:db8::1", 69)).toBe("[2001:db8::1]:69");
	});
});

describe("the scope of an address", () => {
	it.each([
		["10.0.0.0", "private"],
		["10.255.255.255", "private"],
		["11.0.0.0", "public"],
		["172.15.255.255", "public"],
		["172.16.0.0", "private"],
		["172.31.255.255", "private"],
		["172.32.0.0", "public"],
		["192.167.255.255", "public"],
		["192.168.0.1", "private"],
		["192.169.0.0", "public"],
		["100.63.255.255", "public"],
		["100.64.0.0", "private"],
		["100.127.255.255", "private"],
		["100.128.0.0", "public"],
		["127.0.0.1", "other"],
		["169.254.1.1", "other"],
		["0.0.0.0", "other"],
		["224.0.0.1", "other"],
		["2001:db8::1", "public"],
		["fbff::1", "other"],
		["fc00::1", "private"],
		["fdff::1", "private"],
		["fe80::1", "other"],
		["::1", "other"],
		["::ffff:10.0.0.1", "private"],
		["::ffff:8.8.8.8", "public"],
	])("%s is %s", (text, scope) => {
		expect(scopeOf(parseAddress(text)!)).toBe(scope);
	});
});
