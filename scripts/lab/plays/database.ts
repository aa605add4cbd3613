/** The portals' database: PostgreSQL and psql, plain and by TLS. */
import { readdirSync } from "node:fs";
import { matched } from "../../captures/truth.ts";
import { run } from "../command.ts";
import { flow } from "../office.ts";
import type { Play } from "../play.ts";

/** Debian keeps each version's programs apart. */
const VERSIONS = "/usr/lib/postgresql";
const PORT = "5433";

export const database: Play = {
	name: "database",
	packages: ["postgresql", "postgresql-client"],
	rows: ["ONEX-IN-13", "ONEX-OUT-4"],
	async run(office) {
		const [onex, standby, pc] = office.machines("onex", "standby", "pc");
		const folder = "/run/postgresql/data";
		const bin = `${VERSIONS}/${readdirSync(VERSIONS).sort().at(-1)}/bin`;
		const { cert, key } = office.certificatePaths;
		// PostgreSQL refuses to run as root, and wants its key for itself.
		const script = office.file(
			"postgresql.sh",
			`set -e
install -m 600 -o postgres ${key} /run/postgresql/key
install -m 644 -o postgres ${cert} /run/postgresql/cert
as() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
as ${bin}/initdb -D ${folder} -A trust -U postgres --no-sync >/dev/null
echo 'host all all all trust' >> ${folder}/pg_hba.conf
exec setpriv --reuid=postgres --regid=postgres --clear-groups ${bin}/postgres -D ${folder} -p ${PORT} \\
	-c listen_addresses=0.0.0.0 -c fsync=off -c ssl=on -c ssl_cert_file=/run/postgresql/cert -c ssl_key_file=/run/postgresql/key
`,
		);
		await run("chmod", ["755", office.folder]);
		await onex.start("sh", [script], { opens: [`tcp/${PORT}`], run: { "/run/postgresql": "postgres" } });
		const ask = (machine: typeof onex, sslmode: string) =>
			machine.run("psql", ["-c", "select 1", `host=${onex.address} port=${PORT} user=postgres sslmode=${sslmode}`]);
		await ask(standby, "disable");
		await ask(standby, "require");
		await ask(pc, "prefer");
		const shows = { shows: "postgresql" };
		return [
			flow(
				"PostgreSQL plain and TLS: portals",
				standby,
				onex,
				`tcp/${PORT}`,
				matched("ONEX-IN-13", "both are portals", { peerRow: "ONEX-OUT-4" }),
				shows,
			),
			flow("PostgreSQL: another client", pc, onex, `tcp/${PORT}`, matched("ONEX-IN-13", "database"), shows),
		];
	},
};
