import { counted16, join, u16, u32, zeros } from "../../../scripts/captures/bytes.ts";
import { hex } from "../packet-builder.ts";
import { tcp, udp, type Vector } from "./vector.ts";

const QUESTION = hex("03777777 07 6578616d706c65 03636f6d 00 0001 0001");
const query = join(hex("0007 0100 0001 0000 0000 0000"), QUESTION);
const dhcp = (...options: (Uint8Array | number | string)[]) =>
	join(1, 1, 6, 0, u32(0x5a5a0001), zeros(20), hex("00e007000020"), zeros(202), hex("63825363"), ...options);
const system = "Avaya IP500v2 10.0.2345.67894\0";
const devlink = (...parts: (Uint8Array | number | string)[]) => {
	const body = join(...parts);
	return join(0x49, u16(body.length + 3), body);
};
const tuple = (code: number, value: string) => join(u32(code), counted16(value));
const parameter = (name: string, value: string) => `${name}\0${value}\0`;
const startup = join(u32(196_608), parameter("user", "postgres"), parameter("database", "onex"), 0);

/** Names, addresses, time, management, media's helpers. */
export const SERVICE_VECTORS: readonly Vector[] = [
	udp("a question (RFC 1035, 4)", 53, "dns Client", query, { fields: { query: "www.example.com", type: "A" } }),
	udp("a question whose name the snaplen cuts", 53, "dns Client", query.subarray(0, 22)),
	udp("a whole question away from its port", 40_000, "dns Client", query),
	tcp("a question over TCP", 53, "dns Client", counted16(query), { fields: { query: "www.example.com", type: "A" } }),
	tcp("a length that comes alone", 53, "dns Either", u16(33), { fields: {}, length: 35 }),
	udp("a multicast answer (RFC 6762)", 5353, "mdns Server", hex("0000 8400 0000 0001 0000 0000 0161 00 0001 8001")),
	udp("a link-local question (RFC 4795)", 5355, "llmnr Client", query),
	udp(
		"a NetBIOS registration (RFC 1002, 4.2.2)",
		137,
		"nbns Client",
		join(hex("0001 2910 0001 0000 0000 0001"), 32, "EBCACACACACACACACACACACACACACACA", 0, hex("0020 0001")),
		{ fields: { query: "A<20>" } },
	),
	udp(
		"a discovery (RFC 2131)",
		67,
		"dhcp Client",
		dhcp(hex("35 01 01"), 60, 13, "ccp.avaya.com", 12, 9, "AVA000020", 255),
		{ fields: { type: "discover", hostName: "AVA000020", vendorClass: "ccp.avaya.com" } },
	),
	udp("the same without option 53 (RFC 951)", 67, "bootp Client", dhcp(255), { fields: { operation: "request" } }),
	udp("a read request (RFC 1350)", 69, "tftp Client", join(u16(1), "nasystem/who_is\0octet\0"), {
		fields: { file: "nasystem/who_is", mode: "octet" },
	}),
	udp("a client's packet (RFC 5905, 7.3)", 123, "ntp Client", join(0xe3, zeros(47)), {
		fields: { version: 4, mode: "client", stratum: 0 },
	}),
	udp("a kiss of death", 123, "ntp Server", join(0xe4, zeros(11), "RATE", zeros(32)), {
		fields: { version: 4, mode: "server", stratum: 0, kiss: "RATE" },
	}),
	udp("a server with a clock", 123, "ntp Server", join(0x24, 1, zeros(10), "GPS\0", zeros(32)), {
		fields: { version: 4, mode: "server", stratum: 1, refid: "GPS" },
	}),
	udp("a server that follows another", 123, "ntp Server", join(0x24, 2, zeros(10), hex("c0000201"), zeros(32)), {
		fields: { version: 4, mode: "server", stratum: 2, refid: "192.0.2.1" },
	}),
	udp("the time (RFC 868)", 37, "time Server", hex("ed000000")),
	udp(
		"a get (RFC 3416)",
		161,
		"snmp Client",
		hex("30 26 020101 0406 7075626c6963 a0 19 020101 020100 020100 30 0e 30 0c 0608 2b06010201010100 0500"),
		{ fields: { version: "2c", pdu: "get", communityLength: 6 } },
	),
	udp("a failed response", 161, "snmp Server", hex("30 15 020100 0401 78 a2 0d 020101 020102 020101 3003 300105"), {
		fields: { version: "1", pdu: "response", communityLength: 1, error: 2 },
	}),
	udp(
		"version 3, authenticated and private (RFC 3412)",
		161,
		"snmp Client",
		hex("30 14 020103 300d 020101 020205c0 0401 07 020103 0400"),
		{ fields: { version: "3", security: "authPriv" } },
	),
	udp(
		"a binding request (RFC 8489)",
		3478,
		"stun Client",
		hex(`0001 0008 2112a442 ${"ab".repeat(12)} 8022 0004 74657374`),
		{
			fields: { class: "request", method: "binding", software: "test" },
		},
	),
	udp("a TURN refusal", 3478, "stun Server", hex(`0113 0008 2112a442 ${"ab".repeat(12)} 0009 0004 00000401`), {
		fields: { class: "error", method: "allocate", error: 401 },
	}),
	tcp("the same framed (RFC 4571)", 42_000, "stun Client", hex(`0014 0001 0000 2112a442 ${"ab".repeat(12)}`), {
		fields: { class: "request", method: "binding" },
	}),
	udp("a binding request of RFC 3489", 3478, "stun Client", hex(`0001 0000 ${"ab".repeat(16)}`)),
	udp("data in a TURN channel (RFC 8656, 12.4)", 3478, "stun Either", hex("4001 0003 010203 00"), {
		fields: { method: "channel-data" },
	}),
	udp("a route (RFC 2453)", 520, "rip Either", hex("02 02 0000 0002 0000 0a090000 ffff0000 00000000 00000001"), {
		fields: { version: 2, command: "response", entries: 1 },
	}),
	udp(
		"a first message (RFC 2661, 6.1)",
		1701,
		"l2tp Client",
		hex("c802 0028 0000 0000 0000 0000 8008 0000 0000 0001 8009 0000 0007 6c6163 000b 0000 0008 4176617961"),
		{ fields: { version: 2, message: "SCCRQ", host: "lac", vendor: "Avaya" } },
	),
	udp(
		"a first message (RFC 7296)",
		500,
		"ike Client",
		hex("0102030405060708 0000000000000000 21 20 22 08 00000000 0000001c"),
		{
			fields: { version: "2.0", exchange: "IKE_SA_INIT" },
		},
	),
	udp(
		"the same behind a NAT (RFC 3948)",
		4500,
		"ike Server",
		hex("00000000 0102030405060708 1112131415161718 21 20 22 20 00000000 0000001c"),
		{ fields: { version: "2.0", exchange: "IKE_SA_INIT", natTraversal: true } },
	),
	udp("a request (RFC 2865)", 1812, "radius Client", join(1, 1, u16(20), zeros(16)), {
		fields: { code: "access-request" },
	}),
];

