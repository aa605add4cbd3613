import { networkInterfaces } from "node:os";
import { Timeline } from "../batch.ts";
import { PcapngWriter } from "../write/pcapng.ts";
import { type BackEnd, type CaptureDevice, type CaptureSettings, LiveError, type RunningCapture } from "./back-end.ts";
import { checkNames, errorOf, permissionFor, programOr } from "./faults.ts";
import { PcapToPcapng, type SectionToWrite } from "./from-pcap.ts";
import { together } from "./merge.ts";
import { Program, reasonIn, said } from "./program.ts";

/** How often it is asked what it has dropped, in milliseconds. */
const ASK_EVERY = 2000;

/** tcpdump, one for each interface: kernel time stamps, and what was dropped, told as it goes. */
export const tcpdump: BackEnd = {
	name: "tcpdump",
	tellsDrops: true,
	check: async () => {
		programOr("tcpdump");
	},
	devices: async () => devicesOf((await said(programOr("tcpdump"), ["-D"])).stdout),
	start,
};

async function start(settings: CaptureSettings): Promise<RunningCapture> {
	const path = programOr("tcpdump");
	checkNames(settings.interfaces);
	const programs: Program[] = [];
	const stop = () => {
		for (const program of programs) program.stop();
	};
	for (const name of settings.interfaces) {
		const program = new Program(path, ["-i", name, ...argumentsOf(settings)]);
		programs.push(program);
		if (await program.begins()) continue;
		stop();
		throw errorOf("tcpdump", program.said, { ...settings, interfaces: [name] }, permissionFor(path));
	}
	const section = { writer: new PcapngWriter("flowmatrix"), timeline: new Timeline() };
	const parts = programs.map((program, at) => ({ program, name: settings.interfaces[at]!, filter: settings.filter }));
	return { bytes: pcapngOf(section, parts, true), stop };
}

/** All but the interface. */
export function argumentsOf({ filter, snaplen, promiscuous, bufferSize }: CaptureSettings): string[] {
	return [
		// Not in immediate mode: every packet would take a whole snaplen of the kernel's buffer, and come a second sooner at most.
		...["-n", "-U", "-s", String(snaplen), "-B", String(bufferSize * 1024)],
		...(promiscuous ? [] : ["-p"]),
		...["-w", "-"],
		...(filter === undefined ? [] : ["--", filter]),
	];
}

/** A tcpdump that runs, and what it captures on. */
interface Part {
	readonly program: Program;
	readonly name: string;
	readonly filter: string | undefined;
}

/**
 * What several tcpdumps capture, as one pcapng section.
 * @param mayAsk whether the program itself gets the signals that it is sent.
 */
export async function* pcapngOf(
	{ writer, timeline }: SectionToWrite,
	parts: readonly Part[],
	mayAsk: boolean,
): AsyncGenerator<Uint8Array, void, undefined> {
	const asking =
		mayAsk && process.platform !== "win32"
			? setInterval(() => {
					for (const { program } of parts) program.ask(process.platform === "linux" ? "SIGUSR1" : "SIGINFO");
				}, ASK_EVERY)
			: undefined;
	try {
		yield* together(parts.map(({ program, name, filter }) => packetsOf(program, name, filter, { writer, timeline })));
		yield writer.take();
	} finally {
		clearInterval(asking);
	}
}

async function* packetsOf(
	program: Program,
	name: string,
	filter: string | undefined,
	section: SectionToWrite,
): AsyncGenerator<Uint8Array, void, undefined> {
	const packets = new PcapToPcapng(section, name, filter);
	let told = 0;
	const tell = (isLast: boolean) => {
		const counts = dropsIn(program.said);
		if (!counts || (!isLast && counts.dropped === told)) return;
		told = counts.dropped;
		packets.drops(counts);
	};
	const output = program.output(({ said: words }) => {
		tell(true);
		return new LiveError("other", `capturing on ${name} ended: ${reasonIn(words)}`);
	});
	for await (const chunk of output) {
		packets.take(chunk);
		tell(false);
		if (section.writer.pending > 0) yield section.writer.take();
	}
	tell(true);
}

/** The latest counts that tcpdump told: `12 packets captured, 13 packets received by filter, 0 packets dropped by kernel`, in one line or several. */
function dropsIn(text: string): { received: number; dropped: number } | undefined {
	const latest = (pattern: RegExp) => [...text.matchAll(pattern)].at(-1)?.[1];
	const kernel = latest(/(\d+) packets? dropped by kernel/g);
	if (kernel === undefined) return undefined;
	const received = Number(latest(/(\d+) packets? received by filter/g) ?? 0);
	return { received, dropped: Number(kernel) + Number(latest(/(\d+) packets? dropped by interface/g) ?? 0) };
}

/** `tcpdump -D`: `1.eth0 [Up, Running]`, `2.any (Pseudo-device that captures on all interfaces) [Up, Running]`. */
function devicesOf(text: string): CaptureDevice[] {
	const own = networkInterfaces();
	return text.split("\n").flatMap((line) => {
		const [, name, description = "", flags = ""] = /^\d+\.(\S+)(?: \((.*)\))?(?: \[(.*)\])?\s*$/.exec(line) ?? [];
		if (name === undefined) return [];
		const addresses = (own[name] ?? []).map(({ address }) => address);
		return { name, description, addresses, isLoopback: flags.includes("Loopback") };
	});
}
