import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { SCENES } from "../scripts/captures/scenes/index.ts";
import type { CallTruth, FlowTruth, StreamTruth, Truth } from "../scripts/captures/truth.ts";
import { classify } from "../src/classify.ts";
import type { CallRecord, FlowRecord } from "../src/document/document.ts";

const FOLDER = new URL("../captures/", import.meta.url);
const path = (name: string) => fileURLToPath(new URL(name, FOLDER));

/** A flow's conversation, whichever way round. */
function key(transport: string, vlan: readonly number[], tunnelled: boolean, one: string, other: string): string {
	return [transport, vlan.join("/"), tunnelled ? "tunnel" : "", ...[one, other].sort()].join(" ");
}

function end({ address, port }: { address: string; port: number }): string {
	return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function keyOfFlow({ transport, vlan, tunnelled, client, server }: FlowRecord): string {
	return key(transport, vlan, tunnelled === true, end(client), end(server));
}

function keyOfTruth({ transport, vlan = [], tunnelled, client, server }: FlowTruth): string {
	return key(transport, vlan, tunnelled === true, client, server);
}

/** Truths of one conversation, joined: a scene may record it in several parts. */
function conversations(flows: readonly FlowTruth[]): Map<string, FlowTruth> {
	const all = new Map<string, FlowTruth>();
	for (const flow of flows) {
		const known = all.get(keyOfTruth(flow));
		const packets = {
			client: flow.packets.client + (known?.packets.client ?? 0),
			server: flow.packets.server + (known?.packets.server ?? 0),
		};
		all.set(keyOfTruth(flow), { ...(known ?? flow), packets });
	}
	return all;
}

/** What a scene's truth says of a call, as the report tells it. */
function callTold({ callId, from, to, result, codec, media, findings }: CallRecord): Omit<CallTruth, "why"> {
	const streams = media.map(
		({ from: sender, to: receiver, codec: coding, packets, lost, duplicates, reordered, srtp }) => ({
			from: sender,
			to: receiver,
			packets,
			lost,
			duplicates,
			reordered,
			codec: coding,
			srtp,
		}),
	);
	return { callId, from, to, result, codec, media: sorted(streams), findings: findings.map(({ kind }) => kind).sort() };
}

function sorted(streams: readonly StreamTruth[]): StreamTruth[] {
	return [...streams].sort((a, b) => (a.from < b.from ? -1 : 1));
}

describe.each(SCENES.map((scene) => [scene.name, scene] as const))("captures/%s", (name, scene) => {
	const { files } = scene.build();
	const truth = JSON.parse(readFileSync(path(`${name}.truth.json`), "utf8")) as Truth;

	it("is what npm run captures makes", () => {
		for (const [file, bytes] of Object.entries(files)) {
			expect(existsSync(path(file)), file).toBe(true);
			expect(readFileSync(path(file)).equals(Buffer.from(bytes)), file).toBe(true);
		}
	});

	it("is labelled as its truth says", async () => {
		const hosts = Object.entries(truth.hosts).flatMap(([product, addresses]) =>
			addresses.map((address) => ({ product, address })),
		);
		const report = await classify(Object.keys(files).map(path), { hosts });
		expect(report.problems.map(({ kind }) => kind)).toEqual(truth.problems ?? []);
		expect(report.matrix.release, report.matrix.reason).toBe(truth.release ?? "12.0");
		const others = truth.otherFlows ?? [];
		const flows = new Map(
			[...report.flows()].filter(({ transport }) => !others.includes(transport)).map((flow) => [keyOfFlow(flow), flow]),
		);
		const truths = conversations(truth.flows);
		expect([...flows.keys()].sort()).toEqual([...truths.keys()].sort());
		for (const [conversation, expected] of truths) {
			const flow = flows.get(conversation)!;
			const { status, row, peerRow, candidates } = flow.label;
			const told = {
				client: end(flow.client),
				server: end(flow.server),
				packets: [flow.client.packets, flow.server.packets],
				status,
				row,
				peerRow,
			};
			const wanted = {
				client: expected.client,
				server: expected.server,
				packets: [expected.packets.client, expected.packets.server],
				status: expected.status,
				row: expected.row,
				peerRow: expected.peerRow,
			};
			expect(told, `${conversation}: ${expected.why}\n${flow.label.reasons.join("\n")}`).toEqual(wanted);
			if (truth.tcp) expect(flow.tcp, expected.why).toMatchObject(truth.tcp[expected.client]);
			if (expected.candidates) expect(candidates, expected.why).toEqual(expected.candidates);
			if (expected.row !== null) expect(flow.label.reasons.length).toBeGreaterThan(0);
		}
		expect(
			report.transfers.map(({ client, server, file, style, direction, bytes, complete, row, retransmits, error }) => ({
				client,
				server,
				file,
				style,
				direction,
				bytes,
				complete,
				row,
				retransmits,
				error,
			})),
		).toEqual(truth.transfers.map(({ reading: _, ...rest }) => rest));
		if (truth.calls) {
			expect(report.calls.map(callTold)).toEqual(
				truth.calls.map(({ media, why: _, ...call }) => ({ ...call, media: sorted(media) })),
			);
		}
	});
});

it("captures/ holds nothing else", () => {
	const made = SCENES.flatMap((scene) => [...Object.keys(scene.build().files), `${scene.name}.truth.json`]);
	const found = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => `${entry.parentPath.slice(fileURLToPath(FOLDER).length)}/${entry.name}`.replace(/^\//, ""))
		// Recorded, not made: lab.test.ts and faults.test.ts check these.
		.filter((name) => !name.startsWith("lab/") && !name.startsWith("faults/"));
	expect(found.sort()).toEqual([...made, "README.md"].sort());
});
