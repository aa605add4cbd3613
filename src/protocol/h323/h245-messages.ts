/** Messages of H.245 (version 13), as far as the opening of logical channels over H.225.0 needs them. */
import {
	boolean,
	choice,
	each,
	integer,
	listOf,
	nulls,
	octets,
	optional,
	sequence,
	unread,
	type ValueFor,
} from "./asn1.ts";
import { dataType, nonStandardParameter } from "./h245-capabilities.ts";

const port = integer(0, 0xffff);
const ipAddress = sequence({ ip: octets(4), port }, {});
const ip6Address = sequence({ ip: octets(16), port }, {});
const transportAddress = choice(
	{
		unicastAddress: choice(
			{
				ipAddress,
				ipxAddress: sequence({ node: octets(6), netnum: octets(4), ipxPort: octets(2) }, {}),
				ip6Address,
				netBios: octets(16),
				ipSourceRouteAddress: sequence(
					{ routing: choice(nulls("strict", "loose")), ip: octets(4), port, route: listOf(octets(4)) },
					{},
				),
			},
			{},
		),
		multicastAddress: choice({ ipAddress, ip6Address }, {}),
	},
	{},
);

/** H2250LogicalChannelParameters up to the addresses; it is an open type, so the rest need not be read. */
const h2250Parameters = sequence(
	{
		nonStandard: optional(listOf(nonStandardParameter)),
		sessionId: integer(0, 255),
		associatedSessionId: optional(integer(1, 255)),
		mediaChannel: optional(transportAddress),
		mediaGuaranteedDelivery: optional(boolean),
		mediaControlChannel: optional(transportAddress),
		mediaControlGuaranteedDelivery: optional(boolean),
		silenceSuppression: optional(boolean),
		destination: optional(unread),
		dynamicRtpPayloadType: optional(integer(96, 127)),
		mediaPacketization: optional(unread),
	},
	{},
);
const h2250AckParameters = sequence(
	{
		nonStandard: optional(listOf(nonStandardParameter)),
		sessionId: optional(integer(1, 255)),
		mediaChannel: optional(transportAddress),
		mediaControlChannel: optional(transportAddress),
		dynamicRtpPayloadType: optional(integer(96, 127)),
	},
	{},
);

const logicalChannelNumber = integer(1, 0xffff);
/** The multiplexes of H.222, H.223 and V.76 are not those of IP networks. */
const h2250Only = { h2250: h2250Parameters };
export const openLogicalChannel = sequence(
	{
		forwardLogicalChannelNumber: logicalChannelNumber,
		forward: sequence(
			{
				portNumber: optional(port),
				dataType,
				multiplex: choice({ h222: unread, h223: unread, v76: unread }, h2250Only),
			},
			{},
		),
		reverse: optional(
			sequence({ dataType, multiplex: optional(choice({ h223: unread, v76: unread }, h2250Only)) }, {}),
		),
	},
	{},
);
const openLogicalChannelAck = sequence(
	{
		forwardLogicalChannelNumber: logicalChannelNumber,
		reverse: optional(
			sequence(
				{
					reverseLogicalChannelNumber: logicalChannelNumber,
					portNumber: optional(port),
					multiplex: optional(choice({ h222: unread }, h2250Only)),
				},
				{},
			),
		),
	},
	{ separateStack: unread, forwardAck: choice({ h2250: h2250AckParameters }, {}) },
);

const sequenceNumber = integer(0, 255);
const numbered = sequence({ sequenceNumber }, {});
const ofChannel = sequence({ forwardLogicalChannelNumber: logicalChannelNumber }, {});

const request = choice(
	{
		nonStandard: unread,
		masterSlaveDetermination: sequence(
			{ terminalType: integer(0, 255), statusDeterminationNumber: integer(0, 16777215) },
			{},
		),
		terminalCapabilitySet: unread,
		openLogicalChannel,
		closeLogicalChannel: unread,
		requestChannelClose: unread,
		multiplexEntrySend: unread,
		requestMultiplexEntry: unread,
		requestMode: unread,
		roundTripDelayRequest: numbered,
		maintenanceLoopRequest: unread,
	},
	nulls(
		"communicationModeRequest",
		"conferenceRequest",
		"multilinkRequest",
		"logicalChannelRateRequest",
		"genericRequest",
	),
);
const response = choice(
	{
		nonStandard: unread,
		masterSlaveDeterminationAck: sequence({ decision: choice(nulls("master", "slave")) }, {}),
		masterSlaveDeterminationReject: unread,
		terminalCapabilitySetAck: numbered,
		terminalCapabilitySetReject: unread,
		openLogicalChannelAck,
		openLogicalChannelReject: unread,
		closeLogicalChannelAck: ofChannel,
		requestChannelCloseAck: ofChannel,
		requestChannelCloseReject: unread,
		multiplexEntrySendAck: unread,
		multiplexEntrySendReject: unread,
		requestMultiplexEntryAck: unread,
		requestMultiplexEntryReject: unread,
		requestModeAck: unread,
		requestModeReject: unread,
		roundTripDelayResponse: numbered,
		maintenanceLoopAck: unread,
		maintenanceLoopReject: unread,
	},
	nulls(
		"communicationModeResponse",
		"conferenceResponse",
		"multilinkResponse",
		"logicalChannelRateAcknowledge",
		"logicalChannelRateReject",
		"genericResponse",
	),
);
const command = choice(
	each(
		unread,
		"nonStandard",
		"maintenanceLoopOffCommand",
		"sendTerminalCapabilitySet",
		"encryptionCommand",
		"flowControlCommand",
		"endSessionCommand",
		"miscellaneousCommand",
	),
	nulls(
		"communicationModeCommand",
		"conferenceCommand",
		"h223MultiplexReconfiguration",
		"newAtmVcCommand",
		"mobileMultilinkReconfigurationCommand",
		"genericCommand",
	),
);
const indication = choice(
	each(
		unread,
		"nonStandard",
		"functionNotUnderstood",
		"masterSlaveDeterminationRelease",
		"terminalCapabilitySetRelease",
		"openLogicalChannelConfirm",
		"requestChannelCloseRelease",
		"multiplexEntrySendRelease",
		"requestMultiplexEntryRelease",
		"requestModeRelease",
		"miscellaneousIndication",
		"jitterIndication",
		"h223SkewIndication",
		"newAtmVcIndication",
		"userInput",
	),
	nulls(
		"h2250MaximumSkewIndication",
		"mcLocationIndication",
		"conferenceIndication",
		"vendorIdentification",
		"functionNotSupported",
		"multilinkIndication",
		"logicalChannelRateRelease",
		"flowControlIndication",
		"mobileMultilinkReconfigurationIndication",
		"genericIndication",
	),
);
export const multimediaSystemControlMessage = choice({ request, response, command, indication }, {});
export type OpenLogicalChannel = ValueFor<typeof openLogicalChannel>;
export type OpenLogicalChannelAck = ValueFor<typeof openLogicalChannelAck>;
export type H245TransportAddress = ValueFor<typeof transportAddress>;
