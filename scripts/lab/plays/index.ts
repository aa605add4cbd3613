import type { Play } from "../play.ts";
import { config } from "./config.ts";
import { ntp } from "./ntp.ts";
import { snmp } from "./snmp.ts";
import { ssh } from "./ssh.ts";
import { tftp } from "./tftp.ts";
import { web } from "./web.ts";

/** All plays, in the order in which they are performed. */
export const PLAYS: readonly Play[] = [config, tftp, web, ntp, snmp, ssh];
