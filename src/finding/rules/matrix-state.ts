import type { AnsweringTwin } from "../../label/labels.ts";
import type { MatrixRow } from "../../matrix/types.ts";
import { hasStartedTls } from "../../session/evidence.ts";
import type { FlowCase, Observation, Outcome } from "../observation.ts";
import { insideDevice } from "./intra-device.ts";
import { retiredRow } from "./retired-row.ts";

/** Traffic that works, and that the matrix says should not be, or need not be so. */
export function matrixState(subject: FlowCase, outcome: Outcome): readonly Observation[] | undefined {
	const { labels, label, store, flow } = subject;
	// Where no product host is known, a row is only the name of a port.
	if (outcome !== "working" || !labels.hosts.any) return undefined;
	const row = labels.rowOf(label.verdict);
	if (!row) return insideDevice(subject) ?? retiredRow(subject);
	if (store.packets(flow, label.direction.serverSide) === 0 && row.direction === "in") return undefined;
	const on = switchedOn(row);
	const plain = clearText(subject, row);
	if (!on) return plain && [plain];
	return plain ? [on, plain] : [on];
}

const OPTIONAL: Observation = {
	kind: "optional-service",
	severity: "info",
	what: "the optional service is on: by default its port is closed",
};

/** Of a product's own services only: what it calls is open or closed at the other end. */
function switchedOn({ direction, state, optional, use }: MatrixRow): Observation | undefined {
	if (direction !== "in") return undefined;
	if (use !== undefined)
		return {
			kind: "disabled-service",
			severity: "warning",
			what: `the port answers, which the port matrix calls ${use}`,
		};
	return state === "closed" && optional ? OPTIONAL : undefined;
}

/** By the twins of a row at a server: the same for all its flows. */
const CLEAR_TEXT = new WeakMap<readonly AnsweringTwin[], Observation>();

function clearText(subject: FlowCase, row: MatrixRow): Observation | undefined {
	const { store, labels, flow, label } = subject;
	if (!row.secureTwins || store.sameAddress(flow) || !isPlain(subject, row) || isRedirect(subject)) return undefined;
	const twins = labels.secureTwins(flow, label);
	if (twins.length === 0) return undefined;
	let observation = CLEAR_TEXT.get(twins);
	if (!observation) {
		observation = { kind: "clear-text", severity: "info", what: clearTextWords(twins) };
		CLEAR_TEXT.set(twins, observation);
	}
	return observation;
}

function clearTextWords(twins: readonly AnsweringTwin[]): string {
	const there = twins.filter(({ isAnswering }) => isAnswering);
	const named = (there.length > 0 ? there : twins).map(({ row: { id }, port }) => `${id} on tcp/${port}`).join(" or ");
	const answers = there.length > 0 ? ", which answers here" : "";
	return `in use without encryption; the port matrix has a row with TLS for the same job: ${named}${answers}`;
}

/** Whether the payload is shown to be plain; of a proprietary row, whether nothing shows TLS. */
function isPlain({ sessions, store, flow }: FlowCase, row: MatrixRow): boolean {
	const application = sessions.protocolOf(flow);
	if (application === "tls" || hasStartedTls(store.evidence(flow))) return false;
	if (row.protocols.length > 0) return application !== null && row.protocols.includes(application);
	return row.tls === "never";
}

/** A plain web server that only points to the secure one is as it should be. */
function isRedirect({ sessions, flow }: FlowCase): boolean {
	const { status, location } = sessions.fieldsOf(flow) ?? {};
	return Number(status) >= 300 && Number(status) < 400 && /^https:/i.test(String(location ?? ""));
}
