/** Exit statuses: part of the contract. `unreadable`: there is no result, because the input could not be read or
 * the result not be written. `none`: a search found nothing, as grep tells it. `failed`: the run went well, and shows
 * what the user said should fail it. */
export const EXIT = { done: 0, unreadable: 1, none: 1, usage: 2, failed: 3 } as const;

/** The command line asks for something that cannot be: exit status 2. */
export class UsageError extends Error {
	readonly code = "ERR_USAGE";

	constructor(message: string) {
		super(message);
		this.name = "UsageError";
	}
}
