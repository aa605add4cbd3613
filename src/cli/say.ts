import { safeText } from "../report/text/safe-text.ts";

/** A message on standard error. It may quote file names, arguments and captures: none of them acts on a terminal. */
export function say(message: string): void {
	for (const line of message.split("\n")) process.stderr.write(`flowmatrix: ${safeText(line)}\n`);
}
