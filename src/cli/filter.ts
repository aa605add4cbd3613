import { Command } from "commander";
import type { FilterFormat } from "../report/filter.ts";
import { addMatrixOptions, formatOption, type MatrixOptions, matrixFor } from "./reading.ts";
import { screen } from "./screen.ts";
import { writeAll } from "./write.ts";

interface Options extends MatrixOptions {
	readonly format: FilterFormat;
	readonly moved?: true;
	readonly vlan?: true;
	readonly portsOnly?: true;
}

/** `flowmatrix filter @ROWS…`: the matrix as filters of other programs. */
export function filterCommand(): Command {
	const command = new Command("filter")
		.description("print the capture filter (BPF) and the Wireshark display filter for rows")
		.argument(
			"<rows...>",
			"a product, section or row (@ipo, @ipo-in, @IPO-IN-19), a port (50805), or words in quotes ('sip trunk'); several are joined by or",
		)
		.addOption(formatOption(["text", "json", "capture", "display"]));
	return addMatrixOptions(command)
		.option("--moved", "take in the ranges that rows may be moved to")
		.option("--vlan", "let the capture filter see frames with a VLAN tag, too (Ethernet only)")
		.option("--ports-only", "leave out fragments without ports, and ICMP's unreachable messages")
		.addHelpText(
			"after",
			`
Examples:
  tcpdump -i eth0 -w case.pcap "$(flowmatrix filter @ipo --host ipo=10.0.0.1 --format capture)"
  tshark -r case.pcap -Y "$(flowmatrix filter @IPO-IN-5 --format display)"`,
		)
		.action(run);
}

async function run(words: readonly string[], options: Options): Promise<void> {
	const [{ filterOfRows, selectRows }, { filterText }, { matrixOfRelease }] = await Promise.all([
		import("../matrix/filter.ts"),
		import("../report/filter.ts"),
		import("../matrix/release.ts"),
	]);
	const current = await matrixFor(options);
	const matrix = options.release === undefined ? current : matrixOfRelease(current, options.release);
	const moved = options.moved === true;
	const filter = filterOfRows(matrix, selectRows(matrix, words, moved), {
		hosts: options.host,
		moved,
		vlan: options.vlan === true,
		portsOnly: options.portsOnly === true,
	});
	const { width } = screen(process.stdout.isTTY === true);
	await writeAll([`${filterText(filter, options.format, width)}\n`]);
}
