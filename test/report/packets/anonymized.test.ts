import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classify } from "../../../src/classify.ts";
import { isVocabulary } from "../../../src/document/anonymize/sentences.ts";
import { createAnonymizer } from "../../../src/document/anonymize.ts";
import type { FlowRecord, Report } from "../../../src/document/document.ts";
import { PacketDecoder } from "../../../src/packet/decode.ts";
import { FrameAnonymizer } from "../../../src/report/packets/anonymized.ts";
import { CAPTURES, capturePath } from "../../support/captures.ts";
import { extracted, tsharkFields, withFile } from "../../support/extracted.ts";
import {
	batchOf,
	captureInterface,
	ethernet,
	gre,
	hex,
	icmp,
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
} from "../../support/packet-builder.ts";
import { programMissing, skipNote } from "../../support/programs.ts";

const KEY = Buffer.from("0123456789abcdef0123456789abcdef");
const { names } = createAnonymizer({ key: KEY });
const CHECKS = ["ip", "tcp", "udp"].flatMap((protocol) => ["-o", `${protocol}.check_checksum:TRUE`]);
const BAD = [
	...["ip", "tcp", "udp", "icmp", "icmpv6"].map((each) => `${each}.checksum.status == "Bad"`),
	"_ws.malformed",
];
const ADDRESSES = ["ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "arp.src.proto_ipv4", "arp.dst.proto_ipv4"];
const MACS = ["eth.src", "eth.dst", "arp.src.hw_mac", "arp.dst.hw_mac", "sll.src.eth"];

function anonymized(frame: Uint8Array, linkType = 1): Buffer {
	const batch = batchOf([frame]);
	const decoder = new PacketDecoder([captureInterface({ linkType })]);
	const editor = new FrameAnonymizer(names);
	editor.begin(batch, 0, linkType);
	if (decoder.decode(batch, 0))
		do editor.header(decoder.packet);
		while (decoder.next());
	const { data, start, length } = editor.end();
	return Buffer.from(data.subarray(start, start + length));
}

function counts(report: Report): unknown[] {
	const side = ({ port, packets, bytes }: FlowRecord["client"]) => [port, packets, bytes].join();
	return [...report.flows()].map(({ transport, start, client, server }) => [
		transport,
		start,
		...[side(client), side(server)].sort(),
	]);
}

describe.skipIf(programMissing("tshark"))(`captures, anonymized, as tshark reads them${skipNote("tshark")}`, () => {
	it.each(CAPTURES.filter((name) => !name.startsWith("faults/")))(
		"%s has every address replaced, right checksums, and its flows",
		async (name) => {
			const path = capturePath(name);
			const { bytes, result } = await extracted([path], { anonymizer: createAnonymizer({ key: KEY }) });
			await withFile(bytes, async (copy) => {
				const all = ["frame.number", ...ADDRESSES, ...MACS];
				// Names in payloads make tshark decode them by what they say: the originals are read without that.
				const original = tsharkFields(path, all, ["-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE"]).lines;
				const { lines, complaints } = tsharkFields(copy, all, [
					"-o",
					"ip.defragment:FALSE",
					"-o",
					"ipv6.defragment:FALSE",
				]);
				expect(complaints).toEqual([]);
				expect(lines.length).toBe(result.packets);
				if (lines.length === original.length)
					for (const [i, line] of lines.entries())
						for (const [field, value] of line.entries()) {
							if (field === 0 || value === "") continue;
							const before = original[i]![field]!.split(",");
							for (const [at, each] of value.split(",").entries())
								expect(each, `${all[field]} of frame ${i + 1}`).toBe(names.identifier(before[at]!));
						}
				const bad = tsharkFields(copy, ["frame.number"], [...CHECKS, "-Y", BAD.join(" || ")]);
				expect(bad.lines).toEqual([]);
				const [before, after] = await Promise.all([classify([path]), classify([copy])]);
				// Tunnels that are not known to the byte are cut: what was in them is gone. PPP is written as raw IP.
				if (name !== "mirrored.pcapng" && name !== "links/ppp.pcap") expect(counts(after)).toEqual(counts(before));
				expect(after.capture.packets).toBe(result.packets);
			});
		},
	);
});

describe("payload", () => {
	const SECRET = "SECRET-SECRET-SECRET-SECRET";
	const addresses = fc.constantFrom("10.1.2.3", "203.0.113.7", "192.168.3.4");
	const transport: fc.Arbitrary<Part> = fc.oneof(
		fc.tuple(fc.nat(65535), fc.nat(65535)).map(([from, to]) => udp(from, to, SECRET)),
		fc.constantFrom(1701, 2152, 3544, 4789, 6081, 8472).map((port) => udp(port, port, SECRET)),
		fc.constant(tcp(1, 2, { flags: 24, options: hex("fe0c 534543524554 53454352 0101 01") }, SECRET)),
		fc.constantFrom(0, 3, 5, 8, 11, 13).map((type) => icmp(type, 1, Buffer.from(`....${SECRET}`))),
		fc
			.constantFrom(1, 47, 50, 51, 132, 136, 33, 2, 89)
			.map((protocol) => ({ bytes: Buffer.from(`........${SECRET}`), protocol })),
	);
	const packet = fc.tuple(addresses, addresses, transport).map(([from, to, part]) => ipv4(from, to, part));
	const six = fc
		.constantFrom(0, 43, 60)
		.map((type) =>
			ipv6("2001:db8::1", "fe80::2", ipv6Extension(type, udp(1, 2, SECRET), Buffer.from("..SECRET-SECRE"))),
		);
	const carried = fc.oneof(
		packet,
		six,
		packet.map((inner) => ipv6("2001:db8::1", "fd00::2", ipv6Fragment(7, 0, true, inner, 4))),
		packet.map((inner) => vlan(7, inner)),
		packet.map((inner) => mpls([1, 2], inner)),
		packet.map((inner) => ipv4("10.9.9.9", "10.9.9.8", gre(inner))),
		packet.map((inner) => ipv4("10.9.9.9", "10.9.9.8", vxlan(7, ethernet(inner)))),
		packet.map((inner) => ipv4("10.9.9.9", "10.9.9.8", inner)),
		packet.map((inner) => ipv4("10.9.9.9", "10.9.9.8", inner, { options: Buffer.from("\x07\x08SECRET") })),
	);

	it("is left out whatever carries it, also where the frame is cut or its bytes are changed", () =>
		fc.assert(
			fc.property(
				carried,
				fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 4 }),
				fc.option(fc.nat(150), { nil: 1000 }),
				fc.constantFrom(1, 101, 113, 276, 0, 105, 127, 9999),
				(part, changes, cut, linkType) => {
					const frame = Buffer.from(ethernet(part).bytes);
					for (const [at, value] of changes) if (at < frame.length) frame[at] = value;
					const written = anonymized(frame.subarray(0, cut), linkType).toString("latin1");
					// Eight bytes of it are more than any header field has.
					for (let at = 0; at + 8 <= SECRET.length; at++) expect(written).not.toContain(SECRET.slice(at, at + 8));
				},
			),
			{ numRuns: 400 },
		));

	it("is left out where changed bytes have it read as a TCP header that none can be", () => {
		const frame = Buffer.from(
			ethernet(
				ipv4("10.9.9.9", "10.9.9.8", gre(ipv4("10.1.2.3", "10.1.2.3", icmp(0, 1, Buffer.from(`....${SECRET}`))))),
			).bytes,
		);
		frame[47] = 6;
		expect(anonymized(frame, 1).toString("latin1")).not.toContain("SECR");
	});

	it("is left out of an ICMP error's quotation, whose addresses are replaced", () => {
		const quoted = ipv4("10.1.2.3", "203.0.113.7", udp(5000, 69, SECRET));
		const written = anonymized(
			ethernet(ipv4("203.0.113.7", "10.1.2.3", icmp(3, 3, Buffer.concat([hex("00000000"), quoted.bytes])))).bytes,
		);
		expect(written.length).toBe(14 + 20 + 8 + 20 + 8);
		const inner = written.subarray(42);
		expect([...inner.subarray(12, 16)].join(".")).toBe(names.identifier("10.1.2.3"));
		expect([...inner.subarray(16, 20)].join(".")).toBe(names.identifier("203.0.113.7"));
		expect(inner.readUInt16BE(20)).toBe(5000);
		for (const address of ["10.1.2.3", "203.0.113.7"])
			expect(written.includes(Buffer.from(address.split(".").map(Number)))).toBe(false);
	});
});

