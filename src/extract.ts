import { basename } from "node:path";
import { type AnalyseOptions, analyse, trackingOf } from "./analyse.ts";
import { timeWindow } from "./capture/time-window.ts";
import type { Anonymizer } from "./document/anonymize.ts";
import { buildReport } from "./document/build.ts";
import { type Choice, checkChoice, chosenFlows } from "./document/chosen-flows.ts";
import type { Report } from "./document/document.ts";
import { loadMatrix } from "./matrix/load.ts";
import { Extraction, type ExtractionOptions } from "./report/packets/extract.ts";
import { HeadersOnly } from "./report/packets/headers-only.ts";
import { safeText } from "./report/text/safe-text.ts";

/** @see {@link AnalyseOptions} and {@link Choice} */
export interface ExtractOptions extends Omit<AnalyseOptions, "watch">, Omit<Choice, "hosts"> {
	/** Only flows with one of these addresses at an end. */
	readonly addresses?: readonly string[];
	/** Cut what follows the headers of a packet, RTP's among them. The length on the wire stays. */
	readonly headersOnly?: boolean;
	/**
	 * Replaces addresses in the packets, and whatever comments and names tell of somebody; payloads are left out. The
	 * report stays as it is: see {@link Anonymizer.report}.
	 */
	readonly anonymizer?: Anonymizer;
	/** What the file says that it was written by. Default: `flowmatrix`. */
	readonly application?: string;
}

/** Packets of chosen flows. */
export interface Extracted {
	/** Of the captures as a whole. */
	readonly report: Report;
	/** How many flows were chosen. */
	readonly flows: number;
	/** Packets written so far. */
	readonly packets: number;
	/** The pcapng file, in pieces, while the captures are read once more. To be called once. */
	chunks(): AsyncIterable<Uint8Array>;
}

/**
 * Takes the packets of chosen flows, with all flows of their transfers and calls, out of captures.
 * @param paths capture files: they are read twice, so none of them may be a pipe.
 * @throws ChoiceError where the choice names what does not exist; CaptureError where no file could be read at all.
 */
export async function extract(paths: readonly string[], options: ExtractOptions = {}): Promise<Extracted> {
	const {
		rows,
		flows,
		calls,
		findings,
		addresses,
		headersOnly,
		anonymizer,
		application = "flowmatrix",
		...analysing
	} = options;
	const choice: Choice = {
		...(rows ? { rows } : {}),
		...(flows ? { flows } : {}),
		...(calls ? { calls } : {}),
		...(findings ? { findings } : {}),
		...(addresses ? { hosts: addresses } : {}),
	};
	const matrix = analysing.matrix ?? (await loadMatrix());
	checkChoice(choice, new Set(matrix.rows.map(({ id }) => id)));
	const analysis = await analyse(paths, { ...analysing, matrix });
	const report = buildReport(analysis);
	const chosen = chosenFlows(report, choice);
	const count = chosen.reduce((sum, each) => sum + each, 0);
	const everything = [rows, flows, calls, findings, addresses].every((list = []) => list.length === 0);
	const window = timeWindow(options);
	const extraction = new Extraction(analysis, chosen, report.hosts, {
		tracking: trackingOf(paths, options),
		everything,
		application,
		comment: provenance(report, count, anonymizer !== undefined),
		...(await editing(report, headersOnly, anonymizer)),
		...(window ? { window } : {}),
		...(options.signal ? { signal: options.signal } : {}),
		...(options.onProgress ? { onProgress: options.onProgress } : {}),
	});
	return {
		report,
		flows: count,
		get packets() {
			return extraction.packets;
		},
		chunks: () => extraction.chunks(),
	};
}

/** What is written of the packets. */
async function editing(
	report: Report,
	headersOnly: boolean | undefined,
	anonymizer: Anonymizer | undefined,
): Promise<Pick<ExtractionOptions, "editor" | "replacer">> {
	if (!anonymizer) return headersOnly ? { editor: new HeadersOnly() } : {};
	const { FrameAnonymizer } = await import("./report/packets/anonymized.ts");
	anonymizer.learn(report);
	return { editor: new FrameAnonymizer(anonymizer.names), replacer: anonymizer };
}

/** What the file tells of where it is from. */
function provenance({ capture, labels, matrix }: Report, flows: number, isAnonymous: boolean): string {
	const { files, packets, dropped } = capture;
	return [
		`${flows} of ${labels.flows} flows of ${isAnonymous ? "a capture, anonymized and without payload" : files.map((file) => basename(file)).join(", ")} (${packets} packets${dropped > 0 ? `, ${dropped} more dropped by the capturing host` : ""})`,
		`packet comments name each packet's row of the ${matrix.name} port matrix (release ${matrix.release}) and its flow`,
	]
		.map(safeText)
		.join("\n");
}
