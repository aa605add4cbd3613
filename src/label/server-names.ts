import { isInDomain, servicesOf } from "../matrix/domains.ts";
import type { Matrix } from "../matrix/types.ts";
import type { ServerName } from "./facts.ts";

/** Names whose features are remembered: flows share few names, hostile ones could make many. */
const MAX_NAMES = 10_000;

/** What a server's names tell: the one that counts, and the subscription features that it serves. */
export class ServerNames {
	readonly #matrix: Matrix;
	/** Of all rows. */
	readonly #domains: readonly string[];
	/** By server name. */
	readonly #features = new Map<string, string | null>();
	/** By certificate names. */
	readonly #certificates = new Map<string, string>();

	constructor(matrix: Matrix) {
		this.#matrix = matrix;
		this.#domains = [...new Set(matrix.rows.flatMap(({ domains }) => domains ?? []))];
	}

	/** The name that the client asked for, or else one in the server's certificate. */
	nameIn(fields: Readonly<Record<string, unknown>> | undefined): ServerName | null {
		const asked = fields?.sni ?? fields?.host;
		if (typeof asked === "string") return { text: asked, source: "payload" };
		const { certificate, certificateNames } = fields ?? {};
		if (typeof certificate !== "string") return null;
		const names = typeof certificateNames === "string" ? certificateNames : certificate;
		return { text: this.#tellingName(certificate, names), source: "certificate" };
	}

	/** Of all names of a certificate, that in the longest of the matrix's domains; else its subject's. */
	#tellingName(subject: string, names: string): string {
		const key = `${subject},${names}`;
		let telling = this.#certificates.get(key);
		if (telling === undefined) {
			telling = subject;
			let longest = 0;
			for (const name of [subject, ...names.split(",")]) {
				const length = Math.max(0, ...this.#domains.filter((domain) => isInDomain(name, domain)).map((d) => d.length));
				if (length > longest) {
					longest = length;
					telling = name;
				}
			}
			if (this.#certificates.size < MAX_NAMES) this.#certificates.set(key, telling);
		}
		return telling;
	}

	/** Whether a row is known by the name's domain, or a service of the vendor's list lies in it. */
	isOfMatrix(name: string): boolean {
		return (
			this.#domains.some((domain) => isInDomain(name, domain)) ||
			this.#matrix.domains.some(({ domain }) => isInDomain(name, domain))
		);
	}

	/** Subscription features that a server's name tells. */
	featureOf(name: string): string | null {
		let feature = this.#features.get(name);
		if (feature === undefined) {
			feature =
				servicesOf(this.#matrix, name)
					.map(({ service }) => service)
					.join(" or ") || null;
			if (this.#features.size < MAX_NAMES) this.#features.set(name, feature);
		}
		return feature;
	}
}
