import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabTruth } from "./truth.ts";

/** Copies the captures and what the lab knows of them to where the user wants them. */
export function keep(from: string, to: string, truth: LabTruth): void {
	mkdirSync(to, { recursive: true });
	for (const file of truth.files) copyFileSync(join(from, file), join(to, file));
	writeFileSync(join(to, "lab.truth.json"), `${JSON.stringify(truth, null, "\t")}\n`);
}
