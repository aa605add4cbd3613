/** A codec of an RTP stream: how its payload is coded, and how fast its time stamps run. */
export interface Codec {
	/** 0–127. */
	readonly payloadType: number;
	/** Encoding name as in `a=rtpmap`, e.g. `PCMA`, `opus`, `telephone-event`. */
	readonly name: string;
	/** Time stamp units in a second. */
	readonly rate: number;
}

/** Payload types that need no `a=rtpmap` (RFC 3551, tables 4 and 5). */
const STATIC: ReadonlyMap<number, Codec> = new Map(
	(
		[
			[0, "PCMU", 8000],
			[3, "GSM", 8000],
			[4, "G723", 8000],
			[5, "DVI4", 8000],
			[6, "DVI4", 16_000],
			[7, "LPC", 8000],
			[8, "PCMA", 8000],
			[9, "G722", 8000],
			[10, "L16", 44_100],
			[11, "L16", 44_100],
			[12, "QCELP", 8000],
			[13, "CN", 8000],
			[14, "MPA", 90_000],
			[15, "G728", 8000],
			[16, "DVI4", 11_025],
			[17, "DVI4", 22_050],
			[18, "G729", 8000],
			[25, "CelB", 90_000],
			[26, "JPEG", 90_000],
			[28, "nv", 90_000],
			[31, "H261", 90_000],
			[32, "MPV", 90_000],
			[33, "MP2T", 90_000],
			[34, "H263", 90_000],
		] as const
	).map(([payloadType, name, rate]) => [payloadType, { payloadType, name, rate }]),
);

/** Names of dynamic payload types as IANA's list of RTP media types spells them, those that telephones and browsers use. */
const DYNAMIC = [
	...["AMR", "AMR-WB", "EVS", "G719", "G7221", "G726-16", "G726-24", "G726-32", "G726-40", "G729D", "G729E", "G7291"],
	...["iLBC", "opus", "speex", "BV16", "BV32", "GSM-EFR", "EVRC", "t38", "telephone-event", "tone", "red"],
	...["rtx", "ulpfec", "H263-1998", "H264", "H265", "VP8", "VP9", "AV1", "CLEARMODE"],
];
const SPELLINGS: ReadonlyMap<string, string> = new Map(
	[...[...STATIC.values()].map(({ name }) => name), ...DYNAMIC].map((name) => [name.toLowerCase(), name]),
);

/** An encoding name as it is registered: case does not matter in it (RFC 4855, 3). Others stay as they are written. */
export function registeredName(name: string): string {
	return SPELLINGS.get(name.toLowerCase()) ?? name;
}

/** First payload type that means what a session description says (RFC 3551, 3). */
export const FIRST_DYNAMIC_TYPE = 96;

/** The codec of a static payload type; undefined for dynamic and unassigned ones. */
export function staticCodec(payloadType: number): Codec | undefined {
	return STATIC.get(payloadType);
}

/** Whether a codec carries what is said, and not digits (RFC 4733), noise between words (RFC 3389) or repairs (RFC 2198, 4588, 5109). */
export function isSpeech({ name }: Codec): boolean {
	return !/^(telephone-event|tone|CN|red|rtx|ulpfec|flexfec-03)$/i.test(name);
}
