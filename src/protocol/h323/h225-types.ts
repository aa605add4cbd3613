/**
 * Types of H.225.0 (2009) that call signalling and RAS share, as far as their values matter here. Extension additions that
 * are not listed are passed over.
 */
import {
	bmpString,
	boolean,
	choice,
	digitString,
	ia5String,
	integer,
	listOf,
	nulls,
	objectIdentifier,
	octets,
	optional,
	sequence,
	unread,
} from "./asn1.ts";

export const globallyUniqueId = octets(16);
export const callIdentifier = sequence({ guid: globallyUniqueId }, {});
export const identifier = bmpString(1, 128);
export const callReferenceValue = integer(0, 0xffff);
export const bandWidth = integer(0, 0xffffffff);

const h221NonStandard = sequence(
	{ t35CountryCode: integer(0, 255), t35Extension: integer(0, 255), manufacturerCode: integer(0, 0xffff) },
	{},
);
export const nonStandardParameter = sequence({
	nonStandardIdentifier: choice({ object: objectIdentifier, h221NonStandard }, {}),
	data: octets(),
});

const port = integer(0, 0xffff);
export const transportAddress = choice(
	{
		ipAddress: sequence({ ip: octets(4), port }),
		ipSourceRoute: sequence(
			{ ip: octets(4), port, route: listOf(octets(4)), routing: choice(nulls("strict", "loose"), {}) },
			{},
		),
		ipxAddress: sequence({ node: octets(6), netnum: octets(4), ipxPort: octets(2) }),
		ip6Address: sequence({ ip: octets(16), port }, {}),
		netBios: octets(16),
		nsap: octets(1, 20),
		nonStandardAddress: nonStandardParameter,
	},
	{},
);
export const transportAddresses = listOf(transportAddress);

const numberDigits = digitString(1, 128);
const partyNumber = choice(
	{
		e164Number: sequence({
			publicTypeOfNumber: choice(
				nulls(
					"unknown",
					"internationalNumber",
					"nationalNumber",
					"networkSpecificNumber",
					"subscriberNumber",
					"abbreviatedNumber",
				),
				{},
			),
			numberDigits,
		}),
		dataPartyNumber: numberDigits,
		telexPartyNumber: numberDigits,
		privateNumber: sequence({
			privateTypeOfNumber: choice(
				nulls(
					"unknown",
					"level2RegionalNumber",
					"level1RegionalNumber",
					"pISNSpecificNumber",
					"localNumber",
					"abbreviatedNumber",
				),
				{},
			),
			numberDigits,
		}),
		nationalStandardPartyNumber: numberDigits,
	},
	{},
);
export const aliasAddress = choice(
	{ dialledDigits: numberDigits, h323Id: bmpString(1, 256) },
	{ urlId: ia5String(1, 512), transportId: transportAddress, emailId: ia5String(1, 512), partyNumber },
);
export const aliasAddresses = listOf(aliasAddress);

export const vendorIdentifier = sequence(
	{ vendor: h221NonStandard, productId: optional(octets(1, 256)), versionId: optional(octets(1, 256)) },
	{ enterpriseNumber: objectIdentifier },
);

/** H310Caps to T120OnlyCaps, McuInfo, TerminalInfo and GatekeeperInfo: their roots are the same. */
const nonStandardOnly = sequence({ nonStandardData: optional(nonStandardParameter) }, {});
export const supportedProtocols = choice(
	{
		nonStandardData: nonStandardParameter,
		h310: nonStandardOnly,
		h320: nonStandardOnly,
		h321: nonStandardOnly,
		h322: nonStandardOnly,
		h323: nonStandardOnly,
		h324: nonStandardOnly,
		voice: nonStandardOnly,
		t120Only: nonStandardOnly,
	},
	{},
);
export const endpointType = sequence(
	{
		nonStandardData: optional(nonStandardParameter),
		vendor: optional(vendorIdentifier),
		gatekeeper: optional(nonStandardOnly),
		gateway: optional(
			sequence({ protocol: optional(listOf(supportedProtocols)), nonStandardData: optional(nonStandardParameter) }, {}),
		),
		mcu: optional(nonStandardOnly),
		terminal: optional(nonStandardOnly),
		mc: boolean,
		undefinedNode: boolean,
	},
	{},
);

export const qseriesOptions = sequence(
	{
		q932Full: boolean,
		q951Full: boolean,
		q952Full: boolean,
		q953Full: boolean,
		q955Full: boolean,
		q956Full: boolean,
		q957Full: boolean,
		q954Info: sequence({ conferenceCalling: boolean, threePartyService: boolean }, {}),
	},
	{},
);
export const callType = choice(nulls("pointToPoint", "oneToN", "nToOne", "nToN"), {});

/** H.235 tokens: they stand where they must be counted, and are not read. */
export const tokens = listOf(unread);
