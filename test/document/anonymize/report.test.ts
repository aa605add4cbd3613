import { existsSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { captureFiles } from "../../../scripts/support/capture-files.ts";
import { vocabularyModule } from "../../../scripts/vocabulary/words.ts";
import { classify } from "../../../src/classify.ts";
import { APPLICATION } from "../../../src/document/anonymize/application.ts";
import { DOCUMENT, type Meaning, type Meanings } from "../../../src/document/anonymize/meanings.ts";
import { isVocabulary } from "../../../src/document/anonymize/sentences.ts";
import { createAnonymizer } from "../../../src/document/anonymize.ts";
import type { Report } from "../../../src/document/document.ts";
import { parseAddress } from "../../../src/packet/address.ts";
import { html } from "../../../src/report/html.ts";
import { OUTPUTS } from "../../../src/report/index.ts";
import { CAPTURES, capturePath } from "../../support/captures.ts";

const KEY = Buffer.from("0123456789abcdef0123456789abcdef");
const SCHEMA = JSON.parse(readFileSync(new URL("../../../schema/report.schema.json", import.meta.url), "utf8"));
const isDocument = new Ajv2020({ allErrors: true, strictTypes: false }).compile(SCHEMA);
const ALL = { summary: false, color: false, width: 4000, maxFlows: Number.POSITIVE_INFINITY };

interface Schema {
	readonly $ref?: string;
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly items?: Schema;
	readonly oneOf?: readonly Schema[];
	readonly anyOf?: readonly Schema[];
	readonly allOf?: readonly Schema[];
	readonly type?: string | readonly string[];
	readonly additionalProperties?: unknown;
}

/** Names of the fields that a schema describes, however they are put together. */
function propertiesOf(schema: Schema): Map<string, Schema> {
	const found = new Map<string, Schema>();
	const { $ref, properties = {}, items, oneOf = [], anyOf = [], allOf = [] } = schema;
	for (const [name, each] of Object.entries(properties)) found.set(name, each);
	const parts = [...oneOf, ...anyOf, ...allOf, ...(items ? [items] : [])];
	if ($ref) parts.push(SCHEMA.$defs[$ref.split("/").at(-1)!]);
	for (const part of parts) for (const [name, each] of propertiesOf(part)) if (!found.has(name)) found.set(name, each);
	return found;
}

/** Fields of the schema that the table does not have, and the other way round. */
function* differences(schema: Schema, meaning: Meaning | Meanings, path: string): Iterable<string> {
	if (meaning === "application") return;
	const fields = propertiesOf(schema);
	if (typeof meaning === "string") {
		if (fields.size > 0 && meaning !== "keep") yield `${path} has fields, and one meaning: ${meaning}`;
		return;
	}
	for (const [name, each] of fields) {
		const of = meaning[name];
		if (of === undefined) yield `${path}.${name} has no meaning`;
		else yield* differences(each, of, `${path}.${name}`);
	}
	for (const name of Object.keys(meaning)) if (!fields.has(name)) yield `${path}.${name} is not in the schema`;
}

describe("the table of meanings", () => {
	it("has every field of the schema, and no other", () => {
		expect([...differences(SCHEMA, DOCUMENT, "report")]).toEqual([]);
	});

	it("finds a field that is missing", () => {
		const { capture: _, ...others } = DOCUMENT;
		expect([...differences(SCHEMA, others, "report")]).toEqual(["report.capture has no meaning"]);
	});
});

describe("the vocabulary", () => {
	it("is that of the program and the matrix (npm run vocabulary)", () => {
		const file = new URL("../../../src/document/anonymize/vocabulary.ts", import.meta.url);
		expect(readFileSync(file, "utf8")).toBe(vocabularyModule());
	});

	it.each(["unanswered", "SYN-ACK", "registrations", "TFTP", "Forbidden"])("has %s", (word) => {
		expect(isVocabulary(word)).toBe(true);
	});

	it.each(["alice", "Extn202", "example.com", "pbx", "Jane"])("has not %s", (word) => {
		expect(isVocabulary(word)).toBe(false);
	});
});

function document(report: Report): Record<string, unknown> {
	return JSON.parse([...OUTPUTS.json(report, ALL)].join(""));
}

/** What of a report identifies: values of fields that say so, and addresses anywhere. */
function* originals(value: unknown, meaning: Meaning | Meanings): Iterable<string> {
	if (Array.isArray(value)) for (const each of value) yield* originals(each, meaning);
	else if (typeof value === "object" && value !== null)
		for (const [field, each] of Object.entries(value)) {
			const of = meaning === "application" ? (APPLICATION[field] ?? "name") : (meaning as Meanings)[field];
			if (of !== undefined && of !== "keep") yield* originals(each, of);
		}
	else if (typeof value === "string" && meaning !== "release") {
		if (meaning === "name" || meaning === "address" || meaning === "file") yield* parts(value);
		for (const [address] of value.matchAll(
			/(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:.]*:[0-9a-f]*)(?![\w:]|\.\d)/gi,
		))
			if (parseAddress(address)) yield address;
	}
}

