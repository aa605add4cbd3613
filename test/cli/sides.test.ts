import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { run } from "../support/cli.ts";

const CALLS = "captures/calls.pcapng";

describe("flowmatrix sides", () => {
	it.each([
		["-", "standard input"],
		["/dev/stdin", "/dev/stdin"],
	])("says that %s is to be saved first: it can be read only once", async (name, what) => {
		const { status, stdout, stderr } = await run(["sides", CALLS, name], { input: readFileSync(CALLS) });
		expect({ status, stdout, stderr }).toEqual({
			status: 2,
			stdout: "",
			stderr: `flowmatrix: ${what} can be read only once, and sides reads captures twice: save it to a file first, e.g. by cat > case.pcapng\n`,
		});
	});
});
