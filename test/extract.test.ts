import { execFileSync } from "node:child_process";
import { describe, expect, it, vi } from "vitest";
import { analyse, trackingOf } from "../src/analyse.ts";
import { classify } from "../src/classify.ts";
import { ChoiceError, transfersOf } from "../src/document/chosen-flows.ts";
import type { FlowRecord, Report } from "../src/document/document.ts";
import { Frames } from "../src/intake/frames.ts";
import { pcap, readPaths, withFiles } from "./support/capture-file.ts";
import { CAPTURES, capturePath } from "./support/captures.ts";
import { extracted, tsharkFields, withFile } from "./support/extracted.ts";
import { frame, undeliverable } from "./support/frames.ts";
import { ethernet, gre, ipv4, type Part, udp } from "./support/packet-builder.ts";
import { programMissing, skipNote } from "./support/programs.ts";
import { filesByIpOffice } from "./support/tftp.ts";

const RING = ["ring/ring_00001.pcap", "ring/ring_00002.pcap", "ring/ring_00003.pcap"].map(capturePath);
const SETS: [string, string[]][] = [
	...CAPTURES.map((name): [string, string[]] => [name, [capturePath(name)]]),
	["the files of a ring buffer", RING],
	["one file twice, its packets copies of each other", [capturePath("calls.pcapng"), capturePath("calls.pcapng")]],
];

/** What stays of a flow in another file: where it is in the file does not, nor what its names say. */
function essence({ id, transport, start, end, client, server, vlan, tcp, label }: FlowRecord) {
	return { id, transport, start, end, client, server, vlan, tcp, row: label.row, status: label.status };
}

function flowsOf(report: Report): ReturnType<typeof essence>[] {
	return [...report.flows()].map(essence);
}

describe.each(SETS)("read again, %s", (_, paths) => {
	it("has of every flow as many packets as the first reading counted, on each side", async () => {
		const { engine, captures } = await analyse(paths, {});
		const { store } = engine;
		const frames = new Frames(paths, trackingOf(paths, {}));
		const packets = Array.from({ length: store.size }, () => 0);
		const held = new Map<string, number>();
		for await (const { batch, from, to } of frames.runs(Number.POSITIVE_INFINITY))
			for (let i = from; i < to; i++)
				frames.visit(batch, i, (packet, flow, relation) => {
					if (relation !== "of") return;
					if (flow >= 0) packets[flow]!++;
					if (!packet.fragment) return;
					// What came before its first fragment counts with it.
					const key = [packet.src3, packet.dst3, packet.protocol, packet.ipId].join();
					if (flow < 0) held.set(key, (held.get(key) ?? 0) + 1);
					else if (!packet.laterFragment) {
						packets[flow]! += held.get(key) ?? 0;
						held.delete(key);
					}
				});
		expect(frames.count).toBe(captures.packets);
		expect(packets).toEqual(packets.map((__, flow) => store.packets(flow, 0) + store.packets(flow, 1)));
	});

	it("gives a file that has the same flows with the same rows", async () => {
		const report = await classify(paths);
		const { bytes, result } = await extracted(paths);
		await withFile(bytes, async (path) => {
			const again = await classify([path]);
			expect(again.problems).toEqual([]);
			expect(result.packets).toBe(again.capture.packets);
			expect(again.capture.packets).toBe(report.capture.packets);
			expect(again.capture.duplicates).toBe(report.capture.duplicates);
			expect(flowsOf(again)).toEqual(flowsOf(report));
			expect(again.transfers).toEqual(report.transfers);
		});
	});
});