/** Directories, databases, Java, call control, file services. */
export const APPLICATION_VECTORS: readonly Vector[] = [
	tcp("a bind (RFC 4511, 4.2)", 389, "ldap Client", hex("300c 020101 6007 020103 0400 8000 30"), {
		fields: { operation: "bind", auth: "anonymous" },
		length: 14,
		leadsOn: true,
	}),
	tcp("a refused bind", 389, "ldap Server", hex("300c 020101 6107 0a0131 0400 0400"), {
		fields: { result: 49 },
		leadsOn: true,
	}),
	tcp(
		"a search",
		389,
		"ldap Client",
		join(hex("301f 020102 631a 0404"), "o=ex", hex("0a0102 0a0100 020100 020100 010100 870161 3000")),
		{ fields: { operation: "search", base: "o=ex" }, leadsOn: false },
	),
	tcp("a startup (PostgreSQL, 55.7)", 5433, "postgresql Client", join(u32(startup.length + 4), startup), {
		fields: { user: "postgres", database: "onex" },
		leadsOn: false,
	}),
	tcp("a request for TLS", 5443, "postgresql Client", hex("00000008 04d2162f"), {
		fields: { tlsAsked: true },
		leadsOn: true,
	}),
	tcp("a request for a password", 5432, "postgresql Server", hex("52 0000000c 00000005 01020304"), {
		fields: { auth: "md5" },
	}),
	tcp("a greeting (HandshakeV10)", 3306, "mysql Server", join(hex("16000000 0a"), "8.0.36\0", zeros(14)), {
		fields: { version: "8.0.36" },
	}),
	tcp(
		"H2's client",
		9092,
		"h2-database Client",
		join(u32(17), u32(20), u32(4), new Uint8Array([0, 116, 0, 101, 0, 115, 0, 116])),
		{
			fields: { database: "test" },
		},
	),
	tcp(
		"SQL Server's pre-login (MS-TDS, 2.2.6.5)",
		1433,
		"tds Client",
		hex("12 01 0014 0000 00 00 00 000b 0006 ff 090000000000"),
	),
	tcp("an SQL batch", 1433, "tds Client", hex("01 01 000c 0000 01 00 53004500")),
	tcp("RMI's header (JRMP, 10.2)", 4444, "java-rmi Client", hex("4a524d49 0002 4b"), { fields: { rmi: "stream" } }),
	tcp("its acknowledgement", 4444, "java-rmi Server", join(0x4e, counted16("10.0.0.9"), u32(51_000)), { fields: {} }),
	tcp("a remote call", 1099, "java-rmi Client", hex("50 aced0005 77 22")),
	tcp(
		"a log event (serialisation, 6.4)",
		4560,
		"java-serialisation Client",
		join(hex("aced0005 7372"), counted16("org.apache.log4j.spi.LoggingEvent"), zeros(8)),
		{ fields: { class: "org.apache.log4j.spi.LoggingEvent" } },
	),
	tcp("a stream's header alone", 4560, "java-serialisation Either", hex("aced0005"), { leadsOn: true }),
	tcp(
		"a user's name",
		50_797,
		"devlink3 Client",
		devlink(u32(0x00300001), u32(7), u32(1), "admin\0", tuple(0x007e0001, "Dialler 1.0\0")),
		{ fields: { request: "authenticate", application: "Dialler 1.0" }, leadsOn: true },
	),
	tcp("a challenge", 50_797, "devlink3 Server", devlink(u32(0x80300001), u32(7), u32(2), u32(16), zeros(16)), {
		fields: {},
		leadsOn: true,
	}),
	tcp(
		"a success, which names the system",
		50_797,
		"devlink3 Server",
		devlink(u32(0x80300001), u32(7), u32(0), tuple(0x007d0001, system), tuple(0x007d0002, "Standard 1.0\0")),
		{ fields: { result: "success", system: "Avaya IP500v2", release: "10.0.2345.67894" } },
	),
	tcp("a failure", 50_797, "devlink3 Server", devlink(u32(0x80300001), u32(7), u32(0x80000042)), {
		fields: { result: "limits exceeded" },
	}),
	tcp("a file", 50_797, "devlink3 Client", devlink(u32(0x00300041), u32(9), counted16("nasystem/user_list\0")), {
		fields: { request: "read-file", file: "nasystem/user_list" },
		leadsOn: false,
	}),
	tcp("a long packet", 50_797, "devlink3 Server", join(hex("49 810002 10300011"), zeros(16)), { length: 0x8002 }),
	tcp("a connection request (MS-RDPBCGR)", 3389, "rdp Client", hex("0300 0013 0e e0 0000 0000 00 01 00 0800 03000000")),
	tcp("a negotiation (MS-SMB2)", 445, "smb Client", join(hex("00000040 fe534d42"), zeros(60)), {
		fields: { version: "2" },
	}),
	tcp(
		"a bind (C706, 12.6.4.3)",
		49_667,
		"dcerpc Client",
		join(hex("05 00 0b 03 10000000 4800 0000 01000000"), zeros(56)),
		{
			fields: { version: "5.0" },
		},
	),
	tcp(
		"a response, big-endian",
		49_667,
		"dcerpc Server",
		join(hex("05 01 02 03 00000000 0018 0000 00000001"), zeros(8)),
		{
			fields: { version: "5.1" },
		},
	),
	tcp("a session request (RFC 1002, 4.3.2)", 139, "smb Client", join(hex("81000044 20"), zeros(67)), { fields: {} }),
	tcp("a phone's registration, little-endian", 2000, "sccp Client", join(hex("08000000 00000000 01000000 53455000")), {
		fields: { message: "register" },
	}),
	tcp("a call manager's acknowledgement", 2000, "sccp Server", hex("08000000 12000000 81000000 1e000000"), {
		fields: { message: "register-ack" },
	}),
	udp("a new call (RFC 5456, 6.2.2)", 4569, "iax2 Asks", hex("8001 0000 00000001 00 00 06 01 0b02 0002"), {
		fields: { message: "new" },
	}),
	udp("an acceptance", 4569, "iax2 Answers", hex("8002 0001 00000001 00 01 06 07"), { fields: {} }),
	udp("a voice frame", 4569, "iax2 Either", hex("8001 0002 00000014 02 01 02 04 ffff"), { fields: {} }),
	tcp("a peer's hello (BEP 3)", 6881, "bittorrent Either", join(19, "BitTorrent protocol", zeros(48))),
];

