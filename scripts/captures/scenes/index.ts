import type { Scene } from "../scene.ts";
import { calls } from "./calls.ts";
import { earlierRelease } from "./earlier-release.ts";
import { everyRow } from "./every-row.ts";
import { h323Call } from "./h323-call.ts";
import { addresses, cutOff, damaged, fragments, hostileNames, nanoseconds } from "./hard.ts";
import { officeDay } from "./office-day.ts";
import { links, mirrored, ring, snaplen, twoInterfaces, vlans } from "./places.ts";
import { tcpStates } from "./tcp-states.ts";
import { tftpIpOffice, tftpStyles } from "./tftp.ts";
import { traps } from "./traps.ts";

/** All captures. Adding one is its file and its name here. */
export const SCENES: readonly Scene[] = [
	officeDay,
	everyRow,
	earlierRelease,
	traps,
	h323Call,
	calls,
	tftpIpOffice,
	tftpStyles,
	addresses,
	tcpStates,
	ring,
	twoInterfaces,
	mirrored,
	vlans,
	fragments,
	snaplen,
	nanoseconds,
	cutOff,
	damaged,
	hostileNames,
	...links,
];
