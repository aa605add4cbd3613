import { describe, expect, it } from "vitest";
import { FlowStore } from "../../src/flow/store.ts";
import type { Fields } from "../../src/protocol/recogniser.ts";
import { FieldTable } from "../../src/session/fields.ts";
import { IdentityTable } from "../../src/session/identities.ts";
import { Overflow } from "../../src/session/overflow.ts";
import { analyse, datagram } from "../support/analyse.ts";

const table = () => new FieldTable(new FlowStore(), new IdentityTable());

describe("the fields of flows", () => {
	it("are one object where flows said the same, and stay apart where one says more", () => {
		const fields = table();
		for (const flow of [0, 1, 2]) fields.add(flow, 0, "tls", { sni: "a.example", resumed: true });
		expect(fields.of(1)).toBe(fields.of(0));
		fields.add(1, 1, "tls", { version: "TLS 1.3", sni: "b.example" });
		expect(fields.of(0)).toEqual({ sni: "a.example", resumed: true });
		expect(fields.of(1)).toEqual({ sni: "a.example", resumed: true, version: "TLS 1.3" });
		fields.add(2, 1, "tls", { version: "TLS 1.3" });
		expect(fields.of(2)).toBe(fields.of(1));
	});

	it("are forgotten where they were another protocol's", () => {
		const fields = table();
		fields.add(0, 0, "stun", { method: "binding" });
		fields.add(1, 0, "stun", { method: "binding" });
		for (const flow of [0, 5]) fields.forget(flow);
		expect([0, 1, 5].map((flow) => fields.of(flow))).toEqual([undefined, { method: "binding" }, undefined]);
		fields.add(0, 0, "sip", { method: "OPTIONS" });
		expect(fields.of(0)).toEqual({ method: "OPTIONS" });
	});

	it("keep their order, their types and their ends", () => {
		const fields = table();
		const said = [
			{ a: "1", b: 2 },
			{ b: 2, a: "1" },
			{ a: 1, b: 2 },
			{ a: `1${"x".repeat(40)}`, b: 2 },
			{ a: `2${"x".repeat(40)}`, b: 2 },
			{ a: true },
			{ b: true },
			{ a: "true" },
			{ a: 1, b: 1 },
			{ b: 1, a: 1 },
			{},
		];
		for (const [flow, each] of [...said, ...said].entries()) fields.add(flow, 0, "other", each);
		for (const [flow, each] of [...said, ...said].entries())
			expect(JSON.stringify(fields.of(flow))).toBe(JSON.stringify(each));
	});

	it("share objects though they are many, whatever they say, and never with others", () => {
		const kinds: ((n: number) => Fields)[] = [
			(n) => ({ id: n }),
			(n) => ({ name: `n${n}` }),
			// Alike in their beginning and their end.
			(n) => ({ text: `aaaa${String(n).padStart(6, "0")}aaaaaaaaaa` }),
		];
		for (const fieldsOf of kinds) {
			const fields = table();
			for (let flow = 0; flow < 500; flow++) fields.add(flow, 0, "other", fieldsOf(flow));
			for (let flow = 0; flow < 500; flow++) fields.add(500 + flow, 0, "other", fieldsOf(flow));
			const shared = Array.from({ length: 500 }, (_, flow) => fields.of(flow) === fields.of(500 + flow));
			expect(shared.filter((is) => is).length).toBeGreaterThan(300);
		}
		const fields = table();
		const said = Array.from({ length: 40_000 }, (_, n): Fields[] => [{ a: n }, { a: n, b: true }]).flat();
		for (const [flow, each] of said.entries()) fields.add(flow, 0, "other", each);
		expect(said.findIndex((each, flow) => Object.keys(fields.of(flow)!).length !== Object.keys(each).length)).toBe(-1);
	});

	it("of two flows that add the same to the same are one object, and what comes after other things too", () => {
		const fields = table();
		const add = (flow: number, ...said: Fields[]) => {
			for (const each of said) fields.add(flow, 0, "other", each);
			return fields.of(flow);
		};
		const first = add(0, { a: 1 }, { b: 1 }, { c: 1 });
		expect(first).toEqual({ a: 1, b: 1, c: 1 });
		expect(add(1, { a: 1 }, { b: 2 })).toEqual({ a: 1, b: 2 });
		expect(add(2, { a: 1 }, { b: 1 }, { c: 1 })).toBe(first);
		expect(add(3, { a: 1 }, { a: 2 }, { b: 1 }, { a: 1, c: 1 })).toBe(first);
		expect(add(4, {}, { a: 1 })).toEqual({ a: 1 });
	});

	it("tell who says by them what it is, by address", () => {
		const { store } = analyse([datagram("10.0.0.1:5060", "10.0.0.2:5060", "x")]);
		const identities = new IdentityTable();
		const fields = new FieldTable(store, identities);
		fields.add(0, 0, "sip", { agent: "Phone/1.0" });
		fields.add(0, 1, "sip", { server: "IP Office 9.1.4.0 build 137" });
		expect([...identities.entries()].map(([address, [said]]) => [address, said!.release])).toEqual([
			["10.0.0.2", "9.1.4.0 build 137"],
		]);
	});
});

describe("the fields that are kept", () => {
	const MAX = 200_000_000;
	const PARTS = 20;
	/** Fields that cost so many characters: long texts, which share their memory. */
	const costing = (count: number): Fields => {
		const each = (count - 300) / PARTS - 20;
		return Object.fromEntries(Array.from({ length: PARTS }, (_, n) => [`part ${n}`, "x".repeat(each)]));
	};
	const full = (...said: Fields[]) => {
		const overflow = new Overflow();
		const fields = new FieldTable(new FlowStore(), new IdentityTable(), overflow);
		for (const [flow, each] of said.entries()) fields.add(flow, 0, "other", each);
		fields.add(99, 0, "other", { last: true });
		return [fields.of(99), ...[...overflow.entries()].map(([, count]) => count)];
	};
	const kept = [{ last: true }];
	const beyond = [undefined, 1];

	it("have a bound: a flow costs 300 characters, a field 20 and its text's", () => {
		expect([full(costing(MAX - PARTS)), full(costing(MAX))]).toEqual([kept, beyond]);
		const [a, b]: Fields[] = [{ n: 1 }, { yes: true, no: false }];
		const rest = MAX - 320 - 340;
		expect([full(a!, b!, costing(rest - PARTS)), full(a!, b!, costing(rest))]).toEqual([kept, beyond]);
	});

	it("cost nothing where others said the same", () => {
		const large = costing(MAX / 2 - 100);
		expect(full(...Array.from({ length: 5 }, () => ({ ...large })))).toEqual(kept);
		expect(full(large, costing(MAX / 2 + 100))).toEqual(beyond);
	});

	it("cost anew where a flow says more, once for all that say the same", () => {
		const overflow = new Overflow();
		const fields = new FieldTable(new FlowStore(), new IdentityTable(), overflow);
		const large = costing(MAX / 2 - 100);
		for (const flow of [0, 1, 2]) {
			fields.add(flow, 0, "other", { ...large });
			fields.add(flow, 1, "other", { ...large });
		}
		expect([...overflow.entries()]).toEqual([]);
		for (const flow of [0, 1, 2]) fields.add(flow, 1, "other", { more: true });
		expect([...overflow.entries()]).toEqual([]);
		fields.add(3, 1, "other", { other: 1 });
		expect(fields.of(3)).toBeDefined();
		fields.add(4, 1, "other", { last: true });
		expect([fields.of(4), fields.of(2)]).toEqual([undefined, { ...large, more: true }]);
	});
});