describe("chosen flows", () => {
	/** Ids of the original's flows whose packets, and all of them, are in the file. */
	async function idsOf(path: string, bytes: Buffer): Promise<number[]> {
		const report = await classify([path]);
		return withFile(bytes, async (part) => {
			const key = ({ start, client, server }: FlowRecord) =>
				[start, client.address, client.port, client.packets, server.address, server.port, server.packets].join();
			const kept = [...(await classify([part], { infer: false })).flows()].map(sides);
			return [...report.flows()].filter((flow) => kept.includes(sides(flow))).map(({ id }) => id);
			function sides(flow: FlowRecord): string {
				const other = { ...flow, client: flow.server, server: flow.client };
				return [key(flow), key(other)].sort().join("|");
			}
		});
	}

	it("come with all flows of their transfers", async () => {
		const path = capturePath("tftp-ipoffice.pcap");
		const report = await classify([path]);
		for (const transfer of report.transfers) {
			const { bytes, result } = await extracted([path], { flows: [transfer.flows.at(-1)!] });
			expect(await idsOf(path, bytes)).toEqual(transfer.flows);
			expect(result.flows).toBe(transfer.flows.length);
		}
	});

	it("come with all flows of all their transfers", async () => {
		const packets = filesByIpOffice(4).map((data, i) => ({ seconds: 1_770_000_000 + i, fraction: 0, data }));
		await withFile(Buffer.from(pcap(packets)), async (path) => {
			const idsWith = async (flow: number) => idsOf(path, (await extracted([path], { flows: [flow] })).bytes);
			expect(await idsWith(2)).toEqual([1, 2, 3]);
			expect(await idsWith(1)).toEqual([1, 2, 3, 4, 5, 6, 7]);
			expect(await idsWith(5)).toEqual([1, 4, 5]);
		});
	});

	it("come with all flows of their calls", async () => {
		const path = capturePath("calls.pcapng");
		const report = await classify([path]);
		const call = report.calls.find(({ mediaFlows }) => mediaFlows.length > 1)!;
		const { bytes } = await extracted([path], { flows: [call.mediaFlows[0]!] });
		const ids = await idsOf(path, bytes);
		for (const id of [...call.flows, ...call.mediaFlows]) expect(ids).toContain(id);
	});

	it.each([
		["by row", { rows: ["IPO-IN-5"] }],
		["by row and host", { rows: ["IPO-IN-9", "IPO-IN-6"], addresses: ["10.10.0.103"] }],
		["by status", { rows: ["unknown"] }],
		["by host", { addresses: ["10.10.0.103"] }],
		["by finding", { findings: ["unanswered", "clear-text"] }],
		["by number", { flows: [3, 7] }],
	])("are chosen %s", async (_, options) => {
		const path = capturePath("office-day.pcapng");
		const report = await classify([path]);
		const { rows = [], flows = [], findings = [], addresses = [] } = options as unknown as Record<string, never[]>;
		const wanted = (flow: FlowRecord) => {
			const { label } = flow;
			const isNamed =
				[label.row, label.peerRow, label.status].some((each) => (rows as unknown[]).includes(each)) ||
				(flows as number[]).includes(flow.id) ||
				flow.findings.some(({ kind }) => (findings as string[]).includes(kind));
			const isAt = [flow.client.address, flow.server.address].some((each) => (addresses as string[]).includes(each));
			return addresses.length === 0 ? isNamed : isAt && (isNamed || rows.length + flows.length + findings.length === 0);
		};
		const direct = [...report.flows()].filter(wanted);
		expect(direct.length).toBeGreaterThan(0);
		const { bytes } = await extracted([path], options);
		const ids = await idsOf(path, bytes);
		for (const { id } of direct) expect(ids).toContain(id);
		const tiesOf = (flow: FlowRecord) => [
			...transfersOf(flow).map((each) => `t${each}`),
			...(flow.call ?? []).map((each) => `c${each}`),
		];
		const tied = new Set(direct.flatMap(tiesOf));
		for (const flow of report.flows()) {
			if (!ids.includes(flow.id) || wanted(flow)) continue;
			expect(
				tiesOf(flow).some((tie) => tied.has(tie)),
				`flow ${flow.id}`,
			).toBe(true);
		}
	});

	it("must exist", async () => {
		const path = [capturePath("calls.pcapng")];
		await expect(extracted(path, { rows: ["IPO-IN-999"] })).rejects.toThrow(ChoiceError);
		await expect(extracted(path, { flows: [9999] })).rejects.toThrow("no flow 9999");
		await expect(extracted(path, { findings: ["bad-luck"] })).rejects.toThrow("no kind of finding");
	});
});

