import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sip } from "../../src/protocol/sip.ts";
import type { SipMessage } from "../../src/protocol/sip-message.ts";
import { parseSip } from "../support/sip.ts";

const bytes = (...lines: string[]) => Buffer.from(lines.join("\r\n"), "utf8");
const parse = (data: Uint8Array) => parseSip(data, 0, data.length);

const invite = bytes(
	"INVITE sip:200@pbx.example.com:5060;user=phone SIP/2.0",
	"Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK77",
	"Via: SIP/2.0/UDP other;branch=z9hG4bK78",
	'From: "Jürgen \\"J\\" Groß" <sip:201:secret@pbx.example.com>;tag=a1',
	"To: <sip:200@pbx.example.com>",
	"Call-ID: abc@192.0.2.7",
	"CSeq: 7 INVITE",
	"Contact: <sip:201@192.0.2.7:5060;transport=udp>;expires=60",
	"User-Agent: Avaya J179",
	"Content-Type: application/sdp;charset=utf-8",
	"Content-Length: 5",
	"",
	"v=0\r\n",
);

/** All that a message tells, as a plain object. */
function told(data: Uint8Array) {
	const message = parse(data);
	if (!message) return null;
	const { method, status, reason, uri, callId, sequence, from, fromTag, hasToTag, to, contact, via } = message;
	const { userAgent, server, contentType, expires, body } = message;
	return {
		method,
		status,
		reason,
		uri,
		callId,
		sequence,
		from,
		fromTag,
		hasToTag,
		to,
		contact,
		via,
		userAgent,
		server,
		contentType,
		expires,
		body,
	};
}

