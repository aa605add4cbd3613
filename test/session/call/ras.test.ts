/** What endpoints ask of their gatekeepers: who was refused what, and what nobody answered. */
import { describe, expect, it } from "vitest";
import {
	gatekeeperRequest,
	ras,
	registrationConfirm,
	registrationRequest,
} from "../../../scripts/captures/payloads/ras.ts";
import { PacketView } from "../../../src/packet/view.ts";
import { RasTracker } from "../../../src/session/call/ras.ts";
import { Refusals } from "../../../src/session/call/refusals.ts";
import { Transactions } from "../../../src/session/call/transactions.ts";
import { IncidentTable } from "../../../src/session/incidents.ts";
import { Overflow } from "../../../src/session/overflow.ts";
import { Requests } from "../../../src/session/service/requests.ts";
import { hex } from "../../support/packet-builder.ts";
import { REGISTRATION } from "../../support/ras.ts";

const PHONE = 0x0a000002;
const GATEKEEPER = 0x0a000001;
const VERSION = hex("00 08 91 4a 00 04");

/** A phone, side 0 of its flow, and its gatekeeper. */
class Line {
	readonly overflow = new Overflow();
	readonly refusals = new Refusals();
	readonly incidents = new IncidentTable();
	readonly #requests = new Requests();
	readonly #ras = new RasTracker(this.refusals, this.incidents, new Transactions(this.#requests), this.overflow);

	/** A message of one side at a time in seconds. */
	say(side: 0 | 1, payload: Uint8Array, seconds = 0, flow = 0): this {
		const [src3, dst3] = side === 0 ? [PHONE, GATEKEEPER] : [GATEKEEPER, PHONE];
		const packet = Object.assign(new PacketView(), { src3, dst3, number: 1, time: seconds * 1e9 });
		this.#ras.observe(payload, 0, payload.length, packet, flow, side);
		return this;
	}

	/** Who was refused what. */
	get refused(): string[] {
		return [...this.refusals.all()].map(({ user, words, side }) => `${side} ${user}: ${words}`);
	}

	get failed(): string[] {
		return [...this.incidents.all()].map(({ kind, side, detail, subject }) => `${side} ${kind} ${subject}: ${detail}`);
	}

	/** What has no answer. */
	get open(): string[] {
		const incidents = new IncidentTable();
		this.#requests.tellOpen(incidents, (request) => request);
		return [...incidents.all()].map(({ detail, subject, side }) => `${side} ${detail} ${subject}`);
	}
}

const register = (sequence: number, alias = "201") => registrationRequest({ ...REGISTRATION, sequence, alias });
const confirm = (sequence: number) => registrationConfirm({ ...REGISTRATION, sequence });
const discover = (sequence: number) => gatekeeperRequest({ ...REGISTRATION, sequence });
const rejectedDiscovery = (sequence: number, reason = 0) =>
	ras(2, sequence, false, false, false).counted(VERSION).choice(reason, 4).done();
const rejected = (sequence: number, reason = 4) =>
	ras(5, sequence, false, false, false).counted(VERSION).choice(reason, 8).done();
const cut = (payload: Uint8Array, length: number) => payload.subarray(0, length);
/** An admission request as tshark reads it, without names of who calls. */
const admission = (sequence: number) =>
	hex(
		`2530 ${(sequence - 1).toString(16).padStart(4, "0")} 005000730068006700660071006e00000056545358aa13003a491e4a5559514b534c41544943434a51545a40`,
	);
const notAdmitted = (sequence: number, reason = 7) => ras(11, sequence, false, false).choice(reason, 8).done();
const unregister = (sequence: number) => hex(`1800 ${(sequence - 1).toString(16).padStart(4, "0")} 00`);

