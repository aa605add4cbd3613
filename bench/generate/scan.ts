import { type CaptureWriter, type End, Flag, TCP, writeHeaders, writeTcp } from "./writer.ts";

const PACKETS = 3;
/** Probes that are sent before the first of them is answered. */
const AHEAD = 500;
const HOSTS = 2000;
const SCANNER = 0x0a000064;
const TARGETS = 0x0a010000;
const { SYN, ACK, RST } = Flag;

/** What a port does with a probe: the three packets' flags, and who sends them. */
interface Answer {
	readonly flags: readonly [number, number, number];
	readonly fromScanner: readonly [boolean, boolean, boolean];
}

const OPEN: Answer = { flags: [SYN, SYN | ACK, RST], fromScanner: [true, false, true] };
const CLOSED: Answer = { flags: [SYN, SYN, RST | ACK], fromScanner: [true, true, false] };
const SILENT: Answer = { flags: [SYN, SYN, SYN], fromScanner: [true, true, true] };

/** Writes a scan of TCP ports, host by host for each port: three packets a flow, the frames of 60 bytes. */
export function scan(writer: CaptureWriter, packets: number): void {
	const flows = Math.ceil(packets / PACKETS);
	let written = 0;
	for (let step = 0; written < packets; step++) {
		for (let packet = 0; packet < PACKETS && written < packets; packet++) {
			const probe = step - packet * AHEAD;
			if (probe < 0 || probe >= flows) continue;
			writeProbe(writer, probe, packet, written++);
		}
	}
}

function writeProbe(writer: CaptureWriter, probe: number, packet: number, number: number): void {
	const { flags, fromScanner } = answerTo(probe);
	const scanner: End = { address: SCANNER, port: 40_000 + (probe % 20_000) };
	const target: End = { address: TARGETS + (probe % HOSTS), port: 1 + Math.floor(probe / HOSTS) };
	const bySender = fromScanner[packet]!;
	const frame = writer.frame(60);
	writeHeaders(writer.bytes, frame, 6, bySender ? scanner : target, bySender ? target : scanner, TCP, number);
	const first = Math.imul(probe, 0x9e3779b1) >>> 0;
	const sequence = bySender ? first + (flags[packet] === RST ? 1 : 0) : 1_000_000;
	writeTcp(writer.bytes, frame, flags[packet]!, sequence, first + 1);
}

/** Of twenty ports one is open, and three are behind a firewall. */
function answerTo(probe: number): Answer {
	const kind = (Math.imul(probe, 0x85ebca6b) >>> 8) % 20;
	return kind === 0 ? OPEN : kind < 4 ? SILENT : CLOSED;
}
