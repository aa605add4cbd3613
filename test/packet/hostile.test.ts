import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FlowTracker } from "../../src/flow/tracker.ts";
import { MAX_TUNNEL_DEPTH, PacketDecoder } from "../../src/packet/decode.ts";
import { TestEngine } from "../support/analyse.ts";
import {
	batchOf,
	captureInterface,
	concat,
	ethernet,
	gre,
	hex,
	ipv4,
	ipv6,
	ipv6Extension,
	ipv6Fragment,
	mpls,
	type Part,
	tcp,
	udp,
	vlan,
	vxlan,
} from "../support/packet-builder.ts";

/** What a header stands in, and so which headers may: a link type, an Ethernet frame, behind an EtherType, in IP. */
type Place = "frame" | "ethertype" | "ip";

/** Numbers of one header that are free to choose; `lie` is in place of its own length, where it is given. */
interface Numbers {
	readonly lie: number | undefined;
	readonly byte: number;
}

interface Header {
	readonly carries: Place;
	/** @param inner what it carries, under a number for whatever the header calls it. */
	readonly around: (inner: Required<Part>, numbers: Numbers) => Part;
}

function u16(value: number): Uint8Array {
	return Uint8Array.of(value >>> 8, value);
}

const zeros = (length: number) => new Uint8Array(length);
const isIPv6 = (inner: Required<Part>) => inner.etherType === 0x86dd;

