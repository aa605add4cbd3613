import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Names } from "../../../src/document/anonymize/names.ts";

const KEY = new Uint8Array(32).fill(7);
const names = new Names(KEY, KEY);
const octets = fc.array(fc.integer({ min: 1, max: 223 }), { minLength: 4, maxLength: 4 });

function mac(text: string): string {
	return names.identifier(text);
}

describe("an address inside of a name", () => {
	it("is replaced as it is elsewhere, whole, with dots or dashes", () => {
		fc.assert(
			fc.property(octets, (parts) => {
				const address = parts.join(".");
				const replaced = names.address(address);
				expect(names.name(`http://${address}/users`)).toContain(`://${replaced}/`);
				expect(names.name(`agent/${address} (${address}:80)`)).toContain(`/${replaced} (${replaced}:80)`);
				expect(names.name(`ip_${parts.join("-")}`)).toContain(`_${replaced.replaceAll(".", "-")}`);
			}),
		);
	});

	it("may be one of IPv6, or of hardware", () => {
		expect(names.name("x[2001:db8::1]y")).toContain(`[${names.address("2001:db8::1")}]`);
		expect(names.name("(00-11-22-33-44-55)")).toBe(`(${mac("00-11-22-33-44-55")})`);
		expect(names.name("phone=00:11:22:33:44:55")).toContain(`=${mac("00:11:22:33:44:55")}`);
	});
});

describe("MAC addresses of IPv6 groups", () => {
	it.each(["33:33:00:00:00:01", "33:33:00:00:00:fb", "33:33:00:01:00:02"])(
		"stay where all know the group: %s",
		(text) => {
			expect(mac(text)).toBe(text);
		},
	);

	it.each(["33:33:de:ad:be:ef", "33:33:ff:12:34:56", "33:33:00:02:00:01"])("else keep that they are: %s", (text) => {
		expect(mac(text)).toMatch(/^33:33:/);
		expect(mac(text).slice(-8)).not.toBe(text.slice(-8));
	});
});

describe("a single digit", () => {
	it("is another one under every key, and no two become one", () => {
		const digits = [..."0123456789"];
		for (let key = 0; key < 200; key++) {
			const secret = Buffer.alloc(32, key);
			const own = new Names(secret, secret);
			const replaced = digits.map((digit) => own.name(digit));
			expect(replaced.filter((each, i) => each === digits[i])).toEqual([]);
			expect([...replaced].sort()).toEqual(digits);
		}
	});
});
