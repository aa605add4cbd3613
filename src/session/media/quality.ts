/**
 * Listening quality of a stream by the E-model (ITU-T G.107, 06/2015): a planning model, which knows codec, loss and
 * delay, and takes the rest (terminals, noise, echo) at its default values.
 */

import { isBurst, keepsPace, type Stream } from "./stream-record.ts";

/** How a codec bears loss (ITU-T G.113, appendix I, tables I.2 and I.4). */
interface Impairment {
	/** Equipment impairment factor without loss. */
	readonly ie: number;
	/** Robustness against random loss. */
	readonly bpl: number;
	/** What is supposed of the receiver or the sender, in words. */
	readonly supposed: string;
}

const G711: Impairment = { ie: 0, bpl: 25.1, supposed: "loss concealment of G.711, appendix I" };
/** By encoding name in lower case. Codecs without a published Bpl, and wideband ones, are left out. */
const IMPAIRMENTS: Readonly<Record<string, Impairment>> = {
	pcmu: G711,
	pcma: G711,
	g729: { ie: 11, bpl: 19, supposed: "G.729A with voice activity detection" },
	g723: { ie: 15, bpl: 16.1, supposed: "G.723.1 at 6.3 kbit/s with voice activity detection" },
	"gsm-efr": { ie: 5, bpl: 10, supposed: "" },
};

/** One-way delay in milliseconds where nothing measured it: a short line, packets of 20 ms and a jitter buffer. */
const USUAL_DELAY = 100;
/** Milliseconds that packets and jitter buffer add to a measured delay. */
const TERMINAL_DELAY = 60;
/** Percent of loss by chance is none: of fewer packets, a second of voice, nothing is said. */
const ENOUGH_PACKETS = 50;

export interface Quality {
	/** Transmission rating, 0 to 93. */
	readonly r: number;
	/** Mean opinion score of conversations, 1 to 4.4. */
	readonly mos: number;
	/** What was supposed, in words. */
	readonly assumed: readonly string[];
	/** Something that is supposed is not so: it is this good at most. */
	readonly atMost?: true;
}

/** What a stream shows against what the model supposes. */
export interface Doubts {
	/** Most of what is missing is of one gap. */
	readonly isBurst: boolean;
	/** Packets come so unevenly that some are too late. */
	readonly isUneven: boolean;
}

const NO_DOUBTS: Doubts = { isBurst: false, isUneven: false };
/** Mean jitter, nanoseconds, that a usual jitter buffer does not make up for. */
const MOST_JITTER = 30e6;

/** What a stream shows against what the model supposes. */
export function doubtsOf(stream: Stream): Doubts {
	const { jitter, isRateAssumed } = stream;
	const isUneven = jitter !== null && !isRateAssumed && jitter.mean > MOST_JITTER && keepsPace(stream);
	return { isBurst: isBurst(stream), isUneven };
}

/**
 * @param codecs encoding names. @param roundTrip nanoseconds; undefined where not measured.
 * @returns null for what the model has no figures for.
 */
export function qualityOf(
	codecs: readonly string[],
	{ lost, expected }: { readonly lost: number; readonly expected: number },
	roundTrip: number | undefined,
	{ isBurst, isUneven }: Doubts = NO_DOUBTS,
): Quality | null {
	const names = new Set(codecs.map((name) => name.toLowerCase()));
	const impairment = names.size === 1 ? IMPAIRMENTS[[...names][0]!] : undefined;
	if (!impairment || expected < ENOUGH_PACKETS) return null;
	const delay = roundTrip === undefined ? USUAL_DELAY : roundTrip / 2e6 + TERMINAL_DELAY;
	const ie = effectiveImpairment(impairment.ie, impairment.bpl, (100 * lost) / expected);
	const r = Math.max(0, rating(delay) - ie);
	const half = roundTrip === undefined ? "" : `, half of the measured round trip and ${TERMINAL_DELAY} ms more`;
	return {
		r: Math.round(r * 10) / 10,
		mos: Math.round(meanOpinion(r) * 100) / 100,
		assumed: [
			`one-way delay ${Math.round(delay)} ms${half}`,
			...(impairment.supposed === "" ? [] : [impairment.supposed]),
			isBurst ? "losses at random, though most of them are of one gap" : "losses at random",
			`no packet too late for the jitter buffer${isUneven ? ", which the jitter belies" : ""}`,
			"handsets, noise and echo as G.107 has them by default",
		],
		...(isBurst || isUneven ? { atMost: true } : {}),
	};
}

