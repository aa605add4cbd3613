import { type PacketView, Protocol } from "../packet/view.ts";
import { RECOGNISERS } from "../protocol/index.ts";
import { imapDialect, type MailDialect, pop3Dialect, smtpDialect } from "../protocol/mail.ts";
import type { Recogniser } from "../protocol/recogniser.ts";
import type { H323Tracker } from "./call/h323.ts";
import type { RasTracker } from "./call/ras.ts";
import type { SipTracker } from "./call/sip.ts";
import type { RtpTracker } from "./media/rtp.ts";
import type { DatagramTracker } from "./service/datagrams.ts";
import type { DhcpTracker } from "./service/dhcp.ts";
import type { DnsTracker } from "./service/dns.ts";
import type { HandshakeTracker } from "./service/handshakes.ts";
import type { LdapTracker } from "./service/ldap.ts";
import type { MailTracker } from "./service/mail.ts";
import type { SnmpTracker } from "./service/snmp.ts";

/**
 * Reads the messages of the flows of one protocol: a datagram, or what {@link Recogniser.messageLength} cut out of a
 * TCP stream. `packet` is the one that brought the message's end; the bytes may be elsewhere than in it.
 *
 * @returns of a TCP flow, the sides of which nothing more is wanted, as bits (1 for side 0, 2 for side 1); undefined
 * where the flow is not to be followed for its own sake: then it is read until its recogniser has seen enough.
 */
export type Follower = (
	data: Uint8Array,
	start: number,
	end: number,
	packet: PacketView,
	flow: number,
	side: 0 | 1,
) => number | undefined;

/** To its end: every message of both sides is wanted. */
const ALL_WANTED = 0;

/** What follows flows to their end. */
export interface Trackers {
	readonly dhcp: DhcpTracker;
	readonly dns: DnsTracker;
	readonly snmp: SnmpTracker;
	readonly datagrams: DatagramTracker;
	readonly ldap: LdapTracker;
	readonly mail: MailTracker;
	readonly handshakes: HandshakeTracker;
	readonly sip: SipTracker;
	readonly ras: RasTracker;
	readonly h323: H323Tracker;
	readonly rtp: RtpTracker;
}

const DIALECTS: Readonly<Record<string, MailDialect>> = { smtp: smtpDialect, imap: imapDialect, pop3: pop3Dialect };

/** Over TCP a DNS message has its length in front (RFC 1035, 4.2.2). */
const DNS_LENGTH = 2;

/** By recogniser; undefined for those whose flows are done with after their first messages. */
export function followersOf(trackers: Trackers): readonly (Follower | undefined)[] {
	return RECOGNISERS.map((recogniser) => followerOf(recogniser, trackers));
}

/** Looks at a message of a flow that is followed to its end, or until it has shown what it is. */
type Observe = (...message: Parameters<Follower>) => void;

/** Follows to the end what `observe` looks at. */
function toTheEnd(observe: Observe): Follower {
	return (data, start, end, packet, flow, side) => {
		observe(data, start, end, packet, flow, side);
		return ALL_WANTED;
	};
}

/** Looks at what is there until the flow has shown what it is: media may take over. */
function forNow(observe: Observe): Follower {
	return (data, start, end, packet, flow, side) => {
		observe(data, start, end, packet, flow, side);
		return undefined;
	};
}

function mailOrDirectory(protocol: string, { mail, ldap, datagrams }: Trackers): Follower | undefined {
	const dialect = DIALECTS[protocol];
	if (dialect)
		return (data, start, end, packet, flow, side) => mail.observe(dialect, data, start, end, packet, flow, side);
	if (protocol !== "ldap") return undefined;
	return (data, start, end, packet, flow, side) => {
		if (packet.protocol !== Protocol.UDP)
			return ldap.observe(data, start, end, packet, flow, side) ? ALL_WANTED : undefined;
		datagrams.observeLdap(data, start, end, packet, flow, side);
		return ALL_WANTED;
	};
}

function followerOf({ protocol, transports }: Recogniser, trackers: Trackers): Follower | undefined {
	const { dhcp, dns, snmp, datagrams, sip, ras, h323, rtp, handshakes } = trackers;
	const isUdp = transports.includes(Protocol.UDP);
	switch (protocol) {
		case "dhcp":
		case "bootp":
			return toTheEnd((data, start, end, packet, flow, side) => dhcp.observe(data, start, end, packet, flow, side));
		case "dns":
			return (data, start, end, packet, flow, side) => {
				dns.observe(data, isUdp ? start : start + DNS_LENGTH, end, packet, flow, side);
				return ALL_WANTED;
			};
		case "sip":
			return (data, start, end, packet, flow, side) => {
				sip.observe(data, start, end, packet, flow, side);
				return ALL_WANTED;
			};
		case "h225-ras":
			return toTheEnd((data, start, end, packet, flow, side) => ras.observe(data, start, end, packet, flow, side));
		case "rtcp":
			return toTheEnd((_data, _start, _end, packet) => rtp.control(packet));
		case "h225":
			return toTheEnd((data, start, end, packet, flow, side) => h323.observeCall(data, start, end, packet, flow, side));
		case "h245":
			return toTheEnd((data, start, end, packet, flow) => h323.observeControl(data, start, end, packet, flow));
		case "snmp":
			return toTheEnd((data, start, end, packet, flow, side) => snmp.observe(data, start, end, packet, flow, side));
		case "ntp":
			return toTheEnd((data, start, end, packet, flow, side) =>
				datagrams.observeNtp(data, start, end, packet, flow, side),
			);
		case "radius":
			return toTheEnd((data, start, end, packet, flow, side) =>
				datagrams.observeRadius(data, start, end, packet, flow, side),
			);
		case "stun":
			return isUdp
				? forNow((data, start, end, packet, flow, side) => datagrams.observeStun(data, start, end, packet, flow, side))
				: undefined;
		case "tls":
			return (data, start, end, packet, flow, side) => handshakes.observe(data, start, end, packet, flow, side);
		case "dtls":
			return forNow((data, start, end, packet, flow, side) =>
				handshakes.observeDatagram(data, start, end, packet, flow, side),
			);
		default:
			return mailOrDirectory(protocol, trackers);
	}
}
