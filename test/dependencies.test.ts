import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { installed, type Lock, licenceOf, licences } from "../scripts/licences/licences.ts";

const text = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const lock = JSON.parse(text("package-lock.json")) as Lock;
const manifest = JSON.parse(text("package.json"));
const packages = installed(lock);

/** Licences that ask for no more than their notice. */
const PERMISSIVE = /^(MIT|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0)( OR (MIT|Apache-2\.0))?$/;

/** Of packages that come with tools of development, and go into nothing that is published. */
const OTHERS: Readonly<Record<string, string>> = {
	lightningcss: "MPL-2.0",
	"caniuse-lite": "CC-BY-4.0",
	minimatch: "BlueOak-1.0.0",
	"axe-core": "MPL-2.0",
};

describe("the lock file", () => {
	it("has a strong hash of each package, and no other place to get it from than the public registry", () => {
		expect(packages.length).toBeGreaterThan(50);
		for (const [folder, { integrity, resolved = "https://registry.npmjs.org/" }] of packages) {
			expect(integrity, folder).toMatch(/^sha512-/);
			expect(resolved, folder).toMatch(/^https:\/\/registry\.npmjs\.org\//);
		}
	});

	it("has no package that needs to run a script when it is installed, but the one that is compiled and may be absent", () => {
		const scripted = packages.filter(([, { hasInstallScript }]) => hasInstallScript);
		for (const [folder, { dev }] of scripted.filter(([name]) => name !== "node_modules/cap")) {
			expect(dev, folder).toBe(true);
			expect(manifest.allowScripts[folder.replace("node_modules/", "")], folder).toBe(false);
		}
	});

	it("has permissive licences only, but for tools of tools", () => {
		for (const [folder, locked] of packages) {
			const { dev } = locked;
			const license = licenceOf(folder, locked);
			const other = OTHERS[folder.replace(/^node_modules\//, "").replace(/^lightningcss-.*/, "lightningcss")];
			if (other === undefined) expect(license, folder).toMatch(PERMISSIVE);
			else expect([license, dev], folder).toEqual([other, true]);
		}
	});

	it("is what docs/dependencies.md lists", () => {
		expect(text("docs/dependencies.md")).toContain(licences(lock));
	});
});

describe("docs/dependencies.md", () => {
	it("says what each package is for", () => {
		const [reasons = ""] = text("docs/dependencies.md").split("## Supply chain");
		const heads = [...reasons.matchAll(/^\| (`[^|]*) \|/gm)].map(([, head]) => head!);
		const named = new Set(heads.flatMap((head) => [...head.matchAll(/`([^`]+)`/g)].map(([, name]) => name)));
		for (const name of Object.keys({
			...manifest.dependencies,
			...manifest.optionalDependencies,
			...manifest.devDependencies,
		}))
			expect(named, name).toContain(name);
	});
});
