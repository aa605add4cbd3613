import { addressKey } from "../../label/hosts.ts";
import { isServicePort } from "../../label/services.ts";
import { portText } from "../../label/words.ts";
import { matrixTransport } from "../../matrix/index.ts";
import { retiredBy } from "../../matrix/release.ts";
import type { ReleaseChange } from "../../matrix/types.ts";
import type { FlowCase, Observation } from "../observation.ts";

/** A flow without a row, on a port that a change table took out of the matrix. */
export function retiredRow(subject: FlowCase): readonly Observation[] | undefined {
	const { store, labels, flow, label } = subject;
	const protocol = store.protocol(flow);
	const transport = matrixTransport(protocol);
	const { serverSide } = label.direction;
	const port = store.port(flow, serverSide);
	if (!transport || label.verdict.status !== "unknown") return undefined;
	// It counts at product hosts alone, see below.
	if (!labels.hosts.at(addressKey(store, flow, 0)) && !labels.hosts.at(addressKey(store, flow, 1))) return undefined;
	if (labels.matrix.rowsFor(protocol, port).some(({ fit }) => fit !== "configurable")) return undefined;
	const retired = retiredBy(labels.matrix.matrix, transport, port);
	if (!retired || !isOwn(subject, retired.change, port)) return undefined;
	const { service, change, ports } = retired.change;
	const how = change === "removed" ? "took the row out" : `moved the row to ${ports.map(rangeText).join(", ")}`;
	const what = `${portText(protocol, port)} is in use, which was ${service} until release ${retired.release} ${how}`;
	return [{ kind: "retired-row", severity: "warning", what }];
}

/**
 * Whether the retired service can be what is there: at a host of its product, or, of a product that is no more, at any
 * product host on a port that no other service is known for. A port in a range that was retired may be anything.
 */
function isOwn({ store, labels, flow, label }: FlowCase, change: ReleaseChange, port: number): boolean {
	const ports = change.change === "removed" ? change.ports : (change.before?.ports ?? []);
	if (!ports.some(({ first, last }) => first === port && last === port)) return false;
	const { serverSide } = label.direction;
	const side = change.direction === "out" ? ((1 - serverSide) as 0 | 1) : serverSide;
	const products = labels.hosts.productsOf(addressKey(store, flow, side));
	if (products.includes(change.product)) return true;
	const isFormer = !labels.matrix.matrix.products.some(({ id }) => id === change.product);
	return isFormer && products.length > 0 && change.direction === "in" && !isServicePort(port);
}

function rangeText({ first, last }: { first: number; last: number }): string {
	return first === last ? String(first) : `${first}-${last}`;
}
