/** flowmatrix capturing live in the lab, held against what it says of the same traffic from a file. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { FlowRecord } from "../../src/document/document.ts";
import { sleep, tail, until } from "./command.ts";
import { describe, gotText } from "./compare.ts";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const STARTS = 15_000;
const ENDS = 30_000;
/** Back ends hand over within a second what they have. */
const HANDED_OVER = 1_500;

/** What is compared of its JSON. */
export interface LiveReport {
	readonly capture: { readonly packets: number; readonly dropped: number };
	readonly flows: readonly FlowRecord[];
}

/** A `flowmatrix live` that is under way. */
export class Live {
	readonly backEnd: string;
	readonly #process: ChildProcess;
	#out = "";
	#said = "";

	/** @param namespace where the interface is. */
	static async start(
		namespace: string,
		device: string,
		backEnd: string,
		hosts: Readonly<Record<string, readonly string[]>>,
	): Promise<Live> {
		const live = new Live(namespace, device, backEnd, hosts);
		await until(`flowmatrix live --backend ${backEnd}`, STARTS, () => {
			if (live.#process.exitCode !== null) throw new Error(`flowmatrix live --backend ${backEnd}: ${tail(live.#said)}`);
			return live.#said.includes("capturing on");
		});
		return live;
	}

	private constructor(
		namespace: string,
		device: string,
		backEnd: string,
		hosts: Readonly<Record<string, readonly string[]>>,
	) {
		this.backEnd = backEnd;
		const given = Object.entries(hosts).flatMap(([product, all]) =>
			all.flatMap((host) => ["--host", `${product}=${host}`]),
		);
		const args = [MAIN, "live", "-i", device, "--backend", backEnd, "--format", "json", ...given];
		// In the namespace from the beginning, so that a signal reaches the program itself.
		this.#process = spawn("ip", ["netns", "exec", namespace, process.execPath, ...args], {
			stdio: ["ignore", "pipe", "pipe"],
		});
		this.#process.stdout!.setEncoding("utf8").on("data", (text: string) => {
			this.#out += text;
		});
		this.#process.stderr!.setEncoding("utf8").on("data", (text: string) => {
			this.#said += text;
		});
	}

	/** Ends it as Ctrl-C does. */
	async end(): Promise<LiveReport> {
		await sleep(HANDED_OVER);
		this.#process.kill("SIGINT");
		await until(`flowmatrix live --backend ${this.backEnd} ends`, ENDS, () => this.#process.exitCode !== null);
		// The pipe may still hold what the program has written.
		await sleep(HANDED_OVER / 10);
		if (this.#process.exitCode !== 0) throw new Error(`flowmatrix live --backend ${this.backEnd}: ${tail(this.#said)}`);
		return JSON.parse(this.#out) as LiveReport;
	}
}

/** What one of two reports of the same traffic says of TCP and UDP flows and the other does not; empty where they agree. */
export function differences(live: Iterable<FlowRecord>, file: Iterable<FlowRecord>): string[] {
	const lines = (flows: Iterable<FlowRecord>) => [...flows].filter(isSession).map(said).sort();
	const left = lines(live);
	const missing = lines(file).filter((line) => {
		const at = left.indexOf(line);
		if (at >= 0) left.splice(at, 1);
		return at < 0;
	});
	return [...left.map((line) => `live only: ${line}`), ...missing.map((line) => `file only: ${line}`)];
}

function isSession({ transport }: FlowRecord): boolean {
	return transport === "tcp" || transport === "udp";
}

function said(record: FlowRecord): string {
	const { label, client, server, findings } = record;
	const kinds = findings.map(({ kind }) => kind).sort();
	const sides = `${client.packets}+${server.packets} packets`;
	return [describe(record), gotText(record), label.confidence ?? "-", sides, ...kinds].join(", ");
}