/** Every header that the decoder reads, by where it may stand. */
const HEADERS: Readonly<Record<Place, readonly Header[]>> = {
	frame: [
		{ carries: "ethertype", around: (inner) => ethernet(inner) },
		{
			// 802.3 length, LLC with SNAP.
			carries: "ethertype",
			around: (inner, { lie }) => ({
				bytes: concat(zeros(12), u16(lie ?? inner.bytes.length + 8), hex("aaaa03000000"), u16(inner.etherType), inner),
			}),
		},
	],
	ethertype: [
		{
			carries: "ethertype",
			around: (inner, { byte }) => vlan(byte, inner, [0x8100, 0x88a8, 0x9100, 0x9200][byte % 4]),
		},
		{
			carries: "ethertype",
			around: (inner, { byte }) =>
				mpls(
					Array.from({ length: 1 + (byte % 20) }, () => byte),
					inner,
				),
		},
		{
			// PPPoE session (RFC 2516).
			carries: "ethertype",
			around: (inner, { lie }) => ({
				bytes: concat(hex("11000001"), u16(lie ?? inner.bytes.length + 2), hex(isIPv6(inner) ? "0057" : "0021"), inner),
				etherType: 0x8864,
			}),
		},
		{ carries: "frame", around: (inner) => ({ bytes: concat(zeros(4), inner), etherType: 0x88e7 }) },
		{
			carries: "ethertype",
			around: (inner, { byte }) => ({
				bytes: concat(zeros(byte % 2 === 0 ? 4 : 6), u16(inner.etherType), inner),
				etherType: [0x8926, 0x893f, 0x892f, 0x8909][byte % 4]!,
			}),
		},
		{
			carries: "ip",
			around: (inner, { lie }) => ipv4("10.0.0.1", "10.0.0.2", inner, lie === undefined ? {} : { totalLength: lie }),
		},
		{
			carries: "ip",
			around: (inner, { lie, byte }) => {
				const part = ipv4("10.0.0.1", "10.0.0.2", inner, {
					options: zeros(4 * (byte % 11)),
					moreFragments: byte % 3 === 0,
				});
				if (lie !== undefined) part.bytes[0] = 0x40 | (lie & 15);
				return part;
			},
		},
		{
			carries: "ip",
			around: (inner, { lie }) =>
				ipv6("2001:db8::1", "2001:db8::2", inner, lie === undefined ? {} : { payloadLength: lie }),
		},
	],
	ip: [
		{
			// Extension headers of the common form (RFC 8200), mobility, HIP, shim6.
			carries: "ip",
			around: (inner, { lie, byte }) => {
				const part = ipv6Extension([0, 43, 60, 135, 139, 140][byte % 6]!, inner, zeros(6 + 8 * (byte % 4)));
				if (lie !== undefined) part.bytes[1] = lie;
				return part;
			},
		},
		{ carries: "ip", around: (inner, { lie, byte }) => ipv6Fragment(byte, (lie ?? 0) & 0xfff8, byte % 2 === 0, inner) },
		// Authentication header (RFC 4302).
		{
			carries: "ip",
			around: (inner, { lie }) => ({ bytes: concat([inner.protocol, lie ?? 4], zeros(22), inner), protocol: 51 }),
		},
		// IP in IP, and MPLS in IP.
		{
			carries: "ethertype",
			around: (inner) => ({ ...inner, protocol: isIPv6(inner) ? 41 : inner.etherType === 0x8847 ? 137 : 4 }),
		},
		{ carries: "frame", around: (inner, { byte }) => ({ bytes: concat([0x30, byte], inner), protocol: 97 }) },
		{ carries: "ethertype", around: (inner) => gre(inner) },
		// Flags of GRE's fields, with as many bytes as they want or not; source routing entries among them.
		{
			carries: "ethertype",
			around: (inner, { lie, byte }) => {
				const flags = byte & 0xf0;
				const routing = flags & 0x40 ? concat([0, 0, 0, lie ?? 4], zeros(4), zeros(4)) : zeros(0);
				const length = (flags & 0xc0 ? 4 : 0) + (flags & 0x20 ? 4 : 0) + (flags & 0x10 ? 4 : 0);
				return gre(inner, flags << 8, concat(zeros(length), routing));
			},
		},
		// ERSPAN II and III.
		{ carries: "frame", around: (inner) => gre({ ...inner, etherType: 0x88be }, 0x1000, zeros(12)) },
		{
			carries: "frame",
			around: (inner, { lie, byte }) =>
				gre(
					{ bytes: concat(zeros(10), u16(lie ?? byte % 2), zeros(byte % 2 === 0 ? 0 : 8), inner), etherType: 0x22eb },
					0x1000,
					zeros(4),
				),
		},
		{ carries: "frame", around: (inner, { byte }) => vxlan(byte, inner) },
		{
			// VXLAN-GPE.
			carries: "ethertype",
			around: (inner) => udp(1, 4789, concat([0x0c, 0, 0, isIPv6(inner) ? 2 : 1, 0, 0, 0, 0], inner)),
		},
		{
			carries: "ethertype",
			around: (inner, { lie, byte }) =>
				udp(
					1,
					6081,
					concat([(lie ?? byte % 8) & 0x3f, 0], u16(inner.etherType), zeros(4), zeros(4 * (byte % 8)), inner),
				),
		},
		{
			// L2TP with length and offset, around PPP.
			carries: "ethertype",
			around: (inner, { lie, byte }) => {
				const size = 12 + (byte % 5) + inner.bytes.length;
				const head = concat(u16(0x4202), u16(size), zeros(4), u16(lie ?? byte % 5), zeros(byte % 5));
				return udp(1701, 1701, concat(head, hex(isIPv6(inner) ? "0057" : "0021"), inner));
			},
		},
		{
			// Teredo with authentication and origin.
			carries: "ethertype",
			around: (inner, { lie, byte }) => {
				const carried = isIPv6(inner) ? inner : ipv6("fd00::3", "fd00::4", inner);
				return udp(1, 3544, concat(u16(1), [lie ?? byte % 9, 3], zeros(9 + (byte % 9) + 3), zeros(8), carried));
			},
		},
		{
			// GTP-U with extension headers, each with its length in its first byte.
			carries: "ethertype",
			around: (inner, { lie, byte }) => {
				const extensions = Array.from({ length: byte % 3 }, (_, i) => [lie ?? 1, 0, 0, i + 1 < byte % 3 ? 0x85 : 0]);
				const body = concat(zeros(3), [byte % 3 === 0 ? 0 : 0x85], ...extensions, inner);
				return udp(2152, 2152, concat([0x34, 255], u16(body.length), zeros(4), body));
			},
		},
		{
			carries: "ip",
			around: (inner, { lie, byte }) => {
				const datagram = udp(byte, 53, inner);
				if (lie !== undefined) datagram.bytes.set(u16(lie), 4);
				return datagram;
			},
		},
		{
			carries: "ip",
			around: (inner, { lie, byte }) => {
				const segment = tcp(byte, 80, { flags: byte, options: new Uint8Array(4 * (byte % 11)).fill(lie ?? 1) }, inner);
				if (lie !== undefined) segment.bytes[12] = lie;
				return segment;
			},
		},
	],
};

