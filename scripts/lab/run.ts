/** Performs the plays one after the other while the switch is captured. */
import { basename } from "node:path";
import { sleep } from "./command.ts";
import type { LiveReport } from "./live.ts";
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

interface Performed {
	readonly truth: LabTruth;
	readonly failures: readonly Failure[];
	/** What flowmatrix said live, by back end. */
	readonly live: ReadonlyMap<string, LiveReport>;
}

/**
 * @param absent packages that are not there, with the reason.
 * @param backEnds of flowmatrix, each of which captures beside the files.
 */
export async function perform(
	network: Network,
	office: Office,
	plays: readonly Play[],
	absent: ReadonlyMap<string, string>,
	backEnds: readonly string[] = [],
): Promise<Performed> {
	const begun = new Map<Play, readonly Talking[]>();
	for (const play of plays) if (play.begin) begun.set(play, await play.begin(office));
	const files = [await network.captureSwitch()];
	for (const name of new Set(plays.flatMap(({ loopback }) => loopback ?? [])))
		files.push(await network.captureLoopback(office.machine(name)));
	for (const backEnd of backEnds) await network.captureLive(backEnd, office.hosts);
	const flows: PlayedFlow[] = [];
	const transfers: LabTransfer[] = [];
	const failures: Failure[] = [];
	for (const play of plays) {
		const lacks = play.packages.find((name) => absent.has(name));
		if (lacks !== undefined) {
			failures.push({ ...about(play), reason: `${lacks}: ${absent.get(lacks)}`, isAbsent: true });
			continue;
		}
		try {
			const played = await performOne(office, play, begun.get(play) ?? []);
			flows.push(...played.flows);
			transfers.push(...played.transfers);
		} catch (error) {
			failures.push({ ...about(play), reason: (error as Error).message, isAbsent: false });
		}
	}
	await sleep(SETTLES);
	const live = await network.endLive();
	await network.endCaptures();
	return {
		truth: { files: files.map((file) => basename(file)), hosts: office.hosts, flows, transfers },
		failures,
		live,
	};
}

async function performOne(
	office: Office,
	play: Play,
	begun: readonly Talking[],
): Promise<Pick<LabTruth, "flows" | "transfers">> {
	const from = new Date().toISOString();
	try {
		const played = await play.run(office, begun);
		const { flows, transfers } = "flows" in played ? played : { flows: played, transfers: [] };
		await office.stop();
		await sleep(PAUSE);
		const to = new Date().toISOString();
		return { flows: flows.map((flow) => ({ ...flow, play: play.name, from, to })), transfers };
	} finally {
		await office.stop();
	}
}

function about({ name, rows }: Play): { play: string; rows: readonly string[] } {
	return { play: name, rows };
}
