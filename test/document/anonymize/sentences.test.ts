import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Names } from "../../../src/document/anonymize/names.ts";
import { merged, Phrases } from "../../../src/document/anonymize/phrases.ts";
import { Sentences } from "../../../src/document/anonymize/sentences.ts";
import { VOCABULARY } from "../../../src/document/anonymize/vocabulary.ts";
import { textsOf } from "../../../src/document/quotes.ts";
import { loadMatrix } from "../../../src/matrix/load.ts";
import { parseAddress } from "../../../src/packet/address.ts";

const KEY = new Uint8Array(32).fill(7);

function sentencesThatKnow(...known: readonly string[]): { sentences: Sentences; names: Names } {
	const names = new Names(KEY, KEY);
	const sentences = new Sentences(names);
	for (const name of known) sentences.learn(name);
	return { sentences, names };
}

/** What nobody may read, as a text has it: whole numbers and addresses. */
function left(text: string, secrets: readonly string[]): string[] {
	return secrets.filter((secret) =>
		new RegExp(`(?<![\\w.])${secret.replaceAll(".", "\\.")}(?![\\w.]\\w|\\w)`).test(text),
	);
}

describe("the vocabulary", () => {
	it("has no address, which may be somebody's though an example has it", () => {
		expect([...VOCABULARY].filter((word) => parseAddress(word))).toEqual([]);
	});
});

describe("what a peer wrote", () => {
	it("keeps no number, however it is joined", () => {
		const { sentences } = sentencesThatKnow();
		const text =
			"phone +49-30-123456 or 555-123-4567 host ip-192-168-42-77 mac 00-11-22-33-44-55 version 192.168.42.1 sip:10.0.0.1 user=201 card 4111-1111-1111-1111 call 202 refused 00:11:22:33:44:55";
		const replaced = sentences.foreign(text);
		expect(
			left(
				replaced,
				text.match(/\d+/g)!.filter((each) => each.length > 2 && !["192", "168"].includes(each)),
			),
		).toEqual([]);
		expect(replaced).toMatch(/^phone \+\d\d-\d\d-\d{6} or \d{3}-\d{3}-\d{4} host ip-192-168-\d+-\d+ mac /);
	});

	it("keeps its code where it has one", () => {
		const { sentences } = sentencesThatKnow("404");
		expect(sentences.answer("404 Not Found")).toBe("404 Not Found");
		expect(sentences.answer("404 Not Found 201")).toMatch(/^404 Not Found (?!201)\d{3}$/);
		expect(sentences.foreign("404 Not Found")).toMatch(/^(?!404)\d{3} Not Found$/);
	});

	it("has no extension left in any text, joined by whatever", () => {
		const joint = fc.constantFrom(
			"",
			"'s",
			"/",
			":",
			"=",
			"-",
			",",
			";",
			"(",
			")",
			"[",
			"]",
			"<",
			">",
			'"',
			"@",
			"_",
			".",
		);
		const text = fc.tuple(fc.constantFrom("sip", "user", "call", "version", "flow", "packet", "on"), joint, joint);
		fc.assert(
			fc.property(
				text,
				fc.constantFrom("7201", "4930123", "10.1.2.3", "192.168.42.1"),
				([word, before, after], secret) => {
					const { sentences } = sentencesThatKnow();
					for (const each of [`${word}${before}${secret}${after}`, `${word} ${before}${secret}${after} ${word}`])
						expect(sentences.foreign(each)).not.toContain(secret);
				},
			),
		);
	});
});

describe("what a sentence of ours quotes", () => {
	it("is cut out of it", () => {
		const { sentences } = sentencesThatKnow();
		sentences.quote("call 7201 after 30 s at 12 flows");
		const replaced = sentences.replace("12 calls failed: 503 call 7201 after 30 s at 12 flows (flow 12)");
		expect(replaced).toMatch(/^12 calls failed: 503 call (?!7201)\d{4} after \d\d s at (?!12)\d\d flows \(flow 12\)$/);
	});

	it("is known where it is a number alone", () => {
		const { sentences } = sentencesThatKnow();
		sentences.quote("7201");
		expect(sentences.replace("no DHCP server offered 7201 an address, which it asked for 3 times")).toMatch(
			/offered (?!7201)\d{4} an address, which it asked for 3 times$/,
		);
	});
});

describe("a number that somebody is called by", () => {
	it.each([
		["rejected 404 Not Found", "404"],
		["the call of alice to bob failed: 404 Not Found", "404"],
		["registrations of alice are refused: 404 Not Found", "404"],
		["the client ended the transfer with error 404 File", "404"],
		["404 RADIUS access-requests got no answer", "404"],
		["IPO-IN-19 SIP, alice to bob: 404 SIP INVITE requests got no answer", "404"],
		["more than 404 hosts (404 flows, such as 1, 404, 7; packet 404)", "404"],
		["404 of 404 segments of the server came out of order (404 ms)", "404"],
		["and 404 more", "404"],
		["a packet claims 16777215 bytes", "16777215"],
	])("stays where it counts or is a status: %s", (text, number) => {
		const { sentences } = sentencesThatKnow(number);
		expect(sentences.replace(text).match(/\b\d{3,}\b/g)).toEqual(text.match(/\b\d{3,}\b/g));
	});

	it.each([
		"the call of 201 to 201 failed: 503",
		"call 5 announced the media: sip 201 to 201, 201",
		"registrations of 201, 3, 4, 201 and 3 more are refused: 403 Forbidden",
		"user=201",
		"sip:201",
		"201/202",
		"the name server answered 201's",
		"(201 to 202)",
	])("goes where it is a name: %s", (text) => {
		const { sentences } = sentencesThatKnow("201");
		expect(sentences.replace(text)).not.toMatch(/\b201\b/);
	});

	it("does not count itself among those that are more", () => {
		const { sentences } = sentencesThatKnow("3");
		expect(sentences.replace("registrations of 3, 4, 5, 6 and 3 more are refused: 403 Forbidden")).toMatch(
			/^registrations of \d, \d, \d, \d and 3 more are refused: 403 Forbidden$/,
		);
	});
});

