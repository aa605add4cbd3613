import type { PacketBatch } from "../../capture/batch.ts";
import type { Names } from "../../document/anonymize/names.ts";
import { quotedHeaders } from "../../packet/icmp.ts";
import { isVlanType } from "../../packet/link/ethernet.ts";
import { transportEnd } from "../../packet/transport.ts";
import { type PacketView, Protocol } from "../../packet/view.ts";
import type { FrameBytes, FrameEditor } from "./extract.ts";

/** LINKTYPE_ numbers that are written as they came; all others as raw IP, for what their headers hold is not looked at. */
const Link = { null: 0, ethernet: 1, raw: 101, loop: 108, cooked: 113, ipv4: 228, ipv6: 229, cooked2: 276 } as const;
const RAW: ReadonlySet<number> = new Set([12, 14, Link.raw, Link.ipv4, Link.ipv6]);
const WRITTEN: ReadonlySet<number> = new Set([...Object.values(Link), ...RAW]);

const EtherType = {
	ipv4: 0x0800,
	arp: 0x0806,
	ipv6: 0x86dd,
	pppoe: 0x8864,
	mpls: 0x8847,
	mplsMulticast: 0x8848,
} as const;
const ETHERNET_HEADER = 14;
const TAG = 4;
const PPPOE_HEADER = 8;
/** Linux cooked, version 1: address length and address; version 2 the same elsewhere. */
const COOKED = { length: 16, addressLength: 4, address: 6, protocol: 14 } as const;
const COOKED2 = { length: 20, addressLength: 11, address: 12, protocol: 0 } as const;
/** Addresses in an ARP message of Ethernet and IPv4 (RFC 826). */
const ARP = { length: 28, senderMac: 8, sender: 14, targetMac: 18, target: 24 } as const;
/** Hardware type, protocol type, lengths of both addresses. */
const ARP_OF_IPV4 = "0001080006" + "04";

const IPV4 = { totalLength: 2, checksum: 10, source: 12, destination: 16, minimum: 20 } as const;
const IPV6 = { payloadLength: 4, source: 8, destination: 24, length: 40 } as const;
const AH_FIXED = 12;
/** Lengths that options have, by their kinds: of another length, what is in them is not known. */
type Options = ReadonlyMap<number, readonly number[]>;
/** IP options that tell nothing: router alert (RFC 2113). */
const HARMLESS_IP_OPTIONS: Options = new Map([[148, [4]]]);
/** TCP options that hold no address, key or cookie: MSS (RFC 9293), window scale, time stamps (RFC 7323), SACK permitted, SACK (RFC 2018). */
const HARMLESS_TCP_OPTIONS: Options = new Map([
	[2, [4]],
	[3, [3]],
	[4, [2]],
	[5, [10, 18, 26, 34]],
	[8, [10]],
]);
const NO_OPERATION = 1;
const PAD_N = 1;
const ICMP_REDIRECT = 5;

/** Where transports have their checksum. */
const CHECKSUM: ReadonlyMap<number, number> = new Map([
	[Protocol.TCP, 16],
	[Protocol.UDP, 6],
	[Protocol.ICMP, 2],
	[Protocol.ICMPV6, 2],
]);
/** Of other transports it is 0: place and size. */
const OTHER_CHECKSUM: ReadonlyMap<number, readonly [number, number]> = new Map([
	[Protocol.UDPLITE, [6, 2]],
	[Protocol.SCTP, [8, 4]],
	[Protocol.DCCP, [6, 2]],
]);

/** Bytes that a frame's headers may take; all beyond is left out. */
const MOST = 4096;

/** An IP header that was written, and the transport behind it. */
interface Level {
	readonly version: number;
	readonly ip: number;
	readonly transport: number;
	readonly protocol: number;
	/** Bytes of the transport's header and payload on the wire; 0 where unknown. */
	readonly length: number;
	/** Whether the sender had computed the checksum that is in the header. */
	readonly hasChecksum: boolean;
}

