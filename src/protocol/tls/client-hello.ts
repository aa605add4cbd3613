/** What a client hello shows, of TLS, DTLS and QUIC alike. */
import { textOf } from "../bytes.ts";
import type { Fields } from "../recogniser.ts";
import { ja3, ja4 } from "./fingerprint.ts";
import { type Carrier, newestVersion, protocolNames, readClientHello } from "./hello.ts";
import { versionName } from "./names.ts";

/** What the client asks for and offers, and its fingerprints where the hello is whole. */
export function clientHelloFields(
	data: Uint8Array,
	start: number,
	end: number,
	isWhole: boolean,
	carrier: Carrier,
): Fields {
	const hello = readClientHello(data, start, end, isWhole, carrier);
	if (!hello) return {};
	const fields: Fields = {};
	const version = versionName(newestVersion(hello));
	if (version) fields.offeredVersion = version;
	if (hello.name.end > hello.name.start) fields.sni = textOf(data, hello.name.start, hello.name.end);
	const protocols = protocolNames(data, hello.alpn);
	if (protocols !== "") fields.offeredAlpn = protocols;
	// For real or as GREASE, which nobody can tell apart (RFC 9849, 6.2); for real, the name above is a public one.
	if (hello.hasEch) fields.ech = true;
	if (hello.hasSrtp) fields.srtp = true;
	if (!hello.isWhole) return fields;
	const [md5, readable] = [ja3(hello), ja4(hello)];
	if (md5) fields.ja3 = md5;
	if (readable) fields.ja4 = readable;
	return fields;
}