/** Ie,eff for random loss (G.107, 7.5). @param loss percent. */
export function effectiveImpairment(ie: number, bpl: number, loss: number): number {
	return ie + ((95 - ie) * loss) / (loss + bpl);
}

/** Mean opinion score of a rating (G.107, annex B). Below R = 6.5 its curve would go under the scale's lowest mark. */
export function meanOpinion(r: number): number {
	if (r <= 0) return 1;
	if (r >= 100) return 4.5;
	return Math.max(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}

/** Default values (G.107, table 3): loudness in dB, noise in dBm0p and dB(A). */
const SLR = 8;
const RLR = 2;
const OLR = SLR + RLR;
const STMR = 15;
const LSTR = 18;
const D = 3;
const TELR = 65;
const WEPL = 110;
const QDU = 1;
const NC = -70;
const NFOR = -64;
const ROOM_NOISE = 35;
const lg = Math.log10;
const power = (decibel: number) => 10 ** (decibel / 10);

/** R without equipment impairment, for a one-way delay in milliseconds that is the echo's too (T = Ta, Tr = 2T). */
export function rating(delay: number): number {
	const noise = noiseSum();
	const ro = 15 - 1.5 * (SLR + noise);
	return ro - simultaneous(ro, noise, delay) - delayed(ro, noise, delay);
}

/** No (G.107, 7.1): circuit noise, room noise at both ends, noise floor. */
function noiseSum(): number {
	const sent = ROOM_NOISE - SLR - D - 100 + 0.004 * (ROOM_NOISE - OLR - D - 14) ** 2;
	const heard = ROOM_NOISE + 10 * lg(1 + 10 ** ((10 - LSTR) / 10));
	const received = RLR - 121 + heard + 0.008 * (heard - 35) ** 2;
	return 10 * lg(power(NC) + power(sent) + power(received) + power(NFOR + RLR));
}

/** Is (G.107, 7.2): loudness, side tone, quantizing. */
function simultaneous(ro: number, noise: number, delay: number): number {
	const xolr = (OLR + 0.2 * (64 + noise - RLR)) / 8;
	const iolr = 20 * ((1 + xolr ** 8) ** (1 / 8) - xolr);
	const stmr = -10 * lg(power(-STMR) + Math.exp(-delay / 4) * power(-TELR));
	const ist =
		12 * (1 + ((stmr - 13) / 6) ** 8) ** (1 / 8) -
		28 * (1 + ((stmr + 1) / 19.4) ** 35) ** (1 / 35) -
		13 * (1 + ((stmr - 3) / 33) ** 13) ** (1 / 13) +
		29;
	const q = 37 - 15 * lg(QDU);
	const g = 1.07 + 0.258 * q + 0.0602 * q ** 2;
	const iq = 15 * lg(1 + 10 ** ((ro - 100) / 15 + 46 / 8.4 - g / 9) + 10 ** (46 / 30 - g / 40));
	return iolr + ist + iq;
}

/** Id (G.107, 7.3): talker echo, listener echo, absolute delay. */
function delayed(ro: number, noise: number, delay: number): number {
	const terv = TELR - 40 * lg((1 + delay / 10) / (1 + delay / 150)) + 6 * Math.exp(-0.3 * delay ** 2);
	const echo = -1.5 * (noise - RLR) - (80 + 2.5 * (terv - 14));
	const idte = (echo / 2 + Math.sqrt(echo ** 2 / 4 + 100) - 1) * (1 - Math.exp(-delay));
	const listener = ro - 10.5 * (WEPL + 7) * (2 * delay + 1) ** -0.25;
	const idle = listener / 2 + Math.sqrt(listener ** 2 / 4 + 169);
	if (delay <= 100) return idte + idle;
	const x = lg(delay / 100) / lg(2);
	return idte + idle + 25 * ((1 + x ** 6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2);
}
