/** How registrations ended, and how often credentials were refused. */
import { describe, expect, it } from "vitest";
import { PacketView } from "../../../src/packet/view.ts";
import { Refusals } from "../../../src/session/call/refusals.ts";
import { RegistrationTable } from "../../../src/session/call/registrations.ts";
import { Overflow } from "../../../src/session/overflow.ts";
import { parseSip } from "../../support/sip.ts";

interface Said {
	readonly user?: string;
	readonly sequence?: number;
	readonly flow?: number;
	readonly seconds?: number;
	readonly lines?: readonly string[];
}

const CREDENTIALS = 'Authorization: Digest username="201"';
const packet = (seconds: number) => Object.assign(new PacketView(), { time: seconds * 1e9, number: 1 });

function message(first: string, { user = "201", sequence = 1, lines = [] }: Said) {
	const head = [first, "Via: SIP/2.0/UDP a", `From: <sip:${user}@h>;tag=A`, `To: <sip:${user}@h>`, "Call-ID: x"];
	const text = Buffer.from([...head, `CSeq: ${sequence} REGISTER`, ...lines, "", ""].join("\r\n"));
	return parseSip(text, 0, text.length)!;
}

/** The registrations of phones, side 1 of their flows. */
class Registrar {
	readonly overflow = new Overflow();
	readonly refusals = new Refusals();
	readonly table = new RegistrationTable(this.refusals, this.overflow);

	ask(said: Said = {}): this {
		const { flow = 0, seconds = 0 } = said;
		this.table.observe(message("REGISTER sip:h SIP/2.0", said), packet(seconds), flow, 1);
		return this;
	}

	answer(status: string, said: Said = {}): this {
		const { flow = 0, seconds = 0 } = said;
		this.table.observe(message(`SIP/2.0 ${status}`, said), packet(seconds), flow, 0);
		return this;
	}

	/** Credentials that the same challenge answers. */
	refuse(sequence: number, said: Said = {}, challenge: readonly string[] = []): this {
		return this.ask({ ...said, sequence, lines: [CREDENTIALS] }).answer("401 Unauthorized", {
			...said,
			sequence,
			lines: challenge,
		});
	}

	/** Who was refused what, how often. */
	get refused(): string[] {
		return [...this.refusals.all()].map(({ user, words, side, isChallenge, count }) =>
			[side, user, words, count, ...(isChallenge ? ["challenge"] : [])].join(" "),
		);
	}
}

describe("the registration that a flow shows", () => {
	const shown = (registrar: Registrar, flow = 0) => registrar.table.of(flow);

	it("is the latest, with the time that it lasts where it was accepted", () => {
		expect(shown(new Registrar().ask())).toBe(undefined);
		expect(shown(new Registrar().ask().answer("100 Trying"))).toBe(undefined);
		const accepted = new Registrar().ask().answer("200 OK", { lines: ["Contact: <sip:a>;expires=60"] });
		expect(shown(accepted)).toEqual({ user: "201@h", registration: "200 OK", expires: 60 });
		expect(shown(accepted.answer("403 Forbidden", { lines: ["Expires: 60"] }))).toEqual({
			user: "201@h",
			registration: "403 Forbidden",
		});
		expect(shown(accepted.answer("200 OK", { user: "202", lines: ["Expires: 0"] }))).toEqual({
			user: "202@h",
			registration: "200 OK",
			expires: 0,
		});
		expect(shown(new Registrar().answer("302", { lines: ["Expires: 60"] }))).toEqual({
			user: "201@h",
			registration: "302",
		});
		expect(shown(new Registrar().answer("300 Choices", { lines: ["Expires: 60"] }))).not.toHaveProperty("expires");
	});

	it("is a challenge only where nothing came before of the same user", () => {
		const challenged = new Registrar().answer("401 Unauthorized");
		expect(shown(challenged)).toEqual({ user: "201@h", registration: "401 Unauthorized" });
		expect(shown(challenged.answer("200 OK"))).toEqual({ user: "201@h", registration: "200 OK" });
		for (const status of ["401 Unauthorized", "407 Proxy Authentication Required"])
			expect(shown(challenged.answer(status))).toEqual({ user: "201@h", registration: "200 OK" });
		expect(shown(challenged.answer("401 Unauthorized", { user: "202" }))).toEqual({
			user: "202@h",
			registration: "401 Unauthorized",
		});
	});

	it("is kept of 100,000 flows; those that are known go on", () => {
		const registrar = new Registrar();
		const ok = message("SIP/2.0 200 OK", {});
		const observe = (flow: number) => registrar.table.observe(ok, packet(0), flow, 0);
		for (let flow = 0; flow < 100_000; flow++) observe(flow);
		expect([...registrar.overflow.entries()]).toEqual([]);
		observe(100_000);
		registrar.answer("403 Forbidden", { flow: 99_999 });
		expect([shown(registrar, 100_000), shown(registrar, 99_999)?.registration]).toEqual([undefined, "403 Forbidden"]);
		expect([...registrar.overflow.entries()].map(([, count]) => count)).toEqual([1]);
	});
});