/** The protocols whose fields are tested elsewhere. */
export const OTHER_VECTORS: readonly Vector[] = [
	tcp("a client hello", 8443, "tls Client", hex("16 0301 0005 01 000001 00")),
	udp("a client hello over datagrams", 443, "dtls Client", join(hex("16 feff 0000 000000000000 0010"), 1, zeros(15))),
	udp("a long header", 443, "quic Client", join(hex("c3 00000001 08 0102030405060708 00 00 449e"), zeros(1182))),
	udp("a registration", 5060, "sip Client", join("REGISTER sip:a SIP/2.0\r\nCall-ID: 1\r\n\r\n")),
	udp("a receiver report", 40_001, "rtcp Either", hex("80c90001 01020304 81ca0002 01020304 01000000")),
	tcp("a setup", 1720, "h225 Either", hex("0300 0010 08 02 0001 05 04 03 80 90 a5 00 00")),
	udp("a gatekeeper request", 1719, "h225-ras Client", hex("00 00 0000 06 0008914a0004 00 0a000015 06b7 0200")),
	udp("an unregistration's confirmation", 1719, "h225-ras Answers", hex("1c c648")),
	udp("a gatekeeper's rejection", 1719, "h225-ras Server", hex("1080 fa00 06 0008914a0004 0000 0000 73")),
	tcp("a capability set", 49_500, "h245 Either", hex("0300 0015 02 20 07 06 00088175000d 00 8000 00 22 40 13")),
];
