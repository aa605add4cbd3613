/** How long a flow's datagrams are looked at, and what they show together. */
import { describe, expect, it } from "vitest";
import { dtlsHello, receiverReport, rtpPacket, stun, udptl } from "../../scripts/captures/payloads/media.ts";
import { Random } from "../../scripts/captures/random.ts";
import { FlowTracker } from "../../src/flow/tracker.ts";
import { serverSideByPayload } from "../../src/session/evidence.ts";
import { analyse, datagram, TestEngine } from "../support/analyse.ts";
import { FLAGS, frame, segment } from "../support/frames.ts";
import { concat, hex, icmp, type Payload } from "../support/packet-builder.ts";
import { Connection, Scene } from "../support/scene.ts";
import { ack, data, rrq } from "../support/tftp.ts";

const HOST = "10.0.0.2";
const PBX = "10.0.0.1";
type Turn = readonly [side: "up" | "down", payload: Payload];

/** The flow between two ports after these datagrams of both sides. */
function flowOf(port: number, turns: readonly Turn[], from = 50_000) {
	const [up, down] = [`${HOST}:${from}`, `${PBX}:${port}`];
	const engine = analyse(
		turns.map(([side, payload]) => (side === "up" ? datagram(up, down, payload) : datagram(down, up, payload))),
	);
	const { sessions } = engine;
	return {
		protocol: sessions.protocolOf(0),
		media: sessions.mediaOf(0),
		fields: sessions.fieldsOf(0),
		isDone: engine.table.store.evidence(0) < 0,
		serverSide: serverSideByPayload(engine.table.store.evidence(0)),
	};
}
const protocolOf = (port: number, turns: readonly Turn[]) => flowOf(port, turns).protocol;
const times = (count: number, ...turns: Turn[]) => Array.from({ length: count }, () => turns).flat();

const random = new Random("sessions");
const up = (payload: Payload): Turn => ["up", payload];
const down = (payload: Payload): Turn => ["down", payload];
const noise = new Uint8Array(40).fill(0xee);
const sip = (first: string) =>
	`${first} SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:201@h>;tag=A\r\nTo: <sip:200@h>\r\nCall-ID: x\r\nCSeq: 1 ${first.split(" ")[0]}\r\n\r\n`;
const log = "<13>1 2026-03-02T09:00:00Z host app - - - text";
const query = (id: number) => hex(`${id.toString(16).padStart(4, "0")} 0100 0001 0000 0000 0000 0161 00 0001 0001`);
const rtp = (sequence: number) =>
	rtpPacket({ sequence, timestamp: 160 * sequence, source: 7, type: 8, payload: random.bytes(160) });
const voice = [1, 2, 3].map((n) => up(rtp(n)));
const binding = [up(stun(random)), down(stun(random, true))];

describe("a UDP flow is done with", () => {
	const isDone = (port: number, ...turns: Turn[]) => flowOf(port, turns).isDone;
	const both = (count: number) => times(count, up(noise), down(noise));

	it("when four payloads of both sides, or seven of one, show nothing", () => {
		expect(isDone(4000, ...both(3), up(noise))).toBe(false);
		expect(isDone(4000, ...both(3), up(noise), up(noise))).toBe(false);
		expect(isDone(4000, ...both(4))).toBe(true);
		expect(isDone(4000, ...times(4, up(noise)), ...times(3, down(noise)))).toBe(false);
		expect(isDone(4000, ...times(4, up(noise)), ...times(4, down(noise)))).toBe(true);
		expect([6, 7].map((count) => isDone(4000, ...times(count, up(noise))))).toEqual([false, true]);
	});

	it("but for what goes to port 69: the answer may come on another flow", () => {
		expect(isDone(69, ...times(4, down(noise)), ...times(4, up(noise)))).toBe(false);
		expect(isDone(69, ...times(4, down(noise)), ...times(7, up(noise)))).toBe(true);
		expect(isDone(69, ...times(4, up(noise)), ...times(4, down(noise)))).toBe(true);
	});

	it("when both sides have spoken, or one twice, where the protocol is known and nobody follows it", () => {
		expect([1, 2].map((count) => isDone(514, ...times(count, up(log))))).toEqual([false, true]);
		expect(isDone(514, up(log), down(noise))).toBe(true);
		expect(isDone(514, down(noise), up(log))).toBe(true);
		expect(protocolOf(514, [up(log), up(log)])).toBe("syslog");
	});

	it("never where it is followed, whoever spoke before", () => {
		expect(isDone(53, up(query(1)), down(query(1)), up(query(2)))).toBe(false);
		expect(isDone(53, down(noise), up(query(1)))).toBe(false);
		expect(isDone(53, ...times(20, up(query(1)), down(noise)))).toBe(false);
	});

	it("and so is what is neither TCP nor UDP, if it is watched", () => {
		const engine = new TestEngine(new FlowTracker({ severalFiles: false, watch: 0 }));
		engine.observe([frame(HOST, PBX, icmp(8, 0, hex("0003 0001 0000 0000")))]);
		expect([engine.table.store.evidence(0) < 0, engine.sessions.protocolOf(0)]).toEqual([true, null]);
	});
});

