import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tcpState } from "../../src/document/tcp.ts";
import { FlowEnding } from "../../src/flow/store.ts";
import { history, streamStart, TCP_WORDS, trackTcp } from "../../src/flow/tcp.ts";
import { PacketView } from "../../src/packet/view.ts";
import { analyse } from "../support/analyse.ts";
import { conversation, type Ends } from "../support/conversation.ts";
import { FLAGS } from "../support/frames.ts";

/** What the report says of each flow of these conversations, and how its record ended. */
function told(...conversations: ReturnType<typeof conversation>[]) {
	const { store } = analyse(conversations.flat()).table;
	return Array.from({ length: store.size }, (_, flow) => ({
		...tcpState(store, flow, 1)!,
		ending: store.ending(flow),
	}));
}

function alone(notation: string, ends?: Ends) {
	return told(conversation(notation, ends));
}

const OPEN = ">S <SA >A";
const TALK = `${OPEN} >PA+10 <PA+20 >A`;
const times = (count: number, step: string) => Array.from({ length: count }, () => step).join(" ");

/** By the rules of Zeek's conn.log: conn_state, history, and the packets. */
const STATES: readonly (readonly [state: string, history: string, notation: string])[] = [
	["S0", "S", ">S"],
	["S0", "S", ">S >S@0 >S@0"],
	["S0", "S", ">S >S@700"],
	["S1", "Sh", ">S <SA"],
	["S1", "Sh", ">S <SA <SA@0"],
	["S1", "ShA", OPEN],
	["S1", "ShA", `${OPEN} >S@0`],
	["S1", "ShADd", TALK],
	["S1", "ShADad", `${OPEN} >PA+10 <A <PA+20 >A >PA+1 <PA+2`],
	["S1", "SahA", ">S <A <SA >A"],
	["S1", "Ss", ">S <S >SA@0 <SA@0"],
	["S1", "Shw", ">S <SAw0"],
	["SF", "ShAFf", `${OPEN} >FA <FA >A`],
	["SF", "ShAFf", `${OPEN} >FA+10 <FA`],
	["SF", "ShADdfFa", `${TALK} <FA >FA <A`],
	["S2", "ShAF", `${OPEN} >FA >FA@1`],
	["S2", "ShAFF", `${OPEN} >FA >FA@50`],
	["S2", "ShAFa", `${OPEN} >FA <A`],
	["S3", "ShAf", `${OPEN} <FA >A`],
	["REJ", "Sr", ">S <RA"],
	["REJ", "Sr", ">S <RAw0"],
	["REJ", "Sr", ">S <RA >S@0 <RA"],
	["REJ", "SrR", ">S <RA >R"],
	["REJ", "ShArR", `${OPEN} <RA >R`],
	["RSTO", "ShAR", `${OPEN} >R`],
	["RSTO", "ShAI", `${OPEN} >FR`],
	["RSTO", "ShAI", `${OPEN} >SFR`],
	["RSTO", "ShAQ", `${OPEN} >SR`],
	["RSTO", "ShARf", `${OPEN} >RA <FA`],
	["RSTR", "ShAr", `${OPEN} <RA`],
	["RSTR", "ShADdrR", `${TALK} <RA >R`],
	["RSTR", "ShAFr", `${OPEN} >FA <RA`],
	["RSTR", "ShAFrf", `${OPEN} >FA <RA <FA`],
	["SF", "ShAFRf", `${OPEN} >FA >RA <FA`],
	["RSTOS0", "SR", ">S >R"],
	["RSTOS0", "SaR", ">S <A >R@1"],
	["RSTOS0", "R", ">R"],
	["RSTRH", "^hr", "<SA <RA"],
	["RSTR", "^hAr", "<SA >A <RA"],
	["S1", "^hADd", "<SA >A >PA+5 <PA+5"],
	["SH", "SF", ">S >F"],
	["SH", "Q", ">SF"],
	["SHR", "^hf", "<SA <FA"],
	["OTH", "Sd", ">S <A+5"],
	["OTH", "^h", "<SA"],
	["OTH", "Aa", ">A <A"],
	["OTH", "D", ">PA+10"],
	["OTH", "DdA", ">PA+10 <PA+20 >A"],
	["SH", "DFa", ">PA+10 >FA <A"],
	["SH", "F", ">FA"],
	["SF", "Ff", ">FA <FA"],
	["SF", "FfR", ">FA <FA >R"],
	["RSTR", "Fr", ">FA <RA"],
	["REJ", "Rr", ">R <R"],
	// Sent again: a letter at the first, tenth, hundredth.
	["S1", "ShADT", `${OPEN} >PA+10 >PA+10@1`],
	["S1", "ShADT", `${OPEN} >PA+10 ${times(9, ">PA+10@1")}`],
	["S1", "ShADTT", `${OPEN} >PA+10 ${times(99, ">PA+10@1")}`],
	["S1", "ShADTTT", `${OPEN} >PA+10 ${times(999, ">PA+10@1")}`],
	["S1", "ShADTTTT", `${OPEN} >PA+10 ${times(1000, ">PA+10@1")}`],
	["S1", "ShADdt", `${OPEN} >PA+10 <PA+10 <PA+10@1`],
	// Windows of zero.
	["S1", "ShAaw", `${OPEN} <Aw0`],
	["S1", "ShAaww", `${OPEN} ${times(10, "<Aw0")}`],
	["S1", "ShAWaw", `${OPEN} >Aw0 <Aw0`],
	["SF", "ShAFfa", `${OPEN} >FA <FA >Aw0 <Aw0`],
	// Acknowledged but not captured.
	["S1", "ShADaG", `${OPEN} >PA+10@11 <A#21`],
	["S1", "ShADaG", `${OPEN} >PA+10 >PA+10@21 <A#11 <A#31`],
	["S1", "ShADTa", `${OPEN} >PA+10 >PA+10@21 >PA+10@11 <A#31`],
	["S1", "ShADTaG", `${OPEN} >PA+10 >PA+10@21 >PA+5@11 <A#16 <A#31`],
	["S1", "ShADaG", `${OPEN} >PA+10 <A#50 <A#90`],
	["S1", "ShADa", `${OPEN} >PA+10 <A#2000000`],
	["S1", "ShADdg", `${OPEN} >PA+10 <PA+10 >A#50`],
	["S1", "ShAdg", `${OPEN} <PA+10 <PA+10@21 >A#11 >A#31`],
	["S1", "ShAdt", `${OPEN} <PA+10 <PA+10@21 <PA+10@11 >A#31`],
	["S1", "ShAdtg", `${OPEN} <PA+10 <PA+10@21 <PA+5@11 >A#16 >A#31`],
	["S1", "ShADTaG", `${OPEN} >PA+10 >PA+10@31 >PA+10@21 <A#41`],
	["S1", "ShADTaG", `${OPEN} >PA+10 >PA+10@31 >PA+10@1 <A#11 <A#41`],
	["OTH", "DaG", ">PA+10 <A#50"],
	// That is no gap: at the end, before data, or where the capture begins.
	["S3", "ShADf", `${OPEN} >PA+10 <FA#50`],
	["RSTR", "ShADr", `${OPEN} >PA+10 <RA#50`],
	["OTH", "Aa", ">A <A#50"],
	["S0", "Sa", ">S <A#50"],
	["S2", "ShAFa", `${OPEN} >FA <A#50`],
	// What repeats, what says nothing, and what the other side had said.
	["S2", "ShAF", `${OPEN} >FA+10 >FA@11`],
	["S0", "S", ">S >."],
	["OTH", "", ">."],
	["RSTO", "ShAR", `${OPEN} >R >Aw0`],
	["RSTO", "ShAFR", `${OPEN} >FA >R`],
	["S0", "AS", ">A@5 >S@4"],
	["OTH", "^hH", "<SA >SA"],
	["REJ", "^hHr", "<SA >SA <RA"],
	["S2", "^hHF", "<SA >SA >F"],
	["RSTO", "^hHR", "<SA >SA >R"],
	["RSTRH", "Dr", ">PA+5 <R"],
	["SHR", "DfA", ">PA+5 <FA >A"],
	["SH", "DF", ">PA+5 >FA"],
	["RSTOS0", "DR", ">PA+5 >R"],
	["OTH", "Ah", ">A <SA >A"],
	["OTH", "D", ">PA+10 >PA+10"],
	["SF", "DafrF", ">PA+5 <A <FA <RA >FA"],
	["S2", "ShAFDT", `${OPEN} >FA >PA+1@1`],
	["S2", "ShADdFT", `${TALK} >FA+5@1`],
	["S2", "ShAF", `${OPEN} >FA+5@-20`],
	["RSTO", "ShARD", `${OPEN} >R >PA+10 >PA+10@1`],
	// Each kind is counted for each side alone.
	["S1", "ShADdTt", `${OPEN} >PA+10 <PA+10 >PA+10@1 <PA+10@1`],
	["S1", "ShADawT", `${OPEN} >PA+10 <Aw0 >PA+10@1`],
	["S1", "ShAdgt", `${OPEN} <PA+10 >A#50 <PA+10@1`],
	["S1", "ShAdgt", `${OPEN} <PA+10 <PA+10@21 >A#11 >A#31 <PA+10@1`],
	["S1", "ShAdg", `${OPEN} <PA+10 ${times(10, ">A#50")}`],
	["S1", "ShAdg", `${OPEN} <PA+10 <PA+10@21 ${times(10, ">A#31")}`],
	// A hole is a gap once something behind its beginning is acknowledged; what was sent again before it fills nothing.
	["S1", "ShADa", `${OPEN} >PA+10 >PA+10@21 <A#11`],
	["S1", "ShAd", `${OPEN} <PA+10 <PA+10@21 >A#11`],
	["S1", "ShADTa", `${OPEN} >PA+10 >PA+10@31 >PA+5@1 <A#11`],
	["S1", "ShAdt", `${OPEN} <PA+10 <PA+10@21 <PA+5@11 >A#16`],
	["S1", "ShADa", `${OPEN} >PA+10 >A@21 <A#21`],
];

