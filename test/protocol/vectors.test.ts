import { describe, expect, it } from "vitest";
import { furtherRole, RECOGNISERS, ROLE_BITS, recognisePayload } from "../../src/protocol/index.ts";
import { type Recogniser, Role } from "../../src/protocol/recogniser.ts";
import { VECTORS } from "../support/vectors/index.ts";

/** The recogniser that says yes to a payload, and the role that it gives the sender. */
function answer(transport: number, port: number, bytes: Uint8Array): { recogniser: Recogniser; role: string } {
	const found = recognisePayload(transport, 49_152, port, bytes, 0, bytes.length);
	expect(found).toBeGreaterThanOrEqual(0);
	const role = found & ((1 << ROLE_BITS) - 1);
	const [name = ""] = Object.entries(Role).find(([, value]) => value === role) ?? [];
	return { recogniser: RECOGNISERS[found >>> ROLE_BITS]!, role: name };
}

describe("a payload written by hand from its specification", () => {
	it.each(VECTORS.map((vector) => [vector.is, vector.what, vector] as const))("is %s: %s", (_, __, vector) => {
		const { bytes, transport, port } = vector;
		const { recogniser, role } = answer(transport, port, bytes);
		expect(`${recogniser.protocol} ${role}`).toBe(vector.is);
		if (vector.fields) expect(recogniser.describe?.(bytes, 0, bytes.length) ?? {}).toEqual(vector.fields);
		if (recogniser.messageLength && transport === 6) {
			const whole = vector.length ?? bytes.length;
			expect(recogniser.messageLength(bytes, 0, bytes.length)).toBe(whole);
		}
		if (vector.leadsOn !== undefined)
			expect(recogniser.leadsOn?.(bytes, 0, bytes.length) ?? false).toBe(vector.leadsOn);
	});

	/** A weak signature without ports is asked by name only, where signalling announced it. */
	const asked = RECOGNISERS.filter(({ strength, ports }) => strength === "strong" || ports.length > 0);
	it.each(asked.map((recogniser, place) => [recogniser.protocol, place, recogniser] as const))(
		"is there for every recogniser: %s (%i)",
		(protocol, _, recogniser) => {
			const own = VECTORS.filter(({ is }) => is.split(" ")[0] === protocol);
			expect(own.some(({ bytes }) => recogniser.recognise(bytes, 0, bytes.length) !== Role.No)).toBe(true);
		},
	);
});

describe("furtherRole", () => {
	const said = (port: number, first: string, further: string) => {
		const bytes = Buffer.from(further, "latin1");
		return furtherRole(answer(6, port, Buffer.from(first, "latin1")).recogniser, bytes, 0, bytes.length);
	};

	it("knows the lines of a protocol whose greeting was seen, on any port", () => {
		expect(said(2500, "220 a ESMTP\r\n", "STARTTLS\r\n")).toBe(Role.Client);
		expect(said(143, "* OK ready\r\n", "a1 STARTTLS\r\n")).toBe(Role.Client);
		expect(said(2121, "220 FTP ready\r\n", "331 password\r\n")).toBe(Role.Server);
	});

	it("knows nothing of another protocol's", () => {
		expect(said(25, "220 a ESMTP\r\n", "SSH-2.0-x\r\n")).toBe(Role.No);
		expect(said(80, "GET / HTTP/1.1\r\n\r\n", "220 a ESMTP\r\n")).toBe(Role.No);
	});
});

describe("messageLength", () => {
	it.each(
		VECTORS.filter(({ transport }) => transport === 6).map((vector) => [vector.is, vector.what, vector] as const),
	)("of %s, %s, never says that a cut message is whole", (_, __, { bytes, transport, port, length }) => {
		const { recogniser } = answer(transport, port, bytes);
		const { messageLength } = recogniser;
		if (!messageLength || recogniser.protocol === "pop3") return;
		const whole = messageLength(bytes, 0, bytes.length);
		expect(whole).toBe(length ?? whole);
		for (let cut = 0; cut < Math.min(whole, bytes.length); cut++) {
			const said = messageLength(bytes, 0, cut);
			expect(said === 0 || said > cut, `${said} of ${cut} bytes`).toBe(true);
		}
	});
});
