import { readFileSync } from "node:fs";
import { defineConfig } from "rolldown";

const HTML = "src/report/html";

export default defineConfig([
	/** Node takes about a millisecond to find and link a module: a few files start twice as fast as three hundred. */
	{
		input: { index: "src/index.ts", "cli/main": "src/cli/main.ts", "parts/worker": "src/intake/worker.ts" },
		platform: "node",
		// Node's own modules and the dependencies stay outside.
		external: /^[^./]/,
		output: {
			dir: "dist",
			cleanDir: true,
			// Two folders deep, beside the worker: `../../matrix/` and `./worker.js` are where the sources say.
			chunkFileNames: "parts/[name].js",
		},
	},
	/** What goes into the page of `flowmatrix report`: its script as one text, and its style sheet. */
	{
		input: `${HTML}/client/page.ts`,
		platform: "browser",
		tsconfig: `${HTML}/client/tsconfig.json`,
		output: { file: "dist/page/page.js", format: "iife", minify: true },
		plugins: [
			{
				name: "style-sheet",
				generateBundle() {
					const source = readFileSync(`${HTML}/page.css`, "utf8").replace(/\s+/g, " ");
					this.emitFile({ type: "asset", fileName: "page.css", source });
				},
			},
		],
	},
]);
