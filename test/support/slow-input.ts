import { sourceOf } from "../../src/capture/source.ts";
import type { LiveInput } from "../../src/live.ts";

/** A capture that comes piece by piece, each when {@link go} is called: as a slow pipe brings it. */
export class SlowInput implements LiveInput {
	readonly name: string;
	readonly #pieces: readonly Uint8Array[];
	#go = () => {};

	constructor(name: string, bytes: Uint8Array, pieces: number) {
		this.name = name;
		const size = Math.max(1, Math.ceil(bytes.length / pieces));
		this.#pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
			bytes.subarray(i * size, (i + 1) * size),
		);
	}

	go(): void {
		this.#go();
	}

	async open() {
		return sourceOf(this.#chunks());
	}

	async *#chunks(): AsyncGenerator<Uint8Array, void, undefined> {
		for (const piece of this.#pieces) {
			yield piece;
			await new Promise<void>((resolve) => {
				this.#go = resolve;
			});
		}
	}
}
