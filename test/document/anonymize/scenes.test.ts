import { describe, expect, it } from "vitest";
import type { ClassifyOptions } from "../../../src/classify.ts";
import { createAnonymizer } from "../../../src/document/anonymize.ts";
import type { CallRecord, CaptureFinding, FlowRecord, TransferRecord } from "../../../src/document/document.ts";
import { OUTPUTS } from "../../../src/report/index.ts";
import { Scene } from "../../support/scene.ts";
import { error, rrq } from "../../support/tftp.ts";

const KEY = Buffer.from("0123456789abcdef0123456789abcdef");
const ALL = { summary: false, color: false, width: 4000, maxFlows: Number.POSITIVE_INFINITY };
const PHONE = "192.168.42.50";
const PBX = "192.168.42.1";

interface Document {
	readonly anonymized?: boolean;
	readonly flows: readonly FlowRecord[];
	readonly calls: readonly CallRecord[];
	readonly transfers: readonly TransferRecord[];
	readonly findings: readonly CaptureFinding[];
}

/** The report of a scene as JSON, and the same anonymized. */
async function both(scene: Scene, options: ClassifyOptions = {}): Promise<[before: Document, after: Document]> {
	const report = await scene.report(options);
	const anonymizer = createAnonymizer({ key: KEY });
	const [before, after] = [report, anonymizer.report(report)].map((each) =>
		JSON.parse([...OUTPUTS.json(each, ALL)].join("")),
	);
	return [before, after];
}

interface Refused {
	readonly user: string;
	readonly answer: string;
	readonly callId?: string;
	readonly lines?: readonly string[];
	readonly method?: string;
}

/** An INVITE or a REGISTER, and what it was answered. */
function refused({ user, answer, callId = "abc-1@host", lines = [], method = "INVITE" }: Refused): Scene {
	const head = [
		`Via: SIP/2.0/UDP ${PHONE}:5060;branch=z9hG4bK1`,
		`From: "Jane Roe" <sip:${user}@${PHONE}>;tag=1`,
		`To: <sip:${method === "REGISTER" ? user : "+4930123456"}@${PBX}>`,
		`Call-ID: ${callId}`,
		`CSeq: 1 ${method}`,
	];
	const message = (first: string, more: readonly string[] = []) =>
		Buffer.from([first, ...head, ...more, "Content-Length: 0", "", ""].join("\r\n"));
	return new Scene()
		.send(`${PHONE}:5060`, `${PBX}:5060`, message(`${method} sip:+4930123456@${PBX} SIP/2.0`))
		.send(`${PBX}:5060`, `${PHONE}:5060`, message(`SIP/2.0 ${answer}`, lines))
		.wait(60)
		.end();
}

describe("a transfer's error", () => {
	const SECRETS =
		/49-30-123456|555-123-4567|42-77|33-44-55|192\.168\.42\.1\b|(?<!\d)10\.0\.0\.1\b|=201|4111-1111|J\.Smith/;

	it("keeps its code and our words, and nothing of anybody", async () => {
		const text =
			"phone +49-30-123456 or 555-123-4567 host ip-192-168-42-77 mac 00-11-22-33-44-55 version 192.168.42.1 sip:10.0.0.1 user=201 4111-1111-1111-1111";
		const scene = new Scene()
			.send(`${PHONE}:40000`, `${PBX}:69`, rrq("J.Smith-201.bin"))
			.send(`${PBX}:69`, `${PHONE}:40000`, error(1, text))
			.end();
		const [before, after] = await both(scene, { hosts: [{ product: "ipo", address: PBX }] });
		const texts = ({ transfers, findings }: Document) => [
			transfers[0]!.error,
			findings.find(({ kind }) => kind === "tftp-error")!.message,
		];
		for (const each of texts(before)) expect(each).toMatch(SECRETS);
		for (const each of texts(after)) {
			expect(each).not.toMatch(SECRETS);
			expect(each).toMatch(/(^|error )1 phone \+/);
		}
	});
});

