/**
 * Writes the words that the program's sentences are made of into src/report/anonymize/vocabulary.ts.
 *
 *     npm run vocabulary
 */
import { writeFileSync } from "node:fs";
import { vocabularyModule } from "./words.ts";

writeFileSync(new URL("../../src/document/anonymize/vocabulary.ts", import.meta.url), vocabularyModule());
