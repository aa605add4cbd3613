import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Addresses } from "../../../src/document/anonymize/addresses.ts";
import { CryptoPan } from "../../../src/document/anonymize/crypto-pan.ts";
import { addressOfBytes, bytesOfAddress } from "../../../src/packet/address.ts";

/** Key and addresses of the sample trace that the authors' program comes with (Crypto-PAn 1.0, `sample.cpp`). */
const SAMPLE_KEY = Uint8Array.of(
	...[21, 34, 23, 141, 51, 164, 207, 128, 19, 10, 91, 22, 73, 144, 125, 16],
	...[216, 152, 143, 131, 121, 121, 101, 39, 98, 87, 76, 45, 42, 132, 34, 2],
);
const SAMPLE = [
	["128.11.68.132", "135.242.180.132"],
	["129.118.74.4", "134.136.186.123"],
	["130.132.252.244", "133.68.164.234"],
	["141.223.7.43", "141.167.8.160"],
	["141.233.145.108", "141.129.237.235"],
	["152.163.225.39", "151.140.114.167"],
	["156.29.3.236", "147.225.12.42"],
	["165.247.96.84", "162.9.99.234"],
	["166.107.77.190", "160.132.178.185"],
	["192.102.249.13", "252.138.62.131"],
	["192.215.32.125", "252.43.47.189"],
	["192.233.80.103", "252.25.108.8"],
	["192.41.57.43", "252.222.221.184"],
	["193.150.244.223", "253.169.52.216"],
	["195.205.63.100", "255.186.223.5"],
	["198.200.171.101", "249.199.68.213"],
	["198.26.132.101", "249.36.123.202"],
	["198.36.213.5", "249.7.21.132"],
	["198.51.77.238", "249.18.186.254"],
	["199.217.79.101", "248.38.184.213"],
	["202.49.198.20", "245.206.7.234"],
	["203.12.160.252", "244.248.163.4"],
	["204.184.162.189", "243.192.77.90"],
	["216.32.132.250", "235.192.139.38"],
	["216.35.217.178", "235.195.157.81"],
	["24.0.250.221", "100.15.198.226"],
	["24.13.62.231", "100.2.192.247"],
	["24.14.213.138", "100.1.42.141"],
	["24.5.0.80", "100.9.15.210"],
	["24.7.198.88", "100.10.6.25"],
	["24.94.26.44", "100.88.228.35"],
	["38.15.67.68", "64.3.66.187"],
	["4.3.88.225", "124.60.155.63"],
	["63.14.55.111", "95.9.215.7"],
	["63.195.241.44", "95.179.238.44"],
	["63.97.7.140", "95.97.9.123"],
	["64.14.118.196", "0.255.183.58"],
	["64.34.154.117", "0.221.154.117"],
	["64.39.15.238", "0.219.7.41"],
] as const;
/** With the same key, as implementations in other languages that extend it to IPv6 agree. */
const SAMPLE_IPV6 = [
	["::1", "78ff:f001:9fc0:20df:8380:b1f1:704:ed"],
	["::2", "78ff:f001:9fc0:20df:8380:b1f1:704:ef"],
	["::ffff", "78ff:f001:9fc0:20df:8380:b1f1:704:f838"],
	["2001:db8::1", "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1e"],
	["2001:db8::2", "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1c"],
] as const;

const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const address = fc.oneof(
	fc.uint8Array({ minLength: 4, maxLength: 4 }),
	fc.uint8Array({ minLength: 16, maxLength: 16 }),
);

function commonPrefix(one: Uint8Array, other: Uint8Array): number {
	const bits = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
	const [a, b] = [bits(one), bits(other)];
	let length = 0;
	while (length < a.length && a[length] === b[length]) length++;
	return length;
}

/** Two addresses of one kind that share some bits. */
const pair = fc
	.tuple(address, fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.nat(128))
	.map(([one, noise, shared]) => {
		const other = one.map((byte, i) => {
			const keep = Math.max(0, Math.min(8, shared - 8 * i));
			const mask = (0xff00 >> keep) & 0xff;
			return (byte & mask) | (noise[i]! & ~mask & 0xff);
		});
		return [one, other] as const;
	});

