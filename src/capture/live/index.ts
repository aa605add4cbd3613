import { type BackEnd, type CaptureDevice, type CaptureSettings, LiveError, type RunningCapture } from "./back-end.ts";
import { cap } from "./cap.ts";
import { dumpcap } from "./dumpcap.ts";
import { tcpdump } from "./tcpdump.ts";

/** What captures here, the best first. */
export const BACK_ENDS: readonly BackEnd[] = [dumpcap, tcpdump, cap];

/** What another one may be able to do. */
const TRY_NEXT: ReadonlySet<string> = new Set(["missing", "permission", "other"]);

/** What came of asking for a back end: which it was, and why not those before it. */
export interface Chosen<T> {
	readonly backEnd: BackEnd;
	readonly result: T;
	readonly passedOver: readonly LiveError[];
}

/** Begins capturing. @param name of a back end; `auto` is the first that works. @throws LiveError where none does. */
export function startCapture(name: string, settings: CaptureSettings): Promise<Chosen<RunningCapture>> {
	return first(name, (backEnd) => backEnd.start(settings));
}

/** The interfaces to capture on. @throws LiveError where nobody can tell. */
export function listDevices(name: string): Promise<Chosen<readonly CaptureDevice[]>> {
	return first(name, (backEnd) => backEnd.devices());
}

async function first<T>(name: string, ask: (backEnd: BackEnd) => Promise<T>): Promise<Chosen<T>> {
	const passedOver: LiveError[] = [];
	for (const backEnd of BACK_ENDS.filter((each) => name === "auto" || each.name === name)) {
		try {
			return { backEnd, result: await ask(backEnd), passedOver };
		} catch (error) {
			if (!(error instanceof LiveError) || name !== "auto" || !TRY_NEXT.has(error.fault)) throw error;
			passedOver.push(error);
		}
	}
	// Who has a program that may not capture needs the permission, not another program.
	const told = passedOver.some(({ fault }) => fault === "permission")
		? passedOver.filter(({ fault }) => fault === "permission")
		: passedOver;
	throw new LiveError(
		told[0]?.fault ?? "missing",
		["nothing here can capture", ...told.map(({ message }) => message)].join("\n"),
	);
}