describe("registrations that are refused", () => {
	it("are those with a final status that does not lead on", () => {
		const refused = (status: number) => new Registrar().answer(`${status} x`).refused.length;
		const led = [200, 300, 302, 399, 401, 407, 420, 421, 423, 494];
		expect(led.map(refused)).toEqual(led.map(() => 0));
		expect([400, 403, 422, 500, 503, 603, 699].map(refused)).toEqual([1, 1, 1, 1, 1, 1, 1]);
		expect(new Registrar().answer("403 Forbidden").refused).toEqual(["1 201@h 403 Forbidden 1"]);
	});

	it("are overcome by one that is accepted, and by nothing else", () => {
		const isOvercome = (status: string) => {
			const { refusals } = new Registrar().answer("503 x", { seconds: 1 }).answer(status, { seconds: 2 });
			return refusals.isOvercome(refusals.of(0)[0]!);
		};
		const statuses = ["200 OK", "299 x", "300 x", "302 x", "401 x", "423 x", "503 x"];
		expect(statuses.map(isOvercome)).toEqual([true, true, false, false, false, false, false]);
	});

	it("are credentials that the same challenge answers three times in a row, counted by threes", () => {
		const registrar = new Registrar();
		const counts = Array.from({ length: 7 }, (_, n) => registrar.refuse(n + 1).refused.join());
		const [three, six] = ["1 201@h 401 Unauthorized 3 challenge", "1 201@h 401 Unauthorized 6 challenge"];
		expect(counts).toEqual(["", "", three, three, three, six, six]);
	});

	it("are counted for each user, on each flow", () => {
		const mixed = new Registrar();
		for (const n of [1, 2]) mixed.refuse(n).refuse(n, { user: "202" }).refuse(n, { flow: 1 });
		expect(mixed.refused).toEqual([]);
		expect(mixed.refuse(3, { user: "202" }).refused).toEqual(["1 202@h 401 Unauthorized 3 challenge"]);
		expect(mixed.refuse(3, { flow: 1 }).refused).toHaveLength(2);
	});

	it("are counted anew behind any other answer, and not where the nonce was old or nothing was proved", () => {
		const twice = () => new Registrar().refuse(1).refuse(2);
		for (const status of ["200 OK", "302 x", "423 x", "503 x"])
			expect(
				twice()
					.answer(status)
					.refuse(3)
					.refused.filter((text) => text.includes("401")),
			).toEqual([]);
		expect(twice().answer("100 Trying").refuse(3).refused).toHaveLength(1);
		expect(twice().refuse(3, {}, ['WWW-Authenticate: Digest stale=true, nonce="n"']).refused).toEqual([]);
		expect(twice().ask({ sequence: 3 }).answer("401 Unauthorized", { sequence: 3 }).refused).toEqual([]);
		expect(twice().answer("401 Unauthorized", { sequence: 2 }).refused).toEqual([]);
		const asks = new Registrar();
		for (let n = 0; n < 5; n++) asks.ask({ sequence: n }).answer("401 Unauthorized", { sequence: n });
		expect(asks.refused).toEqual([]);
	});

	it("are counted of 50,000 users at a time: of one that gives way it is told if something was counted", () => {
		const gone = (first: (registrar: Registrar) => Registrar) => {
			const registrar = first(new Registrar());
			const ask = message("REGISTER sip:h SIP/2.0", { lines: [CREDENTIALS] });
			const told = () => [...registrar.overflow.entries()].map(([, count]) => count);
			for (let flow = 1; flow < 50_000; flow++) registrar.table.observe(ask, packet(0), flow, 1);
			expect(told()).toEqual([]);
			registrar.table.observe(ask, packet(0), 50_000, 1);
			// What was counted of it is forgotten.
			return [told(), registrar.refuse(2).refuse(3).refused];
		};
		expect(gone((registrar) => registrar.refuse(1))).toEqual([[1], []]);
		expect(gone((registrar) => registrar.ask({ lines: [CREDENTIALS] }))).toEqual([[], []]);
	});
});
