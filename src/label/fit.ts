import type { MatrixRow } from "../matrix/types.ts";

/** What the payload's protocol says of a row. */
export const Evidence = { Contradicts: 0, Silent: 1, Fits: 2 } as const;
export type Evidence = (typeof Evidence)[keyof typeof Evidence];

/**
 * Protocols that are nobody's proprietary service: where one of them is spoken, a row without a known protocol is not
 * what is there. The others (media, DevLink3's framing, Java, databases) may be part of one.
 */
const PUBLIC: ReadonlySet<string> = new Set([
	"bittorrent",
	"dcerpc",
	"dhcp",
	"dns",
	"ftp",
	"http",
	"imap",
	"ldap",
	"mdns",
	"ntp",
	"pop3",
	"quic",
	"radius",
	"rdp",
	"sip",
	"smb",
	"smtp",
	"snmp",
	"ssdp",
	"ssh",
	"syslog",
	"tds",
	"tftp",
	"xmpp",
]);

/**
 * Holds a recognised protocol against a row (rule 4): TLS where a row does not ask for it is no contradiction, plain
 * text where it does is one. Proprietary rows name no protocol: only public ones contradict them.
 */
export function evidenceFor(row: MatrixRow, protocol: string | null): Evidence {
	if (protocol === null) return Evidence.Silent;
	if (protocol === "tls") {
		if (row.tls !== "never") return Evidence.Fits;
		return row.transports.includes("tcp") ? Evidence.Silent : Evidence.Contradicts;
	}
	if (row.tls === "always") return Evidence.Contradicts;
	if (row.protocols.length === 0) return PUBLIC.has(protocol) ? Evidence.Contradicts : Evidence.Silent;
	return row.protocols.includes(protocol) ? Evidence.Fits : Evidence.Contradicts;
}
