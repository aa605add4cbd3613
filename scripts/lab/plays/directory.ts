/** LDAP (RFC 4511): slapd as the directory, ldapsearch as IP Office's import, plain and by StartTLS. */
import { matched } from "../../captures/truth.ts";
import type { Machine } from "../machine.ts";
import { flow, type Office } from "../office.ts";
import type { Play } from "../play.ts";

export const directory: Play = {
	name: "directory",
	packages: ["slapd", "ldap-utils"],
	rows: ["IPO-OUT-9"],
	async run(office) {
		const [ipo, servers] = office.machines("ipo", "servers");
		await startSlapd(office, servers);
		const search = searchAs(servers, "secret");
		// 32, no such object: the directory is empty.
		for (const how of [[], ["-ZZ"]]) {
			const { code, stderr } = await ipo.attempt("ldapsearch", [...how, ...search], {
				env: { LDAPTLS_REQCERT: "never" },
			});
			if (code !== 32 && code !== 0) throw new Error(`ldapsearch ${how.join()}: ${stderr}`);
		}
		return [
			flow("LDAP search, plain and StartTLS", ipo, servers, "tcp/389", matched("IPO-OUT-9", "directory import"), {
				shows: "ldap",
			}),
		];
	},
};

/** A directory without entries. */
export function startSlapd(office: Office, machine: Machine): Promise<void> {
	const { cert, key } = office.certificatePaths;
	const config = office.file(
		"slapd.conf",
		`include /etc/ldap/schema/core.schema
modulepath /usr/lib/ldap
TLSCertificateFile ${cert}
TLSCertificateKeyFile ${key}
database ldif
suffix "dc=lab,dc=test"
rootdn "${ADMIN}"
rootpw secret
directory ${office.folder}
`,
	);
	return machine.start("slapd", ["-d", "0", "-f", config, "-h", "ldap:///"], { opens: ["tcp/389"] });
}

/** ldapsearch's arguments. */
export function searchAs(server: Machine, password: string): string[] {
	return ["-x", "-H", `ldap://${server.address}`, "-b", "dc=lab,dc=test", "-D", ADMIN, "-w", password];
}

const ADMIN = "cn=admin,dc=lab,dc=test";
