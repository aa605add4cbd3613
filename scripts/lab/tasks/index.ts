import { releaseAlg, serveAlg } from "./alg.ts";
import { converse, countPaused, goOn, release, serve } from "./dialogue.ts";
import { speak } from "./speak.ts";
import { fetchTftp, releaseTftp, serveTftp } from "./tftp.ts";

/** What an agent can do. */
const TASKS = {
	ready: async (_: undefined) => {},
	serve,
	release,
	converse,
	countPaused,
	goOn,
	serveTftp,
	releaseTftp,
	fetchTftp,
	speak,
	serveAlg,
	releaseAlg,
};

export type TaskName = keyof typeof TASKS;
export type TaskArguments<Name extends TaskName> = Parameters<(typeof TASKS)[Name]>[0];
export type TaskResult<Name extends TaskName> = Awaited<ReturnType<(typeof TASKS)[Name]>>;

/** @param argument as the task wants it: agent-process.ts sends nothing else. */
export function perform(task: TaskName, argument: unknown): Promise<unknown> {
	return (TASKS[task] as (argument: unknown) => Promise<unknown>)(argument);
}
