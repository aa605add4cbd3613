/** DataType of H.245 (version 13): what a logical channel carries. It stands before the channel's addresses. */
import {
	boolean,
	choice,
	each,
	integer,
	nothing,
	nulls,
	objectIdentifier,
	octets,
	optional,
	sequence,
	unread,
} from "./asn1.ts";

/** So many components of type BOOLEAN. */
const flags = (count: number) => each(boolean, ...Array.from({ length: count }, (_, index) => `flag${index}`));

const port = integer(0, 0xffff);
const frames = integer(1, 256);
export const nonStandardParameter = sequence({
	nonStandardIdentifier: choice({
		object: objectIdentifier,
		h221NonStandard: sequence({
			t35CountryCode: integer(0, 255),
			t35Extension: integer(0, 255),
			manufacturerCode: port,
		}),
	}),
	data: octets(),
});

const videoRates = {
	videoBitRate: optional(integer(0, 1073741823)),
	vbvBufferSize: optional(integer(0, 262143)),
	samplesPerLine: optional(integer(0, 16383)),
	linesPerFrame: optional(integer(0, 16383)),
	frameRate: optional(integer(0, 15)),
	luminanceSampleRate: optional(integer(0, 4294967295)),
};
const videoCapability = choice(
	{
		nonStandard: nonStandardParameter,
		h261: sequence(
			{
				qcifMpi: optional(integer(1, 4)),
				cifMpi: optional(integer(1, 4)),
				temporalSpatialTradeOff: boolean,
				maxBitRate: integer(1, 19200),
				stillImageTransmission: boolean,
			},
			{},
		),
		h262: sequence({ ...flags(11), ...videoRates }, {}),
		h263: sequence(
			{
				sqcifMpi: optional(integer(1, 32)),
				qcifMpi: optional(integer(1, 32)),
				cifMpi: optional(integer(1, 32)),
				cif4Mpi: optional(integer(1, 32)),
				cif16Mpi: optional(integer(1, 32)),
				maxBitRate: integer(1, 192400),
				...flags(5),
				hrdB: optional(integer(0, 524287)),
				bppMaxKb: optional(port),
			},
			{},
		),
		is11172: sequence({ constrainedBitstream: boolean, ...videoRates }, {}),
	},
	{},
);
const audioCapability = choice(
	{
		nonStandard: nonStandardParameter,
		g711Alaw64k: frames,
		g711Alaw56k: frames,
		g711Ulaw64k: frames,
		g711Ulaw56k: frames,
		g72264k: frames,
		g72256k: frames,
		g72248k: frames,
		g7231: sequence({ maxAlSduAudioFrames: frames, silenceSuppression: boolean }),
		g728: frames,
		g729: frames,
		g729AnnexA: frames,
		is11172: sequence({ ...flags(8), bitRate: integer(1, 448) }, {}),
		is13818: sequence({ ...flags(20), bitRate: integer(1, 1130) }, {}),
	},
	{},
);

const dataProtocol = choice(
	{
		nonStandard: nonStandardParameter,
		...nulls(
			"v14buffered",
			"v42lapm",
			"hdlcFrameTunnelling",
			"h310SeparateVCStack",
			"h310SingleVCStack",
			"transparent",
		),
	},
	{},
);
const dataApplication = sequence(
	{
		application: choice(
			{
				nonStandard: nonStandardParameter,
				t120: dataProtocol,
				dsmCc: dataProtocol,
				userData: dataProtocol,
				t84: unread,
				t434: dataProtocol,
				h224: dataProtocol,
				nlpid: sequence({ nlpidProtocol: dataProtocol, nlpidData: octets() }),
				dsvdControl: nothing,
				h222DataPartitioning: dataProtocol,
			},
			nulls("t30fax", "t140", "t38fax", "genericDataCapability"),
		),
		maxBitRate: integer(0, 4294967295),
	},
	{},
);
const encryption = choice({ nonStandard: nonStandardParameter, h233Encryption: nothing }, {});
export const dataType = choice(
	{
		nonStandard: nonStandardParameter,
		nullData: nothing,
		videoData: videoCapability,
		audioData: audioCapability,
		data: dataApplication,
		encryptionData: encryption,
	},
	{},
);
