import type { Confidence, FlowRecord } from "../../document/document.ts";
import { endpointText } from "../../packet/address.ts";
import { rowIds } from "./words.ts";

/** How sure a label is. */
export const SURE: Readonly<Record<Confidence | "none", string>> = {
	confirmed: "confirmed",
	probable: "probable",
	"port-only": "port only",
	none: "",
};

/** Numbers that {@link rank} gives. */
export const RANKS = 5;

/** What lists of flows show first: trouble, then doubt, then what is known, then the rest. */
export function rank({ findings, label }: Pick<FlowRecord, "findings" | "label">): number {
	if (findings.some(({ severity }) => severity !== "info")) return 0;
	if (label.status === "ambiguous") return 1;
	if (label.status === "matched") return label.confidence === "port-only" ? 3 : 2;
	return 4;
}

/** `10.0.0.1:69`, `[fd00::1]:69`; the address alone where there are no ports. */
export function endText({ address, port }: { readonly address: string; readonly port: number }): string {
	return port === 0 ? address : endpointText(address, port);
}

/** `IPO-IN-7 (IPO-OUT-7)`, `IPO-OUT-10/11`, `unknown`. */
export function rowText({ status, row, peerRow, candidates }: FlowRecord["label"]): string {
	if (status === "matched") return peerRow ? `${row} (${peerRow})` : row!;
	return status === "ambiguous" ? rowIds(candidates) : "unknown";
}
