/** RasMessage of H.225.0 (2009), annex H: each message as far as its fields matter here. */
import {
	boolean,
	choice,
	integer,
	listOf,
	nulls,
	optional,
	objectIdentifier as protocolIdentifier,
	sequence,
	unread,
} from "./asn1.ts";
import {
	aliasAddresses,
	callIdentifier,
	callReferenceValue,
	endpointType,
	nonStandardParameter,
	supportedProtocols,
	transportAddress,
	transportAddresses,
} from "./h225-types.ts";
import type { PerReader } from "./per-reader.ts";
import {
	admissionConfirm,
	admissionReject,
	admissionRequest,
	bandwidthConfirm,
	bandwidthReject,
	bandwidthRequest,
	disengageReject,
	disengageRequest,
	locationConfirm,
	locationReject,
	locationRequest,
} from "./ras-calls.ts";
import { endpointIdentifier, integrity, nonStandardData, rasAddress, requestSeqNum } from "./ras-components.ts";
import {
	gatekeeperConfirm,
	gatekeeperReject,
	gatekeeperRequest,
	registrationConfirm,
	registrationReject,
	registrationRequest,
	unregistrationReject,
	unregistrationRequest,
} from "./ras-registration.ts";

/** The confirmations of a request to stop. */
const bare = sequence({ requestSeqNum, nonStandardData }, {});
const infoRequest = sequence(
	{ requestSeqNum, callReferenceValue, nonStandardData, replyAddress: optional(transportAddress) },
	{ callIdentifier },
);
const infoRequestResponse = sequence(
	{
		nonStandardData,
		requestSeqNum,
		endpointType,
		endpointIdentifier,
		rasAddress,
		callSignalAddress: transportAddresses,
		endpointAlias: optional(aliasAddresses),
		perCallInfo: optional(unread),
	},
	{},
);
const infoRequestNak = sequence(
	{
		requestSeqNum,
		nonStandardData,
		rejectReason: choice(nulls("notRegistered", "securityDenial", "undefinedReason"), nulls("securityError")),
		altGKInfo: optional(unread),
		...integrity,
	},
	{},
);
const resourcesAvailableIndicate = sequence(
	{
		requestSeqNum,
		protocolIdentifier,
		nonStandardData,
		endpointIdentifier,
		protocols: listOf(supportedProtocols),
		almostOutOfResources: boolean,
		...integrity,
	},
	{},
);

export const rasMessage = choice(
	{
		gatekeeperRequest,
		gatekeeperConfirm,
		gatekeeperReject,
		registrationRequest,
		registrationConfirm,
		registrationReject,
		unregistrationRequest,
		unregistrationConfirm: bare,
		unregistrationReject,
		admissionRequest,
		admissionConfirm,
		admissionReject,
		bandwidthRequest,
		bandwidthConfirm,
		bandwidthReject,
		disengageRequest,
		disengageConfirm: bare,
		disengageReject,
		locationRequest,
		locationConfirm,
		locationReject,
		infoRequest,
		infoRequestResponse,
		nonStandardMessage: sequence({ requestSeqNum, nonStandardData: nonStandardParameter }, {}),
		unknownMessageResponse: sequence({ requestSeqNum }, {}),
	},
	{
		requestInProgress: sequence({ requestSeqNum, nonStandardData, ...integrity, delay: integer(1, 0xffff) }, {}),
		resourcesAvailableIndicate,
		resourcesAvailableConfirm: sequence({ requestSeqNum, protocolIdentifier, nonStandardData, ...integrity }, {}),
		infoRequestAck: sequence({ requestSeqNum, nonStandardData, ...integrity }, {}),
		infoRequestNak,
		serviceControlIndication: sequence(
			{
				requestSeqNum,
				nonStandardData,
				serviceControl: unread,
				endpointIdentifier: optional(endpointIdentifier),
				callSpecific: optional(unread),
				...integrity,
				featureSet: optional(unread),
				genericData: optional(unread),
			},
			{},
		),
		serviceControlResponse: sequence(
			{
				requestSeqNum,
				result: optional(
					choice(nulls("started", "failed", "stopped", "notAvailable", "neededFeatureNotSupported"), {}),
				),
				nonStandardData,
				...integrity,
				featureSet: optional(unread),
				genericData: optional(unread),
			},
			{},
		),
		/** Of the destinations that a gatekeeper offers, the first. */
		admissionConfirmSequence: (reader: PerReader) => listOf(admissionConfirm)(reader)[0],
	},
);
