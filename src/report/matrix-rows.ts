import type { FoundRow } from "../matrix/find.ts";
import { type DatedChange, productOf } from "../matrix/release.ts";
import type { Matrix, MatrixRow, PortRange, ReleaseChange } from "../matrix/types.ts";
import { csvLine } from "./text/csv-cell.ts";
import { safeJson, safeText } from "./text/safe-text.ts";
import { type Column, textTable } from "./text/text-table.ts";
import { wrapText } from "./text/words.ts";

export type MatrixFormat = "table" | "json" | "csv";

const DIRECTIONS = { in: "ingress", out: "egress", intra: "inside the host" } as const;
const TLS = { always: " with TLS", never: "", either: " with or without TLS" } as const;

/** Rows as a query found them; one row alone is shown with all that the matrix says of it. */
export function matrixRows(
	matrix: Matrix,
	found: readonly FoundRow[],
	format: MatrixFormat,
	width: number,
): string | undefined {
	if (format === "json") return json(found.map(({ row, fit }) => ({ ...row, ...(fit ? { fit } : {}) })));
	const columns = rowColumns(found.some(({ fit }) => fit));
	if (format === "csv") return csv(columns, found);
	if (found.length === 0) return undefined;
	return found.length === 1 ? rowCard(matrix, found[0]!.row, width) : textTable(columns, found, width);
}

/** Lines of the change tables. */
export function matrixChanges(
	matrix: Matrix,
	changes: readonly DatedChange[],
	format: MatrixFormat,
	width: number,
): string | undefined {
	if (format === "json") return json(changes.map(({ release, change }) => ({ release, ...change })));
	const columns = changeColumns(matrix);
	if (format === "csv") return csv(columns, changes);
	return changes.length === 0 ? undefined : textTable(columns, changes, width);
}

function rowColumns(fits: boolean): Column<FoundRow>[] {
	return [
		{ head: "row", value: ({ row }) => row.id },
		...(fits ? [{ head: "fit", value: ({ fit }: FoundRow) => fit ?? "" }] : []),
		{ head: "service", value: ({ row }) => row.service, shrink: 12 },
		{ head: "port", value: ({ row }) => portsText(row.ports), shrink: 11 },
		{ head: "moves to", value: ({ row }) => movesTo(row), shrink: 11, drop: 3 },
		{ head: "over", value: ({ row }) => overText(row.transports, row.tls) },
		{ head: "protocol", value: ({ row }) => row.protocols.join(", ") || "–", shrink: 8, drop: 4 },
		{ head: "optional", value: ({ row }) => yesOrNo(row.optional), drop: 2 },
		{ head: "default", value: ({ row }) => row.state, drop: 5 },
		{ head: "other end", value: ({ row }) => row.peer, shrink: 12, drop: 6 },
		{ head: "purpose", value: ({ row }) => row.description, shrink: 16, drop: 1 },
	];
}

function changeColumns(matrix: Matrix): Column<DatedChange>[] {
	return [
		{ head: "release", value: ({ release }) => release },
		{ head: "change", value: ({ change }) => change.change },
		{ head: "product", value: ({ change }) => productName(matrix, change.product), shrink: 8 },
		{ head: "rows", value: ({ change }) => change.rows.join(" ") || "–", shrink: 10 },
		{ head: "direction", value: ({ change }) => change.direction, drop: 1 },
		{ head: "port", value: ({ change }) => `${portsText(change.ports)}${beforeText(change)}`, shrink: 11 },
		{ head: "over", value: ({ change }) => overText(change.transports, change.tls), drop: 2 },
		{ head: "service", value: ({ change }) => change.service, shrink: 12 },
		{ head: "what", value: ({ change }) => change.description, shrink: 16, drop: 3 },
	];
}

/** Everything that the matrix says of one row, a fact a line. */
function rowCard(matrix: Matrix, row: MatrixRow, width: number): string {
	const facts: [string, string][] = [
		["product", `${productName(matrix, row.product)}, ${DIRECTIONS[row.direction]}`],
		["port", portsText(row.ports)],
		["moves to", movesTo(row) || "no other port"],
		["over", `${row.transports.map((name) => name.toUpperCase()).join(" and ")}${TLS[row.tls]}`],
		["protocol", row.protocols.join(", ") || "proprietary"],
		["optional", yesOrNo(row.optional)],
		["default", row.state],
		["other end", row.peer],
		["purpose", row.description],
	];
	if (row.use) facts.push(["use", `${row.use}: nothing should answer here`]);
	for (const { row: id, port } of row.secureTwins ?? []) facts.push(["with TLS", `${id}, tcp/${port}`]);
	if (row.domains) facts.push(["names", `${row.domains.join(", ")}${row.otherNames ? ", or a site's own" : ""}`]);
	for (const { release, changes } of matrix.releases) {
		for (const change of changes) {
			if (change.rows.includes(row.id))
				facts.push([`in ${release}`, `${change.change}${beforeText(change)}: ${change.description}`]);
		}
	}
	const { ports, protocol, optional, state } = row.source;
	facts.push(["document", [ports, protocol, optional, state].map((cell) => cell || "(empty)").join(" | ")]);
	for (const mended of row.mended ?? []) facts.push(["mended", mended]);
	const indent = Math.max(...facts.map(([name]) => name.length)) + 2;
	const lines = facts.flatMap(([name, text]) =>
		wrapText(safeText(text), Math.max(20, width - indent)).map(
			(line, i) => (i === 0 ? name : "").padEnd(indent) + line,
		),
	);
	return [safeText(`${row.id}  ${row.service}`), ...lines].join("\n");
}

function productName(matrix: Matrix, id: string): string {
	return productOf(matrix, id)?.name ?? id;
}

function portsText(ports: readonly PortRange[]): string {
	return ports.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(", ");
}

function movesTo(row: MatrixRow): string {
	return portsText(row.configurable) || (row.isConfigurable ? "any" : "");
}

function overText(transports: readonly string[], tls: string): string {
	return `${transports.join("+")}${tls === "always" ? " tls" : tls === "either" ? " (tls)" : ""}`;
}

function beforeText({ before }: ReleaseChange): string {
	const parts = [
		before?.ports && `was ${portsText(before.ports)}`,
		before?.state && `was ${before.state}`,
		before?.tls && `was tls ${before.tls}`,
	].filter(Boolean);
	return parts.length > 0 ? ` (${parts.join(", ")})` : "";
}

function yesOrNo(value: boolean): string {
	return value ? "yes" : "no";
}

function json(value: unknown): string {
	return safeJson(value, "\t");
}

function csv<T>(columns: readonly Column<T>[], items: readonly T[]): string {
	return [columns.map(({ head }) => head), ...items.map((item) => columns.map(({ value }) => value(item)))]
		.map((cells) => `${csvLine(cells)}\r\n`)
		.join("");
}
