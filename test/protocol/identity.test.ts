import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { identityIn, identityInWhoIs } from "../../src/protocol/identity.ts";

describe("who a message says that its sender is", () => {
	it.each([
		["http", { server: "IPOffice/11.1.2.3" }, { product: "ipo", release: "11.1.2.3" }],
		["http", { server: "IPOffice/" }, { product: "ipo" }],
		["sip", { agent: "IP Office 9.1.4.0 build 137" }, { product: "ipo", release: "9.1.4.0 build 137" }],
		["sip", { server: "IP Office 8.1 (43)" }, { product: "ipo", release: "8.1 (43)" }],
		["sip", { agent: "Avaya J179", server: "IP Office" }, { product: "ipo" }],
		["h225", { calledVendor: "IP Office 12.0" }, { product: "ipo", release: "12.0" }],
		["h225", { callerVendor: "Avaya 9640 3.2.1", calledVendor: "IP Office 12.0" }, { product: "ipo", release: "12.0" }],
		["h225-ras", { vendor: "IP Office 11.1.2" }, { product: "ipo", release: "11.1.2" }],
		[
			"smtp",
			{ banner: "vm.example IP Office Voicemail Pro [Hardware mode 00] - Version 11.0.4 SMTP MAIL Service ready" },
			{ product: "vmpro", system: "vm.example", release: "11.0.4" },
		],
	] as const)("%s %o", (protocol, fields, expected) => {
		expect(identityIn(protocol, fields)).toMatchObject(expected);
	});

	it.each([
		["http", { server: "nginx/1.24", agent: "IP Office Manager" }],
		["http", { server: "NotIPOffice/11.1" }],
		["sip", { agent: "Avaya one-X Deskphone", server: "Asterisk PBX 18" }],
		["sip", { agent: "Zoiper for IP Office" }],
		["smtp", { banner: "mail.example ESMTP Postfix" }],
		["tls", { certificate: "IP Office" }],
		["h225", { callerVendor: "Avaya 9640 3.2.1" }],
		["http", { server: 11 }],
	] as const)("%s %o: nothing", (protocol, fields) => {
		expect(identityIn(protocol, fields)).toBeUndefined();
	});

	it("reads the reply to who_is", () => {
		const reply =
			'MAC "00E007000020"\r\nTYPE "IP 500 V2"\r\nIP "10.0.0.1"\r\nLOC "1"\r\nVER "11.0.4.2"\r\nNAME "HQ"\r\n';
		expect(identityInWhoIs(reply)).toMatchObject({
			product: "ipo",
			model: "IP 500 V2",
			release: "11.0.4.2",
			system: "HQ",
		});
	});

	it("never throws", () => {
		const protocol = fc.constantFrom("http", "smtp", "sip", "devlink3", "h225", "h225-ras");
		const field = fc.constantFrom("server", "agent", "banner", "system", "vendor", "release");
		fc.assert(
			fc.property(protocol, fc.dictionary(field, fc.string({ maxLength: 256 })), fc.string(), (name, fields, text) => {
				identityIn(name, fields);
				identityInWhoIs(text);
			}),
		);
	});
});