/** Link types: what they carry, and their header. */
const LINKS: ReadonlyMap<number, Header> = new Map<number, Header>([
	[1, { carries: "frame", around: (inner) => inner }],
	[9, { carries: "ethertype", around: (inner) => ({ bytes: concat(hex(isIPv6(inner) ? "0057" : "0021"), inner) }) }],
	[12, { carries: "ethertype", around: (inner) => inner }],
	[101, { carries: "ethertype", around: (inner) => inner }],
	[104, { carries: "ethertype", around: (inner) => ({ bytes: concat(hex("0f00"), u16(inner.etherType), inner) }) }],
	[
		// 802.11 data with QoS and its options, then LLC.
		105,
		{
			carries: "ethertype",
			around: (inner, { byte }) => ({
				bytes: concat(
					[0x88, byte & 0x83],
					zeros(24 + ((byte & 3) === 3 ? 6 : 0) + (byte & 0x80 ? 4 : 0)),
					hex("aaaa03000000"),
					u16(inner.etherType),
					inner,
				),
			}),
		},
	],
	[
		// Frame relay with SNAP.
		107,
		{
			carries: "ethertype",
			around: (inner) => ({ bytes: concat(hex("1841 03 00 80 000000"), u16(inner.etherType), inner) }),
		},
	],
	[108, { carries: "ethertype", around: (inner) => ({ bytes: concat([0, 0, 0, isIPv6(inner) ? 24 : 2], inner) }) }],
	[113, { carries: "ethertype", around: (inner) => ({ bytes: concat(zeros(14), u16(inner.etherType), inner) }) }],
	[
		// Radiotap with a row of bit fields, time stamp and flags, then 802.11.
		127,
		{
			carries: "ethertype",
			around: (inner, { lie, byte }) => {
				const words = Array.from({ length: byte % 4 }, () => [byte & 3, 0, 0, 0x80]);
				const length = 8 + 4 * words.length + 12;
				const present = concat(...words, [byte & 3, 0, 0, 0]);
				const head = concat([0, 0, lie ?? length, 0], present, zeros(length - 4 - present.length));
				return { bytes: concat(head, [8, 0], zeros(22), hex("aaaa03000000"), u16(inner.etherType), inner) };
			},
		},
	],
	[
		239,
		{
			carries: "ethertype",
			around: (inner, { lie, byte }) => ({
				bytes: concat([isIPv6(inner) ? 10 : 2, 0, 0, 0], [lie ?? 8, 0, 1, 0], zeros(4), [8, byte & 1, 9, 0], inner),
			}),
		},
	],
	[
		// PKTAP around Ethernet.
		258,
		{
			carries: "frame",
			around: (inner, { lie }) => ({ bytes: concat([lie ?? 16, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0], zeros(4), inner) }),
		},
	],
	[276, { carries: "ethertype", around: (inner) => ({ bytes: concat(u16(inner.etherType), zeros(18), inner) }) }],
]);

