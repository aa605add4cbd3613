import type { ResetFigures, TcpFigures } from "../../flow/tcp-figures.ts";
import type { PacketPlace } from "../../packet/view.ts";
import type { FlowCase, Observation } from "../observation.ts";
import { durationText } from "../words.ts";
import { endedByHandshake } from "./handshakes.ts";

/**
 * A connection that was established and then broken off. The texts tell the reset's address alone: a firewall may have
 * sent it in that name. None is told where a FIN or a TLS alert came before the reset:
 * that ended the connection, or is what is to be told; nor where a TLS handshake failed by it.
 */
export function reset(subject: FlowCase, figures: TcpFigures): Observation | undefined {
	const first = figures.reset;
	if (!first || figures.resetBy === null || first.afterFin || first.afterAlert) return undefined;
	if (endedByHandshake(subject)) return undefined;
	if (!figures.established && figures.sides.some(({ segments }) => segments === 0)) return undefined;
	return first.side === subject.label.direction.serverSide
		? byServer(figures, first)
		: byClient(subject, figures, first);
}

function byServer({ sides }: TcpFigures, { side, afterPeersData, wait, place }: ResetFigures): Observation {
	const clients = sides[1 - side]!;
	const since = durationText(wait / 1e9);
	const [what, message] = afterPeersData
		? ["instead of an answer", `${since} after the client's last data, which the server did not answer`]
		: clients.segments === 0 && sides[side].segments === 0
			? ["before any data", `${since} after the handshake, before any data`]
			: ["after the server's data", `${since} after the server's last data`];
	const text = "a reset from the server's address broke the connection off";
	return {
		kind: "reset",
		severity: "warning",
		what: `${text}, ${what}`,
		message: `${text}, ${message}`,
		...at(place),
	};
}

/** Clients end connections by reset where they know all that they wanted; not while they wait for an answer. */
function byClient({ thresholds }: FlowCase, { sides }: TcpFigures, first: ResetFigures): Observation {
	const { side, afterPeersData, unacknowledged, wait, place } = first;
	const [own, servers] = [sides[side], sides[1 - side]!];
	const isWaiting = own.segments > 0 && !afterPeersData && (unacknowledged || servers.segments > 0);
	if (isWaiting && wait >= thresholds["answer-time"] * 1e9) {
		const text = "a reset from the client's address broke the connection off";
		return {
			kind: "reset",
			severity: "warning",
			what: `${text}: the client's last data was not answered`,
			message: `${text}: the client's last data was not answered in ${durationText(wait / 1e9)}`,
			...at(place),
		};
	}
	const isIdle = own.segments === 0 && servers.segments === 0;
	const what = isIdle
		? "a reset from the client's address ended the connection, without any data"
		: "a reset from the client's address ended the connection instead of the orderly end";
	return { kind: "reset", severity: "info", what, ...at(place) };
}

/** What comes after a reset no longer shows it. */
function at(place: PacketPlace): Pick<Observation, "from" | "until"> {
	return { from: place, until: place.time };
}
