import { describe, expect, it } from "vitest";
import { datagram } from "../../support/analyse.ts";
import { findingsIn, kindsIn, troublesIn } from "../../support/findings.ts";
import { at, FLAGS, segment } from "../../support/frames.ts";

const IPO = "10.0.0.1";
const given = { ipo: [IPO] };

/** The client's half of a connection that goes well. */
function clientHalf(port: number, server = `${IPO}:50805`) {
	const from = `10.0.0.50:${port}`;
	return [
		at(port / 1e3, segment(from, server, { flags: FLAGS.syn, sequence: 0 })),
		at(port / 1e3 + 0.01, segment(from, server, { flags: FLAGS.ack, sequence: 1, acknowledgement: 1 })),
		at(port / 1e3 + 0.02, segment(from, server, { flags: FLAGS.ack, sequence: 1, acknowledgement: 1 }, "hello")),
		at(port / 1e3 + 0.03, segment(from, server, { flags: FLAGS.ack, sequence: 6, acknowledgement: 900 })),
	];
}

function serverHalf(port: number) {
	const [from, to] = [`${IPO}:50805`, `10.0.0.50:${port}`];
	return [
		at(port / 1e3, segment(from, to, { flags: FLAGS.syn | FLAGS.ack, sequence: 0, acknowledgement: 1 })),
		at(port / 1e3 + 0.02, segment(from, to, { flags: FLAGS.ack, sequence: 1, acknowledgement: 6 }, "back")),
		at(port / 1e3 + 0.03, segment(from, to, { flags: FLAGS.ack, sequence: 5, acknowledgement: 60 })),
	];
}

describe("a connection of which one direction is missing", () => {
	it("is one-way, not unanswered: the client goes on", () => {
		expect(kindsIn(clientHalf(40_000), given)).toEqual(["warning one-way"]);
		expect(findingsIn(clientHalf(40_000), given)[0]!.text).toContain("no packet of the server, which did answer");
		expect(findingsIn(serverHalf(40_000), given)[0]!.text).toContain("no packet of the client, which did answer");
	});

	it("is one-way where the capture begins later: the client acknowledges more and more", () => {
		const data = (time: number, sequence: number, acknowledgement: number) =>
			at(time, segment("10.0.0.50:40000", `${IPO}:50805`, { flags: FLAGS.ack, sequence, acknowledgement }, "hello"));
		expect(kindsIn([data(0, 1, 100), data(1, 6, 200), data(2, 11, 300)], given)).toEqual(["warning one-way"]);
		expect(kindsIn([data(0, 1, 100), data(1, 6, 100), data(2, 11, 100)], given)).toEqual([]);
	});

	it("is not one-way where nobody need have answered", () => {
		const data = { flags: FLAGS.ack, sequence: 1, acknowledgement: 1 };
		const from = "10.0.0.50:40000";
		const again = [0, 1, 3, 7].map((time) => at(time, segment(from, `${IPO}:50805`, data, "hello")));
		expect(kindsIn(again, given)).toEqual(["warning retransmissions"]);
	});

	it("makes the capture one-sided where most are so: then silence is not judged", () => {
		const halves = [40_000, 40_001, 40_002].flatMap((port) => clientHalf(port));
		const silent = [0, 1, 3].map((time) => at(time, segment("10.0.0.50:41000", `${IPO}:443`, { flags: FLAGS.syn })));
		expect(kindsIn([...halves, ...silent], given)).toEqual(["warning capture-one-sided"]);
		expect(kindsIn([...clientHalf(40_000), ...silent], given)).toEqual(["error unanswered", "warning one-way"]);
	});
});

describe("datagrams of a row that asks for answers", () => {
	const asks = (count: number, to = `${IPO}:50795`) =>
		Array.from({ length: count }, (_, i) => at(2 * i, datagram("10.0.0.50:40000", to, "poll")));

	it("are unanswered", () => {
		expect(kindsIn(asks(4), given)).toEqual(["error unanswered"]);
		expect(findingsIn(asks(4), given)[0]!.text).toBe("4 datagrams in 6 s were never answered");
	});

	it("are answered by any datagram back", () => {
		const answer = at(1, datagram(`${IPO}:50795`, "10.0.0.50:40000", "trace"));
		expect(troublesIn([...asks(1), answer, ...asks(4).slice(1)], given)).toEqual([]);
	});

	it("say nothing as long as an answer may come, to a broadcast address, or to nobody's port", () => {
		expect(kindsIn(asks(2), given)).toEqual([]);
		expect(kindsIn(asks(4), { ...given, thresholds: { "answer-time": 60 } })).toEqual([]);
		expect(kindsIn(asks(4, "10.0.0.255:50795"), { ipo: ["10.0.0.50"] })).toEqual([]);
		expect(kindsIn(asks(4, `${IPO}:33000`), given)).toEqual([]);
	});

	it("need no answer where the protocol has none", () => {
		const logs = Array.from({ length: 5 }, (_, i) =>
			at(i, datagram(`${IPO}:40000`, "10.0.0.9:514", "<134>Oct 11 22:14:15 ipo sys: up")),
		);
		expect(troublesIn(logs, given)).toEqual([]);
	});
});