describe("what a UDP flow shows", () => {
	it("is not looked for in what only keeps it open", () => {
		const nothing = "\r\n\r\n";
		expect(protocolOf(5060, [...times(9, up(nothing), down(nothing)), up(sip("OPTIONS sip:a"))])).toBe("sip");
	});

	it("is its first protocol: fields of another one are left out", () => {
		expect(flowOf(5060, [up(sip("OPTIONS sip:a")), up(log)])).toMatchObject({
			protocol: "sip",
			fields: { method: "OPTIONS", callId: "x" },
		});
		expect(flowOf(5060, [up(sip("OPTIONS sip:a")), up(log)]).fields).not.toHaveProperty("severity");
		expect(flowOf(514, [up(log)]).fields).toMatchObject({ severity: "notice" });
	});

	it("is who serves, by what its datagrams are", () => {
		const response = hex("0001 8180 0001 0000 0000 0000 0161 00 0001 0001");
		const sides = [[up(query(1))], [down(response)], [up(sip("OPTIONS sip:a"))], [up(sip("REGISTER sip:a"))]];
		const ports = [53, 53, 5060, 5060];
		expect(sides.map((turns, n) => flowOf(ports[n]!, turns).serverSide)).toEqual([1, 0, 1, 1]);
		expect(flowOf(5060, [up("SIP/2.0 200 OK\r\nCSeq: 1 OPTIONS\r\n\r\n")]).serverSide).toBe(0);
		expect(flowOf(4000, [up(noise)]).serverSide).toBe(undefined);
	});

	it("is TFTP on all flows of a transfer, in which nothing else is looked for", () => {
		const { sessions, table } = analyse([
			datagram(`${HOST}:2421`, `${PBX}:69`, rrq("f")),
			datagram(`${PBX}:4153`, `${HOST}:2421`, data(1, 512)),
			datagram(`${HOST}:2421`, `${PBX}:4153`, ack(1)),
		]);
		expect([0, 1].map((flow) => [sessions.protocolOf(flow), table.store.evidence(flow)])).toEqual([
			["tftp", 0],
			["tftp", 0],
		]);
	});

	it("may be known by nothing but its name", () => {
		const ping = "d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe";
		expect(flowOf(6881, [up(ping)])).toMatchObject({ protocol: "bittorrent", fields: undefined });
	});

	it("is SIP where STUN only kept its port open, also with the first and the last letter of a method", () => {
		for (const method of ["ACK", "OPTIONS", "UPDATE"]) {
			const found = flowOf(5060, [...binding, up(sip(`${method} sip:a`))]);
			expect(found).toMatchObject({ protocol: "sip", media: null, fields: { method } });
			// Media is not looked for any more.
			expect(flowOf(5060, [...binding, up(sip(`${method} sip:a`)), ...voice])).toMatchObject({
				protocol: "sip",
				media: null,
			});
		}
	});
});

