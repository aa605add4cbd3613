import { type BackEnd, type CaptureDevice, type CaptureSettings, LiveError, type RunningCapture } from "./back-end.ts";
import { checkNames, errorOf, permissionFor, programOr } from "./faults.ts";
import { Program, reasonIn, said } from "./program.ts";

/** Wireshark's capture program: pcapng, kernel time stamps in nanoseconds, and what was dropped, told at the end. */
export const dumpcap: BackEnd = {
	name: "dumpcap",
	tellsDrops: false,
	limits: "tells at the end only what was dropped",
	check: async () => {
		programOr("dumpcap");
	},
	devices: async () => devicesOf((await said(programOr("dumpcap"), ["-D", "-M"])).stdout),
	start,
};

async function start(settings: CaptureSettings): Promise<RunningCapture> {
	const path = programOr("dumpcap");
	const { interfaces, filter, snaplen, promiscuous, bufferSize } = settings;
	checkNames(interfaces);
	const each = interfaces.flatMap((name) => [
		"-i",
		name,
		...(filter === undefined ? [] : ["-f", filter]),
		"-s",
		String(snaplen),
		...(promiscuous ? [] : ["-p"]),
		"-B",
		String(bufferSize),
	]);
	const program = new Program(path, ["-q", "-n", ...each, "-w", "-"]);
	if (!(await program.begins())) throw errorOf("dumpcap", program.said, settings, permissionFor(path));
	return {
		// It calls that its interface has gone an end like others.
		bytes: program.output(({ said: words }) => new LiveError("other", `dumpcap ended: ${reasonIn(words)}`)),
		stop: () => program.stop(),
	};
}

/** `dumpcap -D -M`: a line for each, its fields parted by tabs: number and name, vendor, friendly name, type, addresses, loopback. */
function devicesOf(text: string): CaptureDevice[] {
	return text
		.split("\n")
		.filter((line) => line.trim() !== "")
		.map((line) => {
			const [numbered = "", vendor = "", friendly = "", , addresses = "", kind = ""] = line.split("\t");
			return {
				name: numbered.replace(/^\d+\. /, ""),
				description: friendly || vendor,
				addresses: addresses.split(",").filter((address) => address !== ""),
				isLoopback: kind.trim() === "loopback",
			};
		});
}