describe("a registration that is refused", () => {
	it("is that of the alias that asked, by flow and sequence number, of the side that is refused", () => {
		const line = new Line().say(0, register(7, "201")).say(0, register(8, "202")).say(0, register(7, "203"), 0, 1);
		line.say(1, rejected(8)).say(1, rejected(7));
		expect(line.refused).toEqual([
			"0 202: registration reject, duplicateAlias",
			"0 201: registration reject, duplicateAlias",
		]);
		line.say(1, rejected(7), 0, 1);
		expect(line.refused.at(-1)).toBe("0 203: registration reject, duplicateAlias");
		expect(new Line().say(1, register(7, "204")).say(0, rejected(7)).refused).toEqual([
			"1 204: registration reject, duplicateAlias",
		]);
	});

	it("is that of the address where the alias is not known, or of the one that asked last", () => {
		expect(new Line().say(1, rejected(7)).refused).toEqual(["0 10.0.0.2: registration reject, duplicateAlias"]);
		expect(new Line().say(0, register(7, "201")).say(0, register(7, "202")).say(1, rejected(7)).refused).toEqual([
			"0 202: registration reject, duplicateAlias",
		]);
	});

	it("may be the discovery of the gatekeeper, or have no reason", () => {
		const line = new Line().say(0, discover(6)).say(1, rejectedDiscovery(6));
		expect(line.refused).toEqual(["0 201: gatekeeper reject, resourceUnavailable"]);
		expect(new Line().say(0, register(7)).say(1, cut(rejected(7), 11)).refused).toEqual([
			"0 201: registration reject, no reason",
		]);
	});

	it("is none where another request is asked for, and is overcome by a later one", () => {
		expect(new Line().say(0, register(7)).say(1, rejected(7, 0)).refused).toEqual([]);
		const line = new Line().say(0, register(7)).say(1, rejected(7), 1).say(0, register(8), 2);
		const overcome = () => line.refusals.isOvercome(line.refusals.of(0)[0]!);
		expect(overcome()).toBe(false);
		line.say(1, confirm(8), 3);
		expect(overcome()).toBe(true);
		expect(line.refusals.of(0)).toHaveLength(1);
	});
});

describe("a call that is not admitted", () => {
	it("is told with who called whom, as far as the request says it", () => {
		const line = new Line().say(0, admission(9)).say(1, notAdmitted(9));
		expect(line.failed).toEqual(["0 call-failed  to : admission reject, resourceUnavailable"]);
		expect(line.refused).toEqual([]);
		expect(new Line().say(1, notAdmitted(9)).failed).toEqual(["0 call-failed : admission reject, resourceUnavailable"]);
		expect(new Line().say(1, cut(notAdmitted(9), 3)).failed).toEqual(["0 call-failed : admission reject, no reason"]);
	});

	it("is none where the people are the reason, or the call goes another way", () => {
		const told = Array.from({ length: 8 }, (_, reason) => new Line().say(1, notAdmitted(9, reason)).failed.length);
		// calledPartyNotRegistered, routeCallToGatekeeper, …
		expect(told).toEqual([0, 1, 1, 1, 1, 0, 1, 1]);
	});
});

describe("a request of a gatekeeper", () => {
	it("is open until its answer comes, with the same number from the other side", () => {
		const line = new Line().say(0, register(7)).say(0, admission(9)).say(0, unregister(10)).say(0, discover(5));
		const all = [
			"0 RAS registration request 201",
			"0 RAS admission request ",
			"0 RAS unregistration request ",
			"0 RAS gatekeeper request 201",
		];
		expect(line.open).toEqual(all);
		line
			.say(1, confirm(8))
			.say(0, confirm(7))
			.say(1, ras(21, 7, false, false, false).done());
		expect(line.open).toEqual(all);
		line.say(1, confirm(7)).say(1, rejectedDiscovery(5));
		expect(line.open).toEqual(all.slice(1, 3));
		// Request in progress; unknown message.
		line.say(1, hex("80 05 00 0008 0000")).say(1, ras(24, 10, false).done());
		expect(line.open).toEqual([]);
	});

	it("for information is answered by what comes unasked, too, and one without its number by nothing", () => {
		expect(new Line().say(1, ras(21, 7, false, false, false).done()).open).toEqual([]);
		expect(new Line().say(0, cut(register(7), 3)).open).toEqual([]);
		expect(new Line().say(0, hex("ff")).open).toEqual([]);
	});
});

describe("those who asked", () => {
	it("are 10,000 at a time: a sixteenth gives way, the oldest, and is told while its answer may come", () => {
		const any = discover(1);
		const numbered = (n: number) => {
			new DataView(any.buffer, any.byteOffset).setUint16(2, n - 1);
			return any;
		};
		const full = (seconds: number) => {
			const line = new Line();
			for (let n = 1; n <= 10_000; n++) line.say(0, numbered(n), 50);
			// The first asks again: it is the newest.
			line.say(0, register(1, "first"), 50);
			expect([...line.overflow.entries()]).toEqual([]);
			line.say(0, register(10_001), 50 + seconds);
			for (const n of [1, 2, 627, 628]) line.say(1, rejected(n), 50 + seconds);
			expect(line.refused.map((text) => text.split(":")[0])).toEqual(["0 first", "0 10.0.0.2", "0 201"]);
			return [...line.overflow.entries()].map(([, count]) => count);
		};
		expect([full(31.9), full(32)]).toEqual([[626], []]);
	});
});
