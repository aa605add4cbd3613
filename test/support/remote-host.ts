import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ip } from "./wire.ts";

/** Ends of the cable: here, and at the other host. A range for benchmarks (RFC 2544), which no network here uses. */
const HERE = "198.18.79.1";
const THERE = "198.18.79.2";
const STARTS = 15_000;

/**
 * Another host on a cable of its own: a network namespace where OpenSSH's server and a web server run, and an `ssh` on the
 * path that knows its key.
 */
export class RemoteHost {
	readonly address = THERE;
	/** Its interface to this host. */
	readonly device = "far0";
	/** What programs that call `ssh` need in their environment. */
	readonly env: { readonly PATH: string };
	readonly #namespace: string;
	readonly #servers: ChildProcess[];
	#isOver = false;

	static async start(folder: string): Promise<RemoteHost> {
		const host = new RemoteHost(folder);
		try {
			await Promise.all([22, 80].map(opens));
			return host;
		} catch (error) {
			host.end();
			throw error;
		}
	}

	private constructor(folder: string) {
		const near = `fr${process.pid % 100_000}`;
		this.#namespace = `flowlive-${near}`;
		ip("netns", "add", this.#namespace);
		ip("link", "add", near, "type", "veth", "peer", "name", this.device, "netns", this.#namespace);
		ip("addr", "add", `${HERE}/30`, "dev", near);
		ip("link", "set", near, "up");
		ip("-n", this.#namespace, "addr", "add", `${THERE}/30`, "dev", this.device);
		ip("-n", this.#namespace, "link", "set", this.device, "up");
		const key = join(folder, "key");
		execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
		const sshd = join(folder, "sshd.conf");
		writeFileSync(
			sshd,
			`HostKey ${key}\nAuthorizedKeysFile ${key}.pub\nPermitRootLogin yes\nStrictModes no\nUsePAM no\nUseDNS no\nPidFile none\n`,
		);
		const config = join(folder, "ssh.conf");
		writeFileSync(
			config,
			`IdentityFile ${key}\nIdentitiesOnly yes\nStrictHostKeyChecking no\nUserKnownHostsFile /dev/null\nLogLevel ERROR\n`,
		);
		const bin = join(folder, "bin");
		mkdirSync(bin);
		writeFileSync(join(bin, "ssh"), `#!/bin/sh\nexec /usr/bin/ssh -F '${config}' "$@"\n`);
		chmodSync(join(bin, "ssh"), 0o755);
		this.env = { PATH: `${bin}:${process.env.PATH}` };
		const web = `require("node:http").createServer((_, answer) => answer.end("hello")).listen(80)`;
		this.#servers = [
			// The mount namespace of `ip netns exec` is its own: nothing of this host's /run is touched.
			this.#serve("sh", "-c", `mount -t tmpfs none /run && mkdir /run/sshd && exec /usr/sbin/sshd -D -f '${sshd}'`),
			this.#serve(process.execPath, "-e", web),
		];
	}

	/** Runs a command over a connection of its own. */
	ssh(command: string): string {
		const env = { ...process.env, ...this.env };
		return execFileSync("ssh", [`root@${THERE}`, command], { env, encoding: "utf8", timeout: STARTS });
	}

	/** Ends every connection, as a host does that loses its power. */
	end(): void {
		if (this.#isOver) return;
		this.#isOver = true;
		for (const server of this.#servers) server.kill("SIGKILL");
		for (const pid of ip("netns", "pids", this.#namespace).split("\n").filter(Boolean))
			process.kill(Number(pid), "SIGKILL");
		ip("netns", "del", this.#namespace);
	}

	#serve(...command: readonly string[]): ChildProcess {
		return spawn("ip", ["netns", "exec", this.#namespace, ...command], { stdio: "ignore" });
	}
}

async function opens(port: number): Promise<void> {
	for (const end = performance.now() + STARTS; ; await sleep(50)) {
		const isOpen = await new Promise((resolve) => {
			const socket = connect({ host: THERE, port, timeout: 1000 });
			const answer = (is: boolean) => {
				socket.destroy();
				resolve(is);
			};
			socket
				.on("connect", () => answer(true))
				.on("error", () => answer(false))
				.on("timeout", () => answer(false));
		});
		if (isOpen) return;
		if (performance.now() > end) throw new Error(`nothing listens on ${THERE}:${port}`);
	}
}
