/**
 * Builds an office of real servers and clients in network namespaces, captures their traffic, and holds what flowmatrix
 * says of every flow against what the lab started. See README.md beside this file.
 *
 *     npm run lab -- [--no-install] [--worse] [--live BACKEND]… [--keep FOLDER] [PLAY…]
 *
 * Exit status: 0 every flow is right, 1 one is wrong or a play failed, 2 the lab cannot run here.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { keep } from "./keep.ts";
import { Network } from "./network.ts";
import { Office } from "./office.ts";
import { PLAYS } from "./plays/index.ts";
import { installPackages, whyNot } from "./requirements.ts";
import { classifyTwice, print, printLive, printWorse } from "./results.ts";
import { perform } from "./run.ts";

async function main(): Promise<number> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			"no-install": { type: "boolean" },
			worse: { type: "boolean" },
			live: { type: "string", multiple: true },
			keep: { type: "string" },
		},
	});
	const plays = PLAYS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
	const stranger = positionals.find((name) => !PLAYS.some((play) => play.name === name));
	const reason = stranger === undefined ? await whyNot() : `no play is called ${stranger}`;
	if (reason !== undefined) {
		console.error(`the lab cannot run: ${reason}`);
		return 2;
	}
	const absent = await installPackages(plays, values["no-install"] !== true);
	const folder = mkdtempSync(join(tmpdir(), "flowmatrix-lab-"));
	const network = new Network(folder);
	const end = async () => {
		await network.close();
		rmSync(folder, { recursive: true, force: true });
	};
	// A reader that has seen enough (`| head`) is no reason to leave the namespaces behind.
	process.stdout.on("error", () => {});
	for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => end().then(() => process.exit(1)));
	try {
		const office = await Office.open(network);
		const { truth, failures, live } = await perform(network, office, plays, absent, values.live);
		const results = await classifyTwice(folder, truth);
		if (values.keep !== undefined) keep(folder, values.keep, truth);
		const isRight = await print(truth, results, failures);
		const isRightWorse = !values.worse || (await printWorse(folder, truth));
		const isRightLive = await printLive(folder, truth, live);
		return isRight && isRightWorse && isRightLive ? 0 : 1;
	} finally {
		await end();
	}
}

process.exitCode = await main();
