import { describe, expect, it } from "vitest";
import { knownRelease, matrixOfTraffic } from "../../src/label/release.ts";
import { loadMatrix } from "../../src/matrix/load.ts";
import { releasesOf } from "../../src/matrix/release.ts";
import { IdentityTable } from "../../src/session/identities.ts";

const matrix = await loadMatrix();

function chosen(...said: readonly (readonly [address: string, product: string, release: string])[]) {
	const identities = new IdentityTable();
	for (const [address, product, release] of said) identities.add(address, { product, release, reason: "says so" });
	const { matrix: found, source, reason } = matrixOfTraffic(matrix, identities);
	return { release: found.release, source, reason };
}

describe("the release of a version", () => {
	it.each([
		["11.1.2.3.0 build 47", "11.1.2"],
		["11.1.1", "11.1.1"],
		["11.1.0.0.0 build 95", "11.1"],
		["R9.1.7", "9.1"],
		["9.0.3.0 build 941", "9.0.3"],
		["11.1", "11.1.2"],
		["9.0", "9.0.3"],
		["10.0.2345.67894", "10.0"],
		["Avaya IP500v2 10.0.2345.67894", "10.0"],
		["12.1", "12.0"],
		["11.1.10", "11.1.2"],
		["8.0(18)", undefined],
		["11", undefined],
		["11.2345", undefined],
		["2026.11.5", undefined],
		["none", undefined],
	])("%s is %s", (version, release) => {
		expect(knownRelease(releasesOf(matrix), version)).toBe(release);
	});
});

describe("the matrix of a capture", () => {
	it("is its own where nobody says a release", () => {
		expect(chosen()).toEqual({ release: "12.0", source: "default", reason: undefined });
		expect(chosen(["10.0.0.1", "ipo", "unknown"])).toMatchObject({ release: "12.0", source: "default" });
	});

	it("is that of the release that a system says it runs", () => {
		expect(chosen(["10.0.0.1", "ipo", "11.0.4.2"])).toEqual({
			release: "11.0",
			source: "traffic",
			reason: "10.0.0.1 says that it runs 11.0.4.2",
		});
	});

	it("is the newest of several, in whatever order they come", () => {
		const said = [
			["10.0.0.1", "ipo", "9.1.7"],
			["10.0.0.2", "ipo", "11.0.1"],
		] as const;
		expect(chosen(...said)).toMatchObject({ release: "11.0", reason: expect.stringContaining("10.0.0.2") });
		expect(chosen(...[...said].reverse())).toEqual(chosen(...said));
	});

	it("comes from IP Office before Voicemail Pro", () => {
		expect(chosen(["10.0.0.3", "vmpro", "11.1.2"], ["10.0.0.1", "ipo", "10.1"]).release).toBe("10.1");
		expect(chosen(["10.0.0.3", "vmpro", "11.0.4"]).release).toBe("11.0");
	});

	it("is its own where it knows one release only, whatever systems say", () => {
		const identities = new IdentityTable();
		identities.add("10.0.0.1", { product: "ipo", release: "12.0.1", reason: "says so" });
		const one = { ...matrix, releases: [] };
		expect(matrixOfTraffic(one, identities)).toEqual({ matrix: one, source: "default" });
		const two = { ...matrix, releases: matrix.releases.slice(-1) };
		expect(matrixOfTraffic(two, identities)).toMatchObject({ source: "traffic" });
	});

	it("names one system of those that say the same, and tells of older ones, in whatever order they come", () => {
		const same = [
			["10.0.0.2", "ipo", "11.0.4"],
			["10.0.0.1", "ipo", "11.0.4"],
			["10.0.0.1", "ipo", "11.0.4.2 build 7"],
			["10.0.0.1", "ipo", "11.0.4.2 build 8"],
		] as const;
		const older = ["10.0.0.0", "ipo", "9.1.12.0 build 213"] as const;
		for (const said of [same, [...same].reverse(), [same[3], same[1], same[2], same[0]]]) {
			expect(chosen(...said).reason).toBe("10.0.0.1 says that it runs 11.0.4.2 build 7");
			const reason = "10.0.0.1 says that it runs 11.0.4.2 build 7; others here say older ones";
			expect(chosen(...said, older).reason).toBe(reason);
			expect(chosen(older, ...said).reason).toBe(reason);
		}
	});
});
