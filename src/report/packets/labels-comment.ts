import type { Report } from "../../document/document.ts";
import { byteText, counted } from "../../finding/words.ts";
import { safeText } from "../text/safe-text.ts";

/** Findings told: a comment is read in a small window. */
const FINDINGS = 20;

/** What a capture's packets were, as text for a comment in it. */
export function labelsComment({ labels, matrix, hosts, rows, findings }: Report): string {
	const lines = [
		`flowmatrix: ${counted(labels.flows, "flow")}: ${labels.matched} matched, ${labels.ambiguous} ambiguous, ${labels.unknown} unknown; port matrix ${matrix.name} ${matrix.release}`,
		...hosts.map(({ address, products }) => `host ${address}: ${products.join(", ")}`),
		...rows.map(
			({ row, service, flows, packets, bytes }) =>
				`${row} ${service}: ${counted(flows, "flow")}, ${counted(packets, "packet")}, ${byteText(bytes)}`,
		),
		...findings.slice(0, FINDINGS).map(({ severity, kind, message }) => `${severity} ${kind}: ${message}`),
	];
	return lines.map(safeText).join("\n");
}
