/** H323-UserInformation of H.225.0 (2009): what the user-user element of a call signalling message holds. */
import {
	boolean,
	choice,
	integer,
	listOf,
	nothing,
	nulls,
	octets,
	optional,
	objectIdentifier as protocolIdentifier,
	sequence,
	unread,
} from "./asn1.ts";
import {
	aliasAddress,
	aliasAddresses,
	callIdentifier,
	callReferenceValue,
	callType,
	endpointType,
	globallyUniqueId,
	nonStandardParameter,
	qseriesOptions,
	tokens,
	transportAddress,
} from "./h225-types.ts";

const h245Address = transportAddress;
const fastStart = listOf(octets());

/** Alerting-UUIE and CallProceeding-UUIE, up to where they differ. */
const alerting = sequence(
	{ protocolIdentifier, destinationInfo: endpointType, h245Address: optional(h245Address) },
	{ callIdentifier, h245SecurityMode: unread, tokens: unread, cryptoTokens: unread, fastStart },
);
const connect = sequence(
	{
		protocolIdentifier,
		h245Address: optional(h245Address),
		destinationInfo: endpointType,
		conferenceId: globallyUniqueId,
	},
	{ callIdentifier, h245SecurityMode: unread, tokens: unread, cryptoTokens: unread, fastStart },
);
const information = sequence(
	{ protocolIdentifier },
	{ callIdentifier, tokens: unread, cryptoTokens: unread, fastStart },
);

const releaseCompleteReason = choice(
	nulls(
		"noBandwidth",
		"gatekeeperResources",
		"unreachableDestination",
		"destinationRejection",
		"invalidRevision",
		"noPermission",
		"unreachableGatekeeper",
		"gatewayResources",
		"badFormatAddress",
		"adaptiveBusy",
		"inConf",
		"undefinedReason",
	),
	nulls(
		"facilityCallDeflection",
		"securityDenied",
		"calledPartyNotRegistered",
		"callerNotRegistered",
		"newConnectionNeeded",
		"nonStandardReason",
		"replaceWithConferenceInvite",
		"genericDataReason",
		"neededFeatureNotSupported",
		"tunnelledSignallingRejected",
		"invalidCID",
		"securityError",
		"hopCountExceeded",
	),
);
const releaseComplete = sequence({ protocolIdentifier, reason: optional(releaseCompleteReason) }, { callIdentifier });

const setup = sequence(
	{
		protocolIdentifier,
		h245Address: optional(h245Address),
		sourceAddress: optional(aliasAddresses),
		sourceInfo: endpointType,
		destinationAddress: optional(aliasAddresses),
		destCallSignalAddress: optional(transportAddress),
		destExtraCallInfo: optional(aliasAddresses),
		destExtraCRV: optional(listOf(callReferenceValue)),
		activeMC: boolean,
		conferenceId: globallyUniqueId,
		conferenceGoal: choice(nulls("create", "join", "invite"), {}),
		callServices: optional(qseriesOptions),
		callType,
	},
	{
		sourceCallSignalAddress: transportAddress,
		remoteExtensionAddress: aliasAddress,
		callIdentifier,
		h245SecurityCapability: unread,
		tokens: unread,
		cryptoTokens: unread,
		fastStart,
		mediaWaitForConnect: boolean,
		canOverlapSend: boolean,
		endpointIdentifier: unread,
		multipleCalls: boolean,
		maintainConnection: boolean,
		connectionParameters: unread,
		language: unread,
		presentationIndicator: unread,
		screeningIndicator: unread,
		serviceControl: unread,
		symmetricOperationRequired: nothing,
		capacity: unread,
		circuitInfo: unread,
		desiredProtocols: unread,
		neededFeatures: unread,
		desiredFeatures: unread,
		supportedFeatures: unread,
		parallelH245Control: listOf(octets()),
	},
);

const facility = sequence(
	{
		protocolIdentifier,
		alternativeAddress: optional(transportAddress),
		alternativeAliasAddress: optional(aliasAddresses),
		conferenceId: optional(globallyUniqueId),
		reason: choice(
			nulls("routeCallToGatekeeper", "callForwarded", "routeCallToMC", "undefinedReason"),
			nulls(
				"conferenceListChoice",
				"startH245",
				"noH245",
				"newTokens",
				"featureSetUpdate",
				"forwardedElements",
				"transportedInformation",
			),
		),
	},
	{
		callIdentifier,
		destExtraCallInfo: unread,
		remoteExtensionAddress: unread,
		tokens: unread,
		cryptoTokens: unread,
		conferences: unread,
		h245Address,
		fastStart,
	},
);
const progress = sequence(
	{
		protocolIdentifier,
		destinationInfo: endpointType,
		h245Address: optional(h245Address),
		callIdentifier,
		h245SecurityMode: optional(unread),
		tokens: optional(tokens),
		cryptoTokens: optional(tokens),
		fastStart: optional(fastStart),
	},
	{},
);
/** Status-UUIE, StatusInquiry-UUIE, SetupAcknowledge-UUIE and Notify-UUIE. */
const status = sequence(
	{ protocolIdentifier, callIdentifier, tokens: optional(tokens), cryptoTokens: optional(tokens) },
	{},
);

const messageBody = choice(
	{ setup, callProceeding: alerting, connect, alerting, information, releaseComplete, facility },
	{
		progress,
		empty: nothing,
		status,
		statusInquiry: status,
		setupAcknowledge: status,
		notify: status,
	},
);

export const h323UserInformation = sequence(
	{
		h323UuPdu: sequence(
			{ messageBody, nonStandardData: optional(nonStandardParameter) },
			{
				h4501SupplementaryService: unread,
				h245Tunnelling: boolean,
				h245Control: listOf(octets()),
				nonStandardControl: listOf(nonStandardParameter),
			},
		),
		userData: optional(sequence({ protocolDiscriminator: integer(0, 255), userInformation: octets(1, 131) }, {})),
	},
	{},
);
