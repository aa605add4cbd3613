import type { Report } from "../../document/document.ts";
import { byteText, counted, grouped } from "../../finding/words.ts";
import { flowLinks, html, type Markup, NOTHING, section, table } from "./markup.ts";

const MAX_REASONS = 100;

/** Flows without a row, and why. */
export function reasons({ reasons: all }: Report): Markup {
	if (all.length === 0) return NOTHING;
	const rows = all
		.slice(0, MAX_REASONS)
		.map(({ status, reason, flows, bytes, examples }) => [
			html`<span class="status is-${status}">${status}</span>`,
			grouped(flows),
			byteText(bytes),
			reason,
			flowLinks(examples),
		]);
	return section(
		"reasons",
		"Without a row, and why",
		"Unknown: no row fits, for this reason. Ambiguous: several rows fit equally well, and nothing is guessed.",
		table("Reasons of unknown and ambiguous flows", ["status", ">flows", ">bytes", "reason", "such as flow"], rows),
		all.length > MAX_REASONS && html`<p class="more">${counted(all.length - MAX_REASONS, "reason")} more.</p>`,
	);
}
