import { hex, join, zeros } from "../bytes.ts";
import { Wire } from "../conversation.ts";
import { ethernet } from "../link.ts";
import { at, host } from "../network.ts";
import { Flag, IpProtocol, tcpSegment } from "../packets.ts";
import { type Flow, Recording, type Side } from "../recording.ts";
import { classic, type Scene } from "../scene.ts";
import { matched } from "../truth.ts";

const office = host("10.0.0.1", "00:e0:07:00:00:01");
const manager = host("10.0.0.2", "00:1b:21:00:00:02");
const { fin, syn, rst, ack, psh } = Flag;

type Step = readonly [Side, number, number?];
const open: readonly Step[] = [
	["client", syn],
	["server", syn | ack],
	["client", ack],
];
const talk: readonly Step[] = [
	["client", psh | ack, 20],
	["server", psh | ack, 30],
	["client", ack],
];

/** Zeek's conn_state and history for connections that end in every way it knows (Zeek documentation, conn.log). */
const STATES: readonly (readonly [string, string, readonly Step[]])[] = [
	["S0", "S", [["client", syn]]],
	["S1", "ShADd", [...open, ...talk]],
	["SF", "ShADdFf", [...open, ...talk, ["client", fin | ack], ["server", fin | ack], ["client", ack]]],
	[
		"REJ",
		"Sr",
		[
			["client", syn],
			["server", rst | ack],
		],
	],
	["S2", "ShADdFa", [...open, ...talk, ["client", fin | ack], ["server", ack]]],
	["S3", "ShADdf", [...open, ...talk, ["server", fin | ack], ["client", ack]]],
	["RSTO", "ShADdR", [...open, ...talk, ["client", rst | ack]]],
	["RSTR", "ShADdr", [...open, ...talk, ["server", rst | ack]]],
	[
		"RSTOS0",
		"SR",
		[
			["client", syn],
			["client", rst],
		],
	],
	[
		"RSTRH",
		"^hr",
		[
			["server", syn | ack],
			["server", rst | ack],
		],
	],
	[
		"SH",
		"SF",
		[
			["client", syn],
			["client", fin],
		],
	],
	[
		"SHR",
		"^hf",
		[
			["server", syn | ack],
			["server", fin | ack],
		],
	],
	[
		"OTH",
		"DdA",
		[
			["client", psh | ack, 20],
			["server", psh | ack, 30],
			["client", ack],
		],
	],
];

export const tcpStates: Scene = {
	name: "tcp-states",
	shows: "TCP connections that end in each of Zeek's conn_states",
	build() {
		const recording = new Recording(this.name, "2026-03-02T15:00:00Z");
		const wire = new Wire(recording, ethernet());
		STATES.forEach(([state, , steps], index) => {
			const verdict = matched("IPO-IN-42", state);
			play(
				recording,
				wire.flow({ at: index, client: at(manager, 42001 + index), server: at(office, 50804), verdict }, "tcp"),
				index,
				steps,
			);
		});
		const built = classic(this.name, recording, { ipo: [office.address] });
		const states = Object.fromEntries(
			STATES.map(([state, history], index) => [`${manager.address}:${42001 + index}`, { state, history }]),
		);
		return { ...built, truth: { ...built.truth, tcp: states } };
	},
};

function play(recording: Recording, flow: Flow, time: number, steps: readonly Step[]): void {
	const sequence = { client: 1000, server: 9000 };
	steps.forEach(([side, flags, length = 0], i) => {
		const other = side === "client" ? "server" : "client";
		const [from, to] = side === "client" ? [flow.client, flow.server] : [flow.server, flow.client];
		const fields = {
			sourcePort: from.port,
			destinationPort: to.port,
			sequence: sequence[side],
			acknowledgement: flags & ack ? sequence[other] : 0,
			flags,
			window: 64240,
			options: flags & syn ? join(hex("020405b4"), zeros(0)) : zeros(0),
		};
		recording.addSegment(
			time + i * 0.001,
			flow,
			side,
			IpProtocol.tcp,
			tcpSegment(from.host.address, to.host.address, fields, zeros(length)),
		);
		sequence[side] += length + (flags & (syn | fin) ? 1 : 0);
	});
}
