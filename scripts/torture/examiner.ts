import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Examination, Task } from "./examine.ts";

const CHILD = fileURLToPath(new URL("child.ts", import.meta.url));

/** What one file may take. */
export interface Bounds {
	/** Processor time. */
	readonly seconds: number;
	/** Resident memory of the process, Node and its compiled code included, in bytes. */
	readonly memory: number;
}

/** Analyses files in a process of its own, which is ended where it hangs and replaced where it has ended. */
export class Examiner {
	readonly #bounds: Bounds;
	#child: ChildProcess | undefined;

	constructor(bounds: Bounds) {
		this.#bounds = bounds;
	}

	/** @returns what came of the file; a hang, a crash and too much memory are faults of it. */
	async examine(task: Task): Promise<Examination> {
		this.#child ??= await start();
		const child = this.#child;
		const { seconds, memory } = this.#bounds;
		const started = { wall: performance.now(), processor: processorSeconds(child) };
		const answer = await new Promise<Examination | string>((resolve) => {
			const watch = setInterval(() => {
				const wall = (performance.now() - started.wall) / 1000;
				const used = processorSeconds(child) - started.processor;
				if (used > seconds || wall > seconds * PATIENCE)
					settle(`hangs: ${used} s of processor time, ${Math.round(wall)} s`);
			}, WATCH_EVERY);
			const crashed = (code: number | null, signal: string | null) =>
				settle(`crashes: the process ended (${code ?? signal})`);
			const settle = (what: Examination | string) => {
				clearInterval(watch);
				child.off("message", settle);
				child.off("exit", crashed);
				resolve(what);
			};
			child.on("message", settle);
			child.on("exit", crashed);
			child.send(task);
		});
		if (typeof answer === "string") {
			this.close();
			return { packets: 0, problems: 0, seconds: 0, memory: 0, fault: answer };
		}
		if (answer.memory <= memory) return answer;
		return { ...answer, fault: answer.fault ?? `takes ${answer.memory} bytes of memory, more than ${memory}` };
	}

	close(): void {
		this.#child?.kill("SIGKILL");
		this.#child = undefined;
	}
}

/** Milliseconds. */
const WATCH_EVERY = 250;
/** A busy machine is no fault of flowmatrix: what waits, and does not work, may take this many times as long. */
const PATIENCE = 12;
const TICKS_A_SECOND = 100;

/** Processor time of a process so far, by Linux (proc(5)); 0 elsewhere, where only the clock tells a hang. */
function processorSeconds({ pid }: ChildProcess): number {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
		const [user, system] = stat.slice(stat.lastIndexOf(")")).split(" ").slice(12, 14).map(Number);
		return (user! + system!) / TICKS_A_SECOND;
	} catch {
		return 0;
	}
}

async function start(): Promise<ChildProcess> {
	const child = fork(CHILD, { execArgv: ["--import", import.meta.resolve("tsx")] });
	await new Promise((ready, failed) => child.once("message", ready).once("exit", failed));
	return child;
}
