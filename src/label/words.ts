import type { Matrix, MatrixRow } from "../matrix/types.ts";
import { protocolName } from "../packet/protocols.ts";

/** `tcp/50805`; the name alone where the protocol has no ports. */
export function portText(protocol: number, port: number): string {
	const name = protocolName(protocol);
	return port === 0 ? name : `${name}/${port}`;
}

/** `IP Office and Voicemail Pro`. */
export function productNames(matrix: Matrix, products: readonly string[]): string {
	return products.map((id) => matrix.products.find((product) => product.id === id)?.name ?? id).join(" and ");
}

/** What a row's payload is: the document often names the transport only. */
export function wantedText({ protocols, tls, source }: MatrixRow): string {
	if (protocols.length === 0) return source.protocol || "no protocol that is known";
	return `${protocols.join(" or ")}${tls === "always" ? " over TLS" : ""}`;
}

/** Order of texts by their characters' numbers: the same in every language. */
export function compare(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