/**
 * Writes frames anew, header by header, with addresses replaced: those of IP, of ARP, and of the link. Only headers that
 * are known to the byte are written; what follows the first that is not, and all payload, is left out. Lengths on the wire
 * stay. Checksums are right for a payload of zeros: so those of packets without payload are right, and none tells
 * anything of a payload.
 */
export class FrameAnonymizer implements FrameEditor {
	readonly #names: Names;
	readonly #out = Buffer.alloc(MOST);
	readonly #view = new DataView(this.#out.buffer, this.#out.byteOffset, this.#out.length);
	#batch!: PacketBatch;
	#linkType = 0;
	#start = 0;
	#captured = 0;
	#length = 0;
	/** Bytes of the link header that are not written. */
	#removed = 0;
	#levels: Level[] = [];
	/** Where the payload of the last header begins in the frame. */
	#payload = 0;
	/** Whether nothing more may be written. */
	#isClosed = false;

	constructor(names: Names) {
		this.#names = names;
	}

	linkType(linkType: number): number {
		return WRITTEN.has(linkType) ? linkType : Link.raw;
	}

	begin(batch: PacketBatch, index: number, linkType: number): void {
		this.#batch = batch;
		this.#linkType = linkType;
		this.#start = batch.offset[index]!;
		this.#captured = batch.capturedLength[index]!;
		this.#length = 0;
		this.#removed = 0;
		this.#levels = [];
		this.#payload = this.#start;
		this.#isClosed = false;
	}

