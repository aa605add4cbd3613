import type { Office, Talking } from "./office.ts";
import type { LabFlow, LabTransfer } from "./truth.ts";

/** A part of the office's day: the servers and clients of one subject. */
export interface Play {
	readonly name: string;
	/** Debian packages that its programs are in. */
	readonly packages: readonly string[];
	/** Rows that it exercises. */
	readonly rows: readonly string[];
	/** Machines whose own loopback carries some of it. */
	readonly loopback?: readonly ("ipo" | "onex" | "vmpro")[];
	/**
	 * Starts what must be under way before the captures begin. {@link run} is then given what this returns.
	 */
	begin?(office: Office): Promise<readonly Talking[]>;
	/**
	 * Plays it. Programs that are left running are ended afterwards.
	 * @returns what was played: all of it, for a flow that is not declared fails the run.
	 */
	run(office: Office, begun: readonly Talking[]): Promise<Played>;
}

export type Played =
	| readonly LabFlow[]
	| { readonly flows: readonly LabFlow[]; readonly transfers: readonly LabTransfer[] };
