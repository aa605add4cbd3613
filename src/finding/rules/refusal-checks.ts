import type { Observation } from "../observation.ts";

const CREDENTIALS = [
	"user, password and login code, and the domain that is asked for",
	"whether the user or extension exists, and may do this",
	"the answer's status and its reason or warning",
];
const SERVICE = [
	"the answer's reason or warning: what the server lacks",
	"licences, and free channels of the trunk",
	"whether the server is overloaded, or has just started",
];
const MEDIA = ["the offered codecs, and encryption, of both sides", "the answer's reason or warning"];
const NEXT_HOP = ["whether the next hop is up, and reached: its address, routes, firewalls", "who sent the answer"];

/** What to look at next, by the status with which SIP refused; nothing where the kind's own list is as good. */
export function checksOf(status: number): Pick<Observation, "check"> {
	if (status === 401 || status === 403 || status === 404 || status === 407) return { check: CREDENTIALS };
	if (status === 415 || status === 488 || status === 606) return { check: MEDIA };
	if (status === 408 || status === 504) return { check: NEXT_HOP };
	return status >= 500 && status < 600 ? { check: SERVICE } : {};
}