	header(packet: PacketView): void {
		if (this.#isClosed) return;
		if (this.#levels.length === 0) this.#link(packet);
		else if (!this.#tunnel(packet)) {
			this.#isClosed = true;
			return;
		}
		this.#ip(packet);
		// A header that is cut short: what follows cannot be told.
		if (this.#length > MOST / 2) this.#isClosed = true;
	}

	end(): FrameBytes {
		if (this.#levels.length === 0) this.#noIp();
		for (const level of this.#levels.toReversed()) this.#setChecksums(level);
		return { data: this.#out, start: 0, length: this.#length, removed: this.#removed };
	}

	/** Copies bytes of the frame. @returns where they are now. */
	#copy(from: number, to: number): number {
		const at = this.#length;
		const end = Math.min(to, this.#start + this.#captured, from + MOST - at);
		if (end > from) {
			this.#out.set(this.#batch.data.subarray(from, end), at);
			this.#length += end - from;
		}
		return at;
	}

	#mac(at: number): void {
		this.#out.set(this.#names.mac(this.#out.subarray(at, at + 6)), at);
	}

	#address(at: number, length: 4 | 16): void {
		if (at + length <= this.#length) this.#out.set(this.#names.addressBytes(this.#out.subarray(at, at + length)), at);
		// What is there of an address that is cut shows its network.
		else this.#out.fill(0, at, Math.max(at, this.#length));
	}

	/** The link header in front of the frame's first IP header. */
	#link(packet: PacketView): void {
		const start = this.#start;
		const ip = packet.ipOffset;
		const type = packet.ipVersion === 4 ? EtherType.ipv4 : EtherType.ipv6;
		switch (this.#linkType) {
			case Link.ethernet: {
				const isKnown = this.#ethernetEnd(start, ip) === ip;
				const at = this.#copy(start, isKnown ? ip : start + ETHERNET_HEADER);
				this.#mac(at);
				this.#mac(at + 6);
				if (!isKnown) this.#view.setUint16(at + 12, type);
				break;
			}
			case Link.cooked:
				this.#cooked(COOKED, type);
				break;
			case Link.cooked2:
				this.#cooked(COOKED2, type);
				break;
			case Link.null:
			case Link.loop:
				this.#copy(start, start + 4);
				break;
		}
		this.#removed = ip - start - this.#length;
	}

	#cooked(at: typeof COOKED | typeof COOKED2, protocol: number | undefined): void {
		this.#copy(this.#start, this.#start + at.length);
		if (this.#length < at.length) {
			this.#length = 0;
			return;
		}
		const isMac = this.#out.subarray(at.addressLength, at.address).at(-1) === 6;
		if (isMac) this.#mac(at.address);
		this.#out.fill(0, at.address + (isMac ? 6 : 0), at.address + 8);
		if (protocol !== undefined) this.#view.setUint16(at.protocol, protocol);
	}

	/** Where an Ethernet header ends with its tags, PPPoE and MPLS labels, as far as they are known to the byte; at most `limit`. */
	#ethernetEnd(start: number, limit: number): number {
		const { view } = this.#batch;
		let at = start + ETHERNET_HEADER;
		if (at > limit) return -1;
		let type = view.getUint16(at - 2);
		while (isVlanType(type) && at + TAG <= limit) {
			type = view.getUint16(at + 2);
			at += TAG;
		}
		if (type === EtherType.pppoe) return at + PPPOE_HEADER;
		if (type === EtherType.mpls || type === EtherType.mplsMulticast) {
			while (at + 4 <= limit && (view.getUint8(at + 2) & 1) === 0) at += 4;
			return at + 4;
		}
		return type === EtherType.ipv4 || type === EtherType.ipv6 ? at : -1;
	}

	/** What lies between two IP headers. @returns false where it is not known to the byte. */
	#tunnel(packet: PacketView): boolean {
		const from = this.#payload;
		const ip = packet.ipOffset;
		const outer = this.#levels.at(-1)!;
		if (outer.protocol === Protocol.IPV4 || outer.protocol === Protocol.IPV6) return from === ip;
		const header = this.#tunnelHeader(outer, from, ip);
		if (header < 0) return false;
		const ethernet = from + header;
		if (ethernet === ip) {
			this.#copy(from, ip);
			return true;
		}
		if (this.#ethernetEnd(ethernet, ip) !== ip) return false;
		const at = this.#copy(from, ip) + header;
		this.#mac(at);
		this.#mac(at + 6);
		return true;
	}

	/** Bytes of a GRE, ERSPAN, VXLAN, Geneve or GTP header without anything optional; -1 for any other. */
	#tunnelHeader({ protocol, transport }: Level, from: number, ip: number): number {
		const { view } = this.#batch;
		if (ip - from < 4) return -1;
		const first = view.getUint8(from);
		if (protocol === Protocol.GRE) {
			const flags = view.getUint16(from);
			// Key and sequence number; a checksum or a route would tell of what they cover.
			if ((flags & ~0x3000) !== 0) return -1;
			const length = 4 + (flags & 0x2000 ? 4 : 0) + (flags & 0x1000 ? 4 : 0);
			return view.getUint16(from + 2) === 0x88be && flags & 0x1000 ? length + 8 : length;
		}
		if (protocol !== Protocol.UDP) return -1;
		const ports = [this.#view.getUint16(transport), this.#view.getUint16(transport + 2)];
		const isOf = (...some: number[]) => ports.some((port) => some.includes(port));
		if (isOf(4789, 8472)) return (first & 0x7f) === 0x08 || (first & 0x7f) === 0x0c ? 8 : -1;
		return (isOf(6081) && first === 0) || (isOf(2152) && first === 0x30) ? 8 : -1;
	}

	/** The IP header and the transport's. */
	#ip(packet: PacketView): void {
		const { ipOffset, ipVersion, transportOffset, protocol, end } = packet;
		const at = this.#length;
		const isWhole = transportOffset <= end;
		this.#copy(ipOffset, Math.min(transportOffset, end));
		if (ipVersion === 4) this.#ipv4(at, this.#length);
		else this.#ipv6(at, this.#length);
		const transport = this.#length;
		this.#payload = packet.payloadStart;
		if (!isWhole || packet.laterFragment) {
			this.#levels.push({ version: ipVersion, ip: at, transport, protocol: 0, length: 0, hasChecksum: false });
			return;
		}
		this.#copy(transportOffset, transportEnd(packet));
		const written = this.#length - transport;
		const [other = written, size = 0] = OTHER_CHECKSUM.get(protocol) ?? [];
		this.#out.fill(0, transport + other, Math.min(this.#length, transport + other + size));
		if (protocol === Protocol.TCP && written > 20) this.#options(transport + 20, this.#length, HARMLESS_TCP_OPTIONS);
		if (protocol === Protocol.ICMP || protocol === Protocol.ICMPV6) this.#icmp(packet, transport);
		const total =
			packet.ipVersion === 4
				? packet.view.getUint16(ipOffset + IPV4.totalLength)
				: IPV6.length + packet.view.getUint16(ipOffset + IPV6.payloadLength);
		const place = CHECKSUM.get(protocol);
		this.#levels.push({
			version: ipVersion,
			ip: at,
			transport,
			protocol,
			length:
				protocol === Protocol.UDP && written >= 8
					? this.#view.getUint16(transport + 4)
					: Math.max(0, total - (transportOffset - ipOffset)),
			hasChecksum:
				place !== undefined &&
				written >= place + 2 &&
				!(protocol === Protocol.UDP && this.#view.getUint16(transport + place) === 0),
		});
	}