/** Mostly true, sometimes one off or far off. */
const lie = fc.oneof(
	{ weight: 8, arbitrary: fc.constant(undefined) },
	{ weight: 1, arbitrary: fc.nat(64) },
	{ weight: 1, arbitrary: fc.constantFrom(254, 255, 0x7fff, 0x8000, 0xffff) },
);
const choice = fc.tuple(fc.nat(1 << 16), lie, fc.nat(255));

interface HostilePacket {
	readonly linkType: number;
	readonly bytes: Uint8Array;
	/** Bytes that the packet had on the wire beyond those. */
	readonly more: number;
}

/** Up to 24 headers in one another, each where it may stand; few lie. Some bytes are changed, the end may be cut off. */
const hostilePacket: fc.Arbitrary<HostilePacket> = fc
	.record({
		linkType: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.constantFrom(...LINKS.keys())),
		payload: fc.uint8Array({ maxLength: 30 }),
		choices: fc.array(choice, { minLength: 1, maxLength: 24 }),
		changes: fc.oneof(
			{ weight: 3, arbitrary: fc.constant([]) },
			fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }),
		),
		cut: fc.oneof(fc.constant(0), fc.nat(40), fc.nat(400)),
		more: fc.oneof(fc.constant(0), fc.nat(2000)),
	})
	.map(({ linkType, payload, choices, changes, cut, more }) => {
		let header = LINKS.get(linkType)!;
		const chain: [Header, Numbers][] = [];
		for (const [which, lied, byte] of choices) {
			chain.push([header, { lie: lied, byte }]);
			const next = HEADERS[header.carries];
			header = next[which % next.length]!;
		}
		let part: Part = { bytes: payload };
		for (const [each, numbers] of chain.reverse())
			part = each.around({ etherType: 0x0800, protocol: 17, ...part }, numbers);
		const bytes = Uint8Array.from(part.bytes);
		for (const [at, value] of changes) bytes[at % bytes.length] = value;
		return { linkType, bytes: bytes.subarray(0, Math.max(0, bytes.length - cut)), more };
	});

/** Reads only between two places; whatever reads elsewhere is told. */
class GuardedView extends DataView<ArrayBuffer> {
	readonly #start: number;
	readonly #end: number;

	constructor(buffer: ArrayBuffer, start: number, end: number) {
		super(buffer);
		this.#start = start;
		this.#end = end;
	}
	#check(at: number, length: number): void {
		if (at < this.#start || at + length > this.#end)
			throw new Error(`reads ${length} bytes at ${at - this.#start} of ${this.#end - this.#start}`);
	}
	override getUint8(at: number): number {
		this.#check(at, 1);
		return super.getUint8(at);
	}
	override getUint16(at: number, little?: boolean): number {
		this.#check(at, 2);
		return super.getUint16(at, little);
	}
	override getUint32(at: number, little?: boolean): number {
		this.#check(at, 4);
		return super.getUint32(at, little);
	}
	override getInt32(at: number, little?: boolean): number {
		this.#check(at, 4);
		return super.getInt32(at, little);
	}
}

const AROUND = 64;

