import { expect, it } from "vitest";
import { classify } from "../../../src/classify.ts";
import { createAnonymizer } from "../../../src/document/anonymize.ts";
import { capturePath } from "../../support/captures.ts";

it("labels that flows share are shared when they are anonymized, in every pass, and frozen", async () => {
	const report = await classify([capturePath("every-row.pcapng")]);
	const labelsOf = (of: typeof report) => new Set([...of.flows()].map(({ label }) => label).filter(Object.isFrozen));
	const anonymized = createAnonymizer().report(report);
	const labels = labelsOf(anonymized);
	expect(labels.size).toBe(labelsOf(report).size);
	expect(labels.size).toBeGreaterThan(0);
	expect(labelsOf(anonymized)).toEqual(labels);
	for (const label of labelsOf(anonymized)) expect(labels.has(label)).toBe(true);
});
