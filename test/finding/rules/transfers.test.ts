import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { datagram } from "../../support/analyse.ts";
import { findingsIn, kindsIn, troublesIn } from "../../support/findings.ts";
import { at, undeliverable } from "../../support/frames.ts";
import type { Packet, Payload } from "../../support/packet-builder.ts";
import { ack, data, error, oack, rrq, wrq } from "../../support/tftp.ts";

const IPO = "10.0.0.1";
const PC = "10.0.0.50";
const given = { ipo: [IPO] };

/** A datagram at a time in seconds, between endpoints of which the address may be left out: `pc:2421`. */
function udp(seconds: number, from: string, to: string, payload: Payload): Packet {
	const full = (end: string) => end.replace("pc:", `${PC}:`).replace("ipo:", `${IPO}:`);
	return at(seconds, datagram(full(from), full(to), payload));
}

/** Something else, long after: the capture goes on. */
const later = (seconds: number) => udp(seconds, "10.0.9.1:40000", "10.0.9.2:40001", "hello");

/** IP Office's exchange for a file of two blocks. */
function exchange(start: number, port: number, file = "nasystem/who_is"): Packet[] {
	return [
		udp(start, `pc:${port}`, "ipo:69", rrq(file)),
		udp(start + 0.001, `ipo:${port + 1000}`, "pc:69", wrq(file)),
		udp(start + 0.002, `ipo:${port + 1000}`, `pc:${port}`, data(1, 512)),
		udp(start + 0.003, `pc:${port}`, `ipo:${port + 1000}`, ack(1)),
		udp(start + 0.004, `ipo:${port + 1000}`, `pc:${port}`, data(2, 100)),
		udp(start + 0.005, `pc:${port}`, `ipo:${port + 1000}`, ack(2)),
	];
}

const texts = (packets: readonly Packet[]) => findingsIn(packets, given).map(({ text }) => text);

describe("transfers that arrive", () => {
	it("are no finding, polled as often as one likes, from one port or from many", () => {
		const polls = Array.from({ length: 30 }, (_, i) => exchange(2 * i, 2421)).flat();
		const others = Array.from({ length: 30 }, (_, i) => exchange(2 * i, 3000 + i)).flat();
		expect(kindsIn([...polls, later(100)], given)).toEqual([]);
		expect(kindsIn([...others, later(100)], given)).toEqual([]);
	});

	it("may have lost packets on the way, or in the capture", () => {
		const repeated = exchange(0, 2421).flatMap((packet) => [packet, packet]);
		expect(kindsIn([...repeated, later(100)], given)).toEqual([]);
		const [first, second, , ...rest] = exchange(0, 2421);
		expect(kindsIn([first!, second!, ...rest, later(100)], given)).toEqual([]);
	});

	it("are not judged where the capture ends", () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 6 }), fc.double({ min: 0, max: 2.9, noNaN: true }), (kept, wait) => {
				const packets = exchange(0, 2421).slice(0, kept);
				expect(kindsIn([...packets, later(wait)], given)).toEqual([]);
			}),
		);
	});
});

describe("requests without an answer", () => {
	const asks = (...times: number[]) => times.map((time) => udp(time, "pc:2421", "ipo:69", rrq("bin.cfg")));

	it("are one error with their count", () => {
		const [found, ...others] = findingsIn([...asks(0, 1, 3, 7), later(8)], given);
		expect(others).toEqual([]);
		expect(found).toMatchObject({ kind: "unanswered", severity: "error", row: "IPO-IN-5", host: IPO, count: 4 });
		expect(found!.text).toBe("4 TFTP read requests for bin.cfg got no answer");
	});

	it("are one finding of many flows too", () => {
		const polls = Array.from({ length: 50 }, (_, i) => udp(2 * i, `pc:${3000 + i}`, "ipo:69", rrq("nasystem/who_is")));
		const found = findingsIn([...polls, later(200)], given);
		expect(found).toMatchObject([{ kind: "unanswered", count: 50, flowCount: 50 }]);
	});

	it("are left to what ICMP told", () => {
		const [asked] = asks(0);
		const refusal = undeliverable(IPO, datagram(`${PC}:2421`, `${IPO}:69`, rrq("bin.cfg")), PC, 3, 3, 60);
		expect(kindsIn([asked!, at(0.001, refusal), later(60)], given)).toEqual(["error unreachable"]);
	});

	it("need none where they go to everybody", () => {
		const broadcast = [0, 1, 2, 3].map((time) => udp(time, "pc:2421", "10.0.0.255:69", rrq("nasystem/who_is")));
		expect(kindsIn([...broadcast, later(60)], { ipo: [PC] })).toEqual([]);
	});
});