describe("a call's refusal", () => {
	it("has no name left in the peer's words", async () => {
		const answer = "503 User sip:201 ext=201 gone from 10.0.0.1 version 192.168.42.1";
		const lines = ['Warning: 399 x "call 201 at 10.0.0.1;x, 555-1234"'];
		const [before, after] = await both(refused({ user: "201", answer, lines }));
		const texts = ({ calls: [call], findings }: Document) =>
			JSON.stringify([call!.result, call!.reason, call!.messages.map(({ text }) => text), call!.findings, findings]);
		const secrets = /\b201\b|(?<!\d)10\.0\.0\.1\b|192\.168\.42\.1\b|555/;
		expect(texts(before)).toMatch(secrets);
		expect(texts(before)).toContain("555-1234");
		expect(texts(after)).not.toMatch(secrets);
		expect(after.calls[0]).toMatchObject({ status: 503, result: expect.stringMatching(/^failed 503 User sip:\d{3} /) });
	});

	it("keeps its status, though the caller has the same number", async () => {
		const [before, after] = await both(refused({ user: "404", answer: "404 Not Found" }));
		const [call] = after.calls;
		expect(call).toMatchObject({ result: "rejected 404 Not Found", status: 404, reason: "Not Found" });
		expect(call!.from).not.toContain("404");
		expect(call!.messages.map(({ text }) => text)).toEqual(before.calls[0]!.messages.map(({ text }) => text));
	});

	it("keeps it in the finding too", async () => {
		const [, after] = await both(refused({ user: "503", answer: "503 Service Unavailable" }));
		expect(after.findings.find(({ kind }) => kind === "call-failed")!.message).toMatch(
			/: the call of (?!503)\d{3}@\S+ to \S+ failed: 503 Service Unavailable \(call 1; \d\d:\d\d:\d\d UTC; packet 2\)$/,
		);
	});

	it("has a filter for the call id that the call has", async () => {
		const [before, after] = await both(refused({ user: "201", answer: "503 No", callId: "call-201@10.0.0.1" }));
		expect(before.calls[0]!.filter).toBe('sip.Call-ID == "call-201@10.0.0.1"');
		expect(after.calls[0]!.filter).toBe(`sip.Call-ID == "${after.calls[0]!.callId}"`);
		expect(after.calls[0]!.callId).not.toMatch(/201|10\.0\.0\.1/);
		const filters = after.findings.flatMap(({ filter }) => filter ?? []).filter((filter) => filter.includes("Call-ID"));
		expect(new Set(filters)).toEqual(new Set([after.calls[0]!.filter]));
	});

	it("replaces a call id that is a word of ours, and one beyond ASCII by the same wherever it is", async () => {
		const [, words] = await both(refused({ user: "201", answer: "503 No", callId: "server" }));
		expect(words.calls[0]!.filter).toMatch(/^sip\.Call-ID == "n-/);
		const [, marks] = await both(refused({ user: "201", answer: "503 No", callId: "übung@host" }));
		expect(marks.flows[0]!.application!.callId).toBe(marks.calls[0]!.callId);
	});
});

describe("a registration's refusal", () => {
	it("keeps the method in its filter", async () => {
		const [before, after] = await both(refused({ user: "403", answer: "403 Forbidden 403", method: "REGISTER" }));
		const of = ({ findings }: Document) => findings.find(({ kind }) => kind === "registration-failed")!;
		expect(of(before).filter).toContain('sip.CSeq.method == "REGISTER"');
		expect(of(after).filter).toContain('sip.CSeq.method == "REGISTER"');
		expect(of(after).message).toMatch(
			/: registrations of (?!403)\d{3}@\S+ are refused: 403 Forbidden (?!403)\d{3} \(flow 1; /,
		);
		expect(after.flows[0]!.application!.registration).toMatch(/^403 Forbidden (?!403)\d{3}$/);
	});
});

describe("a report that is anonymized", () => {
	it("says so", async () => {
		const report = await refused({ user: "201", answer: "503 No" }).report();
		const anonymized = createAnonymizer({ key: KEY }).report(report);
		const text = (format: "json" | "ndjson" | "table" | "markdown", of: typeof report) =>
			[...OUTPUTS[format](of, ALL)].join("");
		for (const format of ["json", "ndjson"] as const) {
			expect(text(format, anonymized)).toMatch(/"anonymized": ?true/);
			expect(text(format, report)).not.toContain("anonymized");
		}
		for (const format of ["table", "markdown"] as const) {
			expect(text(format, anonymized)).toContain(
				"anonymized: addresses, names and numbers of the site are replacements",
			);
			expect(text(format, report)).not.toContain("anonymized");
		}
	});
});
