import { describe, expect, it } from "vitest";
import { postgresql } from "../../src/protocol/postgresql.ts";
import { hex } from "../support/packet-builder.ts";

const lengthOf = (bytes: Uint8Array) => postgresql.messageLength!(bytes, 0, bytes.length);

describe("the length of PostgreSQL's messages", () => {
	it.each([
		["yes to TLS", "53", 1],
		["yes to TLS, with the hello behind it", "53 16 0303 0050 02", 1],
		["no to TLS", "4e", 1],
		["a parameter, which begins with the same letter", "53 0000000b 61 00 62 00", 12],
		["a request for TLS", "00000008 04d2162f", 8],
		["the first bytes of a message", "52 0000", 0],
	])("%s", (_, bytes, length) => {
		expect(lengthOf(hex(bytes))).toBe(length);
	});
});
