import { matrixOfRelease, releasesOf } from "../matrix/release.ts";
import type { Matrix } from "../matrix/types.ts";
import type { IdentityTable } from "../session/identities.ts";
import { compare } from "./words.ts";

/** The matrix that labels a run, and why it is that release's. */
export interface ChosenMatrix {
	readonly matrix: Matrix;
	/** For `traffic`: the matrix's own release, whose rows count where the told release has none. */
	readonly later?: Matrix;
	readonly source: "default" | "given" | "traffic";
	/** For `traffic`: who said what. */
	readonly reason?: string;
}

/** A component of a version above this is a build number: DevLink3 writes `10.0.2345.67894`. */
const MAX_COMPONENT = 99;

/**
 * The matrix of the release that the site's systems say they run; the matrix as it is where they say nothing.
 * Where they run several, that of the newest: its rows are those that the site needs open.
 */
export function matrixOfTraffic(matrix: Matrix, identities: IdentityTable): ChosenMatrix {
	const order = releasesOf(matrix);
	if (order.length < 2) return { matrix, source: "default" };
	const told = [...identities.entries()].flatMap(([address, said]) =>
		said.flatMap(({ product, release }) => {
			const known = release === undefined ? undefined : knownRelease(order, release);
			return known === undefined ? [] : [{ address, product, release: release!, known }];
		}),
	);
	const systems = told.filter(({ product }) => product === "ipo");
	// The longest of a system's words, as its host's are shown, and never what happened to come first.
	const [newest] = (systems.length > 0 ? systems : told).sort(
		(a, b) =>
			order.indexOf(b.known) - order.indexOf(a.known) ||
			compare(a.address, b.address) ||
			b.release.length - a.release.length ||
			compare(a.release, b.release),
	);
	if (!newest) return { matrix, source: "default" };
	const isMixed = systems.some(({ known }) => known !== newest.known);
	const others = isMixed ? "; others here say older ones" : "";
	const reason = `${newest.address} says that it runs ${newest.release}${others}`;
	return { matrix: matrixOfRelease(matrix, newest.known), later: matrix, source: "traffic", reason };
}

/**
 * The newest release of the matrix that is not newer than a version; undefined for a text without one, or an older one.
 * A version that leaves its last numbers out (`11.1`) can be any with these first ones.
 */
export function knownRelease(order: readonly string[], version: string): string | undefined {
	const parts = componentsOf(version);
	if (parts.length < 2) return undefined;
	return [...order].reverse().find((release) => isAtMost(componentsOf(release), parts));
}

function componentsOf(version: string): number[] {
	const text = /\d+(?:\.\d+)+/.exec(version)?.[0] ?? "";
	const parts = text.split(".").map(Number);
	const build = parts.findIndex((part) => part > MAX_COMPONENT);
	return build < 0 ? parts : parts.slice(0, build);
}

function isAtMost(release: readonly number[], version: readonly number[]): boolean {
	for (const [i, number] of version.entries()) {
		const difference = (release[i] ?? 0) - number;
		if (difference !== 0) return difference < 0;
	}
	return true;
}
