/** A package-lock.json (version 3), as far as it is read here. */
export interface Lock {
	/** By folder: "" is the project, else `node_modules/…`. */
	readonly packages: Readonly<Record<string, LockedPackage>>;
}

export interface LockedPackage {
	readonly version: string;
	readonly license?: string;
	readonly integrity?: string;
	readonly resolved?: string;
	readonly dev?: true;
	readonly hasInstallScript?: true;
}

/** The packages of a lock file that the project installs, by folder. */
export function installed(lock: Lock): [folder: string, locked: LockedPackage][] {
	return Object.entries(lock.packages).filter(([folder]) => folder !== "");
}

/** Licences and packages as Markdown: those that users install too, with versions; those for development, by licence. */
export function licences(lock: Lock): string {
	const all = installed(lock).map(([folder, locked]) => {
		const { version, dev } = locked;
		return { name: nameOf(folder), version, license: licenceOf(folder, locked) ?? "none", dev };
	});
	const shipped = all.filter(({ dev }) => !dev);
	const development = grouped(
		all.filter(({ dev }) => dev),
		({ license }) => license,
	);
	return [
		"| at run time | version | licence |",
		"| --- | --- | --- |",
		...shipped.map(({ name, version, license }) => `| \`${name}\` | ${version} | ${license} |`),
		"",
		"| licence | for development only |",
		"| --- | --- |",
		...[...development]
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([license, packages]) => `| ${license} | ${families(packages.map(({ name }) => name))} |`),
	].join("\n");
}

const FOLDER = "node_modules/";

function nameOf(folder: string): string {
	return folder.slice(folder.lastIndexOf(FOLDER) + FOLDER.length);
}

/** Packages that name their licence in a form that npm no longer knows, by what their LICENSE file says. */
const OLD_FORM: Readonly<Record<string, string>> = { cap: "MIT" };

export function licenceOf(folder: string, { license }: LockedPackage): string | undefined {
	return license ?? OLD_FORM[nameOf(folder)];
}

/** One name for the parts of a package, as it has for each system: `@esbuild/*`, `lightningcss-*`. */
function families(names: readonly string[]): string {
	const parts = names.map((name) => name.replace(/-(android|darwin|freebsd|linux|win32)-.*/, "-*"));
	const scopes = grouped([...new Set(parts)], (name) => (name.startsWith("@") ? name.split("/")[0]! : name));
	return [...scopes].map(([scope, members]) => `\`${members.length > 1 ? `${scope}/*` : members[0]}\``).join(", ");
}

function grouped<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
	return groups;
}
