import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { FlowRecord, Report } from "../../src/document/document.ts";
import { run } from "../support/cli.ts";
import { programMissing, skipNote } from "../support/programs.ts";

const OFFICE = "captures/office-day.pcapng";
const CALLS = "captures/calls.pcapng";

describe("flowmatrix explain", () => {
	it("tells the label, both ends, every row for and against, and the payload", async () => {
		const { stdout, status } = await run(["explain", OFFICE, "40"]);
		expect(status).toBe(0);
		for (const line of [
			"flow 40: tcp 10.10.0.10:49489 → 198.51.100.20:443",
			"IPO-OUT-12, Subscription licences (443): confirmed",
			"  server 198.51.100.20: no product host",
			"  198.51.100.20 is admin.avaya-sub.com by a DNS answer in the capture",
			"    sni: admin.avaya-sub.com",
			"  Wireshark: ip.addr == 10.10.0.10 && ip.addr == 198.51.100.20 && tcp.port == 49489 && tcp.port == 443",
			"  IPO-OUT-11  Avaya Spaces: no",
			"    - the server's name admin.avaya-sub.com is not in avayacloud.com",
			"    - the server is not known to run IP Office",
			"  0060  13 61 64 6d 69 6e 2e 61 76 61 79 61 2d 73 75 62  .admin.avaya-sub",
		])
			expect(stdout.split("\n")).toContain(line);
	});

	it.each([
		["call", "call 3 is told by --call 3"],
		["flow", "flow 3 is told by its id alone: 3"],
		["transfer", "the report names the flows of transfer 3"],
		["finding", "a finding names its flows"],
	])("tells how a %s is asked for", async (word, way) => {
		const { status, stderr } = await run(["explain", CALLS, word, "3"]);
		expect(status).toBe(2);
		expect(stderr).toContain(`${word}: no such file; `);
		expect(stderr).toContain(way);
	});

	it.each([
		[["1", "2"], `explain ${OFFICE} 1;`],
		[["3-5"], `explain ${OFFICE} 3;`],
		[["3,5"], `explain ${OFFICE} 3;`],
		[["--call", "1", "2"], `explain ${OFFICE} --call 1;`],
	])("says that it tells of one flow or one call at a time: %j", async (words, example) => {
		const { status, stderr, stdout } = await run(["explain", OFFICE, ...words]);
		expect([status, stdout]).toEqual([2, ""]);
		expect(stderr).toContain(`explain tells of one flow or one call at a time: ${example}`);
	});

	it("is the same verdict as the report's, in JSON too", async () => {
		const report = JSON.parse((await run([OFFICE, "--format", "json"])).stdout);
		for (const flow of report.flows.slice(0, 50).filter(({ id }: { id: number }) => id % 7 === 0)) {
			const { stdout } = await run(["explain", OFFICE, String(flow.id), "--format", "json"]);
			const explanation = JSON.parse(stdout);
			expect(explanation.flow).toEqual(flow);
			const chosen = explanation.rows.filter(({ outcome }: { outcome: string }) => outcome !== "ruled out");
			const label = flow.label.status === "matched" ? [flow.label.row, flow.label.peerRow] : flow.label.candidates;
			expect(chosen.map(({ row }: { row: string }) => row).sort()).toEqual(label.filter(Boolean).sort());
		}
	});

	it("names the calls of a flow, with what came of them", async () => {
		const { stdout } = await run(["explain", CALLS, "20"]);
		expect(stdout).toContain("error call-failed: the call of 111@10.20.0.111 to 200@10.20.0.10 failed: 403 Forbidden");
		expect(stdout).toContain("  call 11: 111@10.20.0.111 to 200@10.20.0.10: rejected 403 Forbidden\n");
		expect(stdout).toContain("    status: 403\n");
	});

	it("tells a call message by message", async () => {
		const { stdout, status } = await run(["explain", CALLS, "--call", "19"]);
		expect(status).toBe(0);
		const at = stdout.split("\n").indexOf("Messages");
		expect(stdout.split("\n").slice(at + 1, at + 9)).toEqual([
			"      10.20.0.119:49877                        10.20.0.10:5060",
			"   +0.000 s   │─────────── INVITE (media) ───────────▶│  packet 1052",
			"   +0.001 s   │◀───────────── 100 Trying ─────────────│  packet 1053",
			"   +0.002 s   │◀──────────── 180 Ringing ─────────────│  packet 1055",
			"   +0.003 s   │◀─────────── 200 OK (media) ───────────│  packet 1057",
			"   +0.004 s   │──────────────── ACK ─────────────────▶│  packet 1058",
			"   +3.805 s   │──────────────── BYE ─────────────────▶│  packet 1140",
			"   +3.806 s   │◀─────────────── 200 OK ───────────────│  packet 1141",
		]);
		const narrow = await run(["explain", CALLS, "--call", "19"], { env: { COLUMNS: "50" } });
		expect(narrow.stdout).toContain("+0.001 s  10.20.0.10:5060 → 10.20.0.119:49877");
		const json = JSON.parse((await run(["explain", CALLS, "--call", "19", "--format", "json"])).stdout);
		const report = JSON.parse((await run([CALLS, "--format", "json"])).stdout);
		expect(json).toEqual(report.calls[18]);
	});

	it.skipIf(programMissing("tshark"))(
		`has filters that show the messages of calls, their media, and nothing else${skipNote("tshark")}`,
		async () => {
			const { calls, flows } = JSON.parse((await run([CALLS, "--format", "json"])).stdout) as {
				calls: Report["calls"];
				flows: FlowRecord[];
			};
			for (const { messages, filter, mediaFlows } of calls) {
				const fields = ["frame.number", "sip.Method", "sip.Status-Code"].flatMap((field) => ["-e", field]);
				const { stdout } = spawnSync("tshark", ["-r", CALLS, "-Y", filter!, "-T", "fields", ...fields], {
					encoding: "utf8",
				});
				const shown = stdout
					.trim()
					.split("\n")
					.map((line) => line.split("\t").filter(Boolean).join(" "));
				const sent = messages.map(({ packet, text }) => [packet.packet, text.split(" ")[0]].join(" "));
				expect(shown.filter((line) => line.includes(" "))).toEqual(sent);
				const media = flows.filter(({ id }) => mediaFlows.includes(id));
				const packets = media.reduce((sum, { client, server }) => sum + client.packets + server.packets, 0);
				expect(shown.filter((line) => !line.includes(" "))).toHaveLength(packets);
			}
		},
	);

	it.each([
		[[CALLS, "--call", "99"], "the capture has no call 99"],
		[["--call", "1"], "missing required argument"],
		[[OFFICE, "51"], "the capture has no flow 51"],
		[[OFFICE, "none"], "'none' is no positive number"],
		[[OFFICE], "explain takes captures and a flow's id"],
	])("%o is wrong usage", async (words, message) => {
		const { stderr, status } = await run(["explain", ...words]);
		expect(status).toBe(2);
		expect(stderr).toContain(message);
	});
});
