import type { Sides } from "../../src/document/sides.ts";
import { type SidesOptions, sides } from "../../src/sides.ts";
import { pcap, withFiles } from "./capture-file.ts";
import {
	ethernet,
	type IPv4Options,
	ipv4,
	type Part,
	type Payload,
	type TcpOptions,
	tcp,
	udp,
} from "./packet-builder.ts";

/** A frame as one of two captures has it: 0 the inside one, 1 the outside one. */
export interface Sighting {
	readonly capture: 0 | 1;
	/** Seconds. */
	readonly at: number;
	readonly frame: Part;
}

/** UDP over IPv4 and Ethernet. Ends are `address:port`. */
export function datagram(from: string, to: string, payload: Payload, options?: IPv4Options): Part {
	const [source, destination] = [end(from), end(to)];
	return ethernet(ipv4(source.address, destination.address, udp(source.port, destination.port, payload), options));
}

/** The same of TCP. */
export function segment(
	from: string,
	to: string,
	header: TcpOptions,
	payload: Payload = "",
	options?: IPv4Options,
): Part {
	const [source, destination] = [end(from), end(to)];
	return ethernet(
		ipv4(source.address, destination.address, tcp(source.port, destination.port, header, payload), options),
	);
}

function end(text: string): { address: string; port: number } {
	const [address = "", port] = text.split(":");
	return { address, port: Number(port) };
}

/** Payload that no other seed has. @param length bytes. */
export function payload(seed: number, length = 100): Uint8Array {
	let state = Math.imul(seed + 1, 0x9e3779b1);
	return Uint8Array.from({ length }, () => {
		state = Math.imul(state ^ (state >>> 15), 0x85ebca6b) + 0x6d2b79f5;
		return state >>> 24;
	});
}

/** A frame that passes. @param frames as the inside and the outside capture have it. @param way seconds between the two. */
export function passing(
	from: 0 | 1,
	at: number,
	frames: readonly [Part, Part],
	way = 0.0003,
): readonly [Sighting, Sighting] {
	const far = (1 - from) as 0 | 1;
	return [
		{ capture: from, at, frame: frames[from] },
		{ capture: far, at: at + way, frame: frames[far] },
	];
}

/** One of the two captures as bytes. @param snaplen most bytes of a frame that it has. */
export function captured(sightings: readonly Sighting[], capture: 0 | 1, snaplen = 65_535): Uint8Array {
	const seen = sightings.filter((each) => each.capture === capture).sort((a, b) => a.at - b.at);
	return pcap(
		seen.map(({ at, frame: { bytes } }) => ({
			seconds: Math.floor(at),
			fraction: Math.round((at % 1) * 1e6),
			data: bytes.subarray(0, snaplen),
			wireLength: bytes.length,
		})),
	);
}

/** Holds the captures of what was seen against each other. */
export function sidesOf(
	sightings: readonly Sighting[],
	options: SidesOptions & { readonly snaplens?: readonly [number, number] } = {},
): Promise<Sides> {
	const { snaplens = [], ...rest } = options;
	const files = ([0, 1] as const).map((capture) => captured(sightings, capture, snaplens[capture]));
	return withFiles(files, ([inside, outside]) => sides(inside!, outside!, rest));
}
