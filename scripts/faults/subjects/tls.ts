/** TLS that does not come about, on IP Office's configuration port: OpenSSL serves, curl and OpenSSL ask. */
import { Duplex } from "node:stream";
import { connect } from "node:tls";
import type { CertificatePaths } from "../../lab/certificate.ts";
import { run } from "../../lab/command.ts";
import { nginx } from "../../lab/nginx.ts";
import { anything, asks, later } from "../../lab/tasks/dialogue.ts";
import { type Expected, expected, type Fault } from "../fault.ts";
import type { Site } from "../site.ts";
import { CURL, WEB } from "./programs.ts";

const CONFIG = "IPO-IN-43";

interface Handshake {
	readonly name: string;
	readonly shows: string;
	/** The certificate's first and last day; by default it is valid. */
	readonly valid?: readonly [string, string];
	/** Further arguments of `openssl s_server`. */
	readonly server: readonly string[];
	/** Further arguments of curl. */
	readonly client: readonly string[];
	/** Whether the client must fail. */
	readonly fails: boolean;
	readonly findings: readonly Expected[];
}

const V12 = ["-tls1_2"];
const V13 = ["-tls1_3"];
const UNCHECKED = ["-k"];
/** The client has the certificate as its authority's, and asks for the name in it. */
const CHECKED = ["--cacert", "CERT", "--resolve", "ipo.lab.test:50805:IPO"];
const PAST = ["20200101000000Z", "20210101000000Z"] as const;
const FUTURE = ["20980101000000Z", "20990101000000Z"] as const;

const HANDSHAKES: readonly Handshake[] = [
	{
		name: "tls-expired",
		shows: "IP Office's certificate has expired; the client does not look.",
		valid: PAST,
		server: V12,
		client: UNCHECKED,
		fails: false,
		findings: [expected("certificate-expired", CONFIG, "its last day was long before the capture")],
	},
	{
		name: "tls-expired-checked",
		shows: "IP Office's certificate has expired; the client looks, and ends the handshake.",
		valid: PAST,
		server: V12,
		client: CHECKED,
		fails: true,
		findings: [
			expected("certificate-expired", CONFIG, "its last day was long before the capture; certificate_expired follows"),
		],
	},
	{
		name: "tls-not-yet-valid",
		shows: "IP Office's certificate is not valid yet; the client does not look.",
		valid: FUTURE,
		server: V12,
		client: UNCHECKED,
		fails: false,
		findings: [expected("certificate-not-yet-valid", CONFIG, "its first day is long after the capture")],
	},
	{
		name: "tls-unknown-authority",
		shows: "The client does not know who signed IP Office's certificate (TLS 1.2).",
		server: V12,
		client: [],
		fails: true,
		findings: [expected("tls-alert", CONFIG, "the client sends unknown_ca, in clear")],
	},
	{
		name: "tls-unknown-authority-13",
		shows: "The client does not know who signed IP Office's certificate (TLS 1.3).",
		server: V13,
		client: [],
		fails: true,
		findings: [expected("tls-alert", CONFIG, "the client, OpenSSL, sends unknown_ca in clear even here")],
	},
	{
		name: "tls-no-common-version",
		shows: "The client speaks TLS 1.2, the server 1.3 only.",
		server: V13,
		client: [...UNCHECKED, "--tls-max", "1.2"],
		fails: true,
		findings: [expected("tls-alert", CONFIG, "the server sends protocol_version")],
	},
	{
		name: "tls-no-certificate",
		shows: "The server wants the client's certificate, and the client has none (TLS 1.2).",
		server: [...V12, "-Verify", "1"],
		client: UNCHECKED,
		fails: true,
		findings: [expected("tls-alert", CONFIG, "the server sends handshake_failure")],
	},
	{
		name: "tls-healthy-12",
		shows: "A handshake of TLS 1.2 that comes to its end, with a valid certificate.",
		server: V12,
		client: CHECKED,
		fails: false,
		findings: [],
	},
	{
		name: "tls-healthy-13",
		shows: "A handshake of TLS 1.3 that comes to its end, with a valid certificate.",
		server: V13,
		client: CHECKED,
		fails: false,
		findings: [],
	},
];

