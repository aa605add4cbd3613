/** Mail: exim as the mail server, an SMTP service that greets as Voicemail Pro, dovecot for IMAP, curl as client. */
import { matched } from "../../captures/truth.ts";
import type { Result } from "../command.ts";
import type { Machine } from "../machine.ts";
import { flow, type Office } from "../office.ts";
import type { Play } from "../play.ts";
import type { LabFlow } from "../truth.ts";

const VMPRO_BANNER = "IP Office Voicemail Pro [Hardware mode 00] - Version 12.0.0.0 (56) SMTP MAIL Service ready";

export const smtp: Play = {
	name: "smtp",
	packages: ["exim4-daemon-light", "curl"],
	rows: ["IPO-OUT-1", "VMPRO-OUT-2", "VMPRO-IN-1"],
	async run(office) {
		const [ipo, vmpro, servers, pc] = office.machines("ipo", "vmpro", "servers", "pc");
		await startExim(office, servers, "ESMTP ready");
		await startExim(office, vmpro, VMPRO_BANNER);
		const shows = { shows: "smtp" };
		await send(office, ipo, servers);
		await send(office, ipo, servers, "--ssl-reqd");
		await send(office, vmpro, servers, "--ssl-reqd");
		await send(office, pc, vmpro);
		await send(office, pc, vmpro, "--ssl-reqd");
		await send(office, ipo, vmpro);
		return [
			flow("SMTP plain and STARTTLS: IP Office sends", ipo, servers, "tcp/25", matched("IPO-OUT-1", "email"), shows),
			flow("SMTP STARTTLS: Voicemail Pro sends", vmpro, servers, "tcp/25", matched("VMPRO-OUT-2", "email"), shows),
			flow("SMTP plain and STARTTLS to Voicemail Pro", pc, vmpro, "tcp/25", matched("VMPRO-IN-1", "email"), shows),
			flow(
				"SMTP: IP Office to Voicemail Pro",
				ipo,
				vmpro,
				"tcp/25",
				matched("VMPRO-IN-1", "both are products", { peerRow: "IPO-OUT-1" }),
				shows,
			),
		];
	},
};

export interface EximOptions {
	/** What becomes of recipients (an ACL statement of exim). */
	readonly recipients?: string;
	/** Whether clients may log in, and whether that ever succeeds. */
	readonly login?: "refused";
}

export function startExim(
	office: Office,
	machine: Machine,
	banner: string,
	{ recipients = "accept", login }: EximOptions = {},
): Promise<void> {
	const { cert, key } = office.certificatePaths;
	const spool = `${office.folder}/exim-${machine.name}`;
	const config = office.file(
		`exim-${machine.name}.conf`,
		`primary_hostname = ${machine.name}.lab.test
spool_directory = ${spool}
log_file_path = ${spool}/%slog
exim_user = root
exim_group = root
never_users =
smtp_banner = "$smtp_active_hostname ${banner}"
tls_advertise_hosts = *
tls_certificate = ${cert}
tls_privatekey = ${key}
host_lookup =
rfc1413_hosts =
local_interfaces = <; 0.0.0.0
queue_only = true
acl_smtp_rcpt = recipients
begin acl
recipients:
  ${recipients}
${login ? REFUSE_LOGIN : ""}`,
	);
	return machine.start("exim4", ["-bdf", "-C", config, "-oX", "25", "-oP", `${spool}.pid`], { opens: ["tcp/25"] });
}

const REFUSE_LOGIN = `begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = false
`;

async function send(office: Office, from: Machine, to: Machine, ...how: string[]): Promise<void> {
	const { code, stderr } = await sendMail(office, from, to, ...how);
	if (code !== 0) throw new Error(`curl: status ${code}: ${stderr}`);
}

/** @param how further arguments of curl. */
export function sendMail(office: Office, from: Machine, to: Machine, ...how: string[]): Promise<Result> {
	const message = office.file(
		"message.txt",
		"From: ipoffice@lab.test\r\nTo: user@lab.test\r\nSubject: Voicemail\r\n\r\nHello\r\n",
	);
	const args = [
		"-sSk",
		"--max-time",
		"8",
		"--mail-from",
		"ipoffice@lab.test",
		"--mail-rcpt",
		"user@lab.test",
		"-T",
		message,
	];
	return from.attempt("curl", [...args, ...how, `smtp://${to.address}/client.lab.test`]);
}

export const imap: Play = {
	name: "imap",
	packages: ["dovecot-imapd", "curl"],
	rows: ["VMPRO-IN-4", "VMPRO-IN-5"],
	async run(office) {
		const [vmpro, pc] = office.machines("vmpro", "pc");
		await startDovecot(office, vmpro);
		const login = ["-sSk", "--max-time", "8", "-u", "user:secret"];
		await pc.run("curl", [...login, `imap://${vmpro.address}/`]);
		await pc.run("curl", [...login, "--ssl-reqd", `imap://${vmpro.address}/`]);
		await pc.run("curl", [...login, `imaps://${vmpro.address}/`]);
		const flows: LabFlow[] = [
			flow("IMAP plain and STARTTLS", pc, vmpro, "tcp/143", matched("VMPRO-IN-4", "mailboxes"), { shows: "imap" }),
			flow("IMAPS", pc, vmpro, "tcp/993", matched("VMPRO-IN-5", "mailboxes"), { shows: "tls" }),
		];
		return flows;
	},
};

export function startDovecot(office: Office, machine: Machine): Promise<void> {
	const { cert, key } = office.certificatePaths;
	const config = office.file(
		"dovecot.conf",
		`base_dir = /run/dovecot
log_path = /dev/stderr
protocols = imap
listen = *
ssl = yes
ssl_cert = <${cert}
ssl_key = <${key}
disable_plaintext_auth = no
mail_location = maildir:/run/dovecot/mail-%u
first_valid_uid = 1
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=mail gid=mail home=/run/dovecot/mail-%u
}
service stats {
  chroot =
}
`,
	);
	return machine.start("dovecot", ["-F", "-c", config], {
		opens: ["tcp/143", "tcp/993"],
		run: { "/run/dovecot": "root", "/run/dovecot/mail-user": "mail" },
	});
}
