import { execFile, execFileSync, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { MAIN } from "./cli.ts";

/** Why there can be no {@link Wire} here; undefined where there can. */
export function whyNoWire(): string | undefined {
	if (process.platform !== "linux") return "it needs Linux";
	if (process.getuid?.() !== 0) return "it needs root";
	for (const [program, argument] of [
		["ip", "-V"],
		["tcpreplay", "-V"],
	] as const)
		if (!isThere(program, argument)) return `${program} is not installed`;
	return undefined;
}

export function isThere(program: string, argument = "--version"): boolean {
	return spawnSync(program, [argument], { stdio: "ignore" }).error === undefined;
}

/** Whether a back end of live capture can be tried here, by its name. */
export const isBackEndHere: Readonly<Record<string, () => boolean>> = {
	dumpcap: () => isThere("dumpcap"),
	tcpdump: () => isThere("tcpdump"),
	cap: () => existsSync(new URL("../../node_modules/cap/build/Release/cap.node", import.meta.url)),
};

export function backEndsHere(): string[] {
	return Object.keys(isBackEndHere).filter((name) => isBackEndHere[name]!());
}

/**
 * A cable: `near`, an interface here, and its other end in a network namespace, from where frames are sent (veth(4)). Neither
 * end has an address, so nothing answers them and nothing else is on the line.
 */
export class Wire {
	readonly near: string;
	readonly #namespace: string;
	readonly #far = "far0";

	constructor(name: string) {
		this.near = `${name}${process.pid % 100_000}`;
		this.#namespace = `flowlive-${this.near}`;
		ip("netns", "add", this.#namespace);
		ip(
			"link",
			"add",
			this.near,
			"mtu",
			"65535",
			"type",
			"veth",
			"peer",
			"name",
			this.#far,
			"mtu",
			"65535",
			"netns",
			this.#namespace,
		);
		writeFileSync(`/proc/sys/net/ipv6/conf/${this.near}/disable_ipv6`, "1");
		this.#inside("sh", "-c", `echo 1 > /proc/sys/net/ipv6/conf/${this.#far}/disable_ipv6`);
		ip("link", "set", this.near, "up");
		ip("-n", this.#namespace, "link", "set", this.#far, "up");
	}

	/** Sends the packets of a capture, as fast as tcpreplay(1) is told to. */
	async replay(path: string, ...how: readonly string[]): Promise<void> {
		const command = ["netns", "exec", this.#namespace, "tcpreplay", "-q", "-i", this.#far, ...how, path];
		await promisify(execFile)("ip", command);
	}

	/** Runs a program at the far end. */
	#inside(...command: readonly string[]): void {
		execFileSync("ip", ["netns", "exec", this.#namespace, ...command], { stdio: ["ignore", "ignore", "pipe"] });
	}

	cut(): void {
		ip("netns", "del", this.#namespace);
	}
}

/** Runs ip(8). @returns what it prints. */
export function ip(...args: readonly string[]): string {
	return execFileSync("ip", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** What tshark prints; undefined where it is not installed. */
export function tshark(...args: readonly string[]): string | undefined {
	const { error, stdout, stderr, status } = spawnSync("tshark", args, { encoding: "utf8", maxBuffer: 1 << 28 });
	if (error) return undefined;
	if (status !== 0) throw new Error(stderr);
	return stdout;
}

/** Runs the built program as a user without rights. */
export function asNobody(args: readonly string[]): { readonly status: number | null; readonly stderr: string } {
	const nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", process.execPath, MAIN, ...args];
	return spawnSync("setpriv", nobody, { encoding: "utf8" });
}