describe("errors", () => {
	it("name code, text, file and who said it", () => {
		const packets = [
			udp(0, "pc:2421", "ipo:69", rrq("none.bin")),
			udp(0.1, "ipo:4000", "pc:2421", error(1, "File not found")),
			later(60),
		];
		expect(kindsIn(packets, given)).toEqual(["warning tftp-error"]);
		expect(texts(packets)).toEqual(["the server ended the transfer with error 1 File not found (read of none.bin)"]);
	});

	it("are normal where the client only wanted to know the size", () => {
		const probe = (code: number, options: string[]) => [
			udp(0, "pc:2421", "ipo:69", rrq("boot.img", options)),
			udp(0.1, "ipo:4000", "pc:2421", oack("tsize", "123456")),
			udp(0.2, "pc:2421", "ipo:4000", error(code, "User aborted the transfer")),
			later(60),
		];
		expect(kindsIn(probe(8, ["tsize", "0"]), given)).toEqual([]);
		expect(kindsIn(probe(0, ["tsize", "0"]), given)).toEqual([]);
		expect(kindsIn(probe(0, ["blksize", "1468"]), given)).toEqual(["warning tftp-error"]);
		expect(kindsIn(probe(3, ["tsize", "0"]), given)).toEqual(["warning tftp-error"]);
	});

	it("are nothing after the whole file has arrived", () => {
		const late = udp(1, "pc:2421", "ipo:3421", error(5, "Unknown transfer ID"));
		expect(kindsIn([...exchange(0, 2421), late, later(60)], given)).toEqual([]);
	});
});

describe("an exchange that does not get under way", () => {
	it("lacks the data that the server's write request announces", () => {
		const packets = [...exchange(0, 2421).slice(0, 2), later(30)];
		expect(kindsIn(packets, given)).toEqual(["error tftp-no-data"]);
		expect(texts(packets)[0]).toMatch(/write request.*firewall.*read of nasystem\/who_is/);
	});

	it("lacks the write request: the client does not take the data", () => {
		const packets = [
			udp(0, "pc:2421", "ipo:69", rrq("nasystem/user_list")),
			...[0.1, 1, 3, 7].map((time) => udp(time, "ipo:4000", "pc:2421", data(1, 512))),
		];
		expect(kindsIn(packets, given)).toEqual(["error tftp-no-data"]);
		expect(texts(packets)[0]).toContain("TFTP helper passes the data but not the write request");
	});

	it("is told to be the client's closed port where the client says so", () => {
		const [asked, answered] = exchange(0, 2421);
		const closed = undeliverable(PC, datagram(`${IPO}:3421`, `${PC}:69`, wrq("nasystem/who_is")), IPO, 3, 3, 60);
		const packets = [asked!, answered!, at(0.01, closed), later(30)];
		expect(kindsIn(packets, given)).toEqual(["error tftp-no-data"]);
		expect(texts(packets)[0]).toContain("its port is closed");
	});

	it("lacks the data behind accepted options", () => {
		const packets = [
			udp(0, "pc:2421", "ipo:69", wrq("up.bin", ["blksize", "1024"])),
			udp(0.1, "ipo:4000", "pc:2421", oack("blksize", "1024")),
			later(30),
		];
		expect(kindsIn(packets, given)).toEqual(["error tftp-no-data"]);
	});
});

describe("a transfer that stops", () => {
	const begun = (to: number) =>
		Array.from({ length: to }, (_, i) => [
			udp(0.1 + i / 100, "ipo:4000", "pc:2421", data(i + 1, 512)),
			udp(0.105 + i / 100, "pc:2421", "ipo:4000", ack(i + 1)),
		]).flat();
	const asked = udp(0, "pc:2421", "ipo:69", rrq("bin.cfg"));

	it("is told once it is quiet for long, with who was silent first", () => {
		expect(kindsIn([asked, ...begun(5), later(9)], given)).toEqual([]);
		const packets = [asked, ...begun(5), later(30)];
		expect(kindsIn(packets, given)).toEqual(["error tftp-incomplete"]);
		expect(texts(packets)[0]).toMatch(/the server was silent first.* 5 blocks \(2.6 kB\)/);
		expect(texts([asked, ...begun(5).slice(0, -1), later(30)])[0]).toContain("the client was silent first");
	});

	it("is told before that where one side repeats itself in vain", () => {
		const again = [1, 2, 4].map((time) => udp(time, "ipo:4000", "pc:2421", data(6, 512)));
		const packets = [asked, ...begun(5), ...again];
		expect(kindsIn(packets, given)).toEqual(["error tftp-incomplete"]);
		expect(texts(packets)[0]).toMatch(/client was silent first.*server retransmitted its last packet 2 times/);
	});

	it("is told as restarted where the client asks for the file again and again", () => {
		const tries = [0, 1, 2].flatMap((n) =>
			[asked, ...begun(5)].map((packet) => ({ ...packet, time: (packet as { time: number }).time + n * 20e9 })),
		);
		const fromOne = findingsIn([...(tries as Packet[]), later(90)], given);
		expect(fromOne.map(({ kind }) => kind)).toEqual(["tftp-restarted"]);
		expect(fromOne[0]!.text).toBe(`${PC} asked for bin.cfg 3 times, and the transfer never came to its end`);
		const twice = (tries as Packet[]).slice(0, 22);
		expect(troublesIn([...twice, later(90)], given)).toEqual(["error tftp-incomplete"]);
	});
});
