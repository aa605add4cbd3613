import type { Report } from "../../document/document.ts";
import { problemText } from "../../document/problem-text.ts";
import { windowText } from "../../document/window-text.ts";
import { byteText, counted, durationText, grouped } from "../../finding/words.ts";
import type { Gathered } from "./gather.ts";
import { html, type Markup, section, type Value } from "./markup.ts";

const MAX_PROBLEMS = 50;
/** Findings that are about the capture, or keep it from telling. */
const OF_THE_CAPTURE = ["capture-one-sided"];

/** What the reader must not conclude from what is not there. */
export function limits(report: Report, gathered: Gathered): Markup {
	const { capture, problems, labels } = report;
	const missing = capture.notDecoded.filter(({ class: kind }) => kind === "problem");
	const other = capture.notDecoded.filter(({ class: kind }) => kind === "other");
	const span = capture.start && capture.end ? (Date.parse(capture.end) - Date.parse(capture.start)) / 1000 : 0;
	const lines: Value[] = [
		capture.window && html`<li class="is-warning">${windowText(capture.window, capture)}.</li>`,
		...problems.slice(0, MAX_PROBLEMS).map((problem) => html`<li class="is-warning">${problemText(problem)}</li>`),
		problems.length > MAX_PROBLEMS &&
			html`<li>${counted(problems.length - MAX_PROBLEMS, "problem")} more of the input</li>`,
		capture.dropped > 0 &&
			html`<li class="is-warning">${counted(capture.dropped, "packet")} could not be kept by the capturing host: flows may look incomplete, and losses may be the capture's own.</li>`,
		...report.findings
			.filter(({ kind }) => OF_THE_CAPTURE.includes(kind))
			.map(({ message }) => html`<li class="is-warning">${message}</li>`),
		...missing.map(
			({ packets, reason, hint }) =>
				html`<li class="is-warning">${counted(packets, "packet")} of ${grouped(capture.packets)} not decoded, or not whole: ${reason}${hint !== undefined && ` (${hint})`}.</li>`,
		),
		capture.duplicates > 0 &&
			html`<li>${counted(capture.duplicates, "packet")} captured more than once (in another place, or by a mirror of several ports): counted once.</li>`,
		other.length > 0 &&
			html`<li>Traffic that has no flows is not judged: ${other.map(({ packets, reason }) => `${reason} (${grouped(packets)})`).join(", ")}.</li>`,
		gathered.portOnly > 0 &&
			html`<li>${counted(gathered.portOnly, "flow is", "flows are")} told by the port alone, because no product host is known.</li>`,
		gathered.guessed > 0 &&
			html`<li>Of ${counted(gathered.guessed, "flow")} it is a guess which side is the server: the capture holds neither a handshake nor a payload that tells.</li>`,
		gathered.cut > 0 &&
			html`<li>${counted(gathered.cut, "TCP connection")} had not ended where the capture does: an answer that came later is not in it.</li>`,
		capture.packets === 0 &&
			html`<li>Whether nothing was sent, or a capture filter or the place of capture kept it out, an empty capture cannot tell.</li>`,
		capture.packets > 0 &&
			html`<li>It covers ${durationText(span)} at one place of the network: what was not used in that time, or does not pass there, is <em>not seen</em>, which is not <em>blocked</em>.</li>`,
		labels.flows > 0 &&
			html`<li>Payload that is encrypted or proprietary is not read: such flows are <em>probable</em>, by hosts and port, where they are not <em>confirmed</em>.</li>`,
		capture.start !== null &&
			html`<li>Times are those of the capturing host's clock, in UTC; whether that clock was right, a capture cannot tell.</li>`,
	];
	return section(
		"limits",
		"What this capture cannot show",
		null,
		html`<ul class="limits">${lines}</ul>`,
		html`<details><summary>The files</summary><ul>${capture.files.map((file) => html`<li class="address">${file}</li>`)}</ul>
<p>${counted(capture.packets, "packet")}, ${byteText(capture.bytes)}, link type ${capture.linkTypes.join(", ") || "none"}.</p></details>`,
	);
}
