import { Command } from "commander";
import { KIND_NAMES } from "../finding/kinds.ts";
import type { KindsFormat } from "../report/kinds.ts";
import { UsageError } from "./exit.ts";
import { meantBy } from "./missing.ts";
import { formatOption } from "./reading.ts";
import { screen } from "./screen.ts";
import { writeAll } from "./write.ts";

/** `flowmatrix findings [KIND]`: what the findings mean, where they come from, and what to check. */
export function findingsCommand(): Command {
	return new Command("findings")
		.description("tell what the kinds of findings mean, where they come from and what to check; and the thresholds")
		.argument("[kind]", "one kind, or the beginning of several: unanswered, tls, tftp")
		.addOption(formatOption(["table", "json", "markdown"]))
		.action(async (kind: string | undefined, { format }: { format: KindsFormat }) => {
			const { findingKinds, kindsNamed } = await import("../report/kinds.ts");
			const kinds = kind === undefined ? KIND_NAMES : kindsNamed(kind);
			if (kinds.length === 0)
				throw new UsageError(
					`no kind of finding is called '${kind}'${meantBy(kind!, KIND_NAMES)} (flowmatrix findings lists all)`,
				);
			const { width } = screen(process.stdout.isTTY === true);
			await writeAll([`${findingKinds(kinds, format, width)}\n`]);
		});
}
