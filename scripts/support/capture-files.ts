import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const CAPTURE = /\.(pcap|pcapng|cap|dmp|trace|ntar)(\.gz)?$/i;

/** The captures below the folders, and the files named, in order. */
export function captureFiles(paths: readonly string[]): string[] {
	return paths.flatMap(captureFilesIn).sort();
}

function captureFilesIn(path: string): string[] {
	if (!statSync(path).isDirectory()) return [path];
	return readdirSync(path, { recursive: true, encoding: "utf8" })
		.filter((name) => CAPTURE.test(name))
		.map((name) => join(path, name));
}

/** @returns the key of a conversation whose ends are `address port`, and whether the ends changed places. */
export function keyOf(transport: string, left: string, right: string): [string, boolean] {
	return left <= right ? [`${transport}|${left}|${right}`, false] : [`${transport}|${right}|${left}`, true];
}