describe("the state of a connection", () => {
	it.each(STATES)("is %s, %s: %s", (state, history, notation) => {
		const [found, ...others] = alone(notation);
		expect(`${found!.state} ${found!.history}`).toBe(`${state} ${history}`);
		expect(others).toEqual([]);
	});

	it.each([
		[">S <RA", "server"],
		[">S <RA >R", "server"],
		[`${OPEN} >R`, "client"],
		[`${OPEN} >R <R`, "client"],
		[`${OPEN} <R >R`, "server"],
		[`${OPEN} <FA >FA <R`, null],
		[OPEN, null],
	])("tells who reset it: %s", (notation, by) => {
		expect(alone(notation)[0]!.resetBy).toBe(by);
	});

	it("has a history of 32 letters at most", () => {
		const resets = Array.from({ length: 40 }, (_, i) => `>R@${100 * i}`).join(" ");
		expect(alone(`${OPEN} ${resets}`)[0]!.history).toBe(`ShA${"R".repeat(29)}`);
	});

	it("counts a side's packets to 65,535, with a letter at each power of ten, and the other side's apart", () => {
		const words = new Int32Array(TCP_WORDS);
		const packet = Object.assign(new PacketView(), { tcpFlags: FLAGS.ack, tcpWindow: 1, payloadLength: 10 });
		const send = (side: 0 | 1, tcpSequence: number) => trackTcp(words, 0, Object.assign(packet, { tcpSequence }), side);
		send(0, 1000);
		for (let n = 0; n < 70_000; n++) send(0, 1000);
		expect(history(words, 0)).toBe("DTTTTT");
		send(1, 5000);
		send(1, 5000);
		expect(history(words, 0)).toBe("DTTTTTdt");
	});

	it("takes nothing for acknowledged by a packet without ACK", () => {
		// Its acknowledgement number, 0, lies a little behind the server's last byte.
		const [found] = alone(`${OPEN} <PA+10 >P+5`, { numbers: [1000, 0xffff_f000] });
		expect(found!.history).toBe("ShAdD");
	});

	it("does not depend on where sequence numbers begin", () => {
		const near = (edge: number) => fc.integer({ min: -60, max: 60 }).map((distance) => (edge + distance) >>> 0);
		const number = fc.oneof(fc.integer({ min: 100, max: 0xffff_ff00 }), near(0x8000_0000));
		fc.assert(
			fc.property(
				fc.constantFrom(...STATES.filter(([, , notation]) => notation.length < 500)),
				number,
				number,
				([, , notation], one, other) => {
					expect(alone(notation, { numbers: [one, other] })).toEqual(alone(notation));
				},
			),
		);
	});

	it("does not depend on other connections at the time, nor on the family of addresses", () => {
		const ends = (i: number, six: boolean): Ends =>
			six
				? { client: `[fd00::1]:${2000 + i}`, server: "[fd00::2]:80", start: i / 1e3 }
				: { client: `10.0.0.1:${2000 + i}`, start: i / 1e3 };
		for (const six of [false, true]) {
			const together = STATES.map(([, , notation], i) => conversation(notation, ends(i, six)));
			const mixed = together.flat().sort((a, b) => ("time" in a && "time" in b ? a.time! - b.time! : 0));
			const found = told(mixed).map(({ state, history }) => `${state} ${history}`);
			expect(found.sort()).toEqual(STATES.map(([state, history]) => `${state} ${history}`).sort());
		}
	});
});

