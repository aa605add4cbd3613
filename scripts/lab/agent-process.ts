/** The lab's side of an agent: a Node process inside a machine's namespace that does tasks (see agent.ts). */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { TaskArguments, TaskName, TaskResult } from "./tasks/index.ts";

const AGENT = fileURLToPath(new URL("agent.ts", import.meta.url));
const TASK_TIMEOUT = 30_000;

export type Request = { readonly id: number; readonly task: TaskName; readonly argument: unknown };
export type Reply = { readonly id: number; readonly result?: unknown; readonly error?: string };

interface Pending {
	resolve(result: unknown): void;
	reject(error: Error): void;
}

export class AgentProcess {
	readonly #process: ChildProcess;
	readonly #pending = new Map<number, Pending>();
	#last = 0;

	private constructor(child: ChildProcess) {
		this.#process = child;
		child.on("message", (reply: Reply) => this.#settle(reply));
		child.on("exit", () => {
			for (const { reject } of this.#pending.values()) reject(new Error("the agent ended"));
		});
	}

	static async start(namespace: string): Promise<AgentProcess> {
		const child = fork(AGENT, [], {
			execPath: "ip",
			execArgv: ["netns", "exec", namespace, process.execPath, "--import", import.meta.resolve("tsx")],
			serialization: "advanced",
			stdio: ["ignore", "inherit", "inherit", "ipc"],
		});
		const agent = new AgentProcess(child);
		await agent.do("ready", undefined);
		return agent;
	}

	/** Has a task done. @throws Error what the task threw, or that it took too long. */
	do<Name extends TaskName>(task: Name, argument: TaskArguments<Name>): Promise<TaskResult<Name>> {
		const id = ++this.#last;
		return new Promise<unknown>((resolve, reject) => {
			const timer = setTimeout(() => reject(new Error(`${task}: not within ${TASK_TIMEOUT / 1000} s`)), TASK_TIMEOUT);
			const done = () => {
				clearTimeout(timer);
				this.#pending.delete(id);
			};
			this.#pending.set(id, {
				resolve: (result) => {
					done();
					resolve(result);
				},
				reject: (error) => {
					done();
					reject(error);
				},
			});
			this.#process.send({ id, task, argument } satisfies Request);
		}) as Promise<TaskResult<Name>>;
	}

	#settle({ id, result, error }: Reply): void {
		const pending = this.#pending.get(id);
		if (error === undefined) pending?.resolve(result);
		else pending?.reject(new Error(error));
	}

	close(): void {
		this.#process.kill("SIGKILL");
	}
}
