/** That each protocol's messages come to what follows them, on whole flows: most of them from captures. */
import { describe, expect, it } from "vitest";
import { receiverReport, rtpPacket } from "../../scripts/captures/payloads/media.ts";
import { analyse as analyseFiles } from "../../src/analyse.ts";
import { analyse, datagram } from "../support/analyse.ts";
import { capturePath } from "../support/captures.ts";
import { ascii } from "../support/hello.ts";
import { concat, hex } from "../support/packet-builder.ts";
import { Connection, Scene } from "../support/scene.ts";

const sessionsOf = async (name: string) => (await analyseFiles([capturePath(name)], {})).engine.sessions;

describe("what is followed", () => {
	it("is a call of H.323, by its signalling, and its media by H.245", async () => {
		const sessions = await sessionsOf("h323-call.pcap");
		const flows = [0, 1, 2, 3, 4];
		expect(flows.map((flow) => sessions.protocolOf(flow))).toEqual(["h225-ras", "h225", "h245", "rtp", "rtcp"]);
		expect(sessions.calls.calls.map(({ protocol, messages, flows: on }) => [protocol, messages.length, on])).toEqual([
			["h323", 5, [1, 2]],
		]);
		expect(flows.map((flow) => sessions.announcedBy(flow).length)).toEqual([0, 0, 0, 1, 1]);
	});

	it("is DHCP, and BOOTP as well", async () => {
		const sessions = await sessionsOf("dhcp-bootp.pcap");
		expect([0, 1, 2].map((flow) => sessions.protocolOf(flow))).toEqual(["dhcp", "dhcp", "bootp"]);
		const servers = [0, 1, 2].map((flow) => [...(sessions.dhcp.exchangeOf(flow)?.servers ?? [])]);
		expect(servers).toEqual([["10.0.0.1"], ["10.0.0.1"], ["10.0.0.1"]]);
	});

	it("is RTCP on a port of its own", () => {
		const voice = [1, 2, 3].map((sequence) =>
			datagram(
				"10.0.0.2:5004",
				"10.0.0.1:46750",
				rtpPacket({ sequence, timestamp: 160 * sequence, source: 7, type: 8, payload: new Uint8Array(160) }),
			),
		);
		const { sessions } = analyse([
			...voice,
			datagram("10.0.0.1:46751", "10.0.0.2:5005", receiverReport(8, 7, 5, 3, 80)),
		]);
		const [stream] = sessions.rtp.streamsOf(0);
		expect([sessions.protocolOf(1), sessions.rtp.reportOn(stream!)]).toMatchObject(["rtcp", { lost: 5, jitter: 80 }]);
	});

	it("is DNS behind its length, over TCP, and a directory's login, which no datagram is", () => {
		const query = (id: number) => {
			const body = hex(`000${id} 0100 0001 0000 0000 0000 0161 00 0001 0001`);
			return concat([0, body.length], body);
		};
		const told = (port: number, bytes: Uint8Array) => {
			const scene = new Scene();
			new Connection(scene, "10.0.0.2:50000", `10.0.0.1:${port}`).say("client", bytes);
			const { sessions } = analyse(scene.frames);
			sessions.finish();
			return sessions.incidents.of(0).map(({ detail, subject, count }) => `${detail} ${subject} ${count}`);
		};
		expect(told(53, concat(query(1), query(2)))).toEqual(["DNS query a 2"]);
		expect(told(389, hex("300c 020101 6007 020103 0400 8000"))).toEqual([]);
		expect(told(40_000, ascii("GET / HTTP/1.1\r\n\r\n"))).toEqual([]);
	});
});
