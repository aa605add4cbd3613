const BATCH_CHARACTERS = 1 << 16;

/** Joins small pieces, so that each write is worth its system call. */
export function* batched(pieces: Iterable<string>): Iterable<string> {
	let batch: string[] = [];
	let size = 0;
	for (const piece of pieces) {
		batch.push(piece);
		size += piece.length;
		if (size < BATCH_CHARACTERS) continue;
		yield batch.join("");
		batch = [];
		size = 0;
	}
	if (size > 0) yield batch.join("");
}
