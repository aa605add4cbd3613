import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { WarmWorker } from "./warm-worker.ts";

/** A mutant is given to the tests of what is mutated before the others. */
class NearestFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const rank = ({ moduleId }: TestSpecification) => (/test\/(finding|session\/copies)/.test(moduleId) ? 1 : 0);
		return [...files].sort((a, b) => rank(a) - rank(b));
	}
}

/** The tests that a mutant is given to: those of what is mutated, and those that show its effects on whole captures, if fast. */
export default defineConfig({
	test: {
		include: ["test/{flow,session,label,finding}/**/*.test.ts", "test/captures.test.ts", "test/document/calls.test.ts"],
		setupFiles: ["scripts/mutation/setup.ts"],
		testTimeout: 30_000,
		hookTimeout: 30_000,
		isolate: false,
		sequence: { sequencer: NearestFirst },
	},
	plugins: [
		{
			name: "warm-worker",
			configureVitest({ project }) {
				project.config.pool = "warm";
				project.config.poolRunner = { name: "warm", createPoolWorker: (options) => new WarmWorker(options) };
			},
		},
	],
});
