/** Numbers that the handshakes of TLS, DTLS and QUIC share, and how a report names versions and alerts. */
import { Role } from "../recogniser.ts";

/** Handshake message types (RFC 8446, 4; RFC 5246, 7.4; RFC 6066, 8; RFC 6347, 4.3.2). */
export const Handshake = {
	HelloRequest: 0,
	ClientHello: 1,
	ServerHello: 2,
	HelloVerifyRequest: 3,
	NewSessionTicket: 4,
	Certificate: 11,
	ServerKeyExchange: 12,
	CertificateRequest: 13,
	ServerHelloDone: 14,
	CertificateVerify: 15,
	ClientKeyExchange: 16,
	Finished: 20,
	CertificateStatus: 22,
} as const;

/** Extension types (IANA's registry of TLS extensions). */
export const Extension = {
	ServerName: 0,
	SupportedGroups: 10,
	PointFormats: 11,
	SignatureAlgorithms: 13,
	UseSrtp: 14,
	Alpn: 16,
	PreSharedKey: 41,
	SupportedVersions: 43,
	EncryptedClientHello: 0xfe0d,
	/** Its forerunner. */
	EncryptedServerName: 0xffce,
} as const;

export const TLS_1_3 = 0x304;
export const SSL_2_0 = 0x0002;

const VERSIONS: Readonly<Record<number, string>> = {
	[SSL_2_0]: "SSL 2.0",
	768: "SSL 3.0",
	769: "TLS 1.0",
	770: "TLS 1.1",
	771: "TLS 1.2",
	[TLS_1_3]: "TLS 1.3",
	256: "DTLS 1.0 (OpenSSL's)",
	65279: "DTLS 1.0",
	65277: "DTLS 1.2",
	65276: "DTLS 1.3",
};

/** `TLS 1.2`, `DTLS 1.0`, `TLS 1.3 draft 18`; undefined for a number that is no version. */
export function versionName(version: number): string | undefined {
	return isDraft(version) ? `TLS 1.3 draft ${version & 0xff}` : VERSIONS[version];
}

/** Drafts of TLS 1.3 (0x7f), and Facebook's own of them (0xfb). */
export function isDraft(version: number): boolean {
	return version >>> 8 === 0x7f || version >>> 8 === 0xfb;
}

/** Values that a client offers to be ignored (RFC 8701): 0x0a0a, 0x1a1a, … 0xfafa. */
export function isGrease(value: number): boolean {
	return (value & 0x0f0f) === 0x0a0a && value >>> 8 === (value & 0xff);
}

/** IANA's TLS Alerts; what no current RFC defines is of SSL 3.0 and TLS 1.0. */
const ALERTS: Readonly<Record<number, string>> = {
	0: "close_notify",
	10: "unexpected_message",
	20: "bad_record_mac",
	21: "decryption_failed",
	22: "record_overflow",
	30: "decompression_failure",
	40: "handshake_failure",
	41: "no_certificate",
	42: "bad_certificate",
	43: "unsupported_certificate",
	44: "certificate_revoked",
	45: "certificate_expired",
	46: "certificate_unknown",
	47: "illegal_parameter",
	48: "unknown_ca",
	49: "access_denied",
	50: "decode_error",
	51: "decrypt_error",
	60: "export_restriction",
	70: "protocol_version",
	71: "insufficient_security",
	80: "internal_error",
	86: "inappropriate_fallback",
	90: "user_canceled",
	100: "no_renegotiation",
	109: "missing_extension",
	110: "unsupported_extension",
	111: "certificate_unobtainable",
	112: "unrecognized_name",
	113: "bad_certificate_status_response",
	114: "bad_certificate_hash_value",
	115: "unknown_psk_identity",
	116: "certificate_required",
	120: "no_application_protocol",
	121: "ech_required",
};

/**
 * `fatal unknown_ca`.
 * @param level 1 warning, 2 fatal
 * @returns undefined where the two bytes are no alert in clear.
 */
export function alertName(level: number, description: number): string | undefined {
	const name = ALERTS[description];
	return name && (level === 1 || level === 2) ? `${level === 1 ? "warning" : "fatal"} ${name}` : undefined;
}

/** What follows an alert's name: ` from server`; nothing where the sender is not known. */
export function sideName(sender: Role): string {
	return sender === Role.Client ? " from client" : sender === Role.Server ? " from server" : "";
}
