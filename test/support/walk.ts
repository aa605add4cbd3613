import { type Fields, type Recogniser, Role } from "../../src/protocol/recogniser.ts";

/** Bytes of a message that are put together at most. */
const BOUND = 16 << 10;

/**
 * What one side of a connection shows, read message by message as `messageLength` cuts them and as far as `leadsOn`
 * leads; what was said first stays.
 * @param segments in order; a message may begin in one and end in another
 */
export function walk(
	{ recognise, messageLength, leadsOn, describe }: Recogniser,
	...segments: readonly Uint8Array[]
): Fields {
	const stream = Buffer.concat(segments);
	const fields: Fields = {};
	let at = 0;
	let there = 0;
	let goesOn = true;
	for (const segment of segments) {
		there += segment.length;
		while (goesOn && at < there) {
			if (at === 0 && recognise(stream, at, there) === Role.No) return fields;
			const length = messageLength!(stream, at, there);
			if (length === 0 || (at + length > there && there - at < BOUND)) break;
			const end = Math.min(at + length, there);
			for (const [name, value] of Object.entries(describe!(stream, at, end))) fields[name] ??= value;
			goesOn = leadsOn!(stream, at, end);
			at += length;
		}
	}
	return fields;
}
