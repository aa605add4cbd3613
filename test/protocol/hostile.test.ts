import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RECOGNISERS } from "../../src/protocol/index.ts";
import { type Recogniser, Role } from "../../src/protocol/recogniser.ts";
import { PAYLOADS } from "../support/payloads.ts";
import { VECTORS } from "../support/vectors/index.ts";

const ORIGINALS = [...VECTORS.map(({ bytes }) => bytes), ...PAYLOADS];
const surroundings = fc.uint8Array({ maxLength: 40 });

/** All that a recogniser says of a payload. */
interface Answers {
	readonly role: Role;
	readonly fields: unknown;
	readonly length: number | undefined;
	readonly leadsOn: boolean | undefined;
}

function answers(recogniser: Recogniser, data: Uint8Array, start: number, end: number): Answers {
	const role = recogniser.recognise(data, start, end);
	return {
		role,
		fields: role === Role.No ? undefined : recogniser.describe?.(data, start, end),
		length: recogniser.messageLength?.(data, start, end),
		leadsOn: recogniser.leadsOn?.(data, start, end),
	};
}

const NOTHING = new Uint8Array();
/** STUN behind a length (RFC 4571) whose first byte no STUN message begins with. */
const LONG_STUN_FRAME = Uint8Array.from([
	0x40,
	20,
	0,
	1,
	0,
	0,
	0x21,
	0x12,
	0xa4,
	0x42,
	...new Array<number>(12).fill(0xab),
]);

/** A real payload cut, changed or joined with another; or noise. */
const payload = fc.oneof(
	{ weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
	{
		weight: 4,
		arbitrary: fc
			.tuple(
				fc.constantFrom(...ORIGINALS),
				fc.constantFrom(...ORIGINALS),
				fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
				fc.nat(),
			)
			.map(([first, second, changes, cut]) => {
				const bytes = Uint8Array.from([...first, ...second]);
				for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
				return bytes.subarray(0, cut % (bytes.length + 1));
			}),
	},
);

describe.each(RECOGNISERS.map((recogniser, place) => [recogniser.protocol, place, recogniser] as const))(
	"%s (%i)",
	(_, __, recogniser) => {
		/** The same answers whatever stands around the payload, and with nothing around it. */
		const expectSame = (bytes: Uint8Array, before: Uint8Array, after: Uint8Array) => {
			const inside = Buffer.concat([before, bytes, after]);
			const found = answers(recogniser, inside, before.length, before.length + bytes.length);
			expect(found).toEqual(answers(recogniser, bytes, 0, bytes.length));
			const { length, role } = found;
			const { firstBytes } = recogniser;
			if (role !== Role.No) expect(firstBytes?.includes(bytes[0]!) ?? true).toBe(true);
			expect(length === undefined || (Number.isSafeInteger(length) && length >= 0)).toBe(true);
		};

		it("never throws, and never looks beyond the payload's ends", () => {
			fc.assert(fc.property(payload, surroundings, surroundings, expectSame), {
				numRuns: 800,
				examples: [[LONG_STUN_FRAME, NOTHING, NOTHING]],
			});
		});

		it("bears every prefix of every vector, and of nothing", () => {
			const zeros = new Uint8Array(16);
			const ones = new Uint8Array(16).fill(0xff);
			for (const { bytes } of VECTORS) {
				const step = Math.max(1, Math.floor(bytes.length / 64));
				for (let cut = 0; cut <= bytes.length; cut += step) {
					const part = bytes.subarray(0, cut);
					const inside = Buffer.concat([ones, part, zeros]);
					const other = Buffer.concat([zeros, part, ones]);
					const found = answers(recogniser, inside, 16, 16 + cut);
					expect(answers(recogniser, other, 16, 16 + cut)).toEqual(found);
				}
			}
		});

		it("is not led astray by the same payload before it and behind it", () => {
			for (const { bytes, is } of VECTORS) {
				if (is.split(" ")[0] !== recogniser.protocol) continue;
				expectSame(bytes, bytes, bytes);
			}
		});

		it("says where its signature is defined", () => {
			expect(recogniser.source.length).toBeGreaterThan(3);
			expect(recogniser.transports.length).toBeGreaterThan(0);
			if (recogniser.strength === "weak")
				expect(recogniser.ports.length > 0 || recogniser.protocol === "t38").toBe(true);
		});
	},
);