/** Decodes a packet that lies between others. @returns how many IP headers it has; throws where a promise is broken. */
function headersOf({ linkType, bytes, more }: HostilePacket): number {
	const fcsLength = more % 3 === 0 ? 4 : 0;
	const decoder = new PacketDecoder([captureInterface({ linkType, fcsLength })]);
	const { packet: view } = decoder;
	const filler = new Uint8Array(AROUND).fill(0x45);
	const batch = batchOf([filler, { packet: bytes, wireLength: bytes.length + more }, filler]);
	const start = AROUND;
	const last = start + bytes.length;
	batch.view = new GuardedView(batch.data.buffer as ArrayBuffer, start, last);
	let headers = 0;
	for (let standing = decoder.decode(batch, 1); standing; standing = decoder.next()) {
		headers++;
		const { data: _, view: __, ...fields } = view;
		const odd = Object.entries(fields).filter(([, value]) => !Number.isInteger(value) && typeof value !== "boolean");
		const { ipOffset, transportOffset, payloadStart, payloadEnd, end } = view;
		const places = [ipOffset, transportOffset, payloadStart, payloadEnd, end].map((at) => at - start);
		const isInside = Math.min(...places) >= 0 && Math.max(...places) <= bytes.length && payloadStart <= payloadEnd;
		if (odd.length > 0 || !isInside || headers > MAX_TUNNEL_DEPTH + 1)
			throw new Error(`header ${headers}: ${odd.join()} at ${places.join()} of ${bytes.length}`);
	}
	if (headers === 0 && decoder.notDecoded().length !== 1) throw new Error("neither decoded nor told");
	return headers;
}

describe("packets of true headers with lengths that lie, nested and cut", () => {
	it("are read to an end, never beyond their bytes, or told", () => {
		fc.assert(
			fc.property(hostilePacket, (packet) => {
				headersOf(packet);
			}),
			{ numRuns: 5000 },
		);
	});

	/** The header in a frame, or in IP in a frame, with IP in it. */
	const withHeader = (place: Place, { carries, around }: Header, numbers: Numbers): Uint8Array => {
		const inmost = ipv4("192.168.0.1", "192.168.0.2", udp(4000, 53, "question"));
		const inner = carries === "frame" ? ethernet(inmost) : carries === "ip" ? udp(4000, 53, "question") : inmost;
		const part = around({ etherType: 0x0800, protocol: 17, ...inner }, numbers);
		if (place === "frame") return part.bytes;
		return ethernet(place === "ethertype" ? part : ipv6("fd00::1", "fd00::2", part)).bytes;
	};
	/** Name, link type, IP headers that there are to be found, and the packet. */
	type Case = [string, number, number, (numbers: Numbers) => Uint8Array];
	const headers: Case[] = [
		...Object.entries(HEADERS).flatMap(([place, each]) =>
			each.map(
				(header, index): Case => [
					`${place} header ${index}`,
					1,
					place === "ip" && header.carries !== "ip" ? 2 : 1,
					(numbers) => withHeader(place as Place, header, numbers),
				],
			),
		),
		...[...LINKS].map(
			([linkType, header]): Case => [
				`link type ${linkType}`,
				linkType,
				1,
				(numbers) => withHeader("frame", header, numbers),
			],
		),
	];

	it.each(headers)("%s: every prefix, with each length true and false", (_, linkType, depth, make) => {
		let deepest = 0;
		for (const byte of [0, 1, 2, 3, 4, 5, 0x30, 0x83, 0xf0]) {
			for (const lie of [undefined, 0, 1, 255]) {
				const whole = make({ lie, byte });
				for (let length = 0; length <= whole.length; length++) {
					const packet = { linkType, bytes: whole.subarray(0, length), more: whole.length - length };
					deepest = Math.max(deepest, headersOf(packet));
				}
			}
		}
		expect(deepest).toBeGreaterThanOrEqual(depth);
	});

	it("go through the whole analysis", () => {
		fc.assert(
			fc.property(fc.array(hostilePacket, { minLength: 1, maxLength: 40 }), (packets) => {
				const linkTypes = [...LINKS.keys()];
				const engine = new TestEngine(
					new FlowTracker({ severalFiles: false }),
					linkTypes.map((linkType) => captureInterface({ linkType })),
				);
				const batch = batchOf(
					packets.map(({ bytes, linkType, more }) => ({
						packet: bytes,
						wireLength: bytes.length + more,
						interface: linkTypes.indexOf(linkType),
					})),
				);
				engine.observeBatch(batch);
				engine.finish();
				expect(engine.summary().packets).toBe(packets.length);
			}),
			{ numRuns: 200 },
		);
	});
});
