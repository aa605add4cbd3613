/** Runs inside a machine's namespace and does what it is told over the IPC channel: see tasks/. Ends with its parent. */
import type { Reply, Request } from "./agent-process.ts";
import { perform } from "./tasks/index.ts";

process.on("message", async ({ id, task, argument }: Request) => {
	let reply: Reply;
	try {
		reply = { id, result: await perform(task, argument) };
	} catch (error) {
		reply = { id, error: error instanceof Error ? error.message : String(error) };
	}
	process.send?.(reply);
});
process.on("disconnect", () => process.exit());
