import { join } from "./bytes.ts";
import { LinkType } from "./link.ts";
import { pcapFile } from "./pcap.ts";
import { type InterfaceDescription, interfaceBlock, packetBlock, sectionHeader, statisticsBlock } from "./pcapng.ts";
import { type Frame, flowTruths, type Recording } from "./recording.ts";
import type { Truth } from "./truth.ts";

/** One of the project's own captures. */
export interface Scene {
	/** File name without its ending; with a folder where it has several files. */
	readonly name: string;
	/** What it shows, in a sentence. */
	readonly shows: string;
	build(): Capture;
}

export interface Capture {
	/** Bytes by file name. */
	readonly files: Readonly<Record<string, Uint8Array>>;
	readonly truth: Truth;
}

const SOFTWARE = "flowmatrix npm run captures";
const ETHERNET: InterfaceDescription = { name: "eth0", linkType: LinkType.ethernet, resolution: 6 };

type Hosts = Truth["hosts"];

/** A classic capture of a whole recording. */
export function classic(
	name: string,
	recording: Recording,
	hosts: Hosts,
	linkType: number = LinkType.ethernet,
): Capture {
	const frames = recording.frames();
	const file = `${name}.pcap`;
	return { files: { [file]: pcapFile(frames, linkType) }, truth: truthOf(file, frames, recording, hosts) };
}

/** A pcapng capture of a whole recording. */
export function nextGeneration(
	name: string,
	recording: Recording,
	hosts: Hosts,
	interfaces: readonly InterfaceDescription[] = [ETHERNET],
): Capture {
	const frames = recording.frames();
	const file = `${name}.pcapng`;
	const blocks = [
		sectionHeader(SOFTWARE),
		...interfaces.map(interfaceBlock),
		...frames.map((frame) => packetBlock(frame, interfaces[frame.interface]?.resolution ?? 6)),
		statisticsBlock(
			frames[frames.length - 1]!,
			interfaces[frames[frames.length - 1]!.interface]?.resolution ?? 6,
			frames.length,
		),
	];
	return { files: { [file]: join(...blocks) }, truth: truthOf(file, frames, recording, hosts) };
}

export function truthOf(file: string, frames: readonly Frame[], recording: Recording, hosts: Hosts): Truth {
	return {
		file,
		hosts,
		flows: flowTruths(frames, (index) => ({ file, packet: index + 1 })),
		transfers: recording.transfers,
	};
}
