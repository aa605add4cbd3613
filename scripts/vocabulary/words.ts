import { readdirSync, readFileSync } from "node:fs";
import { parseAst } from "rolldown/parseAst";
import { wordsOf } from "../../src/document/anonymize/words-of.ts";

const ROOT = new URL("../../", import.meta.url);
/** Words of protocols that captures quote, and our sentences with them: reason phrases of SIP (RFC 3261, 21) and HTTP (RFC 9110, 15). */
const PHRASES = [
	"Trying Ringing Call Is Being Forwarded Queued Session Progress OK Accepted Multiple Choices Moved Permanently Temporarily",
	"Use Proxy Alternative Service Bad Request Unauthorized Payment Required Forbidden Not Found Method Not Allowed Acceptable",
	"Authentication Timeout Gone Entity Too Large URI Long Unsupported Media Type Scheme Extension Interval Brief Unavailable",
	"Transaction Does Exist Loop Detected Many Hops Address Incomplete Ambiguous Busy Here Terminated Pending Undecipherable",
	"Server Internal Error Implemented Gateway Version Supported Message Everywhere Decline Anywhere Unwanted Global Failure",
	"build queries",
	"Created Content Partial Modified See Other Conflict Length Precondition Failed Range Switching Protocols Normal Clearing",
];

/** Words of the texts in the program and in the matrix, sorted. */
export function vocabulary(): string[] {
	const words = new Set<string>();
	const add = (text: string) => {
		for (const word of wordsOf(text)) words.add(word);
	};
	for (const name of readdirSync(new URL("src/", ROOT), { recursive: true, encoding: "utf8" })) {
		if (!name.endsWith(".ts") || name.endsWith("vocabulary.ts")) continue;
		const path = name.replaceAll("\\", "/");
		visit(parseAst(readFileSync(new URL(`src/${path}`, ROOT), "utf8"), { lang: "ts" }), add);
	}
	visitJson(JSON.parse(readFileSync(new URL("matrix/ip-office.json", ROOT), "utf8")), add);
	for (const phrase of PHRASES) add(phrase);
	return [...words].sort();
}

/** Texts in the program: literals, and what templates have around their values. Imports are none. */
function visit(node: unknown, add: (text: string) => void): void {
	if (Array.isArray(node)) for (const each of node) visit(each, add);
	if (typeof node !== "object" || node === null || Array.isArray(node)) return;
	const { type, value } = node as { type?: string; value?: unknown };
	if (type === "ImportDeclaration" || type === "ImportExpression") return;
	if (type === "Literal" && typeof value === "string") add(value);
	else if (type === "TemplateElement") add((value as { cooked?: string }).cooked ?? "");
	else for (const each of Object.values(node)) visit(each, add);
}

function visitJson(value: unknown, add: (text: string) => void): void {
	if (typeof value === "string") add(value);
	else if (typeof value === "object" && value !== null) for (const each of Object.values(value)) visitJson(each, add);
}

/** The module of {@link vocabulary}. */
export function vocabularyModule(): string {
	const lines: string[] = [];
	let line = "";
	for (const word of vocabulary()) {
		if (line.length + word.length > 110) {
			lines.push(line);
			line = "";
		}
		line += line === "" ? word : ` ${word}`;
	}
	return `// Made by \`npm run vocabulary\`: words of the program's texts and of the matrix.

/** Words that sentences of ours are made of: these stay when a report is anonymized. */
export const VOCABULARY: ReadonlySet<string> = new Set(
	\`
${[...lines, line].join("\n")}
\`.split(/\\s+/),
);
`;
}
