import { basename } from "node:path";
import { CaptureError } from "../../src/analyse.ts";
import { classify } from "../../src/classify.ts";
import { keyOf } from "../support/capture-files.ts";
import { fromTshark } from "./names.ts";
import type { NdpiVerdicts } from "./ndpi.ts";
import { tsharkDissection } from "./tshark.ts";

/** What is known of one conversation. */
export interface Testimony {
	readonly file: string;
	/** `tcp|address port|address port` */
	readonly key: string;
	/** Names that flowmatrix gave; several where the ports were used again. */
	readonly ours: ReadonlySet<string>;
	/** Names that tshark gave, in the order in which they appeared. */
	readonly tshark: readonly string[];
	/** Names that tshark gave to what those protocols carry. */
	readonly inside: readonly string[];
	readonly ndpi: string | undefined;
}

/** Every conversation of a capture in which flowmatrix or a witness names a protocol. */
export async function testimonies(file: string, ndpi: NdpiVerdicts): Promise<Testimony[]> {
	const ours = await ourProtocols(file);
	if (!ours) return [];
	const dissected = await tsharkDissection(file);
	const verdicts = ndpi.get(basename(file));
	return [...ours].map(([key, protocols]) => ({
		file,
		key,
		ours: protocols,
		tshark: namesOf(dissected.get(key)?.frames),
		inside: namesOf(dissected.get(key)?.inside),
		ndpi: verdicts?.get(key),
	}));
}

/** Conversations that tshark alone has are left out: they are in encapsulations that flowmatrix does not open. */
async function ourProtocols(file: string): Promise<Map<string, Set<string>> | undefined> {
	try {
		const report = await classify([file], { infer: false });
		const all = new Map<string, Set<string>>();
		for (const { transport, client, server, application } of report.flows()) {
			if (transport !== "tcp" && transport !== "udp") continue;
			const [key] = keyOf(transport, `${client.address} ${client.port}`, `${server.address} ${server.port}`);
			const known = all.get(key) ?? new Set<string>();
			if (application) known.add(application.protocol);
			all.set(key, known);
		}
		return all;
	} catch (error) {
		if (error instanceof CaptureError) return undefined;
		throw error;
	}
}

/** tshark's names, without those that it gave to malformed frames only. */
export function namesOf(frames: ReadonlyMap<string, number> | undefined): string[] {
	const names = new Set<string>();
	for (const [protocol, whole] of frames ?? []) {
		const name = whole > 0 ? fromTshark(protocol) : undefined;
		if (name !== undefined) names.add(name);
	}
	return [...names];
}
