import { describe, expect, it } from "vitest";
import { PacketView } from "../../src/packet/view.ts";
import { IncidentTable } from "../../src/session/incidents.ts";
import { type OpenRequest, Requests } from "../../src/session/requests.ts";

const packet = new PacketView();
const words = ({ what, subject }: OpenRequest) => ({ what, subject });

describe("requests under way", () => {
	it("are bounded in all flows together, and room comes back with the answers", () => {
		const requests = new Requests();
		for (let flow = 0; flow < 5000; flow++)
			for (let key = 0; key < 50; key++) requests.open(flow, 0, key, packet, "query");
		expect(requests.forgotten).toBe(50_000);
		for (let key = 0; key < 50; key++) requests.close(0, 1, key);
		requests.forget(1);
		for (let key = 0; key < 100; key++) requests.open(6000 + key, 0, key, packet, "query");
		expect(requests.forgotten).toBe(50_000);
		requests.open(7000, 0, 1, packet, "query");
		expect(requests.forgotten).toBe(50_001);
		const incidents = new IncidentTable();
		requests.finish(incidents, words);
		expect([0, 1, 2, 6000, 7000].map((flow) => incidents.of(flow)[0]?.count ?? 0)).toEqual([0, 0, 50, 1, 0]);
	});
});
