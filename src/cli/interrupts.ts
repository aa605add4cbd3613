/** Signals that ask a program to end, with the exit status by which shells know each: 128 and its number. */
const STATUSES = { SIGINT: 130, SIGTERM: 143 } as const;
const NAMES = ["SIGINT", "SIGTERM"] as const;

/** How a run was asked to end: by Ctrl-C, or by `kill`. Not by a closed terminal, which `nohup` has programs outlive. */
export type Interrupt = (typeof NAMES)[number];

/** The run was ended before it was done. */
export class Interrupted extends Error {
	/** Exit status. */
	readonly status: number;

	constructor(status: number, message: string) {
		super(message);
		this.name = "Interrupted";
		this.status = status;
	}
}

export function statusOf(by: Interrupt): number {
	return STATUSES[by];
}

/** Whether an exit status is that of an interrupted run. */
export function isInterrupt(status: number): boolean {
	return NAMES.some((name) => STATUSES[name] === status);
}

/**
 * Calls `act` at the first interrupt. From then on, and after the release that is returned, an interrupt ends the program
 * at once, as it does by default: even where the program is too busy to look at it.
 */
export function onInterrupt(act: (by: Interrupt) => void): () => void {
	const release = () => {
		for (const name of NAMES) process.off(name, first);
	};
	const first = (name: NodeJS.Signals) => {
		release();
		act(name as Interrupt);
	};
	for (const name of NAMES) process.on(name, first);
	return release;
}
