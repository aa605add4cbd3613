/** Components that many RAS messages of H.225.0, annex H, share. */
import { integer, optional, unread } from "./asn1.ts";
import { identifier, nonStandardParameter, tokens, transportAddress } from "./h225-types.ts";

export const requestSeqNum = integer(1, 0xffff);
export const nonStandardData = optional(nonStandardParameter);
export const gatekeeperIdentifier = identifier;
export const endpointIdentifier = identifier;
export const rasAddress = transportAddress;
/** In the root of the messages that came with H.225.0's later versions. */
export const integrity = {
	tokens: optional(tokens),
	cryptoTokens: optional(tokens),
	integrityCheckValue: optional(unread),
};
