/** Syslog (RFC 3164, 5424, 6587, 5425): rsyslog receives, logger and another rsyslog send. */

import { existsSync, readFileSync } from "node:fs";
import { matched } from "../../captures/truth.ts";
import { until } from "../command.ts";
import { flow, type Office } from "../office.ts";
import type { Play } from "../play.ts";

export const logs: Play = {
	name: "logs",
	packages: ["rsyslog", "rsyslog-gnutls", "bsdutils"],
	rows: ["IPO-OUT-15", "IPO-OUT-20"],
	async run(office) {
		const [ipo, servers] = office.machines("ipo", "servers");
		const received = `${office.folder}/received.log`;
		await servers.start("rsyslogd", ["-n", "-iNONE", "-f", receiver(office, received)], {
			opens: ["udp/514", "tcp/514", "tcp/6514"],
		});
		await ipo.run("logger", ["-n", servers.address, "-P", "514", "-d", "--rfc3164", "-t", "ipoffice", "by udp"]);
		await ipo.run("logger", ["-n", servers.address, "-P", "514", "-d", "--rfc5424", "-t", "ipoffice", "by udp, newer"]);
		await ipo.run("logger", ["-n", servers.address, "-P", "514", "-T", "--octet-count", "-t", "ipoffice", "by tcp"]);
		const socket = `${office.folder}/log.socket`;
		await ipo.start("rsyslogd", ["-n", "-iNONE", "-f", sender(office, servers.address, socket)], { opens: [] });
		await until("the sender's socket is there", 5_000, () => existsSync(socket));
		await ipo.run("logger", ["-u", socket, "-t", "ipoffice", "by tls"]);
		await until(
			"the encrypted message arrives",
			5_000,
			() => existsSync(received) && readFileSync(received, "utf8").includes("by tls"),
		);
		const verdict = matched("IPO-OUT-15", "log messages");
		return [
			flow("Syslog by UDP, both formats", ipo, servers, "udp/514", verdict, { shows: "syslog" }),
			flow("Syslog by TCP", ipo, servers, "tcp/514", verdict, { shows: "syslog" }),
			flow("Syslog by TLS", ipo, servers, "tcp/6514", matched("IPO-OUT-20", "log messages"), { shows: "tls" }),
		];
	},
};

const tls = ({ cert, key }: { cert: string; key: string }) =>
	`global(workDirectory="/run" defaultNetstreamDriver="gtls" defaultNetstreamDriverCAFile="${cert}" defaultNetstreamDriverCertFile="${cert}" defaultNetstreamDriverKeyFile="${key}")`;

function receiver(office: Office, received: string): string {
	return office.file(
		"rsyslog-receiver.conf",
		`${tls(office.certificatePaths)}
module(load="imudp")
input(type="imudp" port="514")
module(load="imptcp")
input(type="imptcp" port="514")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
input(type="imtcp" port="6514")
*.* action(type="omfile" file="${received}" sync="on")
`,
	);
}

function sender(office: Office, address: string, socket: string): string {
	return office.file(
		"rsyslog-sender.conf",
		`${tls(office.certificatePaths)}
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="${socket}")
*.* action(type="omfwd" target="${address}" port="6514" protocol="tcp" streamDriver="gtls" streamDriverMode="1" streamDriverAuthMode="anon")
`,
	);
}
