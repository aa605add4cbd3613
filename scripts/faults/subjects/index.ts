import type { Fault } from "../fault.ts";
import { FIREWALL } from "./firewall.ts";
import { LINE } from "./line.ts";
import { MEDIA } from "./media.ts";
import { NAT } from "./nat.ts";
import { SERVER } from "./server.ts";
import { SIP } from "./sip.ts";
import { TLS } from "./tls.ts";

/** All faults, and the days without one. */
export const FAULTS: readonly Fault[] = [FIREWALL, SERVER, LINE, TLS, SIP, MEDIA, NAT].flat();
