/**
 * Makes docs/live.svg, the picture of the README: what `flowmatrix live` shows of an office, in a terminal that tmux keeps.
 * Needs tmux and a built program.
 */
import { writeFileSync } from "node:fs";
import { svgOf } from "./svg.ts";
import { Tmux } from "./tmux.ts";

const SIZE = { columns: 100, rows: 30 };
/** When most is under way: the calls, and what fails. */
const SHOWN = /4[5-9] flows: /;

const terminal = new Tmux(SIZE);
try {
	const feed = "node --import tsx scripts/screen/feed.ts captures/office-day.pcapng 20 < /dev/null 2> /dev/null";
	terminal.type(`cd '${process.cwd()}'; mkfifo ~/eth0; ${feed} > ~/eth0 & cd ~; clear`);
	terminal.keys("Enter");
	terminal.type(`node '${process.cwd()}/dist/cli/main.js' live eth0 -q`);
	terminal.keys("Enter");
	await terminal.until(SHOWN, 60);
	writeFileSync("docs/live.svg", svgOf(terminal.screen(true), SIZE.columns, "flowmatrix live: the rows of an office"));
	console.log("docs/live.svg is written");
} finally {
	terminal.close();
}
