import { describe, expect, it } from "vitest";
import { FlowStore } from "../../src/flow/store.ts";
import { FieldTable } from "../../src/session/fields.ts";
import { IdentityTable } from "../../src/session/identities.ts";

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

	it("keep their order, their types and their ends", () => {
		const fields = table();
		const said = [
			{ a: "1", b: 2 },
			{ b: 2, a: "1" },
			{ a: 1, b: 2 },
			{ a: `1${"x".repeat(40)}`, b: 2 },
			{ a: `2${"x".repeat(40)}`, b: 2 },
			{ a: true },
			{ a: "true" },
			{},
		];
		for (const [flow, each] of [...said, ...said].entries()) fields.add(flow, 0, "other", each);
		for (const [flow, each] of [...said, ...said].entries())
			expect(JSON.stringify(fields.of(flow))).toBe(JSON.stringify(each));
	});
});