	#ipv4(at: number, end: number): void {
		this.#address(at + IPV4.source, 4);
		this.#address(at + IPV4.destination, 4);
		const options = at + ((this.#out[at]! & 15) << 2);
		this.#options(at + IPV4.minimum, Math.min(options, end), HARMLESS_IP_OPTIONS);
		// What proves that an authentication header's packet is unchanged tells of the packet.
		if (end > options + AH_FIXED) this.#out.fill(0, options + AH_FIXED, end);
	}

	/** Extension headers keep their lengths; of what they hold, only what fragments need is kept. */
	#ipv6(at: number, end: number): void {
		this.#address(at + IPV6.source, 16);
		this.#address(at + IPV6.destination, 16);
		let type = this.#out[at + 6]!;
		for (let header = at + IPV6.length; header + 8 <= end; ) {
			const length =
				type === 44 ? 8 : type === Protocol.AH ? (this.#out[header + 1]! + 2) << 2 : (this.#out[header + 1]! + 1) << 3;
			const next = Math.min(end, header + length);
			if (type === 0 || type === 60) {
				this.#out.fill(0, header + 2, next);
				this.#out[header + 2] = PAD_N;
				this.#out[header + 3] = length - 4;
			} else if (type === Protocol.AH) this.#out.fill(0, Math.min(next, header + AH_FIXED), next);
			else if (type !== 44) this.#out.fill(0, header + 2, next);
			type = this.#out[header]!;
			header = next;
		}
	}

	/** Options of IP or TCP that may hold addresses or secrets become no-operations. */
	#options(at: number, end: number, harmless: Options): void {
		for (let next = at; next < end; ) {
			const kind = this.#out[next]!;
			if (kind === 0) {
				this.#out.fill(0, next, end);
				return;
			}
			if (kind === NO_OPERATION) {
				next++;
				continue;
			}
			const length = next + 1 < end ? this.#out[next + 1]! : 0;
			if (length < 2 || next + length > end) {
				this.#out.fill(NO_OPERATION, next, end);
				return;
			}
			if (!harmless.get(kind)?.includes(length)) this.#out.fill(NO_OPERATION, next, next + length);
			next += length;
		}
	}