/** A name, and its words. */
function* parts(name: string): Iterable<string> {
	yield name;
	if (parseAddress(hostOf(name))) return;
	yield* name.split(/[^\p{L}\p{N}]+/u);
}

/** The address of an endpoint. */
function hostOf(text: string): string {
	return text.replace(/^\[?([^\]]*)\]?:\d+$/, "$1");
}

/** What stays on purpose, or could be there by chance: special addresses, words that sentences have, short numbers. */
function mayStay(text: string): boolean {
	const address = parseAddress(hostOf(text));
	if (address) {
		const { version, words } = address;
		const first = words[3] >>> 24;
		if (version === 4) return first === 0 || first === 127 || first >= 224;
		return words[0] >>> 24 === 0xff || (words[0] | words[1] | words[2]) === 0;
	}
	return (
		text.length < 4 ||
		/^\d{1,5}$/.test(text) ||
		text === "-" ||
		text.split(/[^\p{L}\p{N}]+/u).every((part) => part.length < 4 || /^\d{1,5}$/.test(part) || isVocabulary(part))
	);
}

/** Secrets of a report that an output of the anonymized report still has. */
function leftIn(text: string, secrets: Iterable<string>): string[] {
	const words = new Set(text.split(/[^\p{L}\p{N}]+/u));
	return [...secrets].filter((secret) => (/^[\p{L}\p{N}]+$/u.test(secret) ? words.has(secret) : text.includes(secret)));
}

function secretsOf(report: Report): Set<string> {
	// A release of four numbers looks like an address, and stays.
	const releases = report.hosts.map(({ release = "" }) => release);
	return new Set(
		[...originals(document(report), DOCUMENT)].filter(
			(text) => !mayStay(text) && !releases.some((each) => each.includes(text)),
		),
	);
}

describe.each(CAPTURES)("captures/%s, anonymized", (name) => {
	it("has nothing of the original in any output, and the same labels, rows and findings", async () => {
		const report = await classify([capturePath(name)]);
		const anonymized = createAnonymizer({ key: KEY, mapping: new Map() }).report(report);
		const [before, after] = [document(report), document(anonymized)];
		isDocument(after);
		expect(isDocument.errors).toBeNull();
		const secrets = secretsOf(report);
		for (const format of Object.keys(OUTPUTS) as (keyof typeof OUTPUTS)[]) {
			// An example for people who do not know the option.
			const text = [...OUTPUTS[format](anonymized, ALL)].join("").replace("--host ipo=10.0.0.1", "");
			expect(leftIn(text, secrets), format).toEqual([]);
		}
		// All of the page but its style sheet and its program, which have no text of the report.
		const page = [...html(anonymized, ALL)]
			.join("")
			.replace(/<style>[\s\S]*?<\/style>|<script>[\s\S]*?<\/script>|ipo=10\.0\.0\.1/g, "");
		expect(page).toContain(anonymized.capture.files[0]);
		expect(leftIn(page, secrets), "html").toEqual([]);
		const shape = (each: Record<string, unknown>) => ({
			labels: each.labels,
			rows: each.rows,
			flows: (
				each.flows as {
					id: number;
					label: { row: string | null; status: string };
					findings: unknown;
					transport: string;
					start: string;
				}[]
			).map(({ id, label, findings, transport, start }) => ({
				id,
				transport,
				start,
				row: label.row,
				status: label.status,
				findings: (findings as { kind: string }[]).map(({ kind }) => kind),
			})),
			findings: (each.findings as { kind: string; row: string }[]).map(({ kind, row }) => [kind, row]),
		});
		expect(shape(after)).toEqual(shape(before));
	});
});

/** Captures made by others; they are no part of the project. */
const CORPUS = process.env.FLOWMATRIX_CORPUS ?? "../shared/corpus";
const hasCorpus = existsSync(CORPUS);
const SAMPLE = 25;

it.skipIf(!hasCorpus)(
	`a sample of captures made by others, anonymized, has nothing of the original${hasCorpus ? "" : ` (skipped: there is no ${CORPUS})`}`,
	async () => {
		const all = captureFiles([CORPUS]);
		const step = Math.floor(all.length / SAMPLE);
		let seen = 0;
		for (const path of all.filter((_, i) => i % step === 1)) {
			const report = await classify([path]).catch(() => undefined);
			if (!report) continue;
			const secrets = secretsOf(report);
			seen += secrets.size;
			const text = [...OUTPUTS.ndjson(createAnonymizer({ key: KEY }).report(report), ALL)].join("");
			expect(leftIn(text, secrets), path).toEqual([]);
		}
		expect(seen).toBeGreaterThan(100);
	},
);
