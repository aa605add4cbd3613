import type { Problem } from "../capture/problem.ts";
import { grouped } from "../finding/words.ts";

/** `FILE: at byte N: what`; without the place where the problem is not in the file's bytes. */
export function problemText({ file, offset, kind, message }: Problem): string {
	const inBytes = kind === "truncated" || kind === "corrupt" || offset > 0;
	return inBytes ? `${file}: at byte ${grouped(offset)}: ${message}` : `${file}: ${message}`;
}
