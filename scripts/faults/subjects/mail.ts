/** Mail and directory servers that refuse, and passwords in clear text. */
import { searchAs, startSlapd } from "../../lab/plays/directory.ts";
import { type EximOptions, sendMail, startDovecot, startExim } from "../../lab/plays/mail.ts";
import { type Expected, expected, type Fault, remark } from "../fault.ts";

const OUTGOING = "IPO-OUT-1";
const MAILBOXES = "VMPRO-IN-4";
const DIRECTORY = "IPO-OUT-9";
/** LDAP's result codes (RFC 4511, 4.1.9), which are ldapsearch's status, too. */
const INVALID_CREDENTIALS = 49;
const NO_SUCH_OBJECT = 32;
const EXIM = ["exim4-daemon-light", "curl"];

export const MAIL: readonly Fault[] = [
	smtp(
		"smtp-relay-denied",
		"The mail server does not take IP Office's recipient: 550.",
		{ recipients: "deny message = relay not permitted" },
		[],
		[expected("smtp-error", OUTGOING, "550 to RCPT; no mail went out, in clear or otherwise")],
	),
	smtp(
		"smtp-login-refused",
		"IP Office logs in to the mail server in clear text, with a wrong password: 535.",
		{ login: "refused" },
		["--user", "ipoffice:wrong", "--login-options", "AUTH=PLAIN"],
		[
			expected("smtp-error", OUTGOING, "535 to AUTH"),
			expected("starttls-missing", OUTGOING, "the password went in clear, though STARTTLS was offered"),
		],
	),
	smtp(
		"smtp-clear",
		"IP Office sends mail in clear text to a server that offers STARTTLS.",
		{},
		[],
		[expected("starttls-missing", OUTGOING, "the mail went in clear, though STARTTLS was offered")],
	),
	smtp("smtp-healthy", "IP Office sends mail after STARTTLS.", {}, ["--ssl-reqd"], []),
	imap(
		"imap-login-refused",
		"A PC logs in to its mailbox in clear text, with a wrong password.",
		["-u", "user:wrong"],
		[
			expected("imap-error", MAILBOXES, "NO to the login"),
			expected("starttls-missing", MAILBOXES, "the password went in clear, though STARTTLS was offered"),
			remark("clear-text", MAILBOXES, "993 does the same with TLS"),
		],
	),
	imap("imap-healthy", "A PC looks into its mailbox after STARTTLS.", ["-u", "user:secret", "--ssl-reqd"], []),
	ldap("ldap-wrong-password", "The directory refuses IP Office's password.", "wrong", INVALID_CREDENTIALS, [
		expected("ldap-bind-failed", DIRECTORY, "result 49, invalidCredentials"),
	]),
	ldap(
		"ldap-healthy",
		"IP Office searches the directory; that nothing is there is no fault.",
		"secret",
		NO_SUCH_OBJECT,
		[],
	),
];

function smtp(
	name: string,
	shows: string,
	server: EximOptions,
	client: readonly string[],
	findings: readonly Expected[],
): Fault {
	return {
		name,
		shows,
		packages: EXIM,
		findings,
		async run(site) {
			const [ipo, servers] = site.machines("ipo", "servers");
			await startExim(site.office, servers, "ESMTP ready", server);
			const { code, stderr } = await sendMail(site.office, ipo, servers, ...client);
			const isRefused = server.recipients !== undefined || server.login !== undefined;
			if ((code !== 0) !== isRefused) throw new Error(`curl: status ${code}: ${stderr}`);
		},
	};
}

function imap(name: string, shows: string, client: readonly string[], findings: readonly Expected[]): Fault {
	return {
		name,
		shows,
		packages: ["dovecot-imapd", "curl"],
		findings,
		async run(site) {
			const [vmpro, pc] = site.machines("vmpro", "pc");
			await startDovecot(site.office, vmpro);
			await pc.attempt("curl", ["-sSk", "--max-time", "8", ...client, `imap://${vmpro.address}/`]);
		},
	};
}

function ldap(name: string, shows: string, password: string, status: number, findings: readonly Expected[]): Fault {
	return {
		name,
		shows,
		packages: ["slapd", "ldap-utils"],
		findings,
		async run(site) {
			const [ipo, servers] = site.machines("ipo", "servers");
			await startSlapd(site.office, servers);
			const { code, stderr } = await ipo.attempt("ldapsearch", searchAs(servers, password));
			if (code !== status) throw new Error(`ldapsearch: status ${code}: ${stderr}`);
		},
	};
}
