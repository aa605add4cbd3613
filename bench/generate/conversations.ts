import { Random } from "../../scripts/captures/random.ts";
import { type CaptureWriter, type End, Flag, TCP, TRANSPORT, UDP, writeHeaders, writeTcp } from "./writer.ts";

/** Conversations that are under way at a time. */
const LIVE = 3000;
const IP_OFFICE = 0x0a000001;
/** Client ports: their number shares no factor with that of the client addresses, so that pairs come back late. */
const CLIENT_PORTS = 19_997;
const CLIENTS = 60_000;

/** One packet of a conversation: who sends it, its TCP flags (0 for UDP), its payload. */
interface Step {
	readonly fromClient: boolean;
	readonly flags: number;
	readonly payload: Uint8Array;
}

/** A kind of conversation: what its packets are, in their order. */
export interface Script {
	readonly protocol: 6 | 17;
	readonly serverPort: number;
	/** Of every hundred conversations. */
	readonly share: number;
	readonly steps: readonly Step[];
}

/** Payloads in their order, each with whether the client sends it. */
export type Exchange = readonly (readonly [boolean, Uint8Array])[];

interface Live {
	script: Script;
	next: number;
	client: End;
	server: End;
	/** Of the client, of the server. */
	sequence: [number, number];
}

/** A connection from its handshake to its end, each payload acknowledged. */
export function tcp(serverPort: number, share: number, exchange: Exchange): Script {
	const { SYN, ACK, PSH, FIN } = Flag;
	const payload = new Uint8Array(0);
	const steps: Step[] = [
		{ fromClient: true, flags: SYN, payload },
		{ fromClient: false, flags: SYN | ACK, payload },
		{ fromClient: true, flags: ACK, payload },
	];
	for (const [fromClient, data] of exchange) {
		steps.push({ fromClient, flags: PSH | ACK, payload: data }, { fromClient: !fromClient, flags: ACK, payload });
	}
	steps.push(
		{ fromClient: true, flags: FIN | ACK, payload },
		{ fromClient: false, flags: FIN | ACK, payload },
		{ fromClient: true, flags: ACK, payload },
	);
	return { protocol: 6, serverPort, share, steps };
}

export function udp(serverPort: number, share: number, exchange: Exchange): Script {
	const steps = exchange.map(([fromClient, payload]) => ({ fromClient, flags: 0, payload }));
	return { protocol: 17, serverPort, share, steps };
}

/** Writes conversations between many clients and few servers, thousands of them interleaved. */
export function converse(
	writer: CaptureWriter,
	packets: number,
	scripts: readonly Script[],
	shortestFrame: number,
): void {
	const random = new Random("order");
	const kinds = scripts.flatMap((script) => Array<Script>(script.share).fill(script));
	let opened = 0;
	const open = (): Live => {
		const script = kinds[random.next() % kinds.length]!;
		const { serverPort } = script;
		const outside = serverPort === 443 || serverPort === 53;
		const live: Live = {
			script,
			next: 0,
			client: { address: 0x0a000200 + (opened % CLIENTS), port: 20_000 + ((opened * 7) % CLIENT_PORTS) },
			server: { address: outside ? 0xc0000200 + (opened % 200) : IP_OFFICE, port: serverPort },
			sequence: [random.next(), random.next()],
		};
		opened++;
		return live;
	};
	const all = Array.from({ length: LIVE }, () => {
		const live = open();
		// A capture begins in the middle of what is said.
		if (live.script.protocol === 17) live.next = random.next() % live.script.steps.length;
		return live;
	});
	for (let n = 0; n < packets; n++) {
		const place = random.next() % LIVE;
		const live = all[place]!;
		writePacket(writer, live, n, shortestFrame);
		if (++live.next === live.script.steps.length) all[place] = open();
	}
}

function writePacket(writer: CaptureWriter, live: Live, number: number, shortestFrame: number): void {
	const { client, server, sequence } = live;
	const { protocol } = live.script;
	const { fromClient, flags, payload } = live.script.steps[live.next]!;
	const header = protocol === 6 ? TCP : UDP;
	const length = header + payload.length;
	const frame = writer.frame(Math.max(shortestFrame, TRANSPORT + length));
	const { bytes } = writer;
	writeHeaders(bytes, frame, protocol, fromClient ? client : server, fromClient ? server : client, length, number);
	if (protocol === 6) {
		const side = fromClient ? 0 : 1;
		writeTcp(bytes, frame, flags, sequence[side], sequence[1 - side]!);
		sequence[side] += payload.length + (flags & (Flag.SYN | Flag.FIN) ? 1 : 0);
	}
	bytes.set(payload, frame + TRANSPORT + header);
}
