/** Call control and links between the products: CTI, DevLink3, trunks between systems, voicemail, the portals' pair. */
import { join, u16, u32 } from "../../captures/bytes.ts";
import { Random } from "../../captures/random.ts";
import { type Exchange, exchanges } from "../exchange.ts";
import { answers, asks } from "../tasks/dialogue.ts";

const random = new Random("devlink3");

/** 0x49, the length with these three bytes, a type, a request's number, and the rest (see FIELD: DevLink3's framing). */
function devlink3(type: number, rest: number): Uint8Array {
	return join(0x49, u16(11 + rest), u32(type), u32(1), random.bytes(rest));
}

const TEST = 0x002a0001;
const AUTHENTICATE = 0x00300001;
/** The top bit of the type makes an answer of it. */
const ANSWER = 0x80000000;

export const control = exchanges("control", [
	{
		client: "pc",
		server: "ipo",
		row: "IPO-IN-39",
		transport: "tcp",
		port: 50797,
		name: "TAPI by DevLink3",
		shows: "devlink3",
		turns: [
			asks(devlink3(TEST, 4)),
			answers(devlink3(TEST + ANSWER, 4)),
			asks(devlink3(AUTHENTICATE, 20)),
			answers(devlink3(AUTHENTICATE + ANSWER, 24)),
		],
	},
	{ client: "servers", server: "ipo", row: "IPO-IN-38", transport: "tls", port: 50796, name: "contact centre CTI" },
	{
		client: "onex",
		server: "ipo",
		row: "IPO-IN-48",
		peerRow: "ONEX-OUT-3",
		transport: "tcp",
		port: 50814,
		name: "one-X CTI",
	},
	{
		client: "ipo",
		server: "onex",
		row: "ONEX-IN-15",
		peerRow: "IPO-OUT-27",
		transport: "tls",
		port: 50815,
		name: "one-X CTI",
	},
	{ client: "pc", server: "ipo", row: "IPO-IN-40", transport: "tcp", port: 50801, name: "conferencing" },
	{ client: "pc", server: "ipo", row: "IPO-IN-35", transport: "tcp", port: 50793, name: "TAPI audio" },
	{
		client: "branch",
		server: "ipo",
		row: "IPO-IN-37",
		peerRow: "IPO-OUT-25",
		transport: "udp",
		port: 50795,
		localPort: 50795,
		name: "trunk between systems",
	},
] satisfies Exchange[]);

export const voicemail = exchanges("voicemail", [
	{
		client: "ipo",
		server: "vmpro",
		row: "VMPRO-IN-7",
		peerRow: "IPO-OUT-24",
		transport: "udp",
		port: 50791,
		localPort: 50791,
		name: "voicemail signalling",
	},
	{
		client: "manager",
		server: "vmpro",
		row: "VMPRO-IN-8",
		transport: "tls",
		port: 50791,
		name: "Voicemail Pro client",
	},
	{
		client: "onex",
		server: "vmpro",
		row: "VMPRO-IN-8",
		peerRow: "ONEX-OUT-2",
		transport: "tls",
		port: 50791,
		name: "one-X Portal's messages",
	},
	{
		client: "vmpro",
		server: "ipo",
		row: "IPO-IN-34",
		peerRow: "VMPRO-OUT-5",
		transport: "udp",
		port: 50792,
		name: "voicemail media",
	},
	{ client: "servers", server: "vmpro", row: "VMPRO-IN-9", transport: "tcp", port: 50792, name: "MAPI proxy asks" },
	{ client: "servers", server: "vmpro", row: "VMPRO-IN-9", transport: "tcp", port: 50793, name: "MAPI proxy asks" },
	{
		client: "vmpro",
		server: "servers",
		row: "VMPRO-OUT-6",
		transport: "tls",
		port: 50792,
		name: "MAPI proxy is asked",
	},
	{
		client: "vmpro",
		server: "servers",
		row: "VMPRO-OUT-7",
		transport: "tls",
		port: 50793,
		name: "MAPI proxy is asked",
	},
] satisfies Exchange[]);

export const portal = exchanges("portal", [
	{ client: "pc", server: "onex", row: "ONEX-IN-10", transport: "tcp", port: 9092, name: "portal database" },
	{ client: "pc", server: "onex", row: "ONEX-IN-12", transport: "tls", port: 9843, name: "policy file" },
	{
		client: "pc",
		server: "onex",
		row: "ONEX-IN-6",
		transport: "tcp",
		port: 8005,
		name: "Tomcat shutdown",
		turns: [asks("SHUTDOWN\r\n")],
	},
	{
		client: "standby",
		server: "onex",
		row: "ONEX-IN-14",
		peerRow: "ONEX-OUT-5",
		transport: "tcp",
		port: 61615,
		name: "portals' state",
	},
] satisfies Exchange[]);

/** Ports that the matrix lists as closed or of no use, and that some systems have open nevertheless. */
export const seldom = exchanges("seldom", [
	{ client: "pc", server: "ipo", row: "IPO-IN-17", transport: "tcp", port: 4097, name: "debug" },
	{ client: "pc", server: "ipo", row: "IPO-IN-49", transport: "tcp", port: 50_823, name: "debug, Linux" },
	{ client: "pc", server: "ipo", row: "IPO-IN-22", transport: "tcp", port: 5488, name: "appliance management" },
	{ client: "pc", server: "ipo", row: "IPO-IN-22", transport: "tls", port: 5489, name: "appliance management" },
	{ client: "pc", server: "ipo", row: "IPO-IN-33", transport: "udp", port: 50_780, name: "dongle" },
] satisfies Exchange[]);
