import { open, readFile } from "node:fs/promises";
import type { ReportSummary } from "./diff.ts";

const SCHEMA = new URL("../../schema/report.schema.json", import.meta.url);
/** More than a JSON document can be as one string of the engine. */
const MAX_BYTES = 500e6;

/** A file that is no report, or a broken one. The message names the file and what is wrong. */
export class ReportError extends Error {
	readonly code = "ERR_REPORT";

	constructor(message: string) {
		super(message);
		this.name = "ReportError";
	}
}

/** Whether a file begins as a JSON document does: captures begin otherwise. False for what cannot be read. */
export async function looksLikeReport(path: string): Promise<boolean> {
	if (path === "-") return false;
	const file = await open(path).catch(() => undefined);
	if (!file) return false;
	try {
		if (!(await file.stat()).isFile()) return false;
		const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
		return /^(\uFEFF)?\s*\{/.test(buffer.toString("utf8", 0, bytesRead));
	} catch {
		return false;
	} finally {
		await file.close();
	}
}

/**
 * Reads a report that `--format json` wrote, with or without its flows, which are left out.
 * @throws ReportError where the file is none.
 */
export async function readReport(path: string): Promise<ReportSummary> {
	const { flows: _, ...summary } = (await parse(path)) as Record<string, unknown>;
	const { Ajv2020 } = await import("ajv/dist/2020.js");
	const validate = new Ajv2020({ allErrors: false, strict: false }).compile(
		JSON.parse(await readFile(SCHEMA, "utf8")) as object,
	);
	if (!validate(summary)) {
		const [error] = validate.errors ?? [];
		const place = error?.instancePath ? `${error.instancePath.slice(1).replaceAll("/", ".")}: ` : "";
		throw new ReportError(`${path}: no report of flowmatrix (--format json): ${place}${error?.message ?? "is wrong"}`);
	}
	return summary as unknown as ReportSummary;
}

async function parse(path: string): Promise<unknown> {
	try {
		const text = await readWhole(path);
		return JSON.parse(text.replace(/^\uFEFF/, ""));
	} catch (error) {
		if (error instanceof ReportError) throw error;
		const message = error instanceof Error ? error.message : String(error);
		const isLines = message.includes("after JSON");
		throw new ReportError(
			`${path}: ${isLines ? "several JSON documents in one file: diff takes --format json, not ndjson" : message}`,
		);
	}
}

async function readWhole(path: string): Promise<string> {
	const file = await open(path);
	try {
		if ((await file.stat()).size > MAX_BYTES)
			throw new ReportError(`${path}: too large to be read as one document: write it with --summary`);
		return await file.readFile("utf8");
	} finally {
		await file.close();
	}
}
