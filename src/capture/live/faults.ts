import { readFileSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { type CaptureSettings, LiveError, type LiveFault } from "./back-end.ts";
import { findProgram, forbiddenProgram, lastLine } from "./program.ts";

const PERMISSION = /permission|not permitted|EPERM|EACCES/i;
const NO_INTERFACE =
	/no such device|no device named|no interface|doesn't exist|does not exist|device not found|No such file/i;
const DOWN = /is not up|network is down/i;
const FILTER =
	/capture filter|filter expression|syntax error|parse filter|unknown (host|port|network|ether)|illegal|expression rejects|not (a )?valid|invalid (ip|port|qualifier|mask)/i;

/** What a capturing program's last words mean. */
export function faultOf(said: string, { filter }: Pick<CaptureSettings, "filter">): LiveFault {
	if (PERMISSION.test(said)) return "permission";
	if (NO_INTERFACE.test(said) || DOWN.test(said)) return "interface";
	return filter !== undefined && FILTER.test(said) ? "filter" : "other";
}

/** The error that a back end's words amount to. @param mend the command that gives the permission. */
export function errorOf(backEnd: string, said: string, settings: CaptureSettings, mend: string): LiveError {
	const fault = faultOf(said, settings);
	const names = settings.interfaces.join(", ");
	switch (fault) {
		case "permission":
			return new LiveError(fault, `${backEnd} may not capture on ${names}: ${mend}`);
		case "interface":
			return DOWN.test(said)
				? new LiveError(fault, `${names} is down: sudo ip link set ${settings.interfaces[0]} up`)
				: new LiveError(
						fault,
						`there is no interface ${names} to capture on: flowmatrix interfaces lists what there is`,
					);
		case "filter":
			return new LiveError(fault, `-f '${settings.filter}' is no capture filter: ${causeOf(said)} (man pcap-filter)`);
		default:
			return new LiveError(fault, `${backEnd}: ${lastLine(said)}`);
	}
}

/** The innermost of a program's words on a filter. */
function causeOf(said: string): string {
	const inBrackets = /capture filter \((.+)\)\.?$/m.exec(said)?.[1];
	const line = inBrackets ?? said.split("\n").find((each) => FILTER.test(each)) ?? lastLine(said);
	return line.replace(/^\w+: /, "").trim();
}

const PACKAGES: Readonly<Record<string, readonly [debian: string, fedora: string]>> = {
	dumpcap: ["wireshark-common", "wireshark-cli"],
	tcpdump: ["tcpdump", "tcpdump"],
	ssh: ["openssh-client", "openssh-clients"],
};

/** Where a program is. @throws LiveError with the command that installs it, or lets this user run it. */
export function programOr(name: string): string {
	const path = findProgram(name);
	if (path !== undefined) return path;
	const forbidden = forbiddenProgram(name);
	if (forbidden !== undefined)
		throw new LiveError("permission", `${forbidden} is not for this user to run: ${joinGroup(forbidden)}`);
	const [debian, fedora] = PACKAGES[name] ?? [name, name];
	const how: Partial<Record<NodeJS.Platform, string>> = {
		linux: `sudo apt install ${debian} (Debian, Ubuntu), sudo dnf install ${fedora} (Fedora, RHEL)`,
		darwin: name === "dumpcap" ? "brew install --cask wireshark-app" : `brew install ${name}`,
		win32:
			name === "dumpcap"
				? "winget install WiresharkFoundation.Wireshark, with Npcap (https://npcap.com), which its installer offers"
				: "not on Windows: use dumpcap",
	};
	throw new LiveError("missing", `${name} is not installed: ${how[process.platform] ?? "install it"}`);
}

/** The command after which a program may capture without being root. */
export function permissionFor(path: string): string {
	switch (process.platform) {
		case "linux":
			return `sudo setcap cap_net_raw,cap_net_admin=eip ${path}`;
		case "darwin":
			return "install ChmodBPF, which comes with Wireshark, or: sudo chown $USER /dev/bpf*";
		default:
			return "run this as an administrator, or install Npcap without 'Restrict Npcap driver's access to Administrators only'";
	}
}

/** Membership in the group that a program is for. */
function joinGroup(path: string): string {
	const { gid } = statSync(path);
	const group = groupName(gid) ?? String(gid);
	return `sudo usermod -aG ${group} ${userInfo().username}, then log in anew`;
}

function groupName(gid: number): string | undefined {
	try {
		const line = readFileSync("/etc/group", "utf8")
			.split("\n")
			.find((each) => each.split(":")[2] === String(gid));
		return line?.split(":")[0];
	} catch {
		return undefined;
	}
}

/** @throws LiveError where an interface's name could be taken for an option. */
export function checkNames(names: readonly string[]): void {
	const bad = names.find((name) => name === "" || name.startsWith("-") || /\p{Cc}/u.test(name));
	if (bad !== undefined)
		throw new LiveError("interface", `-i '${bad}' is no interface: flowmatrix interfaces lists what there is`);
}
