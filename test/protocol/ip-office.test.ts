import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { releaseOfHttpServer, releaseOfVoicemailPro, systemAndRelease } from "../../src/protocol/ip-office.ts";
import { parseWhoIs } from "../../src/protocol/whois.ts";

describe("releases in what IP Office says of itself", () => {
	it.each([
		["IPOffice/11.1.2.3", "11.1.2.3"],
		["IPOffice/9.0.3 (build 941)", "9.0.3"],
		["IPOffice", undefined],
		["Apache/2.4 IPOffice/11", undefined],
	])("HTTP server %s: %s", (server, release) => {
		expect(releaseOfHttpServer(server)).toBe(release);
	});

	it.each([
		["vm.example.com IP Office Voicemail Pro Hardware mode 00 - Version 9.1.4.2 SMTP MAIL Service ready", "9.1.4.2"],
		["vm IP Office Voicemail Pro - Version 11.1 (12) SMTP MAIL Service ready", "11.1 (12)"],
		["mail.example.com ESMTP Postfix", undefined],
	])("greeting %s: %s", (banner, release) => {
		expect(releaseOfVoicemailPro(banner)).toBe(release);
	});

	it("splits a system's name and release", () => {
		expect(systemAndRelease("Avaya IP500v2 10.0.2345.67894")).toEqual({
			system: "Avaya IP500v2",
			release: "10.0.2345.67894",
		});
		expect(systemAndRelease("Avaya")).toEqual({ system: "Avaya" });
	});
});

describe("parseWhoIs", () => {
	it("takes values by their keys, in any order and case", () => {
		const reply = 'NAME "Branch"\r\nVersion "12.0.0.0.0 build 56",\r\nmac "00e007000020"\r\nType "IP 500 V2"';
		expect(parseWhoIs(reply)).toEqual({
			mac: "00e007000020",
			type: "IP 500 V2",
			version: "12.0.0.0.0 build 56",
			name: "Branch",
		});
	});

	it("takes values by their places where the keys say nothing", () => {
		expect(parseWhoIs('a "00e007000020", b "IP 500", c "10.0.0.1", d "eng", e "9.1.4", f "Main Office"')).toEqual({
			mac: "00e007000020",
			type: "IP 500",
			version: "9.1.4",
			name: "Main Office",
		});
	});

	it("never takes one value for two fields", () => {
		expect(parseWhoIs('NAME "Main", MAC "00e007000020"')).toEqual({ mac: "00e007000020", name: "Main" });
	});

	it("makes nothing of other files, and as much as is there of cut ones", () => {
		expect(parseWhoIs("Extn201,201,Sales\r\n")).toBeUndefined();
		expect(parseWhoIs("")).toBeUndefined();
		expect(parseWhoIs('MAC "00e007000020"\r\nTYPE "IP 5')).toEqual({ mac: "00e007000020" });
	});

	it("bears any text, however long", () => {
		fc.assert(
			fc.property(
				fc.string({ maxLength: 400, unit: fc.constantFrom('"', " ", "mac", "name", ",", "x", "\r\n") }),
				(text) => {
					const found = parseWhoIs(text);
					for (const value of Object.values(found ?? {})) expect(text).toContain(value);
				},
			),
		);
		expect(parseWhoIs(`${" ".repeat(1_000_000)}"`)).toBeUndefined();
	});
});