describe("media of a UDP flow", () => {
	it("is RTP, or nothing", () => {
		expect(flowOf(5004, [])).toMatchObject({ protocol: null, media: null });
		expect(flowOf(5004, voice)).toMatchObject({ protocol: "rtp", media: "rtp" });
		expect(flowOf(5004, voice.slice(1))).toMatchObject({ protocol: null, media: null });
		expect(flowOf(514, [up(log)])).toMatchObject({ protocol: "syslog", media: null });
	});

	it("is RTP beside STUN, which tells whose it is, and encrypted after DTLS", () => {
		expect(flowOf(5004, [...binding, ...voice])).toMatchObject({ protocol: "stun", media: "rtp" });
		const hello = [up(dtlsHello(random)), down(dtlsHello(random, true))];
		expect(flowOf(5004, [...binding, ...hello, ...voice])).toMatchObject({ protocol: "stun", media: "srtp" });
		expect(flowOf(5004, hello)).toMatchObject({ protocol: "dtls", media: null });
		const over = times(
			4,
			up(hex("17 fefd 0001 000000000001 0020 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")),
		);
		expect(flowOf(5004, [...over, ...voice])).toMatchObject({ protocol: "dtls", media: "srtp" });
	});

	it("is RTP where RTCP came first on its port", () => {
		const report = receiverReport(8, 7, 5, 3, 80);
		expect(flowOf(5004, [up(report), down(report), ...voice])).toMatchObject({ protocol: "rtp", media: "rtp" });
		expect(flowOf(5005, [up(report), down(report)])).toMatchObject({ protocol: "rtcp", media: null });
	});

	it("may lie in a TURN channel, whose number begins with a capital letter", () => {
		const channel = (sequence: number) => {
			const media = rtp(sequence);
			return up(concat([0x41, 1, media.length >> 8, media.length & 0xff], media));
		};
		expect(flowOf(3478, [...binding, channel(1), channel(2), channel(3)])).toMatchObject({
			protocol: "stun",
			media: "rtp",
		});
	});

	it("is fax where it was announced and looks like it", () => {
		const invite = (line: string) => {
			const body = `v=0\r\nc=IN IP4 ${PBX}\r\nt=0 0\r\n${line}\r\n`;
			const head = sip("INVITE sip:a").trimEnd();
			return datagram(
				`${HOST}:5060`,
				`${PBX}:5060`,
				`${head}\r\nContent-Type: application/sdp\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
			);
		};
		const second = (payload: Payload, line: string | undefined) => {
			const packets = [
				...(line === undefined ? [] : [invite(line)]),
				datagram(`${HOST}:4000`, `${PBX}:46770`, payload),
			];
			const { sessions, table } = analyse(packets);
			return sessions.protocolOf(table.store.size - 1);
		};
		expect(second(udptl(1), "m=image 46770 udptl t38")).toBe("t38");
		expect(second(udptl(1), "m=audio 46770 RTP/AVP 8")).toBe(null);
		expect(second(udptl(1), "m=image 46772 udptl t38")).toBe(null);
		expect(second(udptl(1), undefined)).toBe(null);
		expect(second(noise, "m=image 46770 udptl t38")).toBe(null);
	});

	it("is that of a call only over UDP", () => {
		const body = `v=0\r\nc=IN IP4 ${PBX}\r\nt=0 0\r\nm=audio 46770 RTP/AVP 8\r\n`;
		const head = sip("INVITE sip:a").trimEnd();
		const text = `${head}\r\nContent-Type: application/sdp\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
		const [from, to] = [`${HOST}:4000`, `${PBX}:46770`];
		const { sessions } = analyse([
			datagram(`${HOST}:5060`, `${PBX}:5060`, text),
			datagram(from, to, noise),
			segment(from, to, { flags: FLAGS.syn }),
		]);
		expect([1, 2].map((flow) => sessions.announcedBy(flow).map(({ call }) => call.callId))).toEqual([["x"], []]);
	});
});

describe("what is open when a run is looked at", () => {
	it("is told as if nothing more came, and taken back", () => {
		const engine = analyse([datagram(`${HOST}:50000`, `${PBX}:53`, query(1))]);
		const { sessions } = engine;
		const told = () => sessions.incidents.of(0).map(({ kind, count }) => `${kind} ${count}`);
		const takeBack = sessions.suppose();
		sessions.overflow.add("beyond");
		expect([told(), [...sessions.overflow.entries()]]).toEqual([["unanswered 1"], [["beyond", 1]]]);
		takeBack();
		expect([told(), [...sessions.overflow.entries()]]).toEqual([[], []]);
		engine.observe([datagram(`${HOST}:50000`, `${PBX}:53`, query(2))]);
		sessions.finish();
		expect(told()).toEqual(["unanswered 2"]);
	});

	it("is not told of a stream that lacks bytes: the answer may have been among them", () => {
		const register =
			"REGISTER sip:h SIP/2.0\r\nVia: SIP/2.0/TCP 10.0.0.2;branch=z9hG4bK1\r\nFrom: <sip:201@h>;tag=A\r\nTo: <sip:201@h>\r\nCall-ID: x\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n";
		const told = (lost: number) => {
			const scene = new Scene();
			const connection = new Connection(scene, `${HOST}:50000`, `${PBX}:5060`).say("client", register);
			if (lost > 0) connection.lose("server", lost).say("server", "SIP/2.0 200 OK\r\n");
			const { sessions } = analyse(scene.frames);
			sessions.suppose()();
			sessions.finish();
			return sessions.incidents.of(0).map(({ kind }) => kind);
		};
		expect([told(0), told(200)]).toEqual([["unanswered"], []]);
	});
});
