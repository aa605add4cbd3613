import type { Meanings } from "./meanings.ts";

const WORDS = [
	"protocol media method version offeredVersion cipher alpn offeredAlpn type mode pdu security exchange message code request",
	"operation auth result error stream upgrade command answer kiss encryption usage validFrom validTo time alert class severity facility reason rmi",
]
	.join(" ")
	.split(" ");
/** Hashes of how a program speaks TLS, not of who uses it. */
const FINGERPRINTS = ["ja3", "ja3s", "ja4", "ja4s"];

/**
 * Fields of `application` whose values are a protocol's own words, or made of words of ours. All others hold what somebody
 * chose, and go: so a field that is new goes too.
 */
export const APPLICATION: Meanings = Object.fromEntries([
	...WORDS.map((field) => [field, "words"] as const),
	["release", "release"] as const,
	["registration", "answer"] as const,
	...["diagnostic", "event"].map((field) => [field, "foreign"] as const),
	// Random, by RFC 3550, and in the streams' own records too.
	["ssrc", "keep"] as const,
	...FINGERPRINTS.map((field) => [field, "keep"] as const),
]);
