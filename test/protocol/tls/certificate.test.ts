import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { certificateFields } from "../../../src/protocol/tls/certificate.ts";
import { type Attribute, type CertificateOptions, makeCertificate } from "../../support/certificate.ts";
import { concat } from "../../support/packet-builder.ts";

const fieldsOf = (der: Uint8Array) => certificateFields(der, 0, der.length);
const made = (options: CertificateOptions) => fieldsOf(makeCertificate(options).der);

describe("a certificate", () => {
	it("says whose it is, by whom and for how long", () => {
		const fields = made({
			subject: [
				[6, "GB", 0x13],
				[10, "Example Ltd"],
				[3, "ipo.example"],
			],
			issuer: [[3, "Example CA"]],
			names: [
				"ipo.example",
				"*.example",
				Uint8Array.of(192, 0, 2, 1),
				Buffer.from("20010db8000000000000000000000001", "hex"),
			],
			from: "991231235959Z",
			to: "20500101000000Z",
		});
		expect(fields).toEqual({
			certificate: "ipo.example",
			certificateNames: "ipo.example,*.example,192.0.2.1,2001:db8::1",
			issuer: "Example CA",
			validFrom: "1999-12-31T23:59:59Z",
			validTo: "2050-01-01T00:00:00Z",
		});
	});

	it("agrees with node:crypto", () => {
		const { der } = makeCertificate({ subject: [[3, "pbx.example"]], issuer: [[3, "Root"]], names: ["a.example"] });
		const peer = new X509Certificate(der);
		const fields = fieldsOf(der);
		expect(`CN=${fields.certificate}`).toBe(peer.subject);
		expect(`CN=${fields.issuer}`).toBe(peer.issuer);
		expect(`DNS:${fields.certificateNames}`).toBe(peer.subjectAltName);
		expect(Date.parse(String(fields.validFrom))).toBe(Date.parse(peer.validFrom));
		expect(Date.parse(String(fields.validTo))).toBe(Date.parse(peer.validTo));
	});

	it.each<[string, readonly Attribute[], string | undefined]>([
		["UTF-8", [[3, "Büro"]], "Büro"],
		["one octet a character", [[3, "B\xfcro", 0x14]], "Büro"],
		["two octets a character", [[3, Buffer.from("Büro", "utf16le").swap16(), 0x1e]], "Büro"],
		[
			"the last of several names",
			[
				[3, "first"],
				[3, "last"],
			],
			"last",
		],
		["an organisation alone", [[10, "Example Ltd"]], "O=Example Ltd"],
		["no name at all", [], undefined],
	])("in %s", (_, subject, expected) => {
		expect(made({ subject, issuer: [[3, "CA"]] }).certificate).toBe(expected);
	});

	it("is self-signed where holder and issuer are one", () => {
		expect(made({ subject: [[3, "a"]] })).toMatchObject({ selfSigned: true });
		expect(made({ subject: [[3, "a"]], issuer: [[3, "b"]] })).not.toHaveProperty("selfSigned");
	});

	it("lists sixteen names, and says how many more there are", () => {
		const names = Array.from({ length: 20 }, (_, i) => `${i}.example`);
		expect(made({ subject: [], names }).certificateNames).toBe(`${names.slice(0, 16).join(",")},+4 more`);
	});

	it("has no time that is none", () => {
		expect(made({ subject: [[3, "a"]], from: "9912312359Z", to: "soon" })).not.toHaveProperty("validFrom");
	});

	it("shows as much as is there of it", () => {
		const { der } = makeCertificate({ subject: [[3, "whole.example"]], names: ["whole.example"] });
		const cut = fieldsOf(der.subarray(0, der.indexOf("whole.example", der.indexOf("whole.example") + 1) + 13));
		expect(cut).toMatchObject({
			certificate: "whole.example",
			issuer: "whole.example",
			validTo: "2036-01-01T00:00:00Z",
		});
		expect(cut).not.toHaveProperty("certificateNames");
	});

	it("is read the same the second time, and another one with the same end is another", () => {
		const { der } = makeCertificate({ subject: [[3, "one.example"]] });
		const other = Buffer.from(der.toString("latin1").replaceAll("one.example", "two.example"), "latin1");
		expect([fieldsOf(der).certificate, fieldsOf(other).certificate]).toEqual(["one.example", "two.example"]);
		expect([fieldsOf(der).certificate, fieldsOf(other).certificate]).toEqual(["one.example", "two.example"]);
	});
});

describe("bytes that are no certificate", () => {
	const { der } = makeCertificate({ subject: [[3, "a.example"]], names: ["a.example", Uint8Array.of(1, 2, 3, 4)] });
	const mutated = fc
		.tuple(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 10 }), fc.nat())
		.map(([changes, end]) => {
			const bytes = Uint8Array.from(der);
			for (const [at, value] of changes) bytes[at % bytes.length] = value;
			return bytes.subarray(0, end % (bytes.length + 1));
		});

	it("are read alike whatever surrounds them, without an error", () => {
		const edge = fc.uint8Array({ maxLength: 12 });
		fc.assert(
			fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 200 })), edge, edge, (bytes, before, after) => {
				const all = concat(before, bytes, after);
				expect(certificateFields(all, before.length, before.length + bytes.length)).toEqual(fieldsOf(bytes));
			}),
			{ numRuns: 2000 },
		);
	});

	it("give no fields", () => {
		expect(fieldsOf(new Uint8Array(300))).toEqual({});
		expect(fieldsOf(Uint8Array.of(0x30, 0x80, 0x30, 0x80, 0, 0))).toEqual({});
	});
});
