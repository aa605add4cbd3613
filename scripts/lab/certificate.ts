/** Certificates, made by OpenSSL for one run. */
import { join } from "node:path";
import { run } from "./command.ts";

/** Files in PEM. */
export interface CertificatePaths {
	readonly cert: string;
	readonly key: string;
}

export function pathsOf(folder: string, file: string): CertificatePaths {
	return { cert: join(folder, `${file}.crt`), key: join(folder, `${file}.key`) };
}

/**
 * Makes a key and a self-signed certificate for this run.
 * @param names for its subject (the first) and its alternative names (all).
 */
export async function makeCertificate(
	folder: string,
	file: string,
	names: readonly string[],
): Promise<CertificatePaths> {
	const paths = pathsOf(folder, file);
	const alternatives = names.map((name) => `DNS:${name}`).join(",");
	const what = ["-subj", `/O=Lab/CN=${names[0]}`, "-addext", `subjectAltName=${alternatives}`];
	const how = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"];
	await run("openssl", [...how, ...what, "-keyout", paths.key, "-out", paths.cert]);
	return paths;
}
