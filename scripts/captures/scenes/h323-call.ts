import { hex } from "../bytes.ts";
import { Wire } from "../conversation.ts";
import { ethernet } from "../link.ts";
import { at, host } from "../network.ts";
import { callSignalling, tpkt } from "../payloads/h225.ts";
import {
	endSession,
	masterSlaveDetermination,
	masterSlaveDeterminationAck,
	openLogicalChannel,
	openLogicalChannelAck,
	terminalCapabilitySet,
	terminalCapabilitySetAck,
} from "../payloads/h245.ts";
import { type Phone, registering } from "../payloads/h323-phone.ts";
import { rtcp, rtp } from "../payloads/media.ts";
import { Recording } from "../recording.ts";
import { classic, type Scene } from "../scene.ts";
import { matched, unknown } from "../truth.ts";

const office = host("10.0.0.1", "00:e0:07:00:00:01");
const handset = host("10.0.0.102", "00:1b:4f:00:01:02");
const phone: Phone = { extension: "202", address: handset.address, rasPort: 49302, gatekeeper: office.address };
/** The port that the PBX names in its connect. */
const H245_PORT = 49_500;
const PHONE_VOICE = 2052;
const PBX_VOICE = 46_780;

export const h323Call: Scene = {
	name: "h323-call",
	shows:
		"A call of an H.323 phone without fast start: H.245 has a connection of its own, whose port the signalling names",
	build() {
		const recording = new Recording(this.name, "2026-03-02T11:00:00Z");
		const wire = new Wire(recording, ethernet());
		const [discover, confirm, register, registered] = registering(phone);
		wire
			.udp({
				at: 0,
				client: at(handset, phone.rasPort),
				server: at(office, 1719),
				verdict: matched("IPO-IN-15", "the phone registers"),
			})
			.client(discover)
			.server(confirm)
			.client(register)
			.server(registered);
		signalling(wire);
		channels(wire);
		voice(wire);
		return classic(this.name, recording, { ipo: [office.address] });
	},
};

function signalling(wire: Wire): void {
	const call = { reference: 0x0102, identifier: hex("0f0e0d0c0b0a09080706050403020100") };
	const answer = { ...call, isAnswer: true, product: { name: "IP Office", version: "12.0" } };
	const h245Address = { address: office.address, port: H245_PORT };
	wire
		.tcp({
			at: 1,
			client: at(handset, 1530),
			server: at(office, 1720),
			verdict: matched("IPO-IN-16", "the call's signalling"),
		})
		.open()
		.client(callSignalling({ ...call, message: "setup", caller: "202", called: "201", display: "Extn202" }))
		.server(callSignalling({ ...answer, message: "callProceeding" }))
		.server(callSignalling({ ...answer, message: "alerting" }))
		.wait(1)
		.server(callSignalling({ ...answer, message: "connect", display: "Extn201", h245Address }))
		.wait(5)
		.server(callSignalling({ ...answer, message: "releaseComplete", cause: 16 }))
		.close("server");
}

function channels(wire: Wire): void {
	const both = (send: (message: Uint8Array) => void, ...messages: readonly Uint8Array[]) => {
		for (const message of messages) send(tpkt(message));
	};
	const connection = wire
		.tcp({
			at: 2.5,
			client: at(handset, 1531),
			server: at(office, H245_PORT),
			verdict: unknown("H.245: the matrix lists no port for it"),
		})
		.open();
	const client = (message: Uint8Array) => void connection.client(message);
	const server = (message: Uint8Array) => void connection.server(message);
	const mine = { address: handset.address, port: PHONE_VOICE };
	const theirs = { address: office.address, port: PBX_VOICE };
	const control = ({ address, port }: typeof mine) => ({ address, port: port + 1 });
	both(client, terminalCapabilitySet(1), masterSlaveDetermination(50, 0x123456));
	both(server, terminalCapabilitySet(1), terminalCapabilitySetAck(1), masterSlaveDeterminationAck("slave"));
	both(client, terminalCapabilitySetAck(1), masterSlaveDeterminationAck("master"));
	both(client, openLogicalChannel({ number: 1, control: control(mine) }));
	both(server, openLogicalChannelAck({ number: 1, media: theirs, control: control(theirs) }));
	both(server, openLogicalChannel({ number: 101, control: control(theirs) }));
	both(client, openLogicalChannelAck({ number: 101, media: mine, control: control(mine) }));
	connection.wait(4);
	both(server, endSession());
	both(client, endSession());
	connection.close();
}

function voice(wire: Wire): void {
	const { random } = wire.recording;
	const media = wire.udp({
		at: 3,
		client: at(handset, PHONE_VOICE),
		server: at(office, PBX_VOICE),
		verdict: matched("IPO-IN-32", "the call's voice"),
	});
	for (let n = 0; n < 12; n++) media.client(rtp(random, n, 0x1001)).server(rtp(random, n, 0x2002));
	wire
		.udp({
			at: 4,
			client: at(handset, PHONE_VOICE + 1),
			server: at(office, PBX_VOICE + 1),
			verdict: matched("IPO-IN-32", "reports on the call's voice"),
		})
		.client(rtcp(0x1001))
		.server(rtcp(0x2002));
}
