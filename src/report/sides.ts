import {
	SIDES_TROUBLE,
	SIDES_VERDICTS,
	type Sides,
	type SidesCapture,
	type SidesClock,
	type SidesConversation,
	type SidesCount,
	type SidesFlow,
	type SidesVerdict,
} from "../document/sides.ts";
import { counted, grouped } from "../finding/words.ts";
import { jsonDocument } from "./json.ts";
import { grid, inline, list } from "./markdown.ts";
import { Page, type Style } from "./text/page.ts";
import type { Column } from "./text/text-table.ts";
import { filesText } from "./text/words.ts";

/** Text of two sides held against each other, in pieces. */
export type SidesRenderer = (sides: Sides, screen: SidesScreen) => Iterable<string>;

export interface SidesScreen {
	readonly width: number;
	readonly color: boolean;
	/** Whether conversations that passed, are local or were not compared are listed, too. */
	readonly all: boolean;
}

/** The outputs of `flowmatrix sides` by the name that `--format` takes; JSON as in `schema/sides.schema.json`. */
export const SIDES_OUTPUTS: Readonly<Record<"table" | "json" | "markdown", SidesRenderer>> = {
	table,
	json: jsonDocument,
	markdown,
};

const QUIET: readonly SidesVerdict[] = ["passes", "local", "not compared"];
const MEANINGS: Readonly<Record<SidesVerdict, string>> = {
	blocked: "none of the client's packets came out on the other side",
	"answers blocked": "the server answered, and nothing of it came back",
	"requests lost": "some of the client's packets are missing on the other side",
	"answers lost": "some of the server's packets are missing on the other side",
	unanswered: "the requests came through, and the other side has no answer",
	changed: "all came through, some with another payload",
	"one side only": "one capture alone has it, and nothing shows that it has to pass",
	passes: "all packets are on both sides",
	local: "both ends are on the same side",
	"not compared":
		"seen only while the other capture did not run, nothing tells how the clocks stand, or a capture cuts it too short",
};

function captureText(name: string, { files, packets, flows, start, end }: SidesCapture): string {
	const when = start && end ? `, ${start.slice(0, 23)} to ${end.slice(11, 23)}` : "";
	return `${name.padEnd(8)}${filesText(files)}: ${counted(packets, "packet")}, ${counted(flows, "flow")}${when}`;
}

function clockText(clock: SidesClock | null): string {
	if (!clock) return "clocks: not told, for no packet is in both captures exactly once";
	const { aheadSeconds, driftPpm, packets, bothDirections, transitMs } = clock;
	const ahead = `the outside clock is ${Math.abs(aheadSeconds).toFixed(6)} s ${aheadSeconds < 0 ? "behind" : "ahead of"} the inside one`;
	const drift = driftPpm === null ? "" : `, drifting by ${driftPpm} ppm`;
	const way = bothDirections
		? `; the way takes ${transitMs} ms`
		: "; with traffic in one direction only, the time on the way is in it";
	return `clocks: ${ahead}${drift} (by ${counted(packets, "packet")})${way}`;
}

/** Conversations listed for people, unless they ask for all: a flood has a hundred thousand. */
const MAX_LISTED = 200;

function shown(sides: Sides, all: boolean): { listed: SidesConversation[]; more: string | undefined } {
	if (all) return { listed: [...sides.conversations], more: undefined };
	const troubled = sides.conversations.filter(({ verdict }) => !QUIET.includes(verdict));
	const left = troubled.length - MAX_LISTED;
	const more = left > 0 ? `${counted(left, "more conversation")}: --all lists them` : undefined;
	return { listed: troubled.slice(0, MAX_LISTED), more };
}

/** `10.0.0.5:5060`, or what one side makes of the other's. */
function endText(own: readonly SidesFlow[], other: readonly SidesFlow[], end: "client" | "server"): string {
	const [here, there] = [own[0]?.[end], other[0]?.[end]];
	if (here === undefined) return there ?? "";
	return there === undefined || here === there ? here : `${here} → ${there}`;
}

function countText({ sent, arrived, lost, made }: SidesCount): string {
	// What need not pass is only counted.
	if (arrived + lost !== sent) return `– (${grouped(sent)})`;
	return `${grouped(arrived)} of ${grouped(sent)}${made > 0 ? ` +${grouped(made)}` : ""}`;
}

function idsText(flows: readonly SidesFlow[]): string {
	return flows.map(({ id }) => id).join(" ");
}

const HEADS = ["what", "row", "over", "client", "server", "arrived", "came back", "flow in", "flow out"];

