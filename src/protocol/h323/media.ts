import type { AnnouncedMedia } from "../sdp.ts";
import { type Endpoint, endpointOf } from "./addresses.ts";
import type { H245TransportAddress, OpenLogicalChannel, OpenLogicalChannelAck } from "./h245-messages.ts";

/** Different endpoints of one message that are kept. */
const MAX_MEDIA = 16;
/** Session of H.245 that data has by agreement (H.323, table 4); T.38 is what has addresses there. */
const DATA_SESSION = 3;

type Kind = "rtp" | "t38";
type DataType = NonNullable<OpenLogicalChannel["forward"]>["dataType"];
interface Channels {
	readonly mediaChannel?: H245TransportAddress | undefined;
	readonly mediaControlChannel?: H245TransportAddress | undefined;
}

/** The endpoints that logical channels announce, each once, in their order. */
export class MediaList {
	readonly all: AnnouncedMedia[] = [];

	/** A channel is forward, or (in fast start) reverse with null data forward, or both. */
	addOpen({ forward, reverse }: OpenLogicalChannel): void {
		for (const each of [forward, reverse]) {
			const kind = kindOf(each?.dataType);
			if (kind) this.#addChannels(each?.multiplex?.h2250, kind);
		}
	}

	/** The acknowledgement does not repeat what the channel is for: its session does, where it is given. */
	addAck({ reverse, forwardAck }: OpenLogicalChannelAck): void {
		const ack = forwardAck?.h2250;
		this.#addChannels(ack, ack?.sessionId === DATA_SESSION ? "t38" : "rtp");
		this.#addChannels(reverse?.multiplex?.h2250, "rtp");
	}

	addAll(media: readonly AnnouncedMedia[]): void {
		for (const each of media) this.#add(each, each.protocol);
	}

	#addChannels(channels: Channels | undefined, kind: Kind): void {
		this.#add(endpointIn(channels?.mediaChannel), kind);
		if (kind === "rtp") this.#add(endpointIn(channels?.mediaControlChannel), "rtcp");
	}

	#add(endpoint: Endpoint | undefined, protocol: AnnouncedMedia["protocol"]): void {
		if (!endpoint || this.all.length >= MAX_MEDIA) return;
		const { address, port } = endpoint;
		if (this.all.some((known) => known.port === port && known.address === address)) return;
		this.all.push({ address, port, protocol });
	}
}

/** Undefined for channels without media, and for data that runs over TCP. */
function kindOf(dataType: DataType): Kind | undefined {
	if (!dataType || "nullData" in dataType) return undefined;
	if ("data" in dataType)
		return dataType.data?.application && "t38fax" in dataType.data.application ? "t38" : undefined;
	return "rtp";
}

function endpointIn(address: H245TransportAddress | undefined): Endpoint | undefined {
	const ip = address?.unicastAddress ?? address?.multicastAddress;
	const either = ip?.ipAddress ?? ip?.ip6Address;
	return either && endpointOf(either);
}
