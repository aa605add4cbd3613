/** Java: an RMI registry with JMX (a real JVM), and Log4j's socket appender with its server, which serialises objects. */
import { hex, join } from "../../captures/bytes.ts";
import { matched } from "../../captures/truth.ts";
import { until } from "../command.ts";
import { flow, type Office } from "../office.ts";
import type { Play } from "../play.ts";
import { anything, asks } from "../tasks/dialogue.ts";
import type { LabFlow } from "../truth.ts";

const LOG4J = "/usr/share/java/log4j-1.2.jar";
const CLIENT_PORT = 4561;
/** JRMP's greeting with the stream protocol, and the client's end point (Java RMI specification, 10.2). */
const JRMI = join("JRMI", hex("0002 4b"));
const END_POINT = join(hex("0009"), "127.0.0.1", hex("00000000"));
/** A call of the registry's `list` (operation 1, interface hash 44154dc9d4e63bdf). */
const LIST = join(
	hex("50 aced 0005 77 22"),
	hex("0000000000000000 0000 0000000000000000 0000"),
	hex("00000000"),
	hex("00000001 44154dc9d4e63bdf"),
);

export const jmx: Play = {
	name: "jmx",
	packages: ["default-jre-headless"],
	rows: ["ONEX-IN-9", "ONEX-INT-2"],
	loopback: ["onex"],
	async run(office) {
		const [onex, manager] = office.machines("onex", "manager");
		await Promise.all([registry(office, 8666), registry(office, 8667)]);
		const look = (client: typeof onex, port: number, row: string, service: string): Promise<LabFlow> =>
			office.talk({
				service,
				client,
				server: onex,
				transport: "tcp",
				port,
				turns: [asks(JRMI), anything, asks(join(END_POINT, LIST)), anything],
				verdict: matched(row, "Java RMI"),
				shows: "java-rmi",
				answered: true,
			});
		return [
			await look(manager, 8666, "ONEX-IN-9", "RMI registry (JMX)"),
			await look(onex, 8667, "ONEX-INT-2", "RMI registry on the host itself"),
		];
	},
};

function registry(office: Office, port: number): Promise<void> {
	const jvm = ["-J-Xmx32m", "-J-Djava.net.preferIPv4Stack=true", "-J-XX:TieredStopAtLevel=1"];
	return office.machine("onex").start("rmiregistry", [...jvm, String(port)], { opens: [`tcp/${port}`] });
}

export const log4j: Play = {
	name: "log4j",
	packages: ["default-jre-headless", "liblog4j1.2-java"],
	rows: ["ONEX-IN-1"],
	async run(office) {
		const [onex, pc] = office.machines("onex", "pc");
		const console =
			"log4j.appender.C=org.apache.log4j.ConsoleAppender\nlog4j.appender.C.layout=org.apache.log4j.SimpleLayout\n";
		const receiver = office.file("log4j-receiver.properties", `log4j.rootLogger=INFO,C\n${console}`);
		const remote =
			"log4j.appender.S=org.apache.log4j.net.SocketAppender\nlog4j.appender.S.Port=4560\nlog4j.appender.S.ReconnectionDelay=500\n";
		const sender = office.file(
			"log4j-sender.properties",
			`log4j.rootLogger=INFO,S\n${remote}log4j.appender.S.RemoteHost=${onex.address}\n`,
		);
		await onex.start("java", logServer(4560, receiver), { opens: ["tcp/4560"] });
		// A log server that logs to the other one: that it listens is the event.
		await pc.start("java", logServer(CLIENT_PORT, sender), { opens: [`tcp/${CLIENT_PORT}`] });
		await until("the log event arrives", 5_000, () => onex.said.includes(`port ${CLIENT_PORT}`));
		return [
			flow("Log4j events", pc, onex, "tcp/4560", matched("ONEX-IN-1", "serialised log events"), {
				shows: "java-serialisation",
			}),
		];
	},
};

function logServer(port: number, properties: string): string[] {
	return [
		"-Xmx32m",
		"-Djava.net.preferIPv4Stack=true",
		"-XX:TieredStopAtLevel=1",
		"-cp",
		LOG4J,
		"org.apache.log4j.net.SimpleSocketServer",
		String(port),
		properties,
	];
}
