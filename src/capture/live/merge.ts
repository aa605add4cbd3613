/** What several make, in the order in which it comes. Ends when all have ended. @throws what one of them throws, when it does. */
export async function* together<T>(sources: readonly AsyncIterable<T>[]): AsyncGenerator<T, void, undefined> {
	const iterators = sources.map((source) => source[Symbol.asyncIterator]());
	const ready: { readonly iterator: AsyncIterator<T>; readonly result: IteratorResult<T> }[] = [];
	let failure: { readonly error: unknown } | undefined;
	// One promise for all: racing each against the others would keep every race in memory while one of them is silent.
	let wake = () => {};
	const pull = (iterator: AsyncIterator<T>) => {
		iterator.next().then(
			(result) => {
				ready.push({ iterator, result });
				wake();
			},
			(error: unknown) => {
				failure ??= { error };
				wake();
			},
		);
	};
	for (const iterator of iterators) pull(iterator);
	let open = iterators.length;
	try {
		while (open > 0) {
			const first = ready.shift();
			if (first?.result.done) open--;
			else if (first) {
				pull(first.iterator);
				yield first.result.value;
			} else if (failure) throw failure.error;
			else
				await new Promise<void>((resolve) => {
					wake = resolve;
				});
		}
	} finally {
		for (const iterator of iterators) iterator.return?.().catch(() => {});
	}
}
