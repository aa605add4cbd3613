import fc from "fast-check";
import { beforeEach } from "vitest";

/** Slow tests, of bounds under floods: each would cost every mutant in the path of a packet a second. */
const SLOW = new Set([
	"follows a flood of servers in one transaction",
	"is followed for so many flows, and so many transactions of all of them",
	"of all flows have a bound: a sixteenth of the flows, the oldest, gives way",
	"is 200,000 messages of all, and 100,000 calls",
	"without a row are one for each cause: a scan of everything is no thousand findings",
	"of requests and of write requests is followed in time that does not grow with what waits",
	"captures/ holds nothing else",
]);

// The worker is that of the mutant before: none is on until a test file's first test begins.
const stryker = (globalThis as { __stryker__?: { activeMutant?: string | undefined } }).__stryker__;
if (stryker) stryker.activeMutant = undefined;
fc.configureGlobal({ numRuns: 20 });
beforeEach(({ task, skip }) => skip(SLOW.has(task.name)));
