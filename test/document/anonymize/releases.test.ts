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