describe("parseSip", () => {
	it("reads a request", () => {
		expect(told(invite)).toEqual({
			method: "INVITE",
			status: 0,
			reason: "",
			uri: "200@pbx.example.com",
			callId: "abc@192.0.2.7",
			sequence: 7,
			from: { address: "201@pbx.example.com", name: 'Jürgen "J" Groß' },
			fromTag: "a1",
			hasToTag: false,
			to: { address: "200@pbx.example.com", name: "" },
			contact: "201@192.0.2.7",
			via: "192.0.2.7:5060",
			userAgent: "Avaya J179",
			server: "",
			contentType: "application/sdp",
			expires: 60,
			body: invite.length - 5,
		});
	});

	it("reads a response, with short names, folded lines and lines that end in LF alone", () => {
		const response = Buffer.from(
			"SIP/2.0 486 Busy Here\nv: SIP/2.0/TCP [2001:db8::1]:5060\nf: Ann\n  <sip:201@[2001:db8::1]:5060>\n\t;tag=x\nt: sip:200@b;tag=y\ni: 1\nCSeq: 1  invite\nServer : IP Office 12.0\n\n",
		);
		expect(told(response)).toMatchObject({
			method: "INVITE",
			status: 486,
			reason: "Busy Here",
			uri: "",
			callId: "1",
			from: { address: "201@[2001:db8::1]", name: "Ann" },
			fromTag: "x",
			hasToTag: true,
			to: { address: "200@b", name: "" },
			via: "[2001:db8::1]:5060",
			server: "IP Office 12.0",
			expires: -1,
		});
	});

	it("reads numbers, and URIs that are none of ours", () => {
		const from = (value: string) => parse(bytes("BYE sip:a SIP/2.0", `From: ${value}`, "", ""))!.from.address;
		expect(from("<tel:+4930123;phone-context=x>")).toBe("+4930123");
		expect(from("<sips:b.example.com?Subject=x>")).toBe("b.example.com");
		expect(from("<urn:service:sos>")).toBe("");
		expect(from("<sip:201@a")).toBe("201@a");
	});

	it("finds the body behind folded lines where it is", () => {
		const folded = bytes(
			"INVITE sip:a SIP/2.0",
			"Via: SIP/2.0/UDP",
			" b;branch=z9",
			"From: <sip:a>;",
			"\ttag=7",
			"",
			"v=0",
		);
		const message = parse(folded)!;
		expect([message.via, message.fromTag, message.uri]).toEqual(["b", "7", "a"]);
		expect(folded.subarray(message.body).toString()).toBe("v=0");
	});

	it("tells transactions and requests from each other", () => {
		const request = (method: string, branch: string, tag: string, callId = "1", sequence = 1) =>
			parse(
				bytes(
					`${method} sip:a SIP/2.0`,
					`Via: SIP/2.0/UDP b;branch=${branch}`,
					`f: <sip:a>;tag=${tag}`,
					`i: ${callId}`,
					`CSeq: ${sequence} ${method}`,
					"",
					"",
				),
			)!;
		const numbers = (which: "transaction" | "identity", ...messages: SipMessage[]) =>
			new Set(messages.map((message) => message[which])).size;
		const first = () => request("OPTIONS", "x", "t");
		const others = [request("OPTIONS", "y", "t"), request("OPTIONS", "x", "t", "1", 2), request("INFO", "x", "t")];
		const answer = parse(bytes("SIP/2.0 200 OK", "v: SIP/2.0/UDP b;branch=x", "i: 1", "CSeq: 1 OPTIONS", "", ""))!;
		expect(numbers("transaction", first(), first(), answer, request("OPTIONS", "x", "u"))).toBe(1);
		expect(numbers("transaction", first(), ...others, request("OPTIONS", "x", "t", "2"))).toBe(5);
		expect(numbers("transaction", request("INVITE", "x", "t"), request("ACK", "y", "t"))).toBe(1);
		expect(numbers("identity", first(), request("OPTIONS", "x", "t", "2"))).toBe(1);
		expect(numbers("identity", first(), ...others, request("OPTIONS", "x", "u"))).toBe(5);
		expect(parse(bytes("OPTIONS sip:a SIP/2.0", "v: SIP/2.0/UDP b", "", ""))!.identity).toBe(0);
	});

	it("skips empty lines before the start line", () => {
		expect(parse(Buffer.concat([bytes("", "", ""), invite]))?.callId).toBe("abc@192.0.2.7");
	});

	it.each(["", "\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", "SIP/2.0 2000 OK\r\n\r\n", "INVITE sip:a SIP/3.0\r\n\r\n"])(
		"is not made of %j",
		(text) => {
			expect(parse(Buffer.from(text))).toBeNull();
		},
	);

	it("never throws and never looks beyond the message, however it is cut and broken", () => {
		fc.assert(
			fc.property(
				fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }),
				fc.nat(),
				fc.uint8Array({ maxLength: 20 }),
				(changes, cut, after) => {
					const data = Uint8Array.from(invite);
					for (const [at, value] of changes) data[at % data.length] = value;
					const end = cut % (data.length + 1);
					const alone = data.subarray(0, end);
					const longer = Buffer.concat([alone, after]);
					const message = parseSip(longer, 0, end);
					expect(message?.callId).toBe(parse(alone)?.callId);
					expect(message?.from).toEqual(parse(alone)?.from);
					expect(sip.messageLength!(longer, 0, end)).toBe(sip.messageLength!(alone, 0, end));
				},
			),
			{ numRuns: 3000 },
		);
	});
});

describe("the length of a SIP message over TCP", () => {
	const length = (data: Uint8Array) => sip.messageLength!(data, 0, data.length);

	it("is that of its headers and its Content-Length", () => {
		expect(length(invite)).toBe(invite.length);
		expect(length(Buffer.concat([invite, invite]))).toBe(invite.length);
		expect(length(invite.subarray(0, invite.length - 3))).toBe(invite.length);
		expect(length(bytes("BYE sip:a SIP/2.0", "l: 12", "", "abc"))).toBe(28 + 12);
		expect(length(bytes("ACK sip:a SIP/2.0", "", ""))).toBe(21);
	});

	it("is not known before the headers end", () => {
		for (let end = 17; end < invite.length - 5; end++) expect(length(invite.subarray(0, end)), String(end)).toBe(0);
	});

	it("is that of a keep-alive, or of the message behind it", () => {
		expect(length(bytes("", "", ""))).toBe(4);
		expect(length(Buffer.concat([bytes("", "", ""), invite]))).toBe(4 + invite.length);
	});
});
