/**
 * Holds flowmatrix against capinfos (packets and bytes of each capture) and tshark (packets and bytes of each
 * conversation, both ways), and lists every disagreement.
 *
 *     npm run conformance -- FOLDER-OR-CAPTURE…
 */
import { CaptureError } from "../../src/analyse.ts";
import { classify } from "../../src/classify.ts";
import type { Report } from "../../src/document/document.ts";
import { captureFiles, keyOf } from "../support/capture-files.ts";
import { type Conversation, capinfos, type Rounded, tsharkConversations } from "./peers.ts";

const AT_A_TIME = 2;

interface Outcome {
	readonly lines: string[];
	readonly conversations: number;
	/** Why the two readers could not be compared at all. */
	readonly skipped?: string;
}

async function main(paths: readonly string[]): Promise<void> {
	if (paths.length === 0) throw new Error("name a folder of captures, or captures");
	const files = captureFiles(paths);
	let compared = 0;
	let conversations = 0;
	let disagreeing = 0;
	let lines = 0;
	const queue = [...files];
	const worker = async () => {
		for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
			const outcome = await compare(file);
			if (outcome.skipped) console.log(`${file}: not compared: ${outcome.skipped}`);
			else compared++;
			conversations += outcome.conversations;
			if (outcome.lines.length === 0) continue;
			disagreeing++;
			lines += outcome.lines.length;
			for (const line of outcome.lines) console.log(`${file}: ${line}`);
		}
	};
	await Promise.all(Array.from({ length: AT_A_TIME }, worker));
	console.log(
		`${files.length} captures, ${compared} compared, ${conversations} conversations; ${lines} disagreements in ${disagreeing} captures`,
	);
}

async function compare(file: string): Promise<Outcome> {
	let report: Report;
	try {
		report = await classify([file], { infer: false });
	} catch (error) {
		if (!(error instanceof CaptureError)) throw error;
		const theirs = await capinfos(file);
		return {
			lines: theirs ? [`capinfos reads ${theirs.packets} packets, flowmatrix: ${error.message}`] : [],
			conversations: 0,
			skipped: error.message,
		};
	}
	const totals = await capinfos(file);
	if (!totals) return { lines: [], conversations: 0, skipped: "capinfos does not read it" };
	const { packets, bytes } = report.capture;
	const lines: string[] = [];
	if (packets !== totals.packets || bytes !== totals.bytes) {
		lines.push(`${packets} packets of ${bytes} bytes, capinfos ${totals.packets} of ${totals.bytes}`);
	}
	const theirs = await tsharkConversations(file);
	const ours = ourConversations(report);
	for (const key of new Set([...theirs.keys(), ...ours.keys()])) {
		const difference = differ(ours.get(key), theirs.get(key));
		if (difference) lines.push(`${key}: ${difference}${about(report)}`);
	}
	return { lines, conversations: theirs.size };
}

function about({ capture }: Report): string {
	const notes = [
		capture.duplicates > 0 ? `${capture.duplicates} duplicates` : "",
		...capture.notDecoded.map(({ packets, reason }) => `${packets} ${reason}`),
	];
	const text = notes.filter(Boolean).join("; ");
	return text === "" ? "" : ` [${text}]`;
}

interface Ours {
	readonly packets: [number, number];
	readonly bytes: [number, number];
	tunnelled: boolean;
}

function ourConversations(report: Report): Map<string, Ours> {
	const all = new Map<string, Ours>();
	for (const { transport, client, server, tunnelled } of report.flows()) {
		if (transport !== "tcp" && transport !== "udp") continue;
		const [key, swapped] = keyOf(transport, `${client.address} ${client.port}`, `${server.address} ${server.port}`);
		const known = all.get(key) ?? { packets: [0, 0], bytes: [0, 0], tunnelled: false };
		const [a, b] = swapped ? [server, client] : [client, server];
		known.packets[0] += a.packets;
		known.packets[1] += b.packets;
		known.bytes[0] += a.bytes;
		known.bytes[1] += b.bytes;
		known.tunnelled ||= tunnelled === true;
		all.set(key, known);
	}
	return all;
}

function differ(ours: Ours | undefined, theirs: Conversation | undefined): string | undefined {
	if (!theirs) return `only flowmatrix has it: ${ours!.packets} packets${ours!.tunnelled ? ", in a tunnel" : ""}`;
	if (!ours) return `only tshark has it: ${theirs.packets} packets`;
	const samePackets = ours.packets[0] === theirs.packets[0] && ours.packets[1] === theirs.packets[1];
	const sameBytes = near(ours.bytes[0], theirs.bytes[0]) && near(ours.bytes[1], theirs.bytes[1]);
	if (samePackets && sameBytes) return undefined;
	const bytes = (each: Rounded) => (each.tolerance > 0 ? `~${each.value}` : `${each.value}`);
	return `${ours.packets} packets of ${ours.bytes} bytes, tshark ${theirs.packets} of ${theirs.bytes.map(bytes)}`;
}

function near(value: number, { value: other, tolerance }: Rounded): boolean {
	return Math.abs(value - other) <= tolerance;
}

await main(process.argv.slice(2));
