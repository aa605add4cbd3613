import { describe, expect, it } from "vitest";
import { FlowList } from "../../src/report/html/client/flow-list.ts";
import { AT, type FlowLine } from "../../src/report/html/data-format.ts";

const CLIENTS = ["10.0.0.10", "10.0.0.9", "fd00::1", "10.0.0.9"];

const LABEL = {
	status: "unknown",
	text: "unknown",
	rows: [],
	sure: "",
	service: "",
	reasons: [],
	nearest: "",
} as const;

/** A list of flows from these clients. @param asked counts what is read of the words. */
function listOf(clients: readonly string[], asked: { times: number }): FlowList {
	const words = ["", ...new Set(clients), "what a payload says"];
	const texts = new Proxy(words, {
		get(target, name) {
			if (typeof name === "string" && /^\d+$/.test(name)) asked.times++;
			return Reflect.get(target, name) as unknown;
		},
	});
	const lines = clients.map((client, i): FlowLine => {
		const line = new Array<number>(AT.label + 1).fill(0);
		line[AT.id] = i + 1;
		line[AT.client] = words.indexOf(client);
		line[AT.clientPort] = 2000 - i;
		return line;
	});
	return new FlowList(lines, { start: 0, span: 1, texts, labels: [LABEL], notes: [[]] });
}

describe("the page's list of flows", () => {
	it("orders addresses as people do, then ports, then ids, both ways", () => {
		const list = listOf(CLIENTS, { times: 0 });
		expect(list.sort([0, 1, 2, 3], "client", false)).toEqual([3, 1, 0, 2]);
		expect(list.sort([0, 1, 2, 3], "client", true)).toEqual([2, 0, 1, 3]);
		expect(list.sort([0, 1, 2, 3], "server", false)).toEqual([0, 1, 2, 3]);
		expect(list.sort([1, 2], "flow", true)).toEqual([2, 1]);
	});

	it("finds an address as a whole, or all that begin as it does", () => {
		const list = listOf(["10.0.0.1", "10.0.0.12", "10.0.1.1"], { times: 0 });
		const found = (text: string) => list.find({ text, status: "", row: "", protocol: "" });
		expect(found("10.0.0.1")).toEqual([0]);
		expect(found("10.0.0")).toEqual([0, 1]);
	});

	it("collates the words of a column once, and those of no other", () => {
		const asked = { times: 0 };
		const list = listOf(CLIENTS, asked);
		list.sort([0, 1, 2, 3], "client", false);
		expect(asked.times).toBe(3);
		list.sort([0, 1], "client", true);
		list.sort([2, 3], "client", false);
		expect(asked.times).toBe(3);
	});
});
