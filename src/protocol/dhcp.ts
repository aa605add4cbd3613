import { i32, textOf, u32 } from "./bytes.ts";
import { type Fields, type Recogniser, Role } from "./recogniser.ts";

/** RFC 2131, 2: fixed fields up to the options. */
const FIXED = 236;
/** Up to the end of the client's hardware address. */
const CUT = 44;
/** The boot file's name, 128 bytes up to the end of the fixed fields. */
const FILE = 108;
const MIN_BOOTP = 300;
const MAGIC_COOKIE = 0x63825363 | 0;
const OPTIONS = FIXED + 4;
const Option = {
	Pad: 0,
	HostName: 12,
	RequestedAddress: 50,
	MessageType: 53,
	ServerId: 54,
	VendorClass: 60,
	TftpServer: 66,
	BootFile: 67,
	SiteOld: 176,
	Site: 242,
	End: 255,
} as const;
/** Options that are texts. The site's own (242, on older phones 176) tells Avaya phones their servers. */
const TEXTS = [
	[Option.HostName, "hostName"],
	[Option.VendorClass, "vendorClass"],
	[Option.TftpServer, "tftpServer"],
	[Option.BootFile, "bootFile"],
	[Option.Site, "siteOption"],
	[Option.SiteOld, "siteOption"],
] as const;
const TYPES = [
	"",
	"discover",
	"offer",
	"request",
	"decline",
	"ack",
	"nak",
	"release",
	"inform",
	"force-renew",
	"lease-query",
	"lease-unassigned",
	"lease-unknown",
	"lease-active",
];

/** A BOOTP or DHCP message; addresses in dotted notation. */
export interface DhcpMessage {
	readonly reply: boolean;
	/** Name of option 53's value; empty for BOOTP. */
	readonly type: string;
	readonly transactionId: number;
	readonly hardwareAddress: string;
	/** Option 54. */
	readonly serverId?: string;
	readonly yourAddress: string;
	readonly clientAddress: string;
	readonly relay: string;
}

/** @param least bytes that must be there: all fixed fields, or those up to the hardware address where the snaplen cuts. */
function isBootp(data: Uint8Array, start: number, end: number, least = FIXED): boolean {
	if (end - start < least) return false;
	const operation = data[start]!;
	// op, htype (Ethernet or another real one), hlen, hops
	return (
		(operation === 1 || operation === 2) &&
		data[start + 1]! >= 1 &&
		data[start + 1]! <= 32 &&
		data[start + 2]! <= 16 &&
		data[start + 3]! <= 16 &&
		// All flags but the first must be zero.
		(data[start + 10]! & 0x7f) === 0 &&
		data[start + 11] === 0
	);
}

function hasCookie(data: Uint8Array, start: number, end: number): boolean {
	return end - start >= OPTIONS && i32(data, start + FIXED) === MAGIC_COOKIE;
}

/** Where an option's value begins; -1 where it is missing. Its length is in the byte before. */
function option(data: Uint8Array, start: number, end: number, code: number): number {
	if (!hasCookie(data, start, end)) return -1;
	let at = start + OPTIONS;
	while (at + 1 < end) {
		const found = data[at]!;
		if (found === Option.End) return -1;
		if (found === Option.Pad) {
			at++;
			continue;
		}
		const length = data[at + 1]!;
		if (at + 2 + length > end) return -1;
		if (found === code && length > 0) return at + 2;
		at += 2 + length;
	}
	return -1;
}

export function parseDhcp(data: Uint8Array, start: number, end: number): DhcpMessage | undefined {
	if (!isBootp(data, start, end)) return undefined;
	const serverId = option(data, start, end, Option.ServerId);
	const hardwareLength = Math.min(16, data[start + 2]!);
	const type = option(data, start, end, Option.MessageType);
	return {
		reply: data[start] === 2,
		type: type < 0 ? "" : (TYPES[data[type]!] ?? String(data[type])),
		transactionId: u32(data, start + 4),
		hardwareAddress: [...data.subarray(start + 28, start + 28 + hardwareLength)]
			.map((byte) => byte.toString(16).padStart(2, "0"))
			.join(":"),
		...(serverId >= 0 && data[serverId - 1] === 4 ? { serverId: dotted(data, serverId) } : {}),
		clientAddress: dotted(data, start + 12),
		yourAddress: dotted(data, start + 16),
		relay: dotted(data, start + 24),
	};
}

function dotted(data: Uint8Array, at: number): string {
	return `${data[at]}.${data[at + 1]}.${data[at + 2]}.${data[at + 3]}`;
}

function role(data: Uint8Array, start: number): Role {
	return data[start] === 1 ? Role.Client : Role.Server;
}

export const dhcp: Recogniser = {
	protocol: "dhcp",
	transports: [17],
	strength: "weak",
	ports: [67, 68],
	source: "RFC 2131, RFC 2132",
	recognise(data, start, end) {
		// Cut before its options a message is taken for DHCP, to which BOOTP has given way.
		if (end - start < FIXED) return isBootp(data, start, end, CUT) ? role(data, start) : Role.No;
		return isBootp(data, start, end) && option(data, start, end, Option.MessageType) >= 0 ? role(data, start) : Role.No;
	},
	describe(data, start, end) {
		const fields: Fields = {};
		const type = option(data, start, end, Option.MessageType);
		if (type >= 0) fields.type = TYPES[data[type]!] ?? String(data[type]);
		for (const [code, field] of TEXTS) {
			const at = option(data, start, end, code);
			if (at >= 0) fields[field] ??= textOf(data, at, at + data[at - 1]!).replace(/\0+$/, "");
		}
		const address = option(data, start, end, Option.RequestedAddress);
		if (address >= 0 && data[address - 1] === 4) fields.requestedAddress = dotted(data, address);
		return fields;
	},
};

/** The same format without option 53 is BOOTP. */
export const bootp: Recogniser = {
	protocol: "bootp",
	transports: [17],
	strength: "weak",
	ports: [67, 68],
	source: "RFC 951, RFC 1534",
	recognise(data, start, end) {
		if (!isBootp(data, start, end) || option(data, start, end, Option.MessageType) >= 0) return Role.No;
		// Vendor's information begins with the cookie; without it, the message has its full size (RFC 1542, 2.1).
		return end - start >= MIN_BOOTP || hasCookie(data, start, end) ? role(data, start) : Role.No;
	},
	describe(data, start) {
		const fields: Fields = { operation: data[start] === 1 ? "request" : "reply" };
		let last = start + FILE;
		while (last < start + FIXED && data[last] !== 0) last++;
		if (last > start + FILE) fields.file = textOf(data, start + FILE, last);
		return fields;
	},
};
