/** XMPP (RFC 6120, XEP-0124): prosody as one-X Portal's chat server, openssl and curl as clients. */
import { matched } from "../../captures/truth.ts";
import type { Machine } from "../machine.ts";
import { flow, type Office } from "../office.ts";
import type { Play } from "../play.ts";
import { anything, asks } from "../tasks/dialogue.ts";

const DOMAIN = "onex.lab.test";
const STREAM = (namespace: string) =>
	`<?xml version='1.0'?><stream:stream to='${DOMAIN}' xmlns='${namespace}' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>`;
const BOSH = `<body rid='1001' to='${DOMAIN}' wait='1' hold='1' ver='1.6' xml:lang='en' xmlns='http://jabber.org/protocol/httpbind' xmlns:xmpp='urn:xmpp:xbosh' xmpp:version='1.0'/>`;

export const chat: Play = {
	name: "chat",
	packages: ["prosody", "lua-sec", "curl"],
	rows: ["ONEX-IN-2", "ONEX-IN-3", "ONEX-IN-4", "ONEX-IN-5"],
	async run(office) {
		const [onex, pc, servers] = office.machines("onex", "pc", "servers");
		await startProsody(office, onex);
		const client = matched("ONEX-IN-2", "chat client");
		const server = matched("ONEX-IN-3", "federation");
		const plain = await office.talk({
			service: "XMPP plain",
			client: pc,
			server: onex,
			transport: "tcp",
			port: 5222,
			turns: [asks(STREAM("jabber:client")), anything, asks("</stream:stream>")],
			verdict: client,
			shows: "xmpp",
			answered: true,
		});
		await startTls(pc, onex, 5222, "xmpp");
		await startTls(servers, onex, 5269, "xmpp-server");
		await bosh(pc, `http://${onex.address}:7171/http-bind`);
		await bosh(pc, `https://${onex.address}:7443/http-bind`);
		return [
			plain,
			flow("XMPP STARTTLS", pc, onex, "tcp/5222", client, { shows: "xmpp" }),
			flow("XMPP STARTTLS between servers", servers, onex, "tcp/5269", server, { shows: "xmpp" }),
			flow("BOSH", pc, onex, "tcp/7171", matched("ONEX-IN-4", "browser chat"), { shows: "http" }),
			flow("BOSH, encrypted", pc, onex, "tcp/7443", matched("ONEX-IN-5", "browser chat"), { shows: "tls" }),
		];
	},
};

function startProsody(office: Office, onex: Machine): Promise<void> {
	const { cert, key } = office.certificatePaths;
	const config = office.file(
		"prosody.cfg.lua",
		`data_path = "${office.folder}"
run_as_root = true
modules_enabled = { "tls"; "saslauth"; "dialback"; "bosh"; "disco"; "roster" }
modules_disabled = { "s2s_auth_dane" }
interfaces = { "*" }
c2s_require_encryption = false
s2s_secure_auth = false
authentication = "internal_plain"
log = { { levels = { min = "warn" }, to = "console" } }
ssl = { certificate = "${cert}"; key = "${key}" }
https_certificate = "${cert}"
http_interfaces = { "*" }
http_ports = { 7171 }
https_ports = { 7443 }
https_ssl = { certificate = "${cert}"; key = "${key}" }
http_host = "${DOMAIN}"
http_default_host = "${DOMAIN}"
VirtualHost "${DOMAIN}"
`,
	);
	return onex.start("prosody", ["-F", "--config", config], {
		opens: ["tcp/5222", "tcp/5269", "tcp/7171", "tcp/7443"],
		run: { "/run/prosody": "prosody" },
	});
}

async function startTls(from: Machine, to: Machine, port: number, protocol: string): Promise<void> {
	const args = ["s_client", "-connect", `${to.address}:${port}`, "-starttls", protocol, "-xmpphost", DOMAIN];
	const { stdout } = await from.attempt("openssl", args, { timeout: 5_000, input: "</stream:stream>" });
	if (!stdout.includes("BEGIN CERTIFICATE")) throw new Error(`openssl -starttls ${protocol}: no TLS`);
}

async function bosh(from: Machine, url: string): Promise<void> {
	await from.run("curl", ["-sSk", "--max-time", "5", "-H", "Content-Type: text/xml", "--data", BOSH, url]);
}
