import { defineConfig } from "vitest/config";

/** Speed is measured in bench/, not in the tests: the limit only ends a test that hangs. */
export default defineConfig({
	test: { include: ["test/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 120_000, maxWorkers: "100%" },
});
