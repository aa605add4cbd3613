import type { FlowTable } from "./flow-table.ts";

/** On paper nothing can be opened: what is folded is open there, and the flows are those that the search shows. */
export function printing(table: FlowTable | undefined): void {
	let opened: HTMLDetailsElement[] = [];
	addEventListener("beforeprint", () => {
		opened = [...document.querySelectorAll<HTMLDetailsElement>("details[data-print]:not([open])")];
		for (const each of opened) each.open = true;
		table?.forPaper();
	});
	addEventListener("afterprint", () => {
		for (const each of opened) each.open = false;
		opened = [];
		table?.forScreen();
	});
}
