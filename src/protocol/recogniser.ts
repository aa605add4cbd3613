/**
 * What one payload says about its flow. A recogniser answers with the sender's role, which settles the flow's
 * direction, or with `No`.
 */
export const Role = {
	/** Not this protocol. */
	No: 0,
	/** This protocol, and only a client sends this: a request. */
	Client: 1,
	/** This protocol, and only a server sends this: a response, a greeting. */
	Server: 2,
	/** This protocol; either side sends this. */
	Either: 3,
	/** This protocol, and the sender asks here; but both sides may ask (SIP). The first to do so is the client. */
	Asks: 4,
	/** The answer to such a request. */
	Answers: 5,
} as const;
export type Role = (typeof Role)[keyof typeof Role];

/** The fields that a protocol's payload yields, for the report's `application` object. */
export type Fields = Record<string, string | number | boolean>;

/**
 * One protocol's signature. Pure functions of the first payload bytes of one direction: no state, no exception, no
 * read outside `start … end`, whatever the bytes.
 */
export interface Recogniser {
	/** Name in the report (`application.protocol`), lower case. */
	readonly protocol: string;
	/** IP protocol numbers that carry it. */
	readonly transports: readonly number[];
	/**
	 * `strong`: the bytes alone decide. `weak`: other protocols can look the same, so it counts only where one of
	 * {@link ports} is one of the flow's two ports.
	 */
	readonly strength: "strong" | "weak";
	/**
	 * Well-known ports: where these fit, this recogniser is asked first; for `weak` ones a condition. A weak one without
	 * ports is asked only where signalling announced it.
	 */
	readonly ports: readonly number[];
	/** First bytes that such a payload can have: with others it is not even asked. Any byte where this is left out. */
	readonly firstBytes?: readonly number[];
	/** Where the signature is defined. */
	readonly source: string;
	/** @param end exclusive; the payload may be cut anywhere by the snaplen or the segment. */
	recognise(data: Uint8Array, start: number, end: number): Role;
	/**
	 * Fields worth reporting from a payload that `recognise` said yes to. Text is raw: outputs make it safe.
	 * @param sender `Client` or `Server` where it is known who sends the payload, from it or from the flow's others.
	 */
	describe?(data: Uint8Array, start: number, end: number, sender?: Role): Fields;
	/**
	 * Over TCP: bytes that the message at `start` takes, as its own header says. More than `end - start` where it goes
	 * on in later segments: then they are put together, up to a bound, before the message is described. 0 where too
	 * little of it is there to tell. Without this function every segment counts as one message.
	 */
	messageLength?(data: Uint8Array, start: number, end: number): number;
	/**
	 * Whether the sender's next message (over UDP its next datagram) is worth describing too, as a certificate behind a
	 * hello is. Without this function one message of each side is described over TCP.
	 */
	leadsOn?(data: Uint8Array, start: number, end: number): boolean;
	/** Whether the connection may go over to TLS on a command (STARTTLS). */
	readonly startsTls?: boolean;
}
