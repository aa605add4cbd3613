/** A packet's two ends, read without any of flowmatrix: what is cut from a capture must not depend on it. */

const ETHERNET = 14;
const TCP = 6;
const UDP = 17;

/** @returns texts that tell ends apart; undefined for anything but TCP and UDP over IP without tags and extensions. */
export function decodeEnds(packet: Buffer): { source: string; destination: string } | undefined {
	if (packet.length < ETHERNET + 20) return undefined;
	const type = packet.readUInt16BE(12);
	if (type === 0x0800) {
		const ports = ETHERNET + (packet[ETHERNET]! & 15) * 4;
		return ends(packet, packet[ETHERNET + 9]!, ETHERNET + 12, 4, ports);
	}
	return type === 0x86dd ? ends(packet, packet[ETHERNET + 6]!, ETHERNET + 8, 16, ETHERNET + 40) : undefined;
}

function ends(packet: Buffer, protocol: number, addresses: number, length: number, ports: number) {
	if ((protocol !== TCP && protocol !== UDP) || packet.length < ports + 4) return undefined;
	const end = (side: 0 | 1) => {
		const address = packet.toString("hex", addresses + side * length, addresses + (side + 1) * length);
		return `${protocol} ${address} ${packet.readUInt16BE(ports + side * 2)}`;
	};
	return { source: end(0), destination: end(1) };
}
