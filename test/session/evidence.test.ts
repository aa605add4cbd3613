import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Role } from "../../src/protocol/recogniser.ts";
import {
	areBothSettled,
	areSidesSettled,
	DONE,
	DTLS,
	hasStartedTls,
	isFollowed,
	isSideSettled,
	isTentative,
	MEDIA_MAY_FOLLOW,
	MOST_PAYLOADS,
	PAYLOADS_PER_SIDE,
	RTP,
	recogniserOf,
	seen,
	senderOf,
	serverSideByPayload,
	withFollowed,
	withOneMoreSeen,
	withRecogniser,
	withRecogniserInstead,
	withRole,
	withSideSettled,
	withStartedTls,
} from "../../src/session/evidence.ts";

const side = fc.constantFrom<0 | 1>(0, 1);
const role = fc.constantFrom(...Object.values(Role));

/** Changes of the word, and the same ones of an object. */
interface Model {
	recogniser: number;
	server: 0 | 1 | undefined;
	tentative: boolean;
	seen: [number, number];
	settled: [boolean, boolean];
	startedTls: boolean;
	followed: boolean;
	marks: number;
}
type Change = readonly [word: (evidence: number) => number, model: (before: Model) => Partial<Model>];

/** Both sides' values, one of them another. */
const with1 = <T>([first, second]: readonly [T, T], which: 0 | 1, value: T): [T, T] =>
	which === 0 ? [value, second] : [first, value];

const change: fc.Arbitrary<Change> = fc.oneof(
	fc.nat(254).map((n): Change => [(word) => withRecogniser(word, n), () => ({ recogniser: n })]),
	fc
		.nat(254)
		.map(
			(n): Change => [
				(word) => withRecogniserInstead(word, n),
				({ marks }) => ({ recogniser: n, seen: [0, 0], settled: [false, false], marks: marks & ~MEDIA_MAY_FOLLOW }),
			],
		),
	side.map(
		(which): Change => [
			(word) => withOneMoreSeen(word, which),
			(model) => ({ seen: with1(model.seen, which, Math.min(model.seen[which] + 1, MOST_PAYLOADS)) }),
		],
	),
	side.map(
		(which): Change => [
			(word) => withSideSettled(word, which),
			({ settled }) => ({ settled: with1(settled, which, true) }),
		],
	),
	fc.boolean().map((followed): Change => [(word) => withFollowed(word, followed), () => ({ followed })]),
	fc.constant<Change>([withStartedTls, () => ({ startedTls: true, settled: [false, false] })]),
	fc
		.constantFrom(RTP, MEDIA_MAY_FOLLOW, DTLS, DONE)
		.map((mark): Change => [(word) => word | mark, ({ marks }) => ({ marks: marks | mark })]),
	fc.tuple(role, side).map(
		([said, which]): Change => [
			(word) => withRole(word, said, which),
			(model) => {
				const suggests = said === Role.Asks || said === Role.Answers;
				if (said === Role.No || said === Role.Either) return {};
				if (model.server !== undefined && (suggests || !model.tentative)) return {};
				const serves = said === Role.Server || said === Role.Answers;
				return { server: serves === (which === 0) ? 0 : 1, tentative: suggests };
			},
		],
	),
);

