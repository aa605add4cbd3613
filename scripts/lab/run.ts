/** Performs the plays one after the other while the switch is captured. */
import { basename } from "node:path";
import { sleep } from "./command.ts";
import type { Network } from "./network.ts";
import type { Office, Talking } from "./office.ts";
import type { Play } from "./play.ts";
import type { LabTransfer, LabTruth, PlayedFlow } from "./truth.ts";

/** A play that did not come to its end. */
export interface Failure {
	readonly play: string;
	readonly rows: readonly string[];
	readonly reason: string;
	/** Whether only a package is missing: then it says nothing about flowmatrix or the lab. */
	readonly isAbsent: boolean;
}

/** Between plays, so that late packets of one do not fall into the next. */
const PAUSE = 100;
/** What captures and programs need to let go of their last packets. */
const SETTLES = 300;

/** @param absent packages that are not there, with the reason. */
export async function perform(
	network: Network,
	office: Office,
	plays: readonly Play[],
	absent: ReadonlyMap<string, string>,
): Promise<{ truth: LabTruth; failures: readonly Failure[] }> {
	const begun = new Map<Play, readonly Talking[]>();
	for (const play of plays) if (play.begin) begun.set(play, await play.begin(office));
	const files = [await network.captureSwitch()];
	for (const name of new Set(plays.flatMap(({ loopback }) => loopback ?? [])))
		files.push(await network.captureLoopback(office.machine(name)));
	const flows: PlayedFlow[] = [];
	const transfers: LabTransfer[] = [];
	const failures: Failure[] = [];
	for (const play of plays) {
		const lacks = play.packages.find((name) => absent.has(name));
		if (lacks !== undefined) {
			failures.push({ ...about(play), reason: `${lacks}: ${absent.get(lacks)}`, isAbsent: true });
			continue;
		}
		const from = new Date().toISOString();
		try {
			const played = await play.run(office, begun.get(play) ?? []);
			const { flows: own, transfers: sent } = "flows" in played ? played : { flows: played, transfers: [] };
			await office.stop();
			await sleep(PAUSE);
			const to = new Date().toISOString();
			flows.push(...own.map((flow) => ({ ...flow, play: play.name, from, to })));
			transfers.push(...sent);
		} catch (error) {
			await office.stop();
			failures.push({
				...about(play),
				reason: error instanceof Error ? error.message : String(error),
				isAbsent: false,
			});
		}
	}
	await sleep(SETTLES);
	await network.endCaptures();
	return { truth: { files: files.map((file) => basename(file)), hosts: office.hosts, flows, transfers }, failures };
}

function about({ name, rows }: Play): { play: string; rows: readonly string[] } {
	return { play: name, rows };
}
