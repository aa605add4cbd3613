import { beforeEach, describe, expect, it } from "vitest";
import { PortUse, ServiceGroups } from "../../src/label/base-port.ts";
import { loadMatrix } from "../../src/matrix/load.ts";

const matrix = await loadMatrix();
let groups: ServiceGroups;
beforeEach(() => {
	groups = new ServiceGroups(matrix);
});
const PLAIN = PortUse.Asked | PortUse.Answered;
const TLS = PLAIN | PortUse.Tls;
const moved = (ports: Record<number, number>) =>
	groups.moved("ipo", new Map(Object.entries(ports).map(([port, use]) => [Number(port), use])));

describe("a moved group of services", () => {
	it("is told by members at their offsets that speak as they should", () => {
		const group = moved({ 51905: TLS, 51909: TLS, 51913: TLS })!;
		expect(group).toMatchObject({ base: 51904, defaultBase: 50804, answered: [51905, 51909, 51913] });
		expect(groups.isProof(group)).toBe(true);
		expect(groups.defaultOf(group, 51909)).toBe(50809);
		expect(groups.defaultOf(group, 51904)).toBe(50804);
		expect(groups.defaultOf(group, 51910)).toBeUndefined();
	});

	it("is told by two members, but these alone show no product", () => {
		const group = moved({ 60001: TLS, 60009: TLS })!;
		expect(group.base).toBe(60_000);
		expect(groups.isProof(group)).toBe(false);
	});

	it.each([
		["one member tells nothing", { 51905: TLS }],
		["two members that fit two places tell nothing", { 51905: TLS, 51909: TLS }],
		["plain text where TLS belongs is no member", { 51905: PLAIN, 51913: PLAIN }],
		["plain services alone tell nothing", { 51904: PLAIN, 51908: PLAIN, 51912: PLAIN }],
		["ports that were asked for and did not answer are none", { 51905: PortUse.Asked, 51913: PortUse.Asked }],
		["a group that stands at its default place is not moved", { 50805: TLS, 51905: TLS, 51913: TLS }],
		["places beyond the range do not count", { 40001: TLS, 40009: TLS }],
	])("%s", (_, ports) => {
		expect(moved(ports)).toBeUndefined();
	});

	it("never holds a port that another row names", () => {
		for (const port of [50_791, 50_792, 50_815, 52_233]) expect(groups.mayHold(port)).toBe(false);
		expect(groups.mayHold(50_805)).toBe(true);
		const group = moved({ 50783: TLS, 50787: TLS, 50791: TLS })!;
		expect(groups.defaultOf(group, 50_791)).toBeUndefined();
	});

	it("is told apart from another place by what was asked for", () => {
		expect(moved({ 51905: TLS, 51909: TLS, 51912: PortUse.Asked })?.base).toBe(51_904);
	});
});