describe("a flow's evidence word", () => {
	it("keeps apart all that it says", () => {
		fc.assert(
			fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
				let word = 0;
				let model: Model = {
					recogniser: -1,
					server: undefined,
					tentative: false,
					seen: [0, 0],
					settled: [false, false],
					startedTls: false,
					followed: false,
					marks: 0,
				};
				for (const [ofWord, ofModel] of changes) {
					word = ofWord(word);
					model = { ...model, ...ofModel(model) };
					expect({
						recogniser: recogniserOf(word),
						server: serverSideByPayload(word),
						tentative: isTentative(word),
						seen: [seen(word, 0), seen(word, 1)],
						settled: [isSideSettled(word, 0), isSideSettled(word, 1)],
						startedTls: hasStartedTls(word),
						followed: isFollowed(word),
						marks: word & (RTP | MEDIA_MAY_FOLLOW | DTLS | DONE),
					}).toEqual(model);
				}
			}),
			{ numRuns: 200 },
		);
	});

	it("counts no more than it can", () => {
		for (const which of [0, 1] as const) {
			let word = 0;
			for (let n = 0; n < 20; n++) word = withOneMoreSeen(word, which);
			expect([seen(word, which), seen(word, which === 0 ? 1 : 0), word & (RTP | MEDIA_MAY_FOLLOW)]).toEqual([
				MOST_PAYLOADS,
				0,
				0,
			]);
		}
	});

	it("is negative once nothing more is looked for", () => {
		expect([DONE < 0, withRecogniser(DONE, 254) < 0, withFollowed(withSideSettled(RTP, 1), true) > 0]).toEqual([
			true,
			true,
			true,
		]);
	});
});

describe("what a payload's role says of the direction", () => {
	const { No, Either, Client, Server, Asks, Answers } = Role;
	/** The server's side, and whether that may change, after roles that sides show in turn. */
	const server = (...said: readonly (readonly [Role, 0 | 1])[]) => {
		const word = said.reduce((evidence, [each, by]) => withRole(evidence, each, by), 0);
		return [serverSideByPayload(word), isTentative(word)];
	};

	it("is nothing for what either side sends", () => {
		expect([server([Either, 0]), server([No, 1])]).toEqual([
			[undefined, false],
			[undefined, false],
		]);
		expect(server([Asks, 0], [Either, 0], [No, 0])).toEqual([1, true]);
	});

	it("is that a server answers, and a client asks", () => {
		expect([server([Client, 0]), server([Client, 1]), server([Server, 0]), server([Server, 1])]).toEqual([
			[1, false],
			[0, false],
			[0, false],
			[1, false],
		]);
		expect([server([Asks, 0]), server([Asks, 1]), server([Answers, 0]), server([Answers, 1])]).toEqual([
			[1, true],
			[0, true],
			[0, true],
			[1, true],
		]);
	});

	it("is the first word, which only a surer one corrects", () => {
		expect(server([Client, 0], [Client, 1], [Server, 0])).toEqual([1, false]);
		expect(server([Asks, 0], [Asks, 1], [Answers, 0])).toEqual([1, true]);
		expect(server([Asks, 0], [Client, 1])).toEqual([0, false]);
		expect(server([Client, 0], [Asks, 1])).toEqual([1, false]);
	});

	it("tells what the sender of a message is", () => {
		const word = withRole(0, Client, 0);
		expect([senderOf(0, 0), senderOf(word, 0), senderOf(word, 1)]).toEqual([Either, Client, Server]);
	});
});

describe("sides of which nothing more is wanted", () => {
	const settled = (...sides: (0 | 1)[]) => sides.reduce(withSideSettled, 0);
	const heard = (evidence: number, which: 0 | 1, times: number) => {
		let word = evidence;
		for (let n = 0; n < times; n++) word = withOneMoreSeen(word, which);
		return word;
	};

	it("are both, or the one that speaks alone for a while", () => {
		expect([settled(), settled(0), settled(1), settled(0, 1)].map(areBothSettled)).toEqual([false, false, false, true]);
		for (const me of [0, 1] as const) {
			const other = me === 0 ? 1 : 0;
			const alone = (times: number) => areSidesSettled(heard(settled(me), me, times), me);
			expect([alone(PAYLOADS_PER_SIDE - 1), alone(PAYLOADS_PER_SIDE)]).toEqual([false, true]);
			expect(areSidesSettled(heard(heard(settled(me), me, MOST_PAYLOADS), other, 1), me)).toBe(false);
			expect(areSidesSettled(heard(settled(other), me, MOST_PAYLOADS), me)).toBe(false);
			expect(areSidesSettled(settled(me, other), me)).toBe(true);
		}
	});
});
