import { openCapture } from "../../src/capture/open.ts";
import { PacketDecoder } from "../../src/packet/decode.ts";
import { capturePath } from "./captures.ts";

/** The payloads of the capture that shows every row's protocol, each once. */
export const PAYLOADS: readonly Uint8Array[] = await payloadsOf("every-row.pcapng", "office-day.pcapng");

async function payloadsOf(...names: string[]): Promise<Uint8Array[]> {
	const found = new Map<string, Uint8Array>();
	const captures = openCapture(names.map(capturePath), {});
	const decoder = new PacketDecoder(captures.interfaces);
	const { packet } = decoder;
	for await (const { batch, from, to } of captures.runs()) {
		for (let i = from; i < to; i++) {
			if (!decoder.decode(batch, i) || packet.payloadEnd <= packet.payloadStart) continue;
			const bytes = Uint8Array.from(packet.data.subarray(packet.payloadStart, packet.payloadEnd));
			found.set(Buffer.from(bytes).toString("hex"), bytes);
		}
	}
	return [...found.values()];
}
