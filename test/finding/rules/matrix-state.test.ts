import { describe, expect, it } from "vitest";
import { datagram } from "../../support/analyse.ts";
import { findingsIn, type Given, kindsIn, troublesIn } from "../../support/findings.ts";
import { at, FLAGS, segment } from "../../support/frames.ts";
import type { Packet, Payload } from "../../support/packet-builder.ts";

const IPO = "10.0.0.1";
const OTHER = "10.0.0.2";
const PC = "10.0.0.50";
const given: Given = { ipo: [IPO, OTHER] };
const { syn, ack, rst, fin } = FLAGS;

/** A connection in which each side says one thing, and that both close. */
function connection(from: string, to: string, asks: Payload = "?", answers: Payload = "!", start = 0): Packet[] {
	const steps: [string, string, number, number, number, Payload][] = [
		[from, to, syn, 0, 0, ""],
		[to, from, syn | ack, 0, 1, ""],
		[from, to, ack, 1, 1, ""],
		[from, to, ack, 1, 1, asks],
		[to, from, ack, 1, 1 + lengthOf(asks), answers],
		[from, to, fin | ack, 1 + lengthOf(asks), 1 + lengthOf(answers), ""],
		[to, from, fin | ack, 1 + lengthOf(answers), 2 + lengthOf(asks), ""],
		[from, to, ack, 2 + lengthOf(asks), 2 + lengthOf(answers), ""],
	];
	return steps.map(([source, destination, flags, sequence, acknowledgement, payload], i) =>
		at(start + i / 100, segment(source, destination, { flags, sequence, acknowledgement }, payload)),
	);
}

function lengthOf(payload: Payload): number {
	return typeof payload === "string" || payload instanceof Uint8Array ? payload.length : payload.bytes.length;
}

const silent = (from: string, to: string) =>
	[0, 1, 3, 7].map((time) => at(time, segment(from, to, { flags: syn, sequence: 0 })));

const GET = "GET / HTTP/1.1\r\nHost: ipo\r\n\r\n";
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const text = (packets: readonly Packet[], kind: string) =>
	findingsIn(packets, given).find((found) => found.kind === kind)?.text;

describe("services that the matrix has closed", () => {
	it("are optional services that are on where they answer", () => {
		expect(kindsIn(connection(`${PC}:40000`, `${IPO}:50794`), given)).toEqual(["info optional-service"]);
		expect(kindsIn(connection(`${PC}:40000`, `${IPO}:50805`), given)).toEqual([]);
	});

	it("are nothing where they do not", () => {
		const refused = [
			at(0, segment(`${PC}:40000`, `${IPO}:50794`, { flags: syn, sequence: 0 })),
			at(0.1, segment(`${IPO}:50794`, `${PC}:40000`, { flags: rst | ack, sequence: 0, acknowledgement: 1 })),
		];
		expect(kindsIn(refused, given)).toEqual(["warning refused"]);
		expect(kindsIn(silent(`${PC}:40000`, `${IPO}:50794`), given)).toEqual(["error unanswered"]);
	});

	it("are nothing where no product host is known", () => {
		expect(kindsIn(connection(`${PC}:40000`, `${IPO}:8411`, GET, OK), { ipo: [] })).toEqual([]);
	});

	it.each([
		["tcp/4097", connection(`${PC}:40000`, `${IPO}:4097`), "disabled"],
		[
			"udp/50780",
			[at(0, datagram(`${PC}:40000`, `${IPO}:50780`, "ask")), at(1, datagram(`${IPO}:50780`, `${PC}:40000`, "tell"))],
			"not used",
		],
	])("%s, which the document calls out of use, should not answer at all", (_, packets, use) => {
		expect(kindsIn(packets, given)).toEqual(["warning disabled-service"]);
		expect(text(packets, "disabled-service")).toContain(use);
	});
});

describe("clear text", () => {
	it.each([
		[80, "IPO-IN-10 on tcp/443"],
		[8411, "IPO-IN-9 on tcp/411"],
	])("is told of HTTP on %i, with the row that has TLS", (port, twin) => {
		expect(text(connection(`${PC}:40000`, `${IPO}:${port}`, GET, OK), "clear-text")).toContain(twin);
	});

	it("is told of proprietary services, with whether the secure one answers", () => {
		const plain = connection(`${PC}:40000`, `${IPO}:50804`);
		expect(text(plain, "clear-text")).toMatch(/IPO-IN-43 on tcp\/50805$/);
		const both = [...plain, ...connection(`${PC}:40001`, `${IPO}:50805`, "?", "!", 5)];
		expect(text(both, "clear-text")).toMatch(/IPO-IN-43 on tcp\/50805, which answers here$/);
	});

	it("is nothing where the plain port only points to the secure one", () => {
		const redirect = "HTTP/1.1 301 Moved Permanently\r\nLocation: https://ipo/\r\nContent-Length: 0\r\n\r\n";
		expect(kindsIn(connection(`${PC}:40000`, `${IPO}:80`, GET, redirect), given)).toEqual([]);
		const elsewhere = redirect.replace("https://ipo/", "/index.html");
		expect(kindsIn(connection(`${PC}:40000`, `${IPO}:80`, GET, elsewhere), given)).toEqual(["info clear-text"]);
	});

	it("is nothing inside the host, and of a row without a twin", () => {
		expect(text(connection(`${IPO}:40000`, `${IPO}:80`, GET, OK), "clear-text")).toBeUndefined();
		expect(text(connection(`${PC}:40000`, `${IPO}:50814`), "clear-text")).toBeUndefined();
	});
});

