import { describe, expect, it } from "vitest";
import { run } from "../support/cli.ts";

const OFFICE = "captures/office-day.pcapng";

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
			"  IPO-OUT-11  Avaya Spaces: no",
			"    - the server's name admin.avaya-sub.com is not in avayacloud.com",
			"    - the server is not known to run IP Office",
			"  0060  13 61 64 6d 69 6e 2e 61 76 61 79 61 2d 73 75 62  .admin.avaya-sub",
		])
			expect(stdout.split("\n")).toContain(line);
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

	it.each([
		[[OFFICE, "51"], "the capture has no flow 51"],
		[[OFFICE, "none"], "'none' is no positive number"],
		[[OFFICE], "explain takes captures and a flow's id"],
	])("%o is wrong usage", async (words, message) => {
		const { stderr, status } = await run(["explain", ...words]);
		expect(status).toBe(2);
		expect(stderr).toContain(message);
	});
});
