import { Timeline } from "../batch.ts";
import { PcapngWriter } from "../write/pcapng.ts";
import { type CaptureSettings, LiveError, type RunningCapture } from "./back-end.ts";
import { checkNames, errorOf, programOr } from "./faults.ts";
import { lastLine, Program } from "./program.ts";
import { argumentsOf, pcapngOf } from "./tcpdump.ts";

/** What ssh(1) exits with where it could not connect, and a shell where there is no such program. */
const SSH_FAILED = 255;
const NOT_FOUND = 127;

/**
 * Captures on another host, with its tcpdump. The connection that brings the packets is left out of them, or each would
 * make another.
 * @param host as for ssh(1): `user@host`, or a name of its configuration.
 */
export async function startSsh(host: string, settings: CaptureSettings): Promise<RunningCapture> {
	const path = programOr("ssh");
	if (host === "" || host.startsWith("-")) throw new LiveError("other", `--ssh: '${host}' is no host`);
	checkNames(settings.interfaces);
	const [name, ...more] = settings.interfaces;
	if (more.length > 0)
		throw new LiveError("interface", "--ssh captures on one interface: use -i any, or a run for each");
	const program = new Program(path, ["-T", "--", host, remoteCommand(name!, settings)]);
	if (!(await program.begins())) throw explained(host, program, settings);
	const section = { writer: new PcapngWriter("flowmatrix"), timeline: new Timeline() };
	const part = { program, name: `${host}:${name}`, filter: settings.filter };
	return { bytes: pcapngOf(section, [part], false), stop: () => program.stop() };
}

/** What the other host's shell is given: it is one text there, so all that is the user's is quoted. */
function remoteCommand(name: string, { filter, ...settings }: CaptureSettings): string {
	const words = ["tcpdump", "-i", name, ...argumentsOf(settings), "--"].map(quoted).join(" ");
	const wanted = filter === undefined ? "" : `(${filter}) and `;
	// SSH_CONNECTION: client's address and port, server's address and port.
	const script = `set -- $SSH_CONNECTION; exec ${words} ${quoted(wanted)}"not (tcp port \${2:-22} and tcp port \${4:-22})"`;
	return `exec sh -c ${quoted(script)}`;
}

function quoted(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}

function explained(host: string, program: Program, settings: CaptureSettings): LiveError {
	const { status, said } = program;
	if (status === SSH_FAILED) return new LiveError("other", `ssh ${host}: ${lastLine(said)}`);
	if (status === NOT_FOUND)
		return new LiveError("missing", `${host} has no tcpdump: ssh ${host} sudo apt install tcpdump`);
	const mend = `ssh -t ${host} 'sudo setcap cap_net_raw,cap_net_admin=eip $(command -v tcpdump)'`;
	const error = errorOf(`tcpdump on ${host}`, said, settings, mend);
	if (error.fault !== "interface") return error;
	return new LiveError("interface", `${host} has no interface ${settings.interfaces[0]}: ssh ${host} tcpdump -D`);
}
