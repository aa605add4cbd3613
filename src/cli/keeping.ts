import { rmSync } from "node:fs";
import { CaptureKeeper, type RingOptions } from "../capture/live/keep.ts";
import { PcapngWriter } from "../capture/write/pcapng.ts";
import type { Report } from "../report/document.ts";
import { labelsComment } from "../report/labels-comment.ts";
import { clock } from "./clock.ts";
import { cannotWrite } from "./destination.ts";

/** What `--write` keeps. */
export class Keeping {
	readonly keeper: CaptureKeeper;

	/** @throws an error that names the file and the cause. */
	constructor(path: string, ring: RingOptions | undefined) {
		try {
			this.keeper = new CaptureKeeper(path, { clock, ...(ring ? { ring } : {}) });
		} catch (error) {
			throw cannotWrite(path, error);
		}
	}

	/** Nothing was captured: nothing is left behind. */
	discard(): void {
		this.keeper.close();
		for (const file of this.keeper.files) rmSync(file, { force: true });
	}

	/** Ends the file with what the packets were: a section of its own, without packets, whose comment says so. */
	conclude(report: Report | undefined): void {
		if (report) this.keeper.section(new PcapngWriter("flowmatrix", labelsComment(report)).take());
		this.keeper.close();
	}
}
