import { Evidence, evidenceFor } from "../../label/fit.ts";
import { addressKey } from "../../label/hosts.ts";
import { portText } from "../../label/words.ts";
import type { FlowCase, Observation } from "../observation.ts";

/** A flow that no row fits, between two hosts, on a port that the server's product keeps for itself. */
export function insideDevice({ store, sessions, labels, flow, label }: FlowCase): readonly Observation[] | undefined {
	if (store.sameAddress(flow)) return undefined;
	const { serverSide } = label.direction;
	const [protocol, port] = [store.protocol(flow), store.port(flow, serverSide)];
	const products = labels.hosts.productsOf(addressKey(store, flow, serverSide));
	if (products.length === 0) return undefined;
	const listed = labels.matrix.rowsFor(protocol, port).filter(({ fit }) => fit !== "configurable");
	if (listed.length === 0 || listed.some(({ row }) => row.direction !== "intra")) return undefined;
	const application = sessions.protocolOf(flow);
	const own = listed.find(
		({ row }) => products.includes(row.product) && evidenceFor(row, application) !== Evidence.Contradicts,
	)?.row;
	if (!own) return undefined;
	const what = `${portText(protocol, port)} is reached from another host, though ${own.id} (${own.service}) is a connection inside one device`;
	return [{ kind: "intra-device", severity: "warning", what, row: own.id }];
}
