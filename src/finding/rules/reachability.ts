import { isUnderWay } from "../../flow/tcp.ts";
import { Protocol } from "../../packet/view.ts";
import type { Incident } from "../../session/incidents.ts";
import type { FlowCase, Observation } from "../observation.ts";
import { counted } from "../words.ts";

const CLOSED = ": the port is closed by default";
const MEDIA: ReadonlySet<string | null> = new Set(["rtp", "rtcp"]);

/** What ICMP said of a flow's packets. */
export function reachability(subject: FlowCase): readonly Observation[] | undefined {
	const noted = undelivered(subject);
	if (noted.length === 0) return undefined;
	const found = noted.flatMap((incident) =>
		incident.kind === "fragmentation-needed" ? [tooLarge(subject, incident)] : (returned(subject, incident) ?? []),
	);
	return found.length > 0 ? found : undefined;
}

/** ICMP messages about a flow's packets; where there are some, silence needs no other explanation. */
export function undelivered({ sessions, flow }: FlowCase): readonly Incident[] {
	const noted = sessions.incidents.of(flow);
	if (noted.length === 0) return noted;
	return noted.filter(({ kind }) => kind === "unreachable" || kind === "prohibited" || kind === "fragmentation-needed");
}

/**
 * A client that has closed its port says "port unreachable" to an answer that comes late, and so does a phone after its
 * call: that is no fault.
 */
function returned(subject: FlowCase, incident: Incident): Observation[] | undefined {
	const { store, flow, label, labels, sessions } = subject;
	const { kind, detail, side, subject: reporter, count, first, last } = incident;
	const isAnswer = side === label.direction.serverSide;
	const isLate = isAnswer && kind === "unreachable" && detail === "port unreachable";
	if (isLate) return undefined;
	const other = (1 - side) as 0 | 1;
	const wasReached = store.packets(flow, other) > 0;
	if (wasReached && detail === "port unreachable" && MEDIA.has(sessions.protocolOf(flow))) return undefined;
	const isClosed = detail === "port unreachable" && labels.rowOf(label.verdict)?.state === "closed";
	const packet = isAnswer ? "answer" : isRequest(subject) ? "connection request" : "packet";
	const fate = kind === "prohibited" ? "rejected" : "not delivered";
	const others = wasReached && !isAnswer ? "; others were answered" : "";
	return [
		{
			kind: kind === "prohibited" ? "prohibited" : "unreachable",
			severity: others === "" && !isClosed ? severityOf(subject) : "warning",
			what: `${packet}s were ${fate}: ${detail}, says ${reporter} by ICMP${isClosed ? CLOSED : ""}`,
			message: `${counted(count, packet)} ${count === 1 ? "was" : "were"} ${fate}: ${detail}, says ${reporter} by ICMP${others}${isClosed ? CLOSED : ""}`,
			count,
			from: first,
			until: last,
		},
	];
}

/** Path MTU discovery (RFC 1191) at work, unless nothing comes through afterwards. */
function tooLarge({ store, flow }: FlowCase, { count, first, last, subject }: Incident): Observation {
	const goesOn = store.last(flow) > last;
	return {
		kind: "fragmentation-needed",
		severity: goesOn ? "info" : "warning",
		what: `packets were too large for a link behind ${subject}`,
		message: `${counted(count, "packet")} ${count === 1 ? "was" : "were"} too large for a link behind ${subject}${goesOn ? "; the flow went on" : ", and nothing followed"}`,
		count,
		from: first,
		until: last,
	};
}

/** Whether a TCP connection did not come further than to its request. */
function isRequest({ store, flow }: FlowCase): boolean {
	return store.protocol(flow) === Protocol.TCP && !isUnderWay(store.tcpWords(flow), store.tcpBase(flow));
}

/** What the matrix has no row for need not work: that it does not is no error, where the site's products are known. */
export function severityOf({ label, labels }: FlowCase): "error" | "warning" {
	return label.verdict.status === "unknown" && labels.hosts.any ? "warning" : "error";
}
