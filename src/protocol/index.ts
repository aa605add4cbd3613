import { bittorrent } from "./bittorrent.ts";
import { dcerpc } from "./dcerpc.ts";
import { devlink3 } from "./devlink3.ts";
import { bootp, dhcp } from "./dhcp.ts";
import { dns, dnsAnywhere, dnsOverTcp, llmnr, mdns, nbns } from "./dns.ts";
import { ftp, ftpLine } from "./ftp.ts";
import { h2 } from "./h2.ts";
import { h225 } from "./h323/h225.ts";
import { h245 } from "./h323/h245.ts";
import { h225Ras, h225RasOther } from "./h323/ras.ts";
import { t38 } from "./h323/t38.ts";
import { http } from "./http.ts";
import { iax2 } from "./iax2.ts";
import { ike } from "./ike.ts";
import { imap, imapLine } from "./imap.ts";
import { javaRmi, javaSerialisation } from "./java.ts";
import { l2tp } from "./l2tp.ts";
import { ldap } from "./ldap.ts";
import { mysql } from "./mysql.ts";
import { ntp } from "./ntp.ts";
import { pop3 } from "./pop3.ts";
import { postgresql } from "./postgresql.ts";
import { quic } from "./quic/quic.ts";
import { radius } from "./radius.ts";
import { rdp } from "./rdp.ts";
import { type Recogniser, Role } from "./recogniser.ts";
import { rip } from "./rip.ts";
import { rtcp } from "./rtcp.ts";
import { rtsp } from "./rtsp.ts";
import { sccp } from "./sccp.ts";
import { sip } from "./sip.ts";
import { smb } from "./smb.ts";
import { smtp, smtpLine } from "./smtp.ts";
import { snmp } from "./snmp.ts";
import { ssdp } from "./ssdp.ts";
import { ssh } from "./ssh.ts";
import { classicStun, stun, turnChannel } from "./stun.ts";
import { syslog, syslogBare } from "./syslog.ts";
import { tds, tdsPacket } from "./tds.ts";
import { tftp } from "./tftp.ts";
import { time } from "./time.ts";
import { dtls } from "./tls/dtls.ts";
import { tls } from "./tls/tls.ts";
import { xmpp } from "./xmpp.ts";

/** All recognisers. Adding one is its file and its name here; where two say yes, the earlier wins. */
export const RECOGNISERS: readonly Recogniser[] = [
	tls,
	http,
	sip,
	stun,
	dtls,
	ssh,
	dns,
	dnsOverTcp,
	dhcp,
	bootp,
	tftp,
	ntp,
	snmp,
	syslog,
	syslogBare,
	smtp,
	smtpLine,
	imap,
	imapLine,
	pop3,
	ftp,
	ftpLine,
	xmpp,
	ldap,
	h225,
	h245,
	h225Ras,
	h225RasOther,
	rtcp,
	t38,
	classicStun,
	turnChannel,
	quic,
	rip,
	l2tp,
	ike,
	time,
	radius,
	dnsAnywhere,
	mdns,
	llmnr,
	nbns,
	ssdp,
	rdp,
	smb,
	dcerpc,
	tds,
	tdsPacket,
	postgresql,
	mysql,
	h2,
	javaRmi,
	javaSerialisation,
	devlink3,
	rtsp,
	sccp,
	iax2,
	bittorrent,
];

/** Whether a port is one of those on which a protocol's servers are found. */
export function isPortOf(protocol: string | null, port: number): boolean {
	return RECOGNISERS.some((each) => each.protocol === protocol && each.ports.includes(port));
}

/** Bits that a role takes in the answer of {@link recognisePayload}. */
export const ROLE_BITS = 3;

/** Recognisers of one transport: those of a port, and those that are asked whatever the port, by the payload's first byte. */
interface Dispatch {
	readonly byPort: ReadonlyMap<number, readonly number[]>;
	readonly byFirstByte: readonly (readonly number[])[];
}

const NONE: readonly number[] = [];
const DISPATCH = new Map<number, Dispatch>([6, 17].map((transport) => [transport, dispatchOf(transport)]));

function dispatchOf(transport: number): Dispatch {
	const byPort = new Map<number, number[]>();
	const byFirstByte = Array.from({ length: 256 }, (): number[] => []);
	RECOGNISERS.forEach(({ transports, ports, strength, firstBytes }, index) => {
		if (!transports.includes(transport)) return;
		for (const port of ports) byPort.set(port, [...(byPort.get(port) ?? []), index]);
		if (strength === "weak") return;
		for (const [byte, list] of byFirstByte.entries()) if (firstBytes?.includes(byte) ?? true) list.push(index);
	});
	return { byPort, byFirstByte };
}

/**
 * What a payload is, and who sends such a thing.
 * @param protocol IP protocol number.
 * @returns `place in RECOGNISERS << 3 | role` ({@link ROLE_BITS}), or -1 where no recogniser says yes.
 */
export function recognisePayload(
	protocol: number,
	srcPort: number,
	dstPort: number,
	data: Uint8Array,
	start: number,
	end: number,
): number {
	const dispatch = DISPATCH.get(protocol);
	if (!dispatch || start >= end) return -1;
	const answer = ask(dispatch.byPort.get(dstPort) ?? NONE, data, start, end);
	if (answer >= 0) return answer;
	const other = ask(dispatch.byPort.get(srcPort) ?? NONE, data, start, end);
	return other >= 0 ? other : ask(dispatch.byFirstByte[data[start]!]!, data, start, end);
}

function ask(indices: readonly number[], data: Uint8Array, start: number, end: number): number {
	for (const index of indices) {
		const role = RECOGNISERS[index]!.recognise(data, start, end);
		if (role !== Role.No) return (index << ROLE_BITS) | role;
	}
	return -1;
}

/** Recognisers of one protocol over TCP: a greeting's and those of the lines that follow it. */
const OF_PROTOCOL = new Map(
	RECOGNISERS.map(({ protocol }) => [
		protocol,
		RECOGNISERS.filter((each) => each.protocol === protocol && each.transports.includes(6)),
	]),
);

/**
 * The sender's role by a further message of a TCP flow whose protocol is known: then signatures that are weak by
 * themselves count too, on any port.
 */
export function furtherRole(recogniser: Recogniser, data: Uint8Array, start: number, end: number): Role {
	const role = recogniser.recognise(data, start, end);
	if (role !== Role.No) return role;
	for (const other of OF_PROTOCOL.get(recogniser.protocol)!) {
		const found = other === recogniser ? Role.No : other.recognise(data, start, end);
		if (found !== Role.No) return found;
	}
	return Role.No;
}