describe("ports that are not for this", () => {
	it("are retired by a release, which is named", () => {
		const packets = connection(`${PC}:40000`, `${IPO}:5807`);
		expect(kindsIn(packets, given)).toEqual(["warning retired-row"]);
		expect(text(packets, "retired-row")).toMatch(/tcp\/5807.*VNC.*11\.0/);
	});

	it("are nothing where they do not work, or the host has nothing to do with the retired row", () => {
		expect(kindsIn(silent(`${PC}:40000`, `${IPO}:5807`), given)).toEqual(["warning unanswered"]);
		expect(kindsIn(connection(`${IPO}:40000`, `${PC}:5807`), given)).toEqual([]);
		expect(kindsIn(connection(`${PC}:40000`, `${IPO}:8444`), given)).toEqual([]);
	});

	it("are for connections inside the device only", () => {
		const packets = connection(`${PC}:40000`, `${IPO}:17777`);
		expect(kindsIn(packets, given)).toEqual(["warning intra-device"]);
		expect(text(packets, "intra-device")).toContain("IPO-INT-9");
		expect(kindsIn(connection("127.0.0.1:40000", "127.0.0.1:17777"), given)).toEqual([]);
		expect(kindsIn(connection(`${IPO}:40000`, `${PC}:17777`), given)).toEqual([]);
	});
});

describe("a row that works in one direction", () => {
	const there = connection(`${IPO}:40000`, `${OTHER}:50805`);

	it("is blocked in the other, which the finding names both of", () => {
		const packets = [...there, ...silent(`${OTHER}:40000`, `${IPO}:50805`)];
		expect(troublesIn(packets, given)).toEqual(["error unanswered", "warning blocked-direction"]);
		expect(text(packets, "blocked-direction")).toBe(
			`fails from ${OTHER} to ${IPO}, and works from ${IPO} to ${OTHER} (flow 1)`,
		);
	});

	it("is not where it works at times, or nobody tried", () => {
		const back = connection(`${OTHER}:41000`, `${IPO}:50805`, "?", "!", 20);
		expect(troublesIn([...there, ...silent(`${OTHER}:40000`, `${IPO}:50805`), ...back], given)).toEqual([
			"error unanswered",
		]);
		expect(troublesIn(there, given)).toEqual([]);
	});

	it("is not where one of the two is no product host", () => {
		const packets = [...there, ...silent(`${PC}:40000`, `${IPO}:50805`)];
		expect(troublesIn(packets, given)).toEqual(["error unanswered"]);
	});
});

describe("the subscription link", () => {
	const cloud = "198.51.100.20";
	const answered = (address: string) => {
		const name = "\x08registry\x0aavaya-sub\x03com\x00";
		const address4 = String.fromCharCode(...address.split(".").map(Number));
		const question = `${name}\0\x01\0\x01`;
		return [
			at(0, datagram(`${IPO}:40053`, "10.0.0.53:53", `\x12\x34\x01\0\0\x01\0\0\0\0\0\0${question}`)),
			at(
				0.01,
				datagram(
					"10.0.0.53:53",
					`${IPO}:40053`,
					`\x12\x34\x81\x80\0\x01\0\x01\0\0\0\0${question}\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04${address4}`,
				),
			),
		];
	};

	it("falls back from a port that fails to one that works", () => {
		const packets = [
			...answered(cloud),
			...silent(`${IPO}:40000`, `${cloud}:8443`),
			...connection(`${IPO}:40001`, `${cloud}:443`, "?", "!", 10),
		];
		expect(troublesIn(packets, given)).toEqual(["error unanswered", "warning subscription-fallback"]);
		expect(text(packets, "subscription-fallback")).toMatch(/fails on tcp\/8443 and works on tcp\/443 \(IPO-OUT-12/);
	});

	it("is an error where neither works, told once", () => {
		const packets = [
			...answered(cloud),
			...silent(`${IPO}:40000`, `${cloud}:8443`),
			...silent(`${IPO}:40001`, `${cloud}:443`),
		];
		const found = findingsIn(packets, given).filter(({ kind }) => kind === "subscription-fallback");
		expect(found).toMatchObject([{ severity: "error", flowCount: 2 }]);
	});

	it("is left to the unanswered requests where only one port was tried", () => {
		const packets = [...answered(cloud), ...silent(`${IPO}:40000`, `${cloud}:8443`)];
		expect(troublesIn(packets, given)).toEqual(["error unanswered"]);
	});
});