describe("headers that are not what they should be", () => {
	const MAC = "00aabbccddee";

	it("keep no option of another length than its kind has", () => {
		const of = (options: string) =>
			anonymized(ethernet(ipv4("10.1.2.3", "10.1.2.4", tcp(1, 2, { options: hex(options) }))).bytes)
				.subarray(54)
				.toString("hex");
		// MSS of 18 bytes; then those that are as they should be, and each too long.
		expect(of(`0212${"53".repeat(16)}0101`)).toBe("01".repeat(20));
		const whole = "020405b4 030307 0402 080a0000000100000002 01".replaceAll(" ", "");
		expect(of(whole)).toBe(whole);
		expect(of("0305535353 04045353 010101")).toBe("01".repeat(12));
		expect(of("050a0000000100000002 0101")).toBe("050a00000001000000020101");
		expect(of(`050c${"53".repeat(10)}`)).toBe("01".repeat(12));
		const alert = (options: string) =>
			anonymized(ethernet(ipv4("10.1.2.3", "10.1.2.4", udp(1, 2), { options: hex(options) })).bytes)
				.subarray(34, 42)
				.toString("hex");
		expect(alert("9408535353535353")).toBe("01".repeat(8));
		expect(alert("9404000001010101")).toBe("9404000001010101");
	});

	it.each([
		[113, `000000010006${MAC}00000800`, 16],
		[276, `08000000000000010001 0006${MAC}0000`.replaceAll(" ", ""), 20],
	])("of link type %d are left out where they are cut", (linkType, header, length) => {
		const frame = hex(header);
		expect(frame.length).toBe(length);
		for (let cut = 0; cut < length; cut++) expect(anonymized(frame.subarray(0, cut), linkType).length).toBe(0);
		expect(anonymized(frame, linkType).length).toBe(length);
		expect(anonymized(frame, linkType).toString("hex")).not.toContain(MAC);
	});

	it("show nothing of a redirect's gateway that is cut", () => {
		const quoted = ipv4("10.1.2.3", "203.0.113.7", udp(1, 2)).bytes;
		const redirect = icmp(5, 1, Buffer.concat([hex("c0a82a63"), quoted]));
		const frame = ethernet(ipv4("10.1.2.4", "10.1.2.3", redirect)).bytes;
		for (const octets of [1, 2, 3]) {
			const gateway = anonymized(frame.subarray(0, 38 + octets)).subarray(38);
			expect([...gateway]).toEqual(new Array(octets).fill(0));
		}
		expect([...anonymized(frame).subarray(38, 42)].join(".")).toBe(names.identifier("192.168.42.99"));
	});
});

describe("a file", () => {
	it("has no name of the capture in it", async () => {
		for (const name of [
			"office-day.pcapng",
			"calls.pcapng",
			"tftp-ipoffice.pcap",
			"hostile-names.pcap",
			"lab/servers/switch.pcap",
		]) {
			const { bytes, result } = await extracted([capturePath(name)], { anonymizer: createAnonymizer() });
			const text = bytes.toString("latin1");
			const secrets = new Set<string>();
			for (const { application } of result.report.flows())
				for (const field of [
					"user",
					"sni",
					"host",
					"agent",
					"query",
					"callId",
					"banner",
					"certificate",
					"vendorClass",
					"display",
				])
					if (typeof application?.[field] === "string") secrets.add(application[field]);
			for (const { from, to, callId } of result.report.calls) for (const each of [from, to, callId]) secrets.add(each);
			for (const { file } of result.report.transfers) secrets.add(file);
			expect(secrets.size).toBeGreaterThan(0);
			expect(
				[...secrets].filter((secret) => secret.length > 4 && !isVocabulary(secret) && text.includes(secret)),
				name,
			).toEqual([]);
			expect(text).not.toContain(name);
		}
	});
});
