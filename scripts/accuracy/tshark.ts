import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import { keyOf } from "../support/capture-files.ts";

const run = promisify(execFile);
const MAX_OUTPUT = 1 << 29;
/** A few captures keep tshark busy for minutes: what it printed until then counts. */
const TIME_LIMIT = 60_000;
const CACHE = join(tmpdir(), "flowmatrix-accuracy");
const FIELDS = [
	"frame.number",
	"frame.protocols",
	"ip.src",
	"ip.dst",
	"ipv6.src",
	"ipv6.dst",
	"tcp.srcport",
	"tcp.dstport",
	"udp.srcport",
	"udp.dstport",
	"_ws.malformed",
	"dhcp.option.dhcp",
] as const;

/** Framing that the protocol proper follows. */
const WRAPPERS = new Set(["tpkt", "cotp", "nbss", "udpencap", "data"]);

/** What tshark dissected above the transport, in one conversation. */
export interface Dissected {
	/** tshark's names of protocols, in the order of their first frames, with the number of frames that are not malformed. */
	readonly frames: Map<string, number>;
	/** The same for what those protocols carry: TLS in OpenVPN or SOCKS. */
	readonly inside: Map<string, number>;
}

/** One tshark run over a capture, kept in the system's folder for temporary files. Keys: `tcp|address port|address port`. */
export async function tsharkDissection(path: string): Promise<Map<string, Dissected>> {
	const all = new Map<string, Dissected>();
	for (const line of (await output(path)).split("\n")) if (line !== "") addFrame(all, line.split("\t"));
	return all;
}

async function output(path: string): Promise<string> {
	const { size, mtimeMs } = statSync(path);
	const name = createHash("sha256")
		.update([path, size, mtimeMs, ...FIELDS].join("\n"))
		.digest("hex");
	const file = join(CACHE, `${name}.gz`);
	try {
		return gunzipSync(readFileSync(file)).toString("utf8");
	} catch {
		// Not kept yet, or cut off while it was written.
	}
	const options = ["-n", "-r", path, "-T", "fields", ...FIELDS.flatMap((field) => ["-e", field])];
	const { stdout } = await run("tshark", options, { maxBuffer: MAX_OUTPUT, timeout: TIME_LIMIT }).catch(
		(error: { code?: string; stdout?: string }) => {
			if (error.code === "ENOENT") throw new Error("tshark is not installed");
			// tshark ends with an error behind damage: what it printed until then counts.
			return { stdout: error.stdout ?? "" };
		},
	);
	mkdirSync(CACHE, { recursive: true });
	writeFileSync(file, gzipSync(stdout));
	return stdout;
}

/** Takes the occurrences of a repeated field one after the other: a tunnel's outer header first. */
class Occurrences {
	readonly #values: string[];
	#next = 0;

	constructor(cell = "") {
		this.#values = cell === "" ? [] : cell.split(",");
	}

	take(): string {
		return this.#values[this.#next++] ?? "?";
	}
}

/** Walks a frame's protocols from the outermost in: addresses, then ports, then what is carried. */
function addFrame(all: Map<string, Dissected>, cells: readonly string[]): void {
	const protocols = cells[1]!.split(":");
	const [ip4From, ip4To, ip6From, ip6To, tcpFrom, tcpTo, udpFrom, udpTo] = cells
		.slice(2, 10)
		.map((cell) => new Occurrences(cell));
	const isMalformed = (cells[10] ?? "") !== "" || protocols.includes("_ws.malformed");
	const isBootp = (cells[11] ?? "") === "";
	let ends: [string, string] = ["?", "?"];
	let carried: Dissected | undefined;
	let isNamed = false;
	for (const protocol of protocols) {
		if (protocol === "ip") ends = [ip4From!.take(), ip4To!.take()];
		else if (protocol === "ipv6") ends = [ip6From!.take(), ip6To!.take()];
		else if (protocol === "tcp") carried = conversation(all, protocol, ends, tcpFrom!.take(), tcpTo!.take());
		else if (protocol === "udp") carried = conversation(all, protocol, ends, udpFrom!.take(), udpTo!.take());
		// What an ICMP error quotes is no packet of its own.
		else if (protocol === "icmp" || protocol === "icmpv6") return;
		else if (carried) {
			count(
				isNamed ? carried.inside : carried.frames,
				protocol === "dhcp" && isBootp ? "bootp" : protocol,
				isMalformed,
			);
			// A message without option 53 may be DHCP that the snaplen cuts.
			if (protocol === "dhcp") count(carried.inside, protocol, isMalformed);
			isNamed ||= !WRAPPERS.has(protocol);
		}
		if (protocol === "tcp" || protocol === "udp") isNamed = false;
		if (protocol === "ip" || protocol === "ipv6") carried = undefined;
	}
}

function count(frames: Map<string, number>, name: string, isMalformed: boolean): void {
	frames.set(name, (frames.get(name) ?? 0) + (isMalformed ? 0 : 1));
}

function conversation(
	all: Map<string, Dissected>,
	transport: string,
	[from, to]: readonly [string, string],
	fromPort: string,
	toPort: string,
): Dissected {
	const [key] = keyOf(transport, `${from} ${fromPort}`, `${to} ${toPort}`);
	const found = all.get(key) ?? { frames: new Map<string, number>(), inside: new Map<string, number>() };
	all.set(key, found);
	return found;
}
