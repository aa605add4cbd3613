/** RAS messages of H.225.0 (2009), annex H: finding a gatekeeper, and registering with it. */
import {
	boolean,
	choice,
	integer,
	nulls,
	optional,
	objectIdentifier as protocolIdentifier,
	sequence,
	unread,
} from "./asn1.ts";
import { aliasAddresses, endpointType, qseriesOptions, transportAddresses, vendorIdentifier } from "./h225-types.ts";
import {
	endpointIdentifier,
	gatekeeperIdentifier,
	nonStandardData,
	rasAddress,
	requestSeqNum,
} from "./ras-components.ts";

export const gatekeeperRequest = sequence(
	{
		requestSeqNum,
		protocolIdentifier,
		nonStandardData,
		rasAddress,
		endpointType,
		gatekeeperIdentifier: optional(gatekeeperIdentifier),
		callServices: optional(qseriesOptions),
		endpointAlias: optional(aliasAddresses),
	},
	{},
);
export const gatekeeperConfirm = sequence(
	{
		requestSeqNum,
		protocolIdentifier,
		nonStandardData,
		gatekeeperIdentifier: optional(gatekeeperIdentifier),
		rasAddress,
	},
	{},
);
export const gatekeeperReject = sequence(
	{
		requestSeqNum,
		protocolIdentifier,
		nonStandardData,
		gatekeeperIdentifier: optional(gatekeeperIdentifier),
		rejectReason: choice(
			nulls("resourceUnavailable", "terminalExcluded", "invalidRevision", "undefinedReason"),
			nulls("securityDenial", "genericDataReason", "neededFeatureNotSupported", "securityError"),
		),
	},
	{},
);

export const registrationRequest = sequence(
	{
		requestSeqNum,
		protocolIdentifier,
		nonStandardData,
		discoveryComplete: boolean,
		callSignalAddress: transportAddresses,
		rasAddress: transportAddresses,
		terminalType: endpointType,
		terminalAlias: optional(aliasAddresses),
		gatekeeperIdentifier: optional(gatekeeperIdentifier),
		endpointVendor: vendorIdentifier,
	},
	{
		alternateEndpoints: unread,
		timeToLive: integer(1, 0xffffffff),
		tokens: unread,
		cryptoTokens: unread,
		integrityCheckValue: unread,
		keepAlive: boolean,
		endpointIdentifier,
	},
);
export const registrationConfirm = sequence(
	{
		requestSeqNum,
		protocolIdentifier,
		nonStandardData,
		callSignalAddress: transportAddresses,
		terminalAlias: optional(aliasAddresses),
		gatekeeperIdentifier: optional(gatekeeperIdentifier),
		endpointIdentifier,
	},
	{ alternateGatekeeper: unread, timeToLive: integer(1, 0xffffffff) },
);
export const registrationReject = sequence(
	{
		requestSeqNum,
		protocolIdentifier,
		nonStandardData,
		rejectReason: choice(
			{
				...nulls("discoveryRequired", "invalidRevision", "invalidCallSignalAddress", "invalidRASAddress"),
				duplicateAlias: aliasAddresses,
				...nulls("invalidTerminalType", "undefinedReason", "transportNotSupported"),
			},
			nulls(
				"transportQOSNotSupported",
				"resourceUnavailable",
				"invalidAlias",
				"securityDenial",
				"fullRegistrationRequired",
				"additiveRegistrationNotSupported",
				"invalidTerminalAliases",
				"genericDataReason",
				"neededFeatureNotSupported",
				"securityError",
				"registerWithAssignedGK",
			),
		),
		gatekeeperIdentifier: optional(gatekeeperIdentifier),
	},
	{},
);

export const unregistrationRequest = sequence(
	{
		requestSeqNum,
		callSignalAddress: transportAddresses,
		endpointAlias: optional(aliasAddresses),
		nonStandardData,
		endpointIdentifier: optional(endpointIdentifier),
	},
	{
		alternateEndpoints: unread,
		gatekeeperIdentifier,
		tokens: unread,
		cryptoTokens: unread,
		integrityCheckValue: unread,
		reason: choice(
			nulls("reregistrationRequired", "ttlExpired", "securityDenial", "undefinedReason"),
			nulls("maintenance", "securityError", "registerWithAssignedGK"),
		),
	},
);
export const unregistrationReject = sequence(
	{
		requestSeqNum,
		rejectReason: choice(
			nulls("notCurrentlyRegistered", "callInProgress", "undefinedReason"),
			nulls("permissionDenied", "securityDenial", "securityError"),
		),
		nonStandardData,
	},
	{},
);
