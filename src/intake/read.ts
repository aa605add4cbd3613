import type { CaptureSet } from "../capture/open.ts";
import type { PacketDecoder } from "../packet/decode.ts";
import type { PacketVector } from "../packet/vector.ts";
import type { Summary } from "./intake.ts";

const LINKTYPE_LINUX_SLL2 = 276;

/** Reads captures to their end. @param next gives the vector to fill. */
export async function* fillVectors(
	captures: CaptureSet,
	decoder: PacketDecoder,
	next: () => PacketVector,
): AsyncGenerator<PacketVector, void, undefined> {
	const { interfaces } = captures;
	for await (const { batch, from, to } of captures.runs()) {
		// A cooked capture's one interface stands for several.
		const hasPlaces = interfaces.length > 1 || interfaces[batch.interface[from]!]?.linkType === LINKTYPE_LINUX_SLL2;
		for (let at = from; at < to; ) {
			const vector = next();
			at = vector.fill(decoder, batch, at, to);
			vector.hasPlaces = hasPlaces;
			yield vector;
		}
	}
}

export function summaryOf(captures: CaptureSet, decoder: PacketDecoder): Summary {
	const { interfaces, timeline, problems, readable, dropped, names } = captures;
	return { interfaces, epoch: timeline.epoch, problems, readable, dropped, names, notDecoded: decoder.notDecoded() };
}