	/** An ICMP header of 8 bytes, and of an error the headers of the packet that it quotes. */
	#icmp(packet: PacketView, at: number): void {
		if (packet.protocol === Protocol.ICMP && packet.icmpType === ICMP_REDIRECT) this.#address(at + 4, 4);
		const quoted = quotedHeaders(packet);
		if (quoted === 0) return;
		const ip = this.#copy(packet.payloadStart, packet.payloadStart + quoted);
		if (this.#length - ip !== quoted) {
			this.#length = ip;
			return;
		}
		const isV4 = this.#out[ip]! >> 4 === 4;
		const header = isV4 ? (this.#out[ip]! & 15) << 2 : IPV6.length;
		if (quoted < header || header < IPV4.minimum || (!isV4 && this.#out[ip]! >> 4 !== 6)) {
			this.#length = ip;
			return;
		}
		const protocol = this.#out[ip + (isV4 ? 9 : 6)]!;
		const isFragment = isV4 && (this.#view.getUint16(ip + 6) & 0x1fff) !== 0;
		if (isV4) this.#ipv4(ip, ip + header);
		else this.#ipv6(ip, ip + header);
		if (isV4) this.#setHeaderChecksum(ip, header);
		const transport = ip + header;
		const isKnown =
			protocol === Protocol.TCP ||
			protocol === Protocol.UDP ||
			protocol === Protocol.ICMP ||
			protocol === Protocol.ICMPV6;
		if (!isKnown || isFragment || this.#length < transport + 8) this.#length = transport;
		else if (protocol !== Protocol.TCP) this.#view.setUint16(transport + CHECKSUM.get(protocol)!, 0);
	}

	/** A frame without an IP header: ARP, or of others what the link header says. */
	#noIp(): void {
		const start = this.#start;
		const { data, view } = this.#batch;
		if (this.#linkType === Link.cooked) this.#cooked(COOKED, undefined);
		else if (this.#linkType === Link.cooked2) this.#cooked(COOKED2, undefined);
		if (this.#linkType !== Link.ethernet || this.#captured < ETHERNET_HEADER) {
			if (this.#linkType === Link.ethernet) this.#length = 0;
			return;
		}
		let at = start + ETHERNET_HEADER;
		const end = start + this.#captured;
		let type = view.getUint16(at - 2);
		while (isVlanType(type) && at + TAG <= end) {
			type = view.getUint16(at + 2);
			at += TAG;
		}
		const isArp =
			type === EtherType.arp &&
			end - at >= ARP.length &&
			Buffer.from(data.subarray(at, at + 6)).toString("hex") === ARP_OF_IPV4;
		this.#copy(start, isArp ? at + ARP.length : at);
		this.#mac(0);
		this.#mac(6);
		if (!isArp) return;
		const arp = at - start;
		this.#mac(arp + ARP.senderMac);
		this.#mac(arp + ARP.targetMac);
		this.#address(arp + ARP.sender, 4);
		this.#address(arp + ARP.target, 4);
	}

	#setChecksums({ version, ip, transport, protocol, length, hasChecksum }: Level): void {
		if (version === 4 && this.#length >= ip + IPV4.minimum) this.#setHeaderChecksum(ip, (this.#out[ip]! & 15) << 2);
		if (!hasChecksum) return;
		const place = transport + CHECKSUM.get(protocol)!;
		this.#view.setUint16(place, 0);
		// Segmentation offload leaves the length out: no checksum is right then.
		if (length === 0) return;
		let sum = this.#sum(transport, Math.min(this.#length, transport + length));
		if (protocol !== Protocol.ICMP) {
			sum +=
				version === 4 ? this.#sum(ip + IPV4.source, ip + IPV4.minimum) : this.#sum(ip + IPV6.source, ip + IPV6.length);
			sum += protocol + (length >>> 16) + (length & 0xffff);
		}
		const checksum = folded(sum);
		this.#view.setUint16(place, checksum === 0 && protocol === Protocol.UDP ? 0xffff : checksum);
	}

	#setHeaderChecksum(ip: number, length: number): void {
		if (ip + length > this.#length) return;
		this.#view.setUint16(ip + IPV4.checksum, 0);
		this.#view.setUint16(ip + IPV4.checksum, folded(this.#sum(ip, ip + length)));
	}

	/** Of 16-bit words; an odd byte at the end is a word's first (RFC 1071). */
	#sum(from: number, to: number): number {
		let sum = 0;
		for (let at = from; at + 1 < to; at += 2) sum += this.#view.getUint16(at);
		if ((to - from) % 2 === 1) sum += this.#out[to - 1]! << 8;
		return sum;
	}
}

/** The complement of a sum with its carries added (RFC 1071). */
function folded(sum: number): number {
	let rest = sum;
	while (rest > 0xffff) rest = (rest & 0xffff) + Math.floor(rest / 0x10000);
	return ~rest & 0xffff;
}