describe("a packet that is several things", () => {
	const A = "10.0.0.1";
	const B = "10.0.0.2";
	async function capture(parts: readonly Part[], use: (path: string) => Promise<void>): Promise<void> {
		const file = pcap(parts.map(({ bytes }, i) => ({ seconds: 1000 + i, fraction: 0, data: bytes })));
		await withFiles([file], ([path]) => use(path!));
	}
	const numbersIn = async (path: string, options: object) => {
		const { bytes } = await extracted([path], options);
		const { packets } = await withFile(bytes, (part) => readPaths([part]));
		return packets.map(({ time }) => Number(time / 1_000_000_000n) - 1000);
	};
	const inner = (port: number) => ipv4("192.168.0.1", "192.168.0.2", udp(port, 9, "x".repeat(40)));
	const tunnel = (payload: Part) => ethernet(ipv4(A, B, gre(payload)));
	/** Two fragments of one UDP datagram. */
	const fragments = (id: number, port: number) => {
		const datagram = udp(port, 5000, "y".repeat(40)).bytes;
		const part = (from: number, to: number, more: boolean) => {
			const options = { id, protocol: 17, fragmentOffset: from, moreFragments: more };
			return ethernet(ipv4(A, B, datagram.subarray(from, to), options));
		};
		return [part(0, 24, true), part(24, datagram.length, false)] as const;
	};

	it("goes along for the flow in a tunnel, and for the tunnel", async () => {
		await capture([tunnel(inner(1)), tunnel(inner(2)), frame(A, B, udp(7, 7, "z")), tunnel(inner(1))], async (path) => {
			const report = await classify([path]);
			const port1 = [...report.flows()].find(({ client, server }) => client.port === 1 || server.port === 1)!;
			const outer = [...report.flows()].find(({ transport }) => transport === "gre")!;
			expect(await numbersIn(path, { flows: [port1.id] })).toEqual([0, 3]);
			expect(await numbersIn(path, { flows: [outer.id] })).toEqual([0, 1, 3]);
		});
	});

	it("goes along as a fragment, also one that comes before the first, in the order of the capture", async () => {
		const [first, later] = fragments(7, 4000);
		const [other, itsLater] = fragments(8, 4001);
		const between = frame(A, B, udp(4000, 5000, "w"));
		await capture([later, itsLater, between, first, other, frame(A, B, udp(4000, 5000, "v"))], async (path) => {
			const report = await classify([path]);
			const flow = [...report.flows()].find(({ client, server }) => client.port === 4000 || server.port === 4000)!;
			expect(flow.client.packets + flow.server.packets).toBe(4);
			expect(await numbersIn(path, { flows: [flow.id] })).toEqual([0, 2, 3, 5]);
		});
	});

	it("is looked for among the fragments of its own datagram, however many others wait", async () => {
		const count = 300;
		const lost = Array.from({ length: count }, (_, i) => fragments(1000 + i, 4000)[1]);
		const firsts = Array.from({ length: count }, (_, i) => fragments(5000 + i, 4000)[0]);
		await capture([frame(A, B, udp(1, 2, "x")), ...lost, ...firsts], async (path) => {
			const looked = vi.spyOn(Set.prototype, "delete");
			try {
				expect(await numbersIn(path, { flows: [1] })).toEqual([0]);
				expect(looked.mock.calls.length).toBeLessThan(10 * count);
			} finally {
				looked.mockRestore();
			}
		});
	});

	it("goes along as an ICMP message about a chosen flow", async () => {
		const request = frame(A, B, udp(4000, 69, "q".repeat(20)));
		const error = undeliverable(B, request, A, 3, 3);
		await capture([request, frame(A, B, udp(1, 2, "x")), error], async (path) => {
			const { bytes } = await extracted([path], { flows: [1] });
			const { packets } = await withFile(bytes, (part) => readPaths([part]));
			expect(packets.map(({ time }) => Number(time / 1_000_000_000n) - 1000)).toEqual([0, 2]);
			expect(bytes.toString("latin1")).toContain("; about ambiguous IPO-IN-5|IPO-OUT-6 flow 1");
		});
	});

	it("keeps no header of what is not RTP in a flow of RTP", async () => {
		const media = (...bytes: number[]) =>
			frame(A, B, udp(40_000, 40_002, Uint8Array.from([...bytes, ...new Array<number>(160).fill(0x53)])));
		const rtp = Array.from({ length: 20 }, (_, n) => media(0x80, 8, 0, n, 0, 0, 0, n, 1, 2, 3, 4));
		await capture([...rtp, media(0x0f, 8), media(0x8f, 200)], async (path) => {
			const { bytes } = await extracted([path], { headersOnly: true });
			expect(bytes.toString("latin1")).not.toContain("SSSS");
			await withFile(bytes, async (part) => {
				const { packets } = await readPaths([part]);
				expect(packets.map(({ data }) => data.length / 2)).toEqual([...new Array<number>(20).fill(54), 42, 42]);
			});
		});
	});
});

