import { describe, expect, it } from "vitest";
import { Role } from "../../../src/protocol/recogniser.ts";
import { tls } from "../../../src/protocol/tls/tls.ts";
import { concat, hex } from "../../support/packet-builder.ts";
import { OWN_CERTIFICATE } from "../../support/tls-messages.ts";

const role = (bytes: Uint8Array) => tls.recognise(bytes, 0, bytes.length);
const length = (bytes: Uint8Array) => tls.messageLength!(bytes, 0, bytes.length);
const shown = (bytes: Uint8Array) => tls.describe!(bytes, 0, bytes.length);
const leads = (bytes: Uint8Array) => tls.leadsOn!(bytes, 0, bytes.length);

describe("SSL 2.0", () => {
	const client = concat(
		hex("802e 01 0301 0015 0000 0010"),
		hex("000004 010080 00000a 000009 000064 000062 000003"),
		new Uint8Array(16),
	);
	const server = concat(
		hex("8000 04 00 01 0002"),
		u16Of(OWN_CERTIFICATE.length),
		hex("0003 0010"),
		OWN_CERTIFICATE,
		hex("010080"),
		new Uint8Array(16),
	);
	new DataView(server.buffer).setUint16(0, 0x8000 | (server.length - 2));

	it("asks in its form for a newer version", () => {
		expect(role(client)).toBe(Role.Client);
		expect(shown(client)).toEqual({ offeredVersion: "TLS 1.0" });
		expect(length(client)).toBe(client.length);
		expect(leads(client)).toBe(true);
	});

	it("shows its certificate with its hello", () => {
		expect(role(server)).toBe(Role.Server);
		expect(shown(server)).toMatchObject({ version: "SSL 2.0", certificate: "ipo.example" });
	});

	it("is not what only begins alike", () => {
		expect(role(concat(hex("802f"), client.subarray(2)))).toBe(Role.No);
		expect(role(concat(client.subarray(0, 5), hex("0014"), client.subarray(7)))).toBe(Role.No);
	});
});

function u16Of(value: number): Uint8Array {
	return Uint8Array.of(value >> 8, value & 0xff);
}