export const TLS: readonly Fault[] = [
	...HANDSHAKES.map(handshake),
	{
		name: "tls-alert-encrypted",
		shows: "The client does not know who signed IP Office's certificate, and says so encrypted (TLS 1.3, GnuTLS).",
		packages: ["gnutls-bin"],
		findings: [expected("tls-alert", CONFIG, "the client sends an encrypted alert where its Finished should be")],
		async run(site) {
			const [manager, pc, ipo] = site.machines("manager", "pc", "ipo");
			await serve(site, await makeCertificate(site, undefined), V13);
			for (const machine of [manager, pc]) {
				const { code } = await machine.attempt("gnutls-cli", [
					"-p",
					"50805",
					"--sni-hostname=ipo.lab.test",
					ipo.address,
				]);
				if (code === 0) throw new Error("the certificate was taken");
			}
		},
	},
	{
		name: "tls-mute",
		shows: "The server takes the connection, and never answers the client's hello.",
		packages: ["curl"],
		findings: [expected("tls-incomplete", CONFIG, "the hello is acknowledged, and nothing follows")],
		async run(site) {
			const [manager, ipo] = site.machines("manager", "ipo");
			const server = await ipo.agent();
			const turns = [
				{ from: "client", bytes: undefined } as const,
				later({ from: "server", bytes: new Uint8Array(1) }),
			];
			const place = { transport: "tcp", address: ipo.address, port: 50805 } as const;
			await server.do("serve", { ...place, turns, certificate: site.office.certificate });
			for (let count = 0; count < 2; count++)
				await manager.attempt("curl", [...CURL, "--max-time", "4", `https://${ipo.address}:50805/`]);
			await server.do("release", undefined);
		},
	},
	{
		name: "tls-client-leaves",
		shows: "The client closes the connection after the server's hello and certificate, without a word.",
		packages: WEB,
		findings: [expected("tls-incomplete", CONFIG, "the client's key exchange never comes")],
		async run(site) {
			const [manager, ipo] = site.machines("manager", "ipo");
			await nginx(site.office, ipo, [{ ports: [{ port: 50805, tls: true }] }]);
			const turns = [asks(await hello()), anything];
			for (let count = 0; count < 2; count++) await site.talk(manager, ipo, "tcp", 50805, turns, { answered: true });
		},
	},
];

function handshake({ valid, server, client, fails, ...about }: Handshake): Fault {
	return {
		...about,
		packages: ["curl"],
		async run(site) {
			const [manager, pc, ipo] = site.machines("manager", "pc", "ipo");
			const certificate = await makeCertificate(site, valid);
			await serve(site, certificate, server);
			const args = client.map((argument) => argument.replace("CERT", certificate.cert).replace("IPO", ipo.address));
			for (const machine of [manager, pc]) {
				const to = `https://${client === CHECKED ? "ipo.lab.test" : ipo.address}:50805/`;
				const { code, stderr } = await machine.attempt("curl", ["-sS", "-o", "/dev/null", ...args, to]);
				if ((code !== 0) !== fails) throw new Error(`curl: status ${code}: ${stderr}`);
			}
		},
	};
}

/** `-www` answers each request with a page and stays. */
function serve(site: Site, { cert, key }: CertificatePaths, more: readonly string[]): Promise<void> {
	const [ipo] = site.machines("ipo");
	const args = ["s_server", "-accept", `${ipo.address}:50805`, "-cert", cert, "-key", key, "-www", ...more];
	return ipo.start("openssl", args, { opens: ["tcp/50805"] });
}

/** A self-signed certificate that is valid from one day to another (openssl-ca(1)). */
async function makeCertificate(site: Site, valid: Handshake["valid"]): Promise<CertificatePaths> {
	const paths = await site.office.makeCertificate("ipo", ["ipo.lab.test"]);
	if (!valid) return paths;
	const { folder } = site.office;
	const database = site.office.file("ca.txt", "");
	const config = site.office.file(
		"ca.cnf",
		`[ca]
default_ca = lab
[lab]
database = ${database}
serial = ${site.office.file("ca.serial", "01\n")}
new_certs_dir = ${folder}
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
organizationName = optional
[names]
subjectAltName = DNS:ipo.lab.test
`,
	);
	const request = `${folder}/ipo.csr`;
	await run("openssl", ["req", "-new", "-key", paths.key, "-subj", "/O=Lab/CN=ipo.lab.test", "-out", request]);
	const dates = ["-startdate", valid[0], "-enddate", valid[1]];
	const own = ["ca", "-batch", "-config", config, "-selfsign", "-keyfile", paths.key];
	await run("openssl", [...own, "-in", request, "-out", paths.cert, ...dates]);
	return paths;
}

/** The hello of Node's own TLS client. */
function hello(): Promise<Uint8Array> {
	return new Promise((resolve) => {
		const wire = new Duplex({
			read() {},
			write(bytes: Buffer, _, done) {
				resolve(new Uint8Array(bytes));
				done();
			},
		});
		connect({ socket: wire, servername: "ipo.lab.test" }).on("error", () => {});
	});
}
