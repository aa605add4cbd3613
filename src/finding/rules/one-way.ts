import { type FlowStore, isGroupSide } from "../../flow/store.ts";
import { hearsPeer } from "../../flow/tcp.ts";
import { Protocol } from "../../packet/view.ts";
import type { FlowCase, Observation } from "../observation.ts";
import { counted, durationText } from "../words.ts";
import { severityOf, undelivered } from "./reachability.ts";

/** Protocols in which nobody answers, or whose trackers know better what was asked. */
const WITHOUT_ANSWER: ReadonlySet<string> = new Set([
	"bootp",
	"dhcp",
	"dns",
	"dtls",
	"h225-ras",
	"ldap",
	"mdns",
	"nbns",
	"ntp",
	"radius",
	"rip",
	"rtcp",
	"rtp",
	"sip",
	"snmp",
	"ssdp",
	"stun",
	"syslog",
	"t38",
	"tftp",
]);
/** Packets of one side that make silence of the other worth telling. */
const ENOUGH = 3;

/** Flows of which one direction only was seen, though both should speak. */
export function oneWay(subject: FlowCase): readonly Observation[] | undefined {
	const { store, flow } = subject;
	const silent = silentSide(store, flow);
	if (silent === undefined || undelivered(subject).length > 0) return undefined;
	const protocol = store.protocol(flow);
	if (protocol === Protocol.TCP) return isOneSided(store, flow) ? [oneSided(subject, silent)] : undefined;
	return protocol === Protocol.UDP ? unansweredDatagrams(subject, silent) : undefined;
}

function silentSide(store: FlowStore, flow: number): 0 | 1 | undefined {
	if (store.packets(flow, 1) > 0) return store.packets(flow, 0) > 0 ? undefined : 0;
	return 1;
}

/** Whether a TCP flow goes on though its other direction is not in the capture: somebody answered. */
export function isOneSided(store: FlowStore, flow: number): boolean {
	const silent = silentSide(store, flow);
	if (silent === undefined) return false;
	const heard = (1 - silent) as 0 | 1;
	return store.packets(flow, heard) >= ENOUGH && hearsPeer(store.tcpWords(flow), store.tcpBase(flow), heard);
}

function oneSided({ label }: FlowCase, silent: 0 | 1): Observation {
	const [missing, seen] = silent === label.direction.serverSide ? ["server", "client"] : ["client", "server"];
	return {
		kind: "one-way",
		severity: "warning",
		what: `the capture has no packet of the ${missing}, which did answer: the ${seen} goes on`,
	};
}

/** A service on UDP that does not answer, where no tracker of its protocol knows what was asked. */
function unansweredDatagrams(subject: FlowCase, silent: 0 | 1): Observation[] | undefined {
	const { store, flow, label, sessions, labels, end, thresholds } = subject;
	const { serverSide, certain } = label.direction;
	const row = labels.rowOf(label.verdict);
	// Where nothing tells who serves, silence is the same whoever does.
	if (!row || (certain && silent !== serverSide) || isGroupSide(store, flow, silent)) return undefined;
	const application = sessions.protocolOf(flow);
	const protocols = application === null ? row.protocols : [application];
	if (protocols.some((name) => WITHOUT_ANSWER.has(name))) return undefined;
	const sent = store.packets(flow, (1 - silent) as 0 | 1);
	if (sent < ENOUGH || end - store.first(flow) < thresholds["answer-time"] * 1e9) return undefined;
	const span = store.last(flow) - store.first(flow);
	return [
		{
			kind: "unanswered",
			severity: severityOf(subject),
			what: "datagrams were never answered",
			message: `${counted(sent, "datagram")} in ${durationText(span / 1e9)} were never answered`,
			count: sent,
		},
	];
}
