/** Writes the project's own captures: `npm run captures`. The same bytes on every machine and in every run. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { SCENES } from "./scenes/index.ts";

const FOLDER = new URL("../../captures/", import.meta.url);

function write(name: string, content: Uint8Array | string): void {
	const path = fileURLToPath(new URL(name, FOLDER));
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, content);
}

const table: string[] = [];
for (const scene of SCENES) {
	const { files, truth } = scene.build();
	for (const [name, bytes] of Object.entries(files)) write(name, bytes);
	write(`${scene.name}.truth.json`, `${JSON.stringify(truth, null, "\t")}\n`);
	table.push(
		`| ${Object.keys(files)
			.map((name) => `\`${name}\``)
			.join(" ")} | ${scene.shows} | ${truth.flows.length} |`,
	);
}
write(
	"README.md",
	[
		"# Captures",
		"",
		"Made by `npm run captures` from `scripts/captures/`: nobody's traffic, the same bytes every time. Each comes with a",
		"`.truth.json` that says what its maker knows: which hosts are products, and every flow's ends, packets and label.",
		"",
		"| file | shows | flows |",
		"| --- | --- | --- |",
		...table,
		"",
		"`lab/` holds captures of real programs, recorded by `npm run lab -- --keep FOLDER PLAY…` (`scripts/lab/`): each folder has what its",
		"machines sent over the switch and to themselves, and in `lab.truth.json` what the lab knew of every flow because it started both ends.",
		"",
	].join("\n"),
);
console.log(`${SCENES.length} captures`);
