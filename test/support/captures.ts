import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Truth } from "../../scripts/captures/truth.ts";
import { classify } from "../../src/classify.ts";
import type { Report } from "../../src/document/document.ts";

const FOLDER = new URL("../../captures/", import.meta.url);

/** Path of one of the project's captures. */
export function capturePath(name: string): string {
	return fileURLToPath(new URL(name, FOLDER));
}

/** Every capture of the project, by its path below `captures/`. */
export const CAPTURES: readonly string[] = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
	.filter((name) => /\.pcap(ng)?$/.test(name))
	.sort();

export function truthOf(name: string): Truth {
	return JSON.parse(readFileSync(capturePath(`${name}.truth.json`), "utf8")) as Truth;
}

export function reportOf(name: string): Promise<Report> {
	return classify([capturePath(name)]);
}