describe("the file", () => {
	it("cuts payloads where asked, and keeps the lengths on the wire", async () => {
		for (const name of CAPTURES) {
			const whole = await readPaths([capturePath(name)]);
			const { bytes } = await extracted([capturePath(name)], { headersOnly: true });
			await withFile(bytes, async (path) => {
				const cut = await readPaths([path]);
				expect(cut.packets.map(({ wireLength, time }) => [wireLength, time])).toEqual(
					whole.packets.map(({ wireLength, time, data }) => [Math.max(wireLength, data.length / 2), time]),
				);
				for (const [i, { data }] of cut.packets.entries()) expect(whole.packets[i]!.data.startsWith(data)).toBe(true);
				const [before, after] = await Promise.all([classify([capturePath(name)]), classify([path])]);
				// A tunnel's inner flows are there too: headers go as far as they are read.
				const counts = (report: Report) =>
					[...report.flows()].map(({ client, server }) => client.packets + server.packets).sort();
				expect(counts(after), name).toEqual(counts(before));
			});
		}
	});

	it("keeps RTP's header where payloads are cut: loss and jitter are the same", async () => {
		const path = capturePath("calls.pcapng");
		const streams = ({ flows }: Report) =>
			[...flows()].flatMap((flow) => flow.streams ?? []).map(({ ssrc, lost, jitterMs }) => [ssrc, lost, jitterMs]);
		const { bytes } = await extracted([path], { headersOnly: true });
		await withFile(bytes, async (part) =>
			expect(streams(await classify([part]))).toEqual(streams(await classify([path]))),
		);
		expect(bytes.toString("latin1")).not.toContain("z9hG4bK");
	});

	it("has of a call its signalling and its media", async () => {
		const path = capturePath("calls.pcapng");
		const report = await classify([path]);
		const { result, bytes } = await extracted([path], { calls: [1, 19] });
		const wanted = [report.calls[0]!, report.calls[18]!].flatMap(({ flows, mediaFlows }) => [...flows, ...mediaFlows]);
		expect(result.flows).toBe(wanted.length);
		await withFile(bytes, async (part) => {
			const { calls } = await classify([part]);
			expect(calls.map(({ callId, media }) => [callId, media.length])).toEqual(
				[0, 18].map((at) => [report.calls[at]!.callId, report.calls[at]!.media.length]),
			);
		});
		await expect(extracted([path], { calls: [22] })).rejects.toThrow("the capture has no call 22");
	});

	it.skipIf(programMissing("tshark"))(
		`is read by tshark and capinfos without complaint, with the rows as comments and the hosts' names${skipNote("tshark")}`,
		async () => {
			for (const name of CAPTURES.filter((_, i) => i % 3 === 0)) {
				const { bytes, result } = await extracted([capturePath(name)]);
				await withFile(bytes, (path) => {
					const { lines, complaints } = tsharkFields(path, ["frame.time_epoch", "frame.comment"]);
					expect(complaints, name).toEqual([]);
					expect(lines.length).toBe(result.packets);
					const text = execFileSync("capinfos", ["-Mc", path], { encoding: "utf8" });
					expect(text).toContain(`Number of packets:   ${result.packets}`);
				});
			}
			const { bytes } = await extracted([capturePath("office-day.pcapng")]);
			await withFile(bytes, (path) => {
				const filter = 'frame.comment contains "IPO-IN-9 flow"';
				const { lines } = tsharkFields(path, ["ip.dst_host", "tcp.port"], ["-N", "n", "-Y", filter]);
				expect(lines.length).toBeGreaterThan(3);
				for (const [, ports] of lines) expect(ports!.split(",")).toContain("411");
				expect(lines.map(([host]) => host)).toContain("ipo-vmpro_primary");
			});
		},
	);
});
