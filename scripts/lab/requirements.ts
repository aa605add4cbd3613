/** What the machine must have: root, Linux's network namespaces, tcpdump, and Debian packages for the programs. */
import { attempt } from "./command.ts";
import type { Play } from "./play.ts";

const ALWAYS = ["iproute2", "tcpdump", "openssl"];
const INSTALL_TIMEOUT = 600_000;

/** Why the lab cannot run on this machine; undefined where it can. */
export async function whyNot(): Promise<string | undefined> {
	if (process.platform !== "linux") return "it needs Linux";
	if (process.getuid?.() !== 0) return "it needs root, for network namespaces and capturing";
	for (const [command, argument] of [
		["ip", "-V"],
		["tcpdump", "--version"],
		["openssl", "version"],
	] as const) {
		const result = await attempt(command, [argument]).catch(() => undefined);
		if (result?.code !== 0) return `${command} is missing (Debian packages ${ALWAYS.join(", ")})`;
	}
	const trial = await attempt("ip", ["netns", "exec", "none-of-this-name", "true"]).catch(() => undefined);
	return trial?.stderr.includes("No such file") ? undefined : "this kernel has no network namespaces";
}

/**
 * Installs what is missing, without starting any service.
 * @returns packages that are not there, with the reason.
 */
export async function installPackages(
	plays: readonly Pick<Play, "packages">[],
	mayInstall: boolean,
): Promise<ReadonlyMap<string, string>> {
	const wanted = [...new Set(plays.flatMap(({ packages }) => packages))].sort();
	const missing = await missingOf(wanted);
	if (missing.length === 0) return new Map();
	if (!mayInstall) return new Map(missing.map((name) => [name, "not installed (--no-install)"]));
	console.error(`installing ${missing.join(", ")}`);
	const options = ["-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"];
	// RUNLEVEL=1: invoke-rc.d then starts nothing.
	const env = { DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
	await attempt("apt-get", ["update"], { timeout: INSTALL_TIMEOUT });
	const all = await attempt("apt-get", ["install", ...options, ...missing], { timeout: INSTALL_TIMEOUT, env });
	if (all.code === 0) return new Map();
	// One that cannot be had must not keep the others away.
	for (const name of missing)
		await attempt("apt-get", ["install", ...options, name], { timeout: INSTALL_TIMEOUT, env });
	return new Map((await missingOf(missing)).map((name) => [name, "apt-get could not install it"]));
}

async function missingOf(names: readonly string[]): Promise<string[]> {
	const { stdout } = await attempt("dpkg-query", ["-W", "-f", `\${Package} \${db:Status-Status}\n`, ...names]);
	const installed = new Set(stdout.split("\n").map((line) => line.trim()));
	return names.filter((name) => !installed.has(`${name} installed`));
}
