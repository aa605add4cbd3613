import { haveBothSpoken } from "../flow/tcp.ts";
import { Protocol } from "../packet/view.ts";
import type { Transfer } from "../session/transfer/transfer.ts";
import { FAILURES, SILENCES } from "./kinds.ts";
import type { FlowCase, Observation, Outcome } from "./observation.ts";
import { refusalOf } from "./rules/certificates.ts";
import { troubleOf } from "./transfer-trouble.ts";

/** Protocols whose messages nobody answers. */
const WITHOUT_ANSWERS: ReadonlySet<string | null> = new Set(["rip", "syslog"]);

/** What came of a flow. @param observations all that the rules told of the flow. */
export function outcomeOf(subject: FlowCase, observations: readonly Observation[]): Outcome {
	const hasAnswer = isAnswered(subject);
	const isSilent = !hasAnswer || isAnswerLost(subject, observations);
	const isFailing =
		observations.length > 0 &&
		observations.some(
			({ kind, severity }) => severity !== "info" && (FAILURES.has(kind) || (SILENCES.has(kind) && isSilent)),
		);
	if (isFailing || isOfFailingTransfer(subject) || refusalOf(subject)) return "failing";
	return hasAnswer || needsNoAnswer(subject) ? "working" : "unclear";
}

/** A transfer is one exchange: where it fails, none of its flows works. */
function isOfFailingTransfer(subject: FlowCase): boolean {
	const transfer = transferOf(subject);
	const trouble = transfer && troubleOf(transfer, subject);
	return trouble !== undefined && FAILURES.has(trouble.kind);
}

/** The transfer that a flow is part of: the one under way, where ports were used again. */
export function transferOf({ store, sessions, flow }: FlowCase): Transfer | undefined {
	const id = store.transfer(flow);
	return id === 0 ? undefined : sessions.transfers.transfers[id - 1];
}

/** Whether both sides took part, be it in other flows of the same exchange. */
function isAnswered(subject: FlowCase): boolean {
	const { store, sessions, flow } = subject;
	const protocol = store.protocol(flow);
	if (protocol === Protocol.TCP) return haveBothSpoken(store.tcpWords(flow), store.tcpBase(flow));
	if (store.packets(flow, 0) > 0 && store.packets(flow, 1) > 0) return true;
	const transfer = transferOf(subject);
	if (transfer) return transfer.style !== undefined;
	return (sessions.dhcp.exchangeOf(flow)?.servers.size ?? 0) > 0;
}

/** Whether ICMP told of answers, over UDP, that they were not delivered: of other packets, that is an error only without answers. */
function isAnswerLost({ store, flow }: FlowCase, observations: readonly Observation[]): boolean {
	if (store.protocol(flow) !== Protocol.UDP || observations.length === 0) return false;
	return observations.some(
		({ kind, severity }) => severity === "error" && (kind === "unreachable" || kind === "prohibited"),
	);
}

/** Whether one message from the client is all that the row's job takes: traps are SNMP that a product sends out. */
function needsNoAnswer({ store, sessions, labels, flow, label }: FlowCase): boolean {
	if (store.protocol(flow) !== Protocol.UDP || label.verdict.row === null) return false;
	const application = sessions.protocolOf(flow);
	const isTrap = application === "snmp" && labels.rowOf(label.verdict)?.direction === "out";
	const client = (1 - label.direction.serverSide) as 0 | 1;
	return (isTrap || WITHOUT_ANSWERS.has(application)) && store.packets(flow, client) > 0;
}
