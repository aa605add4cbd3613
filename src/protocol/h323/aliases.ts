import { type Endpoint, endpointOf, textOfEndpoint } from "./addresses.ts";
import type { ValueFor } from "./asn1.ts";
import type { aliasAddress, transportAddress } from "./h225-types.ts";

type AliasAddress = ValueFor<typeof aliasAddress>;

/** An H.225.0 transport address as an endpoint of IP; undefined for one of another network. */
export function endpointIn(address: ValueFor<typeof transportAddress> | undefined): Endpoint | undefined {
	const ip = address?.ipAddress ?? address?.ip6Address ?? address?.ipSourceRoute;
	return ip && endpointOf(ip);
}

/** The first alias that is a text: a number, a name, a URL, an address. */
export function aliasIn(aliases: readonly AliasAddress[] | undefined): string | undefined {
	for (const alias of aliases ?? []) {
		const text = textOfAlias(alias);
		if (text !== undefined && text !== "") return text;
	}
	return undefined;
}

function textOfAlias(alias: AliasAddress): string | undefined {
	const { partyNumber } = alias;
	return (
		alias.dialledDigits ??
		alias.h323Id ??
		alias.urlId ??
		alias.emailId ??
		partyNumber?.e164Number?.numberDigits ??
		partyNumber?.privateNumber?.numberDigits ??
		textOfEndpoint(endpointIn(alias.transportId))
	);
}