function cellsOf({ verdict, row, transport, inside, outside, client, server }: SidesConversation): string[] {
	return [
		verdict,
		row ?? "–",
		transport,
		endText(inside, outside, "client"),
		endText(inside, outside, "server"),
		countText(client),
		countText(server),
		idsText(inside),
		idsText(outside),
	];
}

function styleOf(verdict: SidesVerdict): Style {
	if (SIDES_TROUBLE.includes(verdict)) return "red";
	return QUIET.includes(verdict) ? "green" : "yellow";
}

/** Conversations whose reasons are told one by one. */
const TOLD = 10;

function* table(sides: Sides, { all, ...screen }: SidesScreen): Iterable<string> {
	const page = new Page(screen);
	yield* page.wrapped(captureText("inside", sides.inside), "        ");
	yield* page.wrapped(captureText("outside", sides.outside), "        ");
	yield* page.wrapped(clockText(sides.clock), "        ");
	const verdicts = SIDES_VERDICTS.filter((verdict) => sides.counts[verdict] > 0);
	yield* page.section(
		"Conversations",
		[
			{ head: "what", value: (verdict) => verdict, paint: (text, verdict) => page.paint(styleOf(verdict), text) },
			{ head: "how many", value: (verdict) => grouped(sides.counts[verdict]), right: true },
			{ head: "which means", value: (verdict) => MEANINGS[verdict], shrink: 20 },
		],
		verdicts,
	);
	if (sides.translations.length > 0)
		yield* page.section(
			"Translated addresses",
			[
				{ head: "inside", value: ({ inside }) => inside },
				{ head: "outside", value: ({ outside }) => outside },
				{ head: "of", value: ({ of }) => of },
				{ head: "conversations", value: ({ conversations }) => grouped(conversations), right: true },
				{ head: "other ports", value: ({ portsChanged }) => grouped(portsChanged), right: true },
			],
			sides.translations,
		);
	const { listed, more } = shown(sides, all);
	if (listed.length > 0) {
		const columns: Column<SidesConversation>[] = HEADS.map((head, i) => ({
			head,
			value: (each: SidesConversation) => cellsOf(each)[i]!,
			...(head === "client" || head === "server" ? { shrink: 23 } : {}),
			...(head.startsWith("flow") || head === "over" ? { drop: head === "over" ? 2 : 1 } : {}),
			...(i === 0
				? { paint: (text: string, { verdict }: SidesConversation) => page.paint(styleOf(verdict), text) }
				: {}),
		}));
		yield* page.section(all ? "All conversations" : "Conversations that did not just pass", columns, listed);
		const told = listed.filter(({ verdict }) => verdict !== "passes").slice(0, TOLD);
		if (more) yield page.line(more, "dim");
		yield "\n";
		for (const each of told) yield* page.wrapped(storyOf(each), "  ");
	}
	yield "\n";
	for (const note of sides.notes) yield* page.wrapped(note, "  ", "dim");
}

/** One conversation in a sentence. */
function storyOf(conversation: SidesConversation): string {
	const { verdict, reasons, inside, outside, row, service, firstLost } = conversation;
	const ends = `${endText(inside, outside, "client")} to ${endText(inside, outside, "server")}`;
	const what = row === null ? "" : `${row} ${service ?? ""}, `;
	const first = firstLost ? ` (first: packet ${firstLost.packet} of ${firstLost.file})` : "";
	return `${verdict}: ${what}${ends}: ${reasons.join("; ")}${first}`;
}

function* markdown(sides: Sides, { all }: SidesScreen): Iterable<string> {
	yield "# Two sides\n\n";
	for (const line of [
		captureText("inside", sides.inside),
		captureText("outside", sides.outside),
		clockText(sides.clock),
	])
		yield `- ${inline(line)}\n`;
	yield* grid(
		"Conversations",
		["what", "how many", "which means"],
		SIDES_VERDICTS.filter((verdict) => sides.counts[verdict] > 0).map((verdict) => [
			verdict,
			sides.counts[verdict],
			MEANINGS[verdict],
		]),
	);
	yield* grid(
		"Translated addresses",
		["inside", "outside", "of", "conversations", "other ports"],
		sides.translations.map((each) => [each.inside, each.outside, each.of, each.conversations, each.portsChanged]),
	);
	const { listed, more } = shown(sides, all);
	yield* grid(
		all ? "All conversations" : "Conversations that did not just pass",
		[...HEADS, "why"],
		listed.map((each) => [...cellsOf(each), each.reasons.join("; ")]),
	);
	if (more) yield `\n${more.replace("--all", "`--all`")}.\n`;
	yield* list("What cannot be told", sides.notes);
}