describe("addresses in sentences", () => {
	it.each([
		"sip:10.0.0.1",
		"http://10.0.0.1/",
		"user=10.0.0.1",
		"udp:10.0.0.1:5060",
		"10.0.0.1;transport=udp",
		"version 10.0.0.1",
		"it says that it runs 10.0.0.1; others here say older ones",
		"[10.0.0.1]",
		"host-10-0-0-1",
	])("go: %s", (text) => {
		const { sentences } = sentencesThatKnow();
		for (const replaced of [sentences.replace(text), sentences.foreign(text)])
			expect(replaced).not.toMatch(/10[.-]0[.-]0[.-]1(?!\d)/);
	});

	it("are the same as in their own fields", () => {
		const { sentences, names } = sentencesThatKnow();
		const address = names.address("10.0.0.1");
		expect(sentences.foreign("http://10.0.0.1/x")).toContain(`://${address}/`);
		expect(sentences.foreign("ip-10-0-0-1")).toBe(`ip-${address.replaceAll(".", "-")}`);
		const mac = names.identifier("00:11:22:33:44:55");
		expect(sentences.foreign("mac=00:11:22:33:44:55")).toBe(`mac=${mac}`);
	});

	it("are none where a build tells a release", () => {
		const { sentences } = sentencesThatKnow("0", "12");
		for (const release of ["12.0.0.0 build 56", "12.0.0.0 (56)", "11.1.2", "11.1.2.0.0 build 12"])
			expect(sentences.replace(`runs ${release}`)).toBe(`runs ${release}`);
	});
});

describe("names that are made of words of ours", () => {
	it("are found as whole words", () => {
		const { sentences } = sentencesThatKnow("server room", "flow 1", "packet 1");
		expect(sentences.replace("read of server room; server rooms (flow 12; packet 15)")).toMatch(
			/^read of n-\w{10} n-\w{10}; server n-\w{10} \(flow 12; packet 15\)$/,
		);
	});

	it("are found with the punctuation around them", () => {
		const { sentences } = sentencesThatKnow("<script>alert(1)</script>", "'server-room'");
		expect(sentences.replace("part of TFTP transfer 6 of <script>alert(1)</script>, with flows 26")).not.toContain(
			"alert",
		);
		expect(sentences.replace("read of server-room")).not.toContain("room");
	});

	it("beyond the limits take their words with them", () => {
		const { sentences } = sentencesThatKnow(
			...Array.from({ length: 1100 }, (_, i) => `server row-${i}`),
			"server room",
		);
		expect(sentences.replace("read of server room")).not.toMatch(/server|room/);
	});

	it("are found in what peers wrote, too", () => {
		const { sentences } = sentencesThatKnow("server room");
		sentences.quote("server room 5 is busy");
		expect(sentences.replace("calls failed: 503 server room 5 is busy")).toMatch(
			/^calls failed: 503 n-\w{10} n-\w{10} \d is busy$/,
		);
	});
});

describe("phrases", () => {
	const phrases = new Phrases();
	for (const text of ["a b", "a b c", "b c d", "f"]) phrases.add(text, "name");
	for (const text of ["c d e", "(f g)", "f"]) phrases.add(text, "foreign");
	const found = (text: string) =>
		merged(phrases.find(text)).map(({ start, end, kind }) => `${text.slice(start, end)} ${kind}`);

	it.each([
		["a b c, a bc", ["a b c name"]],
		["a b c d", ["a b c d name"]],
		["c d e f", ["c d e foreign", "f name"]],
		["b c d e", ["b c d e name"]],
		["x (f g)", ["(f g) foreign"]],
		["xf fx f-x", ["f name"]],
	])("of %j are found, and those that overlap are one", (text, expected) => {
		expect(found(text)).toEqual(expected);
	});

	it("leave nothing of a quote, whatever names overlap it", () => {
		const word = fc.constantFrom("call", "flow", "server", "7201", "12", "of", "busy", "(", ",");
		const text = fc.array(word, { minLength: 2, maxLength: 6 }).map((words) => words.join(" "));
		fc.assert(
			fc.property(text, text, text, (quoted, name, before) => {
				const { sentences } = sentencesThatKnow(name);
				sentences.quote(`${quoted} 7201`);
				const start = before.replaceAll("7201", "");
				expect(sentences.replace(`${start} ${quoted} 7201`)).not.toContain("7201");
			}),
		);
	});
});

describe("the matrix", () => {
	it("has words and ranges that stay in sentences", async () => {
		const { sentences } = sentencesThatKnow("50792");
		const text = "IPO-IN-5 Doorphone Foyer (50792), 10.0.0.1: in the range 123-456";
		expect(sentences.replace(text)).not.toContain("Doorphone");
		const matrix = await loadMatrix();
		const rows = matrix.rows.map((row) => ({ ...row, service: "Doorphone Foyer (50792)" }));
		for (const own of textsOf({ ...matrix, rows, note: "123-456" })) sentences.adopt(own);
		expect(sentences.replace(text)).toMatch(
			/^IPO-IN-5 Doorphone Foyer \(50792\), 10\.\d+\.\d+\.\d+: in the range 123-456$/,
		);
	});
});
