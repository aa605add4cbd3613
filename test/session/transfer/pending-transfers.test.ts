import { describe, expect, it } from "vitest";
import { Overflow } from "../../../src/session/overflow.ts";
import { PendingTransfers } from "../../../src/session/transfer/pending-transfers.ts";
import { newTransfer, type Transfer } from "../../../src/session/transfer/transfer.ts";

const HOST = "10.0.0.2";
const end = (port: number, address = HOST) => ({ address, port });

/** @param seconds when it was asked. */
function transfer(port: number, server = "10.0.0.1", address = HOST, seconds = 0): Transfer {
	return newTransfer({
		id: port,
		client: end(port, address),
		server: end(69, server),
		file: "f",
		mode: "octet",
		direction: "read",
		start: seconds * 1e9,
	});
}

function pending(overflow = new Overflow()) {
	const table = new PendingTransfers(overflow);
	const add = (...transfers: Transfer[]) => {
		for (const each of transfers) table.add(each);
		return transfers;
	};
	return { table, add, counts: () => [...overflow.entries()].map(([, count]) => count) };
}

describe("transfers that wait", () => {
	it("are those of a client's endpoint, newest first, and those of its host, oldest first", () => {
		const { table, add } = pending();
		expect(table.isEmpty).toBe(true);
		const [a, b, c, d] = add(
			transfer(2000, "10.0.0.1"),
			transfer(2000, "10.0.0.3"),
			transfer(2001),
			transfer(2000, "10.0.0.1", "10.0.0.9"),
		);
		expect(table.isEmpty).toBe(false);
		expect(table.of(end(2000))).toEqual([b, a]);
		expect(table.of(end(2001))).toEqual([c]);
		expect(table.of(end(2002))).toEqual([]);
		expect(table.ofHost(HOST)).toEqual([a, b, c]);
		expect(table.ofHost("10.0.0.9")).toEqual([d]);
		expect(table.ofHost("10.0.0.1")).toEqual([]);
	});

	it("give way to the next one to the same server", () => {
		const { table, add } = pending();
		const [, b, c] = add(transfer(2000, "10.0.0.1"), transfer(2000, "10.0.0.3"), transfer(2000, "10.0.0.1"));
		expect(table.of(end(2000))).toEqual([c, b]);
		expect(table.ofHost(HOST)).toEqual([b, c]);
	});

	it("are taken out one by one", () => {
		const { table, add } = pending();
		const [a, b, c] = add(transfer(2000, "10.0.0.1"), transfer(2000, "10.0.0.3"), transfer(2001)) as [
			Transfer,
			Transfer,
			Transfer,
		];
		const [d] = add(transfer(2002));
		table.remove(d!);
		expect([table.of(end(2002)), table.ofHost(HOST)]).toEqual([[], [a, b, c]]);
		table.remove(a);
		expect([table.of(end(2000)), table.ofHost(HOST)]).toEqual([[b], [b, c]]);
		table.remove(b);
		expect([table.of(end(2000)), table.ofHost(HOST), table.isEmpty]).toEqual([[], [c], false]);
		table.remove(c);
		expect([table.ofHost(HOST), table.isEmpty]).toEqual([[], true]);
		table.remove(c);
		expect(table.isEmpty).toBe(true);
	});
});

describe("bounds of what waits", () => {
	it("are 64 servers that one endpoint asks: the newest", () => {
		const { table, add } = pending();
		const all = add(...Array.from({ length: 66 }, (_, n) => transfer(2000, `10.0.1.${n}`)));
		expect(table.of(end(2000))).toEqual(all.slice(2).reverse());
		expect(table.ofHost(HOST)).toEqual(all.slice(2));
	});

	it("are 128 of one host: the newest; an older one is still its endpoint's", () => {
		const { table, add } = pending();
		const all = add(...Array.from({ length: 130 }, (_, n) => transfer(2000 + n)));
		expect(table.ofHost(HOST)).toEqual(all.slice(2));
		expect(table.of(end(2000))).toEqual([all[0]]);
		table.remove(all[0]!);
		expect([table.of(end(2000)), table.ofHost(HOST)]).toEqual([[], all.slice(2)]);
		for (const each of all.slice(2)) table.remove(each);
		expect([table.ofHost(HOST), table.isEmpty]).toEqual([[], false]);
		table.remove(all[1]!);
		expect(table.isEmpty).toBe(true);
	});

	it("are 4096 endpoints: a sixteenth gives way, the oldest, and what may still be answered is told", () => {
		const GONE = 257;
		const full = (seconds: number) => {
			const { table, add, counts } = pending();
			const all = add(...Array.from({ length: 4096 }, (_, n) => transfer(2000, "10.0.0.1", `host ${n}`, 50)));
			// The first has an answer, and the second one's client asked again since.
			all[0]!.style = "rfc1350";
			all[1]!.end = 60e9;
			expect(counts()).toEqual([]);
			add(transfer(2000, "10.0.0.1", "host 4096", 50 + seconds));
			const kept = [GONE - 1, GONE, 4096].map((n) => [
				table.of(end(2000, `host ${n}`)).length,
				table.ofHost(`host ${n}`).length,
			]);
			expect(kept).toEqual([
				[0, 0],
				[1, 1],
				[1, 1],
			]);
			return counts();
		};
		expect(full(0)).toEqual([GONE - 1]);
		expect(full(300)).toEqual([GONE - 1]);
		expect(full(300.001)).toEqual([1]);
		expect(full(310.001)).toEqual([]);
	});
});