describe("Crypto-PAn", () => {
	const pan = new CryptoPan(SAMPLE_KEY, "reference");
	it.each([...SAMPLE, ...SAMPLE_IPV6])("replaces %s by %s, as its authors' program does", (from, to) => {
		expect(addressOfBytes(pan.replace(bytesOfAddress(from)))).toBe(to);
	});

	it.each(["reference", "numbered"] as const)("preserves prefixes, to the bit, with %s padding", (padding) =>
		fc.assert(
			fc.property(key, pair, (secret, [one, other]) => {
				const each = new CryptoPan(secret, padding);
				expect(commonPrefix(each.replace(one), each.replace(other))).toBe(commonPrefix(one, other));
			}),
		),
	);

	it("leaves one byte of 256 as it is with numbered padding, not one of 15", () => {
		const [numbered, reference] = (["numbered", "reference"] as const).map((padding) => {
			let same = 0;
			for (let i = 0; i < 400; i++) {
				const each = new CryptoPan(createHash("sha256").update(`key ${i}`).digest(), padding);
				const from = createHash("md5").update(`address ${i}`).digest();
				same += each.replace(from).filter((byte, at) => byte === from[at]).length;
			}
			return same / 400 / 16;
		});
		expect(numbered).toBeLessThan(3 / 256);
		expect(reference).toBeGreaterThan(1 / 20);
	});
});

describe("replaced addresses", () => {
	const special = fc
		.constantFrom(
			...["10.0.0.0", "10.255.255.255", "192.168.1.255", "172.16.3.4", "172.31.0.1", "100.64.0.1", "169.254.7.7"],
			...["127.0.0.1", "224.0.0.251", "239.255.255.250", "255.255.255.255", "0.0.0.0", "192.169.0.1", "11.0.0.1"],
			...["::", "::1", "fe80::1", "fd00::1", "fc00::1", "ff02::fb", "ff02::1:ff00:1", "ff3e::1", "2001:db8::1"],
			...["::ffff:10.0.0.1", "::ffff:192.0.2.1", "::2"],
		)
		.map(bytesOfAddress);

	it("preserve prefixes, to the bit, beside and in the kept ranges too", () =>
		fc.assert(
			fc.property(
				key,
				fc.oneof(pair, fc.tuple(special, special), fc.tuple(special, address)),
				(secret, [one, other]) => {
					fc.pre(one.length === other.length);
					// IPv4 in IPv6 is replaced as IPv4 is: of these two kinds, each is a tree of its own.
					fc.pre(isMapped(one) === isMapped(other));
					const addresses = new Addresses(secret);
					expect(commonPrefix(addresses.ofBytes(one), addresses.ofBytes(other))).toBe(commonPrefix(one, other));
				},
			),
			{ numRuns: 300 },
		));

	const of = (secret: Uint8Array, text: string) => new Addresses(secret).ofText(text)!;
	it.each([
		...["0.0.0.0", "127.0.0.1", "127.8.9.10", "224.0.0.251", "239.1.2.3", "255.255.255.255"],
		...["127.0.0.255", "224.0.0.255", "239.1.2.255"],
		...["::", "::1", "ff02::1", "ff02::1:2", "ff05::1:3"],
	])("leave %s as it is", (text) =>
		fc.assert(
			fc.property(key, (secret) => void expect(of(secret, text)).toBe(text)),
			{ numRuns: 10 },
		),
	);

	it.each([
		["10.1.2.3", /^10\./],
		["192.168.4.5", /^192\.168\./],
		["172.20.1.1", /^172\.(1[6-9]|2\d|3[01])\./],
		["100.100.1.1", /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./],
		["169.254.1.2", /^169\.254\./],
		["10.1.2.255", /\.255$/],
		["203.0.113.255", /\.255$/],
		["fe80::1234", /^fe80::/],
		["fd12:3456::1", /^fd/],
		["2001:db8::1", /^[23]/],
		["ff02::1:ff12:3456", /^ff02::1:ff/],
		["::ffff:10.1.2.3", /^::ffff:10\./],
	])("keep of %s what makes it special", (text, shape) =>
		fc.assert(
			fc.property(key, (secret) => void expect(of(secret, text)).toMatch(shape)),
			{ numRuns: 20 },
		),
	);

	it("are no hosts' own: with most keys an address is not replaced by itself", () => {
		for (const text of ["10.1.2.3", "203.0.113.9", "fe80::211:22ff:fe33:4455", "2001:db8::1", "ff02::1:ff33:4455"]) {
			const same = Array.from({ length: 50 }, (_, i) => of(new Uint8Array(32).fill(i), text)).filter(
				(replaced) => replaced === text,
			);
			expect(same.length, text).toBeLessThan(3);
		}
	});
});

function isMapped(bytes: Uint8Array): boolean {
	return bytes.length === 16 && addressOfBytes(bytes).startsWith("::ffff:") && addressOfBytes(bytes).includes(".");
}
