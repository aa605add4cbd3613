/** What a capture gives against what it must give. */
import type { Report } from "../../src/document/document.ts";
import type { Expected } from "./fault.ts";

export interface Difference {
	/** Expected and not there, each with why it should be. */
	readonly missing: readonly string[];
	/** There and not expected, each with its message. */
	readonly unexpected: readonly string[];
}

/** Compares the document's findings by kind and row, and by severity where one is asked for: each as often as it is expected. */
export function compareFindings({ findings }: Pick<Report, "findings">, expected: readonly Expected[]): Difference {
	const left = [...expected];
	const unexpected: string[] = [];
	for (const { kind, row, severity, message } of findings) {
		const index = left.findIndex(
			(one) => one.kind === kind && one.row === row && (one.severity ?? severity) === severity,
		);
		if (index >= 0) left.splice(index, 1);
		else unexpected.push(`${kind} ${row} (${severity}): ${message}`);
	}
	return { missing: left.map(({ kind, row, why }) => `${kind} ${row}: ${why}`), unexpected };
}
