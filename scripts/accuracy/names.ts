/** What the witnesses call a protocol, and what flowmatrix calls it where the names differ. */

const TSHARK: Readonly<Record<string, string>> = {
	"bt-dht": "bittorrent",
	"bt-tracker": "bittorrent",
	"bt-utp": "bittorrent",
	classicstun: "stun",
	cldap: "ldap",
	http2: "http",
	isakmp: "ike",
	nbss: "smb",
	pgsql: "postgresql",
	pop: "pop3",
	q931: "h225",
	rmi: "java-rmi",
	skinny: "sccp",
	smb2: "smb",
	srtp: "rtp",
	srtcp: "rtcp",
	ssl: "tls",
	turnchannel: "stun",
	websocket: "http",
};

const NDPI: Readonly<Record<string, string>> = {
	CiscoSkinny: "sccp",
	DoH_DoT: "tls",
	FTP_CONTROL: "ftp",
	HTTP2: "http",
	HTTP_Connect: "http",
	HTTP_Proxy: "http",
	IAX: "iax2",
	IMAPS: "tls",
	IPSec: "ike",
	JRMI: "java-rmi",
	Jabber: "xmpp",
	"MsSQL-TDS": "tds",
	POPS: "tls",
	SMBv1: "smb",
	SMBv23: "smb",
	SMTPS: "tls",
	SRTP: "rtp",
	WebSocket: "http",
};

/** Layers of a dissection that say nothing about the application. */
const NOTHING = new Set(["data", "data-text-lines", "media", "vssmonitoring", "eth-trailer", "unknown"]);

/** @returns flowmatrix's name for a protocol of tshark's; tshark's own where flowmatrix has none; undefined for no protocol. */
export function fromTshark(name: string): string | undefined {
	if (NOTHING.has(name) || name.includes(".") || name.startsWith("_")) return undefined;
	return TSHARK[name] ?? name;
}

/** The same for a verdict of nDPI, `HTTP.Google` for one. */
export function fromNdpi(verdict: string, transport: string): string | undefined {
	const master = verdict.split(".")[0]!;
	if (master === "Unknown") return undefined;
	if (master === "NetBIOS") return transport === "udp" ? "nbns" : "smb";
	return NDPI[master] ?? master.toLowerCase();
}
