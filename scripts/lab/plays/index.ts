import type { Play } from "../play.ts";
import { chat } from "./chat.ts";
import { config } from "./config.ts";
import { control, portal, seldom, voicemail } from "./control.ts";
import { database } from "./database.ts";
import { directory } from "./directory.ts";
import { edition } from "./edition.ts";
import { dropped, refused } from "./failures.ts";
import { h323 } from "./h323.ts";
import { inside } from "./inside.ts";
import { internet } from "./internet.ts";
import { ipv6 } from "./ipv6.ts";
import { jmx, log4j } from "./java.ts";
import { logs } from "./logs.ts";
import { loss } from "./loss.ts";
import { imap, smtp } from "./mail.ts";
import { media } from "./media.ts";
import { midstream } from "./midstream.ts";
import { addresses, names } from "./names.ts";
import { ntp } from "./ntp.ts";
import { sip } from "./sip.ts";
import { snmp } from "./snmp.ts";
import { softphone } from "./softphone.ts";
import { ssh } from "./ssh.ts";
import { stun } from "./stun.ts";
import { tftp } from "./tftp.ts";
import { time } from "./time.ts";
import { traps } from "./traps.ts";
import { ipsec, l2tp, rip } from "./tunnels.ts";
import { web } from "./web.ts";

/** All plays, in the order in which they are performed. */
export const PLAYS: readonly Play[] = [
	// First: it is under way when the captures begin.
	midstream,
	config,
	control,
	voicemail,
	portal,
	seldom,
	h323,
	tftp,
	web,
	names,
	addresses,
	ntp,
	snmp,
	directory,
	smtp,
	imap,
	chat,
	logs,
	ssh,
	time,
	database,
	jmx,
	log4j,
	stun,
	internet,
	sip,
	softphone,
	media,
	inside,
	ipsec,
	l2tp,
	rip,
	edition,
	ipv6,
	traps,
	refused,
	loss,
	dropped,
];
