/**
 * Writes the licences of all packages of package-lock.json into docs/dependencies.md.
 *
 *     npm run licences
 */
import { readFileSync, writeFileSync } from "node:fs";
import { type Lock, licences } from "./licences.ts";

const ROOT = new URL("../../", import.meta.url);
const DOCUMENT = new URL("docs/dependencies.md", ROOT);

const lock = JSON.parse(readFileSync(new URL("package-lock.json", ROOT), "utf8")) as Lock;
const text = readFileSync(DOCUMENT, "utf8");
writeFileSync(
	DOCUMENT,
	text.replace(/(?<=<!-- npm run licences -->)[\s\S]*(?=<!-- end -->)/, () => `\n\n${licences(lock)}\n\n`),
);
