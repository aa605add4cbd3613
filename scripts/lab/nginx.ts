/** nginx as every kind of web server. */
import type { CertificatePaths } from "./certificate.ts";
import type { Machine } from "./machine.ts";
import type { Office } from "./office.ts";

export interface Site {
	readonly ports: readonly { readonly port: number; readonly tls: boolean }[];
	/** By default all of the machine's. */
	readonly address?: string;
	/** By default the lab's own. */
	readonly certificate?: CertificatePaths;
	/** What it serves; by default one greeting for every path. */
	readonly folder?: string;
}

/** Starts nginx. @param serverName what its Server header says, by default nginx. */
export function nginx(office: Office, machine: Machine, sites: readonly Site[], serverName?: string): Promise<void> {
	const prefix = `${office.folder}/nginx-${machine.name}`;
	const folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
	const config = office.file(
		`nginx-${machine.name}.conf`,
		`load_module /usr/lib/nginx/modules/ngx_http_headers_more_filter_module.so;
daemon off; master_process off; pid ${prefix}.pid; error_log stderr;
events { worker_connections 64; }
http {
	access_log off;
	${folders.map((kind) => `${kind}_temp_path ${prefix}-${kind};`).join(" ")}
	${serverName ? `more_set_headers "Server: ${serverName}";` : ""}
	${sites.map((site) => server(site, site.certificate ?? office.certificatePaths)).join("\n\t")}
}
`,
	);
	const opens = sites.flatMap(({ ports }) => ports.map(({ port }) => `tcp/${port}`));
	return machine.start("nginx", ["-c", config, "-e", "stderr"], { opens });
}

function server({ ports, address, folder }: Site, { cert, key }: CertificatePaths): string {
	const hosts = address === undefined ? ["", "[::]:"] : [`${address}:`];
	const listens = ports.flatMap(({ port, tls }) => hosts.map((host) => `listen ${host}${port}${tls ? " ssl" : ""};`));
	const content = folder === undefined ? 'return 200 "hello\\n";' : `root ${folder};`;
	return `server { ${listens.join(" ")} ssl_certificate ${cert}; ssl_certificate_key ${key}; location / { ${content} } }`;
}
