/** What a server says to itself: rows of intra-device communication, on its loopback interface but by its own address. */

import { hex, join, u16 } from "../../captures/bytes.ts";
import { httpGet, httpOk } from "../../captures/payloads/services.ts";
import { sipRequest, sipResponse } from "../../captures/payloads/sip.ts";
import { type Exchange, exchanges } from "../exchange.ts";
import { answers, asks } from "../tasks/dialogue.ts";

const ipo = { client: "ipo", server: "ipo" } as const;
const vmpro = { client: "vmpro", server: "vmpro" } as const;
const onex = { client: "onex", server: "onex" } as const;
const party = { user: "201", address: "10.77.0.10", port: 42_004 };
const options = { method: "OPTIONS", from: party, to: party, callId: "webrtc-gateway", transport: "TCP" } as const;
const sip = [asks(sipRequest(options)), answers(sipResponse("200 OK", options))];
/** JRMP's greeting and its acknowledgement (Java RMI specification, 10.2). */
const rmi = [asks(join("JRMI", hex("0002 4b"))), answers(join(0x4e, u16(10), "10.77.0.10", hex("0000 9c40")))];

export const inside = exchanges(
	"inside",
	[
		{ ...ipo, row: "IPO-INT-1", transport: "tcp", port: 4096, name: "SNMP sub-agent" },
		{ ...ipo, row: "IPO-INT-2", transport: "tcp", port: 4444, name: "WebRTC gateway", shows: "java-rmi", turns: rmi },
		{ ...ipo, row: "IPO-INT-3", transport: "tcp", port: 4445, name: "WebRTC gateway", shows: "java-rmi", turns: rmi },
		{ ...ipo, row: "IPO-INT-4", transport: "tcp", port: 5005, name: "RTCP monitoring" },
		{ ...ipo, row: "IPO-INT-5", transport: "tls", port: 5555, name: "WebRTC gateway" },
		{ ...ipo, row: "IPO-INT-6", transport: "tls", port: 5556, name: "WebRTC gateway" },
		{ ...ipo, row: "IPO-INT-7", transport: "tcp", port: 6006, name: "quality of service" },
		{ ...ipo, row: "IPO-INT-8", transport: "tls", port: 7147, name: "collaboration" },
		{ ...ipo, row: "IPO-INT-9", transport: "tcp", port: 17777, name: "media server link" },
		{ ...ipo, row: "IPO-INT-10", transport: "tcp", port: 42004, name: "WebRTC clients", shows: "sip", turns: sip },
		{ ...ipo, row: "IPO-INT-11", transport: "tcp", port: 42008, name: "WebRTC trunk", shows: "sip", turns: sip },
		{
			...onex,
			row: "ONEX-INT-1",
			transport: "tcp",
			port: 8086,
			name: "REST",
			shows: "http",
			turns: [asks(httpGet("/rest", "10.77.0.12", "one-X")), answers(httpOk("Jetty", "hello"))],
		},
		{
			...vmpro,
			row: "VMPRO-INT-1",
			transport: "tcp",
			port: 25,
			name: "mail between Voicemail Pro servers",
			shows: "smtp",
			turns: [
				answers(
					"220 vmpro.lab.test IP Office Voicemail Pro [Hardware mode 00] - Version 12.0 SMTP MAIL Service ready\r\n",
				),
				asks("EHLO vmpro.lab.test\r\n"),
				answers("250 vmpro.lab.test\r\n"),
				asks("QUIT\r\n"),
			],
		},
	] satisfies Exchange[],
	["ipo", "onex", "vmpro"],
);
