/**
 * Has things go wrong on purpose in the lab's office, captures each, and holds what flowmatrix finds in it against what it
 * must find. See README.md beside this file.
 *
 *     npm run faults -- [--no-install] [--list] [--keep FOLDER] [FAULT…]
 *
 * Exit status: 0 all findings are right, 1 one is wrong or missing, 2 nothing can run here.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { classify } from "../../src/classify.ts";
import { Network } from "../lab/network.ts";
import { installPackages, whyNot } from "../lab/requirements.ts";
import { compareFindings } from "./compare.ts";
import type { Fault } from "./fault.ts";
import { Site } from "./site.ts";
import { FAULTS } from "./subjects/index.ts";
import { hostsOf, truthOf } from "./truth.ts";

async function main(): Promise<number> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: { "no-install": { type: "boolean" }, list: { type: "boolean" }, keep: { type: "string" } },
	});
	const faults = FAULTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
	if (values.list) {
		for (const { name, shows } of faults) console.log(`${name.padEnd(NAME)} ${shows}`);
		return 0;
	}
	const stranger = positionals.find((name) => !FAULTS.some((fault) => fault.name === name));
	const reason = stranger === undefined ? await whyNot() : `no fault is called ${stranger}`;
	if (reason !== undefined) {
		console.error(`faults cannot be made: ${reason}`);
		return 2;
	}
	const absent = await installPackages([{ packages: ALWAYS }, ...faults], values["no-install"] !== true);
	let right = 0;
	for (const fault of faults) {
		const lacks = [...ALWAYS, ...fault.packages].find((name) => absent.has(name));
		const wrong = lacks ? [`not made: ${lacks}: ${absent.get(lacks)}`] : await attemptOne(fault, values.keep);
		console.log([`${fault.name.padEnd(NAME)} ${wrong.length === 0 ? "ok" : "WRONG"}`, ...wrong].join("\n    "));
		if (wrong.length === 0) right++;
	}
	console.log(`${right} of ${faults.length} give what they must`);
	return right === faults.length ? 0 : 1;
}

/** @returns what is wrong. */
async function attemptOne(fault: Fault, keep: string | undefined): Promise<string[]> {
	const folder = mkdtempSync(join(tmpdir(), "flowmatrix-faults-"));
	const network = new Network(folder);
	const end = async () => {
		await network.close();
		rmSync(folder, { recursive: true, force: true });
	};
	const interrupted = () => end().then(() => process.exit(1));
	for (const signal of SIGNALS) process.once(signal, interrupted);
	try {
		return await makeOne(fault, network, keep);
	} catch (error) {
		return [`not made: ${(error as Error).message}`];
	} finally {
		for (const signal of SIGNALS) process.off(signal, interrupted);
		await end();
	}
}

async function makeOne(fault: Fault, network: Network, keep: string | undefined): Promise<string[]> {
	const site = await Site.open(network);
	const file = await site.capture(fault.captured ?? "office");
	await fault.run(site);
	await site.endCapture();
	const truth = truthOf(fault, site);
	if (keep !== undefined) {
		mkdirSync(keep, { recursive: true });
		copyFileSync(file, join(keep, `${fault.name}.pcap`));
		writeFileSync(join(keep, `${fault.name}.truth.json`), `${JSON.stringify(truth, null, "\t")}\n`);
	}
	const { missing, unexpected } = compareFindings(await classify([file], { hosts: hostsOf(truth) }), truth.findings);
	return [...missing.map((text) => `missing: ${text}`), ...unexpected.map((text) => `unexpected: ${text}`)];
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
/** What the site itself needs: packet filters, and the bad line. */
const ALWAYS = ["nftables", "python3"];
/** Width of the names' column. */
const NAME = 30;

process.exitCode = await main();
