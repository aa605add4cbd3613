import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Names } from "../../../src/document/anonymize/names.ts";
import { Sentences } from "../../../src/document/anonymize/sentences.ts";
import { createAnonymizer } from "../../../src/document/anonymize.ts";
import type { HostRecord } from "../../../src/document/document.ts";

const KEY = new Uint8Array(32).map((_, i) => i);
const ADDRESS = /\b\d{1,3}(?:\.\d{1,3}){3}\b/;

/** @param seen addresses of the capture. */
function anonymizing(...seen: string[]) {
	const names = new Names(KEY, KEY);
	for (const address of seen) names.see(address);
	return { names, sentences: new Sentences(names) };
}

describe("four numbers without a build", () => {
	it("are a release in a field of releases: what the matrix goes by stays", () => {
		const host: HostRecord = { address: "10.0.0.1", products: ["ipo"], source: "inferred", reasons: [], flows: 1 };
		const release = (text: string) => createAnonymizer({ key: KEY }).host({ ...host, release: text }).release;
		expect(release("11.1.2.4")).toBe("11.1.x.x");
		expect(release("12.0.0.0")).toBe("12.0.x.x");
		expect(release("12.0.0.0.56")).toBe("12.0.0.0.56");
		// No release begins so.
		for (const text of ["192.168.1.5", "10.77.0.5", "3.1.2.4"]) {
			expect(release(text)).toMatch(ADDRESS);
			expect(release(text)).not.toBe(text);
		}
	});

	it("are one behind the words of ours that tell one", () => {
		const { sentences } = anonymizing();
		expect(sentences.replace("it says that it runs 11.1.2.4; others")).toBe("it says that it runs 11.1.x.x; others");
	});

	it("are an address where the capture has it, wherever they stand", () => {
		const { names, sentences } = anonymizing("10.0.0.5:5060");
		expect(names.release("10.0.0.5")).toBeUndefined();
		for (const text of [names.name("IP Office 10.0.0.5"), sentences.replace("it runs 10.0.0.5")]) {
			expect(text).toContain(names.address("10.0.0.5"));
			expect(text).not.toContain("10.0.0.5");
		}
	});

	it.each(["IP Office 11.1.2.4", "Avaya IPOffice/11.1.2.4 (x)", "IP Office Voicemail Pro R11.1.2.4"])(
		"become no address behind the product's name, and nothing of them stays: %s",
		(text) => {
			const { names, sentences } = anonymizing();
			for (const replaced of [names.name(text), sentences.foreign(text)]) {
				expect(replaced).toContain("x.x.x.x");
				expect(replaced).not.toMatch(/\d\.\d/);
			}
		},
	);

	it.each([
		["IP Office 11.1.2.4-foo", / x\.x\.x\.x-n-\w+$/],
		["IP Office/V11.1.2.4", /\/Vx\.x\.x\.x$/],
		["Avaya IPOffice/11.1.2.4_x; IP-Office v11.1.2.4.", /\/x\.x\.x\.x_n-\w+; .* vx\.x\.x\.x\.$/],
		["IP Office 10.1.2.4-10.1.2.9", / x\.x\.x\.x-\d+\.\d+\.\d+\.\d+$/],
	])("are one with a mark in front of them, or something behind them: %s", (text, expected) => {
		const { names, sentences } = anonymizing();
		for (const replaced of [names.name(text), sentences.foreign(text)]) {
			expect(replaced).toMatch(expected);
			expect(replaced).not.toMatch(/10\.1\.2|11\.1\.2/);
		}
	});

	it.each([
		["IP Office 10.1.2.4:5060", " ADDRESS:5060"],
		["IP Office/10.1.2.4:5060", "/ADDRESS:"],
		["IP Office 10.1.2.4/24", " ADDRESS/24"],
		["IP Office (10.1.2.4)", "(ADDRESS)"],
	])(
		"are an address with a port or a prefix length behind them, or not right behind the name: %s",
		(text, expected) => {
			const { names, sentences } = anonymizing();
			for (const replaced of [names.name(text), sentences.foreign(text)])
				expect(replaced).toContain(expected.replace("ADDRESS", names.address("10.1.2.4")));
		},
	);

	it("are never left as they are, whatever stands around them", () => {
		const around = fc.array(
			fc.constantFrom("IP Office", "IPOffice", "/", " ", "V", "R", "-", ":", "@", ".", "x", "1", "(", "release "),
		);
		const { names, sentences } = anonymizing();
		fc.assert(
			fc.property(around, around, fc.constantFrom("10.1.2.4", "11.1.2.4", "192.168.1.5"), (before, after, four) => {
				const text = `${before.join("")}${four}${after.join("")}`;
				for (const replaced of [names.name(text), sentences.foreign(text)]) expect(replaced).not.toContain(four);
			}),
			{ numRuns: 1000 },
		);
	});

	it.each(["Asterisk 16.2.1.4", "office 10.0.0.5", "IP Office at 10.0.0.5", "IP Office 192.168.1.5"])(
		"are an address in any other text: %s",
		(text) => {
			const { names, sentences } = anonymizing();
			const [four = ""] = ADDRESS.exec(text)!;
			for (const replaced of [names.name(text), sentences.foreign(text)])
				expect(replaced).toContain(names.address(four));
		},
	);
});
