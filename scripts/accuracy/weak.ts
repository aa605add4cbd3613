import { openCapture } from "../../src/capture/open.ts";
import { addressText } from "../../src/packet/address.ts";
import { PacketDecoder } from "../../src/packet/decode.ts";
import { type PacketView, Protocol } from "../../src/packet/view.ts";
import { RECOGNISERS } from "../../src/protocol/index.ts";
import { Role } from "../../src/protocol/recogniser.ts";
import { looksLikeRtp } from "../../src/protocol/rtp.ts";
import { keyOf } from "../support/capture-files.ts";
import { namesOf } from "./compare.ts";
import { tsharkDissection } from "./tshark.ts";

/** A signature that other protocols can share, and how often they did. */
interface Suspect {
	readonly name: string;
	readonly protocol: string;
	readonly transports: readonly number[];
	readonly accepts: (data: Uint8Array, start: number, end: number) => boolean;
	asked: number;
	accepted: number;
	readonly flows: Set<string>;
	readonly acceptedFlows: Set<string>;
}

/**
 * How often a weak signature would say yes to another protocol if it were asked whatever the port: all payloads of
 * all flows that tshark names, and names otherwise.
 */
export class WeakSignatures {
	readonly #suspects: readonly Suspect[] = [
		...RECOGNISERS.filter(({ strength }) => strength === "weak").map((recogniser) =>
			suspect(
				recogniser.source,
				recogniser.protocol,
				recogniser.transports,
				(data, start, end) => recogniser.recognise(data, start, end) !== Role.No,
			),
		),
		suspect("one packet; a stream takes several", "rtp", [Protocol.UDP], looksLikeRtp),
	];

	async add(file: string): Promise<void> {
		const dissected = await tsharkDissection(file);
		const captures = openCapture([file], {});
		const decoder = new PacketDecoder(captures.interfaces);
		const { packet } = decoder;
		for await (const { batch, from, to } of captures.runs()) {
			for (let i = from; i < to; i++) {
				if (!decoder.decode(batch, i)) continue;
				do {
					const transport = packet.protocol === Protocol.TCP ? "tcp" : packet.protocol === Protocol.UDP ? "udp" : "";
					if (transport === "" || packet.payloadEnd <= packet.payloadStart) continue;
					const key = keyOfPacket(transport, packet);
					const found = dissected.get(key);
					const names = new Set([...namesOf(found?.frames), ...namesOf(found?.inside)]);
					if (names.size > 0) this.#ask(packet, `${file}|${key}`, names);
				} while (decoder.next());
			}
		}
	}

	#ask({ protocol, data, payloadStart, payloadEnd }: PacketView, flow: string, names: ReadonlySet<string>): void {
		for (const each of this.#suspects) {
			if (!each.transports.includes(protocol) || isNamed(each.protocol, names)) continue;
			each.asked++;
			each.flows.add(flow);
			if (!each.accepts(data, payloadStart, payloadEnd)) continue;
			each.accepted++;
			each.acceptedFlows.add(flow);
		}
	}

	/** One line for each weak signature, as Markdown. */
	table(): string {
		const lines = [
			"| protocol | signature | payloads of others | taken | rate | flows of others | with one taken |",
			"| --- | --- | ---: | ---: | ---: | ---: | ---: |",
		];
		for (const { name, protocol, asked, accepted, flows, acceptedFlows } of this.#suspects) {
			const rate = asked === 0 ? "" : `${((100 * accepted) / asked).toFixed(3)} %`;
			lines.push(`| ${[protocol, name, asked, accepted, rate, flows.size, acceptedFlows.size].join(" | ")} |`);
		}
		return lines.join("\n");
	}
}

/** Protocols of one format are no strangers to each other. */
const DNS_FORMAT: readonly string[] = ["dns", "mdns", "llmnr", "nbns"];

function isNamed(protocol: string, names: ReadonlySet<string>): boolean {
	return names.has(protocol) || (DNS_FORMAT.includes(protocol) && DNS_FORMAT.some((name) => names.has(name)));
}

function suspect(name: string, protocol: string, transports: readonly number[], accepts: Suspect["accepts"]): Suspect {
	return { name, protocol, transports, accepts, asked: 0, accepted: 0, flows: new Set(), acceptedFlows: new Set() };
}

function keyOfPacket(transport: string, packet: PacketView): string {
	const { ipVersion, src0, src1, src2, src3, dst0, dst1, dst2, dst3, srcPort, dstPort } = packet;
	const from = `${addressText(ipVersion, src0, src1, src2, src3)} ${srcPort}`;
	return keyOf(transport, from, `${addressText(ipVersion, dst0, dst1, dst2, dst3)} ${dstPort}`)[0];
}
