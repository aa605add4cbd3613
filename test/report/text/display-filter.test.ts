import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { FlowRecord } from "../../../src/document/document.ts";
import { displayFilter } from "../../../src/report/text/display-filter.ts";
import { capturePath, reportOf } from "../../support/captures.ts";

const TSHARK = spawnSync("tshark", ["--version"]).status === 0;

/** Packets that pass a display filter. */
function passing(capture: string, filter: string): number {
	const { stdout, stderr, status } = spawnSync(
		"tshark",
		["-n", "-r", capturePath(capture), "-Y", filter, "-T", "fields", "-e", "frame.number"],
		{
			encoding: "utf8",
		},
	);
	expect(status, `${filter}: ${stderr}`).toBe(0);
	return stdout.split("\n").filter((line) => line !== "").length;
}

const packets = ({ client, server }: FlowRecord) => client.packets + server.packets;

describe.skipIf(!TSHARK)(`a flow's display filter, in tshark${TSHARK ? "" : ": tshark is not installed"}`, () => {
	it.each([
		["office-day.pcapng", [5, 6, 9, 26, 46]],
		["tftp-styles.pcapng", [1, 9]],
		["calls.pcapng", [1, 2]],
	])("passes the packets of flows of %s, and no others", async (name, ids) => {
		const flows = [...(await reportOf(name)).flows()];
		for (const id of ids) {
			const flow = flows[id - 1]!;
			expect(passing(name, displayFilter(flow)), displayFilter(flow)).toBe(packets(flow));
		}
	});

	it("is one that Wireshark takes, whatever the transport", () => {
		const end = { address: "10.0.0.1", port: 0 };
		for (const transport of [
			"icmp",
			"gre",
			"esp",
			"ah",
			"ospf",
			"igmp",
			"vrrp",
			"pim",
			"ip-253",
			"mpls",
			"sctp",
			"udplite",
		])
			passing("office-day.pcapng", displayFilter({ transport, client: end, server: { address: "10.0.0.2", port: 0 } }));
		for (const transport of ["icmpv6", "ip-253"])
			passing(
				"office-day.pcapng",
				displayFilter({ transport, client: { address: "fd00::1", port: 0 }, server: { address: "fd00::2", port: 0 } }),
			);
	});
});
