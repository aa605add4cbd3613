import { readFileSync } from "node:fs";
import { keyOf } from "../support/capture-files.ts";
import { fromNdpi } from "./names.ts";

/** Verdicts by the capture's file name, then by conversation. */
export type NdpiVerdicts = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Reads nDPI's verdicts: a line for each flow with file name, transport, address and port of both ends, protocol and
 * confidence, separated by tabs. Only verdicts that nDPI drew from payload count: a port or an address is no proof.
 */
export function readNdpi(path: string): NdpiVerdicts {
	const all = new Map<string, Map<string, string>>();
	for (const line of readFileSync(path, "utf8").split("\n").slice(1)) {
		const [file, transport, a, aPort, b, bPort, protocol, confidence] = line.split("\t");
		if (!confidence?.startsWith("DPI")) continue;
		const name = fromNdpi(protocol!, transport!);
		if (name === undefined) continue;
		const [key] = keyOf(transport!, `${a} ${aPort}`, `${b} ${bPort}`);
		const ofFile = all.get(file!) ?? new Map<string, string>();
		ofFile.set(key, name);
		all.set(file!, ofFile);
	}
	return all;
}
