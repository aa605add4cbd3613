import { CaptureKeeper, type RingOptions } from "../capture/live/keep.ts";
import { PcapngWriter } from "../capture/write/pcapng.ts";
import type { Report } from "../document/document.ts";
import { labelsComment } from "../report/packets/labels-comment.ts";
import { clock } from "./clock.ts";
import { cannotWrite } from "./destination.ts";
import { say } from "./say.ts";

/** What `--write` keeps. */
export class Keeping {
	readonly keeper: CaptureKeeper;
	/** Why what was captured is not kept whole. */
	fault: Error | undefined;

	constructor(path: string, ring: RingOptions | undefined) {
		this.keeper = new CaptureKeeper(path, {
			clock,
			onFault: (file, error) => {
				this.fault = cannotWrite(file, error);
				say(`${this.fault.message}: nothing more is kept, capturing goes on`);
			},
			...(ring ? { ring } : {}),
		});
	}

	/** Ends the file with what the packets were: a section of its own, without packets, whose comment says so. */
	conclude(report: Report | undefined): void {
		if (report) this.keeper.section(new PcapngWriter("flowmatrix", labelsComment(report)).take());
		this.keeper.close();
	}
}
