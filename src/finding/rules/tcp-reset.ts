import { type ResetFigures, type TcpFigures, tcpFigures } from "../../flow/tcp-figures.ts";
import type { FlowCase, Observation } from "../observation.ts";
import { durationText } from "../words.ts";
import { endedByHandshake } from "./handshakes.ts";

/**
 * A connection that was established and then broken off. None is told where a FIN or a TLS alert came before the reset:
 * that ended the connection, or is what is to be told; nor where a TLS handshake failed by it.
 */
export function reset(subject: FlowCase): readonly Observation[] | undefined {
	const figures = tcpFigures(subject.store, subject.flow);
	const first = figures?.reset;
	if (!first || figures.resetBy === null || first.afterFin || first.afterAlert) return undefined;
	if (endedByHandshake(subject)) return undefined;
	if (!figures.established && figures.sides.some(({ segments }) => segments === 0)) return undefined;
	return [
		first.side === subject.label.direction.serverSide ? byServer(figures, first) : byClient(subject, figures, first),
	];
}

function byServer({ sides }: TcpFigures, { side, afterPeersData, wait }: ResetFigures): Observation {
	const clients = sides[1 - side]!;
	const since = durationText(wait / 1e9);
	const [what, message] = afterPeersData
		? ["instead of an answer", `${since} after the client's last data, which it did not answer`]
		: clients.segments === 0 && sides[side].segments === 0
			? ["before any data", `${since} after the handshake, before any data`]
			: ["after its own data", `${since} after its own last data`];
	const text = "the server broke the connection off by a reset";
	return { kind: "reset", severity: "warning", what: `${text}, ${what}`, message: `${text}, ${message}` };
}

/** Clients end connections by reset where they know all that they wanted; not while they wait for an answer. */
function byClient({ thresholds }: FlowCase, { sides }: TcpFigures, first: ResetFigures): Observation {
	const { side, afterPeersData, unacknowledged, wait } = first;
	const [own, servers] = [sides[side], sides[1 - side]!];
	const isWaiting = own.segments > 0 && !afterPeersData && (unacknowledged || servers.segments > 0);
	if (isWaiting && wait >= thresholds["answer-time"] * 1e9) {
		const text = "the client gave up by a reset";
		return {
			kind: "reset",
			severity: "warning",
			what: `${text}: its last data was not answered`,
			message: `${text}: its last data was not answered in ${durationText(wait / 1e9)}`,
		};
	}
	const isIdle = own.segments === 0 && servers.segments === 0;
	const what = isIdle
		? "the client opened the connection and ended it by a reset, without any data"
		: "the client ended the connection by a reset instead of the orderly end";
	return { kind: "reset", severity: "info", what };
}
