/** The process that an {@link Examiner} watches: analyses what it is sent, one file at a time. */
import { examine, type Task } from "./examine.ts";

process.on("message", async (task: Task) => {
	process.send!(await examine(task));
});
process.send!("ready");
