import { Command, Option } from "commander";
import type { CaptureDevice } from "../capture/live/back-end.ts";
import { safeJson } from "../report/text/safe-text.ts";
import { type Column, textTable } from "../report/text/text-table.ts";
import { formatOption } from "./reading.ts";
import { screen } from "./screen.ts";
import { writeAll } from "./write.ts";

interface Options {
	readonly backend: string;
	readonly format: string;
}

const COLUMNS: readonly Column<CaptureDevice>[] = [
	{ head: "interface", value: ({ name }) => name },
	{ head: "addresses", value: ({ addresses }) => addresses.join(" "), shrink: 15 },
	{
		head: "what it is",
		value: ({ description, isLoopback }) => description || (isLoopback ? "Loopback" : ""),
		shrink: 12,
	},
];

/** `flowmatrix interfaces`: where `live` can capture. */
export function interfacesCommand(): Command {
	return new Command("interfaces")
		.description("list the interfaces that live can capture on")
		.addOption(
			new Option("--backend <name>", "who is asked").choices(["auto", "dumpcap", "tcpdump", "cap"]).default("auto"),
		)
		.addOption(formatOption(["table", "json"]))
		.action(run);
}

async function run({ backend, format }: Options): Promise<void> {
	const { listDevices } = await import("../capture/live/index.ts");
	const { backEnd, result } = await listDevices(backend);
	if (format === "json") {
		await writeAll([`${safeJson({ backend: backEnd.name, interfaces: result }, "\t")}\n`]);
		return;
	}
	const { width } = screen(process.stdout.isTTY === true);
	await writeAll([`${textTable(COLUMNS, result, width)}\n`]);
}
