/** Shell and file transfer by SSH: OpenSSH's server and clients. */
import { matched } from "../../captures/truth.ts";
import { run } from "../command.ts";
import type { Machine } from "../machine.ts";
import { flow, type Office } from "../office.ts";
import type { Play } from "../play.ts";

export const ssh: Play = {
	name: "ssh",
	packages: ["openssh-server", "openssh-client"],
	rows: ["IPO-IN-1", "VMPRO-OUT-1", "MM-OUT-1"],
	async run(office) {
		const key = `${office.folder}/ssh-key`;
		await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
		const [ipo, vmpro, mm, servers, manager] = office.machines("ipo", "vmpro", "mm", "servers", "manager");
		await Promise.all([ipo, mm, servers].map((machine) => startSshd(office, machine, key)));
		const file = office.file("recording.wav", new Uint8Array(2_000));
		await manager.run("ssh", [...options(key), `root@${ipo.address}`, "true"]);
		for (const [from, to] of [
			[vmpro, mm],
			[vmpro, servers],
			[mm, servers],
		] as const)
			await from.run("sftp", [...options(key), "-b", "-", `root@${to.address}`], {
				input: `put ${file} ${office.folder}/stored-${to.name}.wav\n`,
			});
		return [
			flow("SSH: maintenance", manager, ipo, "tcp/22", matched("IPO-IN-1", "shell"), { shows: "ssh" }),
			flow("SFTP: recordings to Media Manager", vmpro, mm, "tcp/22", matched("VMPRO-OUT-1", "SFTP client"), {
				shows: "ssh",
			}),
			flow("SFTP: recordings to a file server", vmpro, servers, "tcp/22", matched("VMPRO-OUT-1", "SFTP client"), {
				shows: "ssh",
			}),
			flow("SFTP: Media Manager to a file server", mm, servers, "tcp/22", matched("MM-OUT-1", "SFTP client"), {
				shows: "ssh",
			}),
		];
	},
};

function options(key: string): string[] {
	return [
		"-i",
		key,
		"-o",
		"StrictHostKeyChecking=no",
		"-o",
		"UserKnownHostsFile=/dev/null",
		"-o",
		"IdentitiesOnly=yes",
		"-o",
		"LogLevel=ERROR",
	];
}

function startSshd(office: Office, machine: Machine, key: string): Promise<void> {
	const config = office.file(
		`sshd-${machine.name}.conf`,
		`HostKey ${key}\nAuthorizedKeysFile ${key}.pub\nPermitRootLogin yes\nStrictModes no\nUsePAM no\nUseDNS no\nPidFile none\nPasswordAuthentication no\nSubsystem sftp internal-sftp\n`,
	);
	return machine.start("/usr/sbin/sshd", ["-D", "-e", "-f", config], {
		opens: ["tcp/22"],
		run: { "/run/sshd": "root" },
	});
}
