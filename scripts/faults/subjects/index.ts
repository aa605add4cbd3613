import type { Fault } from "../fault.ts";
import { FIREWALL } from "./firewall.ts";
import { HEALTHY } from "./healthy.ts";
import { LINE } from "./line.ts";
import { MAIL } from "./mail.ts";
import { MATRIX } from "./matrix.ts";
import { MEDIA } from "./media.ts";
import { NAMES } from "./names.ts";
import { NAT } from "./nat.ts";
import { SERVER } from "./server.ts";
import { SIP } from "./sip.ts";
import { TFTP } from "./tftp.ts";
import { TIME } from "./time.ts";
import { TLS } from "./tls.ts";

/** All faults, and the days without one. */
export const FAULTS: readonly Fault[] = [
	FIREWALL,
	SERVER,
	LINE,
	TLS,
	SIP,
	MEDIA,
	NAT,
	NAMES,
	TIME,
	MAIL,
	TFTP,
	MATRIX,
	HEALTHY,
].flat();
