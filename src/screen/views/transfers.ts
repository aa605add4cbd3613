import type { TransferRecord } from "../../document/document.ts";
import { byteText, counted, grouped } from "../../finding/words.ts";
import { transferColumns } from "../../report/table.ts";
import { defineView } from "../view.ts";
import { clock } from "../words.ts";

const outcome = ({ error, complete }: TransferRecord) => error ?? (complete ? "complete" : "incomplete");

/** TFTP transfers, the newest first. */
export const TRANSFERS = defineView<TransferRecord>({
	name: "Transfers",
	order: "newest first",
	items: ({ report }) => [...report.transfers].reverse(),
	key: ({ id }) => String(id),
	title: ({ id }) => `transfer ${id}`,
	words: (transfer) => [
		transfer.client,
		transfer.server,
		transfer.file,
		transfer.direction,
		transfer.style,
		transfer.row,
		outcome(transfer),
	],
	isAlive: ({ complete, error }) => !complete && error === null,
	columns: (page) => transferColumns(page),
	orders: {
		id: ({ id }) => id,
		file: ({ file }) => file,
		client: ({ client }) => client,
		server: ({ server }) => server,
		bytes: ({ bytes }) => bytes,
		retry: ({ retransmits }) => retransmits,
		outcome,
	},
	*text(transfer, _, page) {
		const { id, client, server, file, direction, mode, style, options } = transfer;
		yield page.line(`transfer ${id}: ${client} ${direction === "read" ? "reads" : "writes"} ${file}`, "bold");
		yield* page.wrapped(`  from ${clock(transfer.start)} to ${clock(transfer.end)} UTC; server ${server}`, "    ");
		yield* page.wrapped(`  ${outcome(transfer)}`, "    ", transfer.complete ? "green" : "red");
		yield* page.wrapped(
			`  ${byteText(transfer.bytes)} in ${counted(transfer.blocks, "block")}, ${grouped(transfer.retransmits)} retransmitted; mode ${mode}, style ${style}`,
			"    ",
		);
		const negotiated = Object.entries(options ?? {}).map(([name, value]) => `${name} ${value}`);
		if (negotiated.length > 0) yield* page.wrapped(`  options ${negotiated.join(", ")}`, "    ");
		yield* page.wrapped(`  row ${transfer.row ?? "none"}; flows ${transfer.flows.join(", ")} (f shows them)`, "    ");
	},
});
