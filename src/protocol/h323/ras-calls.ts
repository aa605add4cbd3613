/** RAS messages of H.225.0 (2009), annex H: admission, bandwidth and end of calls, and where a called party is. */
import { boolean, choice, integer, nulls, optional, sequence, unread } from "./asn1.ts";
import {
	aliasAddresses,
	bandWidth,
	callIdentifier,
	callReferenceValue,
	callType,
	globallyUniqueId,
	qseriesOptions,
	transportAddress,
} from "./h225-types.ts";
import {
	endpointIdentifier,
	gatekeeperIdentifier,
	nonStandardData,
	rasAddress,
	requestSeqNum,
} from "./ras-components.ts";

const callModel = choice(nulls("direct", "gatekeeperRouted"), {});

export const admissionRequest = sequence(
	{
		requestSeqNum,
		callType,
		callModel: optional(callModel),
		endpointIdentifier,
		destinationInfo: optional(aliasAddresses),
		destCallSignalAddress: optional(transportAddress),
		destExtraCallInfo: optional(aliasAddresses),
		srcInfo: aliasAddresses,
		srcCallSignalAddress: optional(transportAddress),
		bandWidth,
		callReferenceValue,
		nonStandardData,
		callServices: optional(qseriesOptions),
		conferenceId: globallyUniqueId,
		activeMC: boolean,
		answerCall: boolean,
	},
	{
		canMapAlias: boolean,
		callIdentifier,
		srcAlternatives: unread,
		destAlternatives: unread,
		gatekeeperIdentifier,
	},
);
export const admissionConfirm = sequence(
	{
		requestSeqNum,
		bandWidth,
		callModel,
		destCallSignalAddress: transportAddress,
		irrFrequency: optional(integer(1, 0xffff)),
		nonStandardData,
	},
	{},
);
export const admissionReject = sequence(
	{
		requestSeqNum,
		rejectReason: choice(
			nulls(
				"calledPartyNotRegistered",
				"invalidPermission",
				"requestDenied",
				"undefinedReason",
				"callerNotRegistered",
				"routeCallToGatekeeper",
				"invalidEndpointIdentifier",
				"resourceUnavailable",
			),
			nulls(
				"securityDenial",
				"qosControlNotSupported",
				"incompleteAddress",
				"aliasesInconsistent",
				"routeCallToSCN",
				"exceedsCallCapacity",
				"collectDestination",
				"collectPIN",
				"genericDataReason",
				"neededFeatureNotSupported",
				"securityError",
				"securityDHmismatch",
				"noRouteToDestination",
				"unallocatedNumber",
				"registerWithAssignedGK",
			),
		),
		nonStandardData,
	},
	{},
);

export const bandwidthRequest = sequence(
	{
		requestSeqNum,
		endpointIdentifier,
		conferenceId: globallyUniqueId,
		callReferenceValue,
		callType: optional(callType),
		bandWidth,
		nonStandardData,
	},
	{ callIdentifier, gatekeeperIdentifier },
);
export const bandwidthConfirm = sequence({ requestSeqNum, bandWidth, nonStandardData }, {});
export const bandwidthReject = sequence(
	{
		requestSeqNum,
		rejectReason: choice(
			nulls(
				"notBound",
				"invalidConferenceID",
				"invalidPermission",
				"insufficientResources",
				"invalidRevision",
				"undefinedReason",
			),
			nulls("securityDenial", "securityError"),
		),
		allowedBandWidth: bandWidth,
		nonStandardData,
	},
	{},
);

export const disengageRequest = sequence(
	{
		requestSeqNum,
		endpointIdentifier,
		conferenceId: globallyUniqueId,
		callReferenceValue,
		reason: choice(nulls("forcedDrop", "normalDrop", "undefinedReason"), {}),
		nonStandardData,
	},
	{ callIdentifier, gatekeeperIdentifier },
);
export const disengageReject = sequence(
	{
		requestSeqNum,
		rejectReason: choice(nulls("notRegistered", "requestToDropOther"), nulls("securityDenial", "securityError")),
		nonStandardData,
	},
	{},
);

export const locationRequest = sequence(
	{
		requestSeqNum,
		endpointIdentifier: optional(endpointIdentifier),
		destinationInfo: aliasAddresses,
		nonStandardData,
		replyAddress: transportAddress,
	},
	{ sourceInfo: aliasAddresses, canMapAlias: boolean, gatekeeperIdentifier },
);
export const locationConfirm = sequence(
	{ requestSeqNum, callSignalAddress: transportAddress, rasAddress, nonStandardData },
	{},
);
export const locationReject = sequence(
	{
		requestSeqNum,
		rejectReason: choice(
			nulls("notRegistered", "invalidPermission", "requestDenied", "undefinedReason"),
			nulls(
				"securityDenial",
				"aliasesInconsistent",
				"routeCalltoSCN",
				"resourceUnavailable",
				"genericDataReason",
				"neededFeatureNotSupported",
				"hopCountExceeded",
				"incompleteAddress",
				"securityError",
				"securityDHmismatch",
				"noRouteToDestination",
				"unallocatedNumber",
			),
		),
		nonStandardData,
	},
	{},
);