describe("a connection request on the ports of another connection", () => {
	const { Open, Closed, Reset, Idle, Reused } = FlowEnding;

	it.each([
		["a closed one", `${TALK} >FA <FA >A >S@5000 <SA@9000`, [Closed, Open]],
		["a reset one", `${TALK} <RA >S@5000`, [Reset, Open]],
		["one that its client reset", `${TALK} >R >S@5000`, [Reset, Open]],
		["one that its client ended", `${TALK} >FA <A >S@5000`, [Reused, Open]],
		["one that its server ended", `${TALK} <FA >A >S@5000`, [Reused, Open]],
		["one that was reset before any request", ">R >S@0 <SA", [Reset, Open]],
		["one met in mid-stream", ">PA+10 <PA+5 >S@5000", [Reused, Open]],
		["one of which the other side alone was seen", "<A >S", [Reused, Open]],
		["one that goes on, with another number", `${TALK} >S@5000`, [Reused, Open]],
		["one that was reset before any request, by a packet with the next number", ">R@1 >S@0 <SA", [Reset, Open]],
		["one that was refused", ">S <RA >S@44 <RA", [Reset, Open]],
	])("opens a new one after %s", (_, notation, endings) => {
		expect(alone(notation).map(({ ending }) => ending)).toEqual(endings);
	});

	it.each([
		["the same number is a repetition", `${TALK} >S@0`],
		["the same number is a repetition after the end", `${TALK} >FA <FA >A >S@0`],
		["the same number is a repetition after a reset", `${TALK} <RA >S@0`],
		["the same number of the other side is a repetition", `${TALK} <S@0`],
		["the same number of the other side is a repetition after the end", `${TALK} >FA <FA >A <S@0`],
		["another number is a retry while no answer came", ">S >S@700"],
		["both sides may ask at the same time", ">S <S >SA@0 <SA@0"],
		["a SYN-ACK opens nothing", `${TALK} <SA@7000`],
		["a SYN with RST opens nothing", `${TALK} >SR@5000`],
	])("opens none: %s", (_, notation) => {
		expect(alone(notation)).toHaveLength(1);
	});

	it("is a new one after 7500 s of silence", () => {
		expect(alone(`${TALK} >PA+1t7500`).map(({ ending }) => ending)).toEqual([Open]);
		expect(alone(`${TALK} >PA+1t7501`).map(({ ending }) => ending)).toEqual([Idle, Open]);
	});
});

describe("a side's stream", () => {
	const starts = (notation: string) => {
		const { store } = analyse(conversation(notation)).table;
		return [0, 1].map((side) => streamStart(store.tcpWords(0), store.tcpBase(0), side as 0 | 1));
	};

	it("begins behind its SYN, or with the first packet of a side that was met later", () => {
		expect(starts(OPEN)).toEqual([1001, 5001]);
		expect(starts(">PA+5@20 <A@9 <PA+5@9")).toEqual([1020, 5009]);
		expect(starts(">PA+5 <A@9 <A@15 <PA+5@15")).toEqual([1000, 5009]);
	});
});
