/** Calls of H.323, as their messages tell them: who calls whom, when, where media goes, and why it ended. */
import { describe, expect, it } from "vitest";
import { type Call, callSignalling, tpkt } from "../../../scripts/captures/payloads/h225.ts";
import { fastStartElement, openLogicalChannelAck } from "../../../scripts/captures/payloads/h245.ts";
import { PacketView } from "../../../src/packet/view.ts";
import { resultOf } from "../../../src/session/call/call.ts";
import { CallTracker } from "../../../src/session/call/calls.ts";
import { H323Tracker } from "../../../src/session/call/h323.ts";
import { MediaTable } from "../../../src/session/media/media.ts";
import { Overflow } from "../../../src/session/overflow.ts";
import { hex } from "../../support/packet-builder.ts";

const IDENTIFIER = hex("00112233445566778899aabbccddeeff");
const address = (text: string) => Buffer.from(text.split(".").map(Number)).readInt32BE();

/** Trackers that are given a message a second, from 1 s on. */
class Line {
	readonly overflow = new Overflow();
	readonly media = new MediaTable();
	readonly calls = new CallTracker(this.media);
	readonly h323 = new H323Tracker(this.calls, this.overflow);
	readonly #packet = new PacketView();

	/** @param side its sender's. */
	say(side: 0 | 1, message: Call["message"], more: Partial<Call> = {}, flow = 4): this {
		const bytes = callSignalling({ message, reference: 7, identifier: IDENTIFIER, isAnswer: side === 1, ...more });
		this.#packet.time += 1e9;
		this.#packet.number++;
		this.h323.observeCall(bytes, 0, bytes.length, this.#packet, flow, side);
		return this;
	}

	control(from: string, fromPort: number, to: string, toPort: number, message: Uint8Array, flow = 9): this {
		const bytes = tpkt(message);
		this.#packet.time += 1e9;
		Object.assign(this.#packet, {
			ipVersion: 4,
			src3: address(from),
			dst3: address(to),
			srcPort: fromPort,
			dstPort: toPort,
		});
		this.h323.observeControl(bytes, 0, bytes.length, this.#packet, flow);
		return this;
	}

	get call() {
		return this.calls.calls[0]!;
	}
}

describe("a call of H.323", () => {
	it("has its parties, times, messages and flows", () => {
		const line = new Line()
			.say(0, "setup", { caller: "201", called: "200", display: "Ann" })
			.say(1, "callProceeding")
			.say(1, "alerting", { display: "nobody" })
			.say(1, "connect", { display: "Bob" })
			.say(0, "releaseComplete", { cause: 16 });
		expect(line.calls.calls).toHaveLength(1);
		expect(line.call).toMatchObject({
			protocol: "h323",
			from: { address: "201", name: "Ann" },
			to: { address: "200", name: "" },
			start: 1e9,
			ringing: 3e9,
			answered: 4e9,
			ended: 5e9,
			last: 5e9,
			beganBefore: false,
			isHeard: true,
			flows: [4],
			refusalReason: "",
		});
		expect(
			line.call.messages.map(({ text, side, flow, place, hasMedia }) => [text, side, flow, place.time / 1e9, hasMedia]),
		).toEqual([
			["setup", 0, 4, 1, false],
			["callProceeding", 1, 4, 2, false],
			["alerting", 1, 4, 3, false],
			["connect", 1, 4, 4, false],
			["releaseComplete", 0, 4, 5, false],
		]);
		expect(resultOf(line.call)).toBe("answered");
		expect(new Line().say(0, "setup").call.isHeard).toBe(false);
	});

	it.each([
		[17, "busy", "busy"],
		[18, "no answer", "no answer"],
		[19, "no answer", "no answer"],
		[21, "call rejected", "rejected call rejected"],
		[34, "cause 34", "rejected cause 34"],
		[16, "", "cancelled"],
	])("that ends with cause %i before an answer has the result that follows", (cause, reason, result) => {
		const { call } = new Line().say(0, "setup").say(1, "releaseComplete", { cause });
		expect([call.cause, call.refusalReason, resultOf(call)]).toEqual([cause, reason, result]);
	});

	it("that ends without a cause has the reason that the message gives", () => {
		const { call } = new Line().say(0, "setup").say(1, "releaseComplete");
		expect([call.cause, call.refusalReason, resultOf(call)]).toEqual([
			0,
			"undefinedReason",
			"rejected undefinedReason",
		]);
	});

	it("that ends after an answer is refused by nothing", () => {
		const { call } = new Line().say(0, "setup").say(1, "connect").say(1, "releaseComplete", { cause: 41 });
		expect([call.cause, call.refusalReason, resultOf(call)]).toEqual([0, "", "answered"]);
	});

	it("that began before the capture was answered, if it ends", () => {
		const { call } = new Line().say(1, "releaseComplete", { cause: 17 });
		expect([call.beganBefore, call.isEstablished, call.cause, resultOf(call)]).toEqual([true, true, 0, "answered"]);
	});

	it("is told from others by its reference on a flow, and anew with each setup", () => {
		const other = hex("ff112233445566778899aabbccddeeff");
		const line = new Line().say(0, "setup").say(0, "setup", { reference: 8, identifier: other });
		line.say(1, "connect", { reference: 8, identifier: other });
		expect(line.calls.calls.map(({ answered }) => answered)).toEqual([null, 3e9]);
		// The reference is used again for another call.
		line.say(0, "setup", { identifier: hex("ee112233445566778899aabbccddeeff") }).say(1, "connect");
		expect(line.calls.calls.map(({ answered }) => answered)).toEqual([null, 3e9, 5e9]);
		// The same call on its next hop.
		line.say(0, "setup", { identifier: other }, 5);
		expect([line.calls.calls.length, line.calls.calls[1]!.flows]).toEqual([3, [4, 5]]);
	});

	it("announces media of whoever sends the message", () => {
		const [phone, pbx] = [
			{ address: "10.0.0.2", port: 5004 },
			{ address: "10.0.0.1", port: 46_750 },
		];
		const line = new Line()
			.say(0, "setup", { fastStart: [fastStartElement({ number: 2, media: phone, isReverse: true })] })
			.say(1, "alerting", { fastStart: [fastStartElement({ number: 1, media: pbx })] });
		expect(line.call.messages.map(({ hasMedia }) => hasMedia)).toEqual([true, true]);
		const at = ({ address, port }: typeof phone) =>
			line.media.inForce(address, port, 9e9).map(({ call, party, protocol, time }) => [call, party, protocol, time]);
		expect([at(phone), at(pbx)]).toEqual([[[1, 0, "rtp", 1e9]], [[1, 1, "rtp", 2e9]]]);
	});

	it("announces media by H.245 too, of whoever listens at the address that the call gave, or of the other", () => {
		const begun = (side: 0 | 1) =>
			new Line()
				.say(0, "setup", side === 0 ? { h245Address: { address: "10.0.0.2", port: 3000 } } : {})
				.say(1, "connect", side === 1 ? { h245Address: { address: "10.0.0.2", port: 3000 } } : {});
		const media = { address: "10.0.0.9", port: 7000 };
		const ack = openLogicalChannelAck({ number: 1, media });
		const told = (line: Line) =>
			line.media.inForce(media.address, media.port, 9e9).map(({ call, party }) => [call, party]);
		const listener = ["10.0.0.2", 3000] as const;
		const other = ["10.0.0.1", 4000] as const;
		for (const side of [0, 1] as const) {
			expect(told(begun(side).control(...listener, ...other, ack))).toEqual([[1, side]]);
			expect(told(begun(side).control(...other, ...listener, ack))).toEqual([[1, 1 - side]]);
			expect(told(begun(side).control(...other, "10.0.0.2", 3001, ack))).toEqual([]);
			const line = begun(side).control(...other, ...listener, ack);
			expect([line.call.flows, line.call.last, line.call.messages.length]).toEqual([[4, 9], 3e9, 2]);
		}
	});

	it("is none of what is no message", () => {
		const line = new Line();
		line.h323.observeCall(new Uint8Array(40), 0, 40, new PacketView(), 0, 0);
		expect(line.calls.calls).toEqual([]);
	});
});
