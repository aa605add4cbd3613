import { createReadStream } from "node:fs";
import type * as zlib from "node:zlib";

/** Bytes given to the unpacker at a time, behind the place up to which all went well: coarse, then exact. */
const STEPS = [1024, 1];
const CHUNK_BYTES = 64 << 10;

/**
 * Unpacks a damaged file again, for what its unpacker had made of the bytes before the damage and threw away with the
 * error: by little steps, each of whose outputs is taken before the next one.
 * @param delivered unpacked bytes that are there already, and not to come again.
 * @param sound packed bytes up to which there was no error.
 */
export async function* rescue(
	path: string,
	create: () => zlib.Gunzip,
	delivered: number,
	sound: number,
): AsyncGenerator<Uint8Array, undefined, undefined> {
	for (const step of STEPS) {
		const unpacker = create();
		let skip = delivered;
		let ready: Uint8Array[] = [];
		unpacker.on("data", (chunk: Uint8Array) => {
			const rest = chunk.subarray(Math.min(skip, chunk.length));
			skip -= chunk.length - rest.length;
			if (rest.length > 0) ready.push(rest);
		});
		const input = createReadStream(path, { highWaterMark: CHUNK_BYTES });
		try {
			for await (const piece of inSteps(input, sound, step)) {
				await write(unpacker, piece);
				for (const chunk of ready) {
					delivered += chunk.length;
					yield chunk;
				}
				ready = [];
			}
			return undefined;
		} catch {
			sound = unpacker.bytesWritten;
		} finally {
			input.destroy();
			unpacker.destroy();
		}
	}
	return undefined;
}

/** Cuts the input behind its first `sound` bytes into pieces of `step` bytes. */
async function* inSteps(input: AsyncIterable<Uint8Array>, sound: number, step: number): AsyncGenerator<Uint8Array> {
	let offset = 0;
	for await (const chunk of input) {
		for (let at = 0; at < chunk.length; ) {
			const end = Math.min(chunk.length, offset + at < sound ? sound - offset : at + step);
			yield chunk.subarray(at, end);
			at = end;
		}
		offset += chunk.length;
	}
}

/** Waits until the unpacker has taken a piece, and handed on what it made of it. */
function write(unpacker: zlib.Gunzip, piece: Uint8Array): Promise<void> {
	return new Promise((resolve, reject) => {
		unpacker.removeAllListeners("error").once("error", reject);
		unpacker.write(piece, (error) => {
			if (error) reject(error);
			else setImmediate(resolve);
		});
	});
}
