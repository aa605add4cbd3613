/**
 * Holds what flowmatrix reads of H.323 messages against tshark's fields, packet by packet, and lists every disagreement.
 *
 *     npx tsx scripts/conformance/h323.ts CAPTURE…
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { openCapture } from "../../src/capture/open.ts";
import { PacketDecoder } from "../../src/packet/decode.ts";
import { type PacketView, Protocol } from "../../src/packet/view.ts";
import { h225, parseH225Call } from "../../src/protocol/h323/h225.ts";
import { h225Ras, h225RasOther, parseRas } from "../../src/protocol/h323/ras.ts";

const run = promisify(execFile);
const MAX_OUTPUT = 1 << 28;

/** Fields by name; several values of one are joined. */
type Fields = Readonly<Record<string, string>>;

/** tshark's fields, and how ours are written to be the same. */
const RAS_FIELDS = ["h225.requestSeqNum", "h225.gatekeeperIdentifier", "h225.endpointIdentifier", "h225.guid"] as const;
const CALL_FIELDS = [
	"q931.call_ref",
	"q931.calling_party_number.digits",
	"q931.called_party_number.digits",
	"q931.cause_value",
	"h225.guid",
	"h225.productId",
	"h245.tsapIdentifier",
] as const;
const ALL = [...new Set<string>([...RAS_FIELDS, ...CALL_FIELDS])];

async function tsharkFields(file: string): Promise<Map<number, Fields>> {
	const wanted = ["frame.number", ...ALL].flatMap((field) => ["-e", field]);
	const options = ["-T", "fields", "-E", "separator=/t", "-E", "aggregator=,"];
	const args = ["-r", file, "-Y", "h225 && !_ws.malformed", ...options, ...wanted];
	// It exits with an error where the file is cut off, behind what it read.
	const { stdout } = await run("tshark", args, { maxBuffer: MAX_OUTPUT }).catch((error: { stdout?: string }) => ({
		stdout: error.stdout ?? "",
	}));
	const frames = new Map<number, Fields>();
	for (const line of stdout.split("\n").filter(Boolean)) {
		const [frame, ...values] = line.split("\t");
		frames.set(Number(frame), Object.fromEntries(ALL.map((field, index) => [field, values[index] ?? ""])));
	}
	return frames;
}

/** Our reading of a packet that holds one whole message; undefined for others. */
function ourFields({ protocol, data, payloadStart: start, payloadEnd: end }: PacketView): Fields | undefined {
	if (protocol === Protocol.UDP) {
		if (!h225Ras.recognise(data, start, end) && !h225RasOther.recognise(data, start, end)) return undefined;
		const message = parseRas(data, start, end);
		return {
			"h225.requestSeqNum": `${message?.sequence ?? ""}`,
			"h225.gatekeeperIdentifier": message?.gatekeeper ?? "",
			"h225.endpointIdentifier": message?.endpoint ?? "",
			"h225.guid": message?.callIdentifier ?? "",
		};
	}
	if (protocol !== Protocol.TCP || h225.messageLength!(data, start, end) !== end - start) return undefined;
	const message = parseH225Call(data, start, end);
	if (!message) return undefined;
	return {
		"q931.call_ref": message.callReference.toString(16),
		"q931.calling_party_number.digits": message.caller ?? "",
		"q931.called_party_number.digits": message.called ?? "",
		"q931.cause_value": `${message.cause ?? ""}`,
		"h225.guid": message.callIdentifier ?? "",
		"h225.productId": message.vendor?.product ?? "",
		"h245.tsapIdentifier": message.media
			.filter(({ address }) => !address.includes(":"))
			.map(({ port }) => port)
			.join(),
	};
}

/** The same values, whatever tshark's writing of them: an identifier's dashes, repeated ports, a reference's zeros. */
function isSame(field: string, ours: string, theirs: string): boolean {
	if (theirs === "") return true;
	if (field === "h225.guid") return theirs.replaceAll("-", "").split(",").includes(ours);
	if (field === "h245.tsapIdentifier") return sorted(ours) === sorted(theirs);
	if (field === "q931.call_ref") return Number.parseInt(ours, 16) === (Number.parseInt(theirs, 16) & 0x7fff);
	return theirs.split(",").includes(ours);
}

function sorted(list: string): string {
	return [...new Set(list.split(","))].sort().join();
}

async function compare(file: string): Promise<{ messages: number; lines: string[] }> {
	const theirs = await tsharkFields(file);
	const captures = openCapture([file], {});
	const decoder = new PacketDecoder(captures.interfaces);
	const lines: string[] = [];
	let messages = 0;
	for await (const { batch, from, to } of captures.runs()) {
		for (let i = from; i < to; i++) {
			const number = batch.firstNumber + i;
			const expected = theirs.get(number);
			if (!expected || !decoder.decode(batch, i)) continue;
			const found = ourFields(decoder.packet);
			if (!found) lines.push(`packet ${number}: only tshark reads it, or it is not one whole message`);
			else messages++;
			for (const [field, value] of Object.entries(found ?? {})) {
				if (!isSame(field, value, expected[field]!)) {
					lines.push(
						`packet ${number}: ${field} is ${JSON.stringify(value)}, tshark ${JSON.stringify(expected[field])}`,
					);
				}
			}
		}
	}
	return { messages, lines };
}

for (const file of process.argv.slice(2)) {
	const { messages, lines } = await compare(file);
	for (const line of lines) console.log(`${file}: ${line}`);
	console.log(`${file}: ${messages} messages compared, ${lines.length} disagreements`);
}
