import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { rtp } from "../scripts/captures/payloads/media.ts";
import { dns, httpGet, httpOk, proprietary } from "../scripts/captures/payloads/services.ts";
import { sipRequest, sipResponse } from "../scripts/captures/payloads/sip.ts";
import { applicationData, clientHello, serverHello } from "../scripts/captures/payloads/tls.ts";
import { Random } from "../scripts/captures/random.ts";

const HEADER = 24;
const RECORD_HEADER = 16;
const ETHERNET = 14;
const IP = 20;
const WRITE_BUFFER = 8 << 20;
/** Conversations that are under way at a time. */
const LIVE = 3000;
const START = 1_770_000_000;
const MICROSECONDS_BETWEEN_PACKETS = 90;

/** One packet of a conversation: who sends it, its transport header's flags, its payload. */
interface Step {
	readonly fromClient: boolean;
	/** TCP flags; 0 for UDP. */
	readonly flags: number;
	readonly payload: Uint8Array;
}

/** A kind of conversation: what its packets are, in their order. */
interface Script {
	readonly protocol: 6 | 17;
	readonly serverPort: number;
	/** Of every hundred conversations. */
	readonly share: number;
	readonly steps: readonly Step[];
}

interface Live {
	script: Script;
	next: number;
	/** Last two bytes of the client's address, and its port. */
	client: number;
	port: number;
	server: number;
	sequence: [number, number];
}

const SYN = 2;
const FIN = 1;
const ACK = 16;
const PSH = 8;

function tcp(serverPort: number, share: number, exchange: readonly (readonly [boolean, Uint8Array])[]): Script {
	const nothing = new Uint8Array(0);
	const steps: Step[] = [
		{ fromClient: true, flags: SYN, payload: nothing },
		{ fromClient: false, flags: SYN | ACK, payload: nothing },
		{ fromClient: true, flags: ACK, payload: nothing },
	];
	for (const [fromClient, payload] of exchange) {
		steps.push({ fromClient, flags: PSH | ACK, payload }, { fromClient: !fromClient, flags: ACK, payload: nothing });
	}
	steps.push(
		{ fromClient: true, flags: FIN | ACK, payload: nothing },
		{ fromClient: false, flags: FIN | ACK, payload: nothing },
		{ fromClient: true, flags: ACK, payload: nothing },
	);
	return { protocol: 6, serverPort, share, steps };
}

function udp(serverPort: number, share: number, exchange: readonly (readonly [boolean, Uint8Array])[]): Script {
	return {
		protocol: 17,
		serverPort,
		share,
		steps: exchange.map(([fromClient, payload]) => ({ fromClient, flags: 0, payload })),
	};
}

/** Office traffic around one IP Office: how much of each follows `share`. */
function scripts(): Script[] {
	const random = new Random("bench");
	const party = (address: string) => ({ user: "201", address, port: 5060 });
	const register = { method: "REGISTER", from: party("10.0.2.2"), to: party("10.0.0.1"), callId: "b1e2n3c4h5" };
	const hello: readonly (readonly [boolean, Uint8Array])[] = [
		[true, clientHello(random, "www.example.com", ["h2"])],
		[false, serverHello(random)],
	];
	const records = (count: number, length: number) =>
		Array.from({ length: count }, (_, i) => [i % 3 === 0, applicationData(random, length)] as const);
	const voice = Array.from({ length: 160 }, (_, i) => [i % 2 === 0, rtp(random, i >> 1, i % 2 === 0 ? 1 : 2)] as const);
	return [
		tcp(443, 22, [...hello, ...records(9, 1440)]),
		tcp(50805, 4, [...hello, ...records(12, 1440)]),
		tcp(80, 12, [
			[true, httpGet("/46xxsettings.txt", "10.0.0.1", "Avaya J179")],
			[false, httpOk("IPOffice/", "x".repeat(1350))],
		]),
		tcp(
			50804,
			5,
			Array.from({ length: 8 }, (_, i) => [i % 2 === 0, proprietary(random, 300)] as const),
		),
		udp(53, 35, [
			[true, dns(7, "www.example.com")],
			[false, dns(7, "www.example.com", "192.0.2.80")],
		]),
		udp(5060, 12, [
			[true, sipRequest(register)],
			[false, sipResponse("401 Unauthorized", register)],
			[true, sipRequest({ ...register, sequence: 2 })],
			[false, sipResponse("200 OK", { ...register, sequence: 2 })],
		]),
		udp(46760, 6, voice),
		udp(
			50795,
			4,
			Array.from({ length: 6 }, (_, i) => [i % 2 === 0, proprietary(random, 60)] as const),
		),
	];
}

/**
 * Writes a classic capture (Ethernet, microseconds) of mixed office traffic, many conversations interleaved. The same
 * bytes for the same number of packets.
 * @returns the number of flows.
 */
export function generate(path: string, packets: number): void {
	if (existsSync(path) && statSync(path).size > packets * 100) return;
	mkdirSync(dirname(path), { recursive: true });
	const file = openSync(`${path}.part`, "w");
	const out = Buffer.alloc(WRITE_BUFFER + 4096);
	let used = writeFileHeader(out);
	const random = new Random("order");
	const kinds = scripts().flatMap((script) => Array<Script>(script.share).fill(script));
	let opened = 0;
	const open = (live: Live): void => {
		live.script = kinds[random.next() % kinds.length]!;
		live.next = 0;
		live.client = 0x0200 + (opened % 60_000);
		live.port = 20_000 + ((opened * 7) % 20_000);
		live.server =
			live.script.serverPort === 443 || live.script.serverPort === 53 ? 0xc0000200 + (opened % 200) : 0x0a000001;
		live.sequence = [random.next(), random.next()];
		opened++;
	};
	const all = Array.from({ length: LIVE }, () => {
		const live = {} as Live;
		open(live);
		live.next = random.next() % live.script.steps.length;
		if (live.script.protocol === 6) live.next = 0;
		return live;
	});
	for (let n = 0; n < packets; n++) {
		const live = all[random.next() % LIVE]!;
		used = writePacket(out, used, live, n);
		if (used >= WRITE_BUFFER) {
			writeSync(file, out, 0, used);
			used = 0;
		}
		if (++live.next === live.script.steps.length) open(live);
	}
	writeSync(file, out, 0, used);
	closeSync(file);
	renameSync(`${path}.part`, path);
}

function writeFileHeader(out: Buffer): number {
	out.writeUInt32LE(0xa1b2c3d4, 0);
	out.writeUInt16LE(2, 4);
	out.writeUInt16LE(4, 6);
	out.writeUInt32LE(262_144, 16);
	out.writeUInt32LE(1, 20);
	return HEADER;
}

function writePacket(out: Buffer, at: number, live: Live, number: number): number {
	const { fromClient, flags, payload } = live.script.steps[live.next]!;
	const { protocol, serverPort } = live.script;
	const transport = protocol === 6 ? 20 : 8;
	const total = IP + transport + payload.length;
	const length = Math.max(60, ETHERNET + total);
	const microseconds = number * MICROSECONDS_BETWEEN_PACKETS;
	out.writeUInt32LE(START + Math.floor(microseconds / 1e6), at);
	out.writeUInt32LE(microseconds % 1e6, at + 4);
	out.writeUInt32LE(length, at + 8);
	out.writeUInt32LE(length, at + 12);
	const frame = at + RECORD_HEADER;
	out.fill(0, frame, frame + 60);
	out.writeUInt32BE(0x00e00700, frame);
	out.writeUInt32BE(0x001b2100, frame + 6);
	out.writeUInt16BE(0x0800, frame + 12);
	const ip = frame + ETHERNET;
	out[ip] = 0x45;
	out.writeUInt16BE(total, ip + 2);
	out.writeUInt16BE(number & 0xffff, ip + 4);
	out[ip + 8] = 64;
	out[ip + 9] = protocol;
	const client = 0x0a000000 + live.client;
	out.writeUInt32BE(fromClient ? client : live.server, ip + 12);
	out.writeUInt32BE(fromClient ? live.server : client, ip + 16);
	const header = ip + IP;
	out.writeUInt16BE(fromClient ? live.port : serverPort, header);
	out.writeUInt16BE(fromClient ? serverPort : live.port, header + 2);
	if (protocol === 17) {
		out.writeUInt16BE(8 + payload.length, header + 4);
	} else {
		const side = fromClient ? 0 : 1;
		out.writeUInt32BE(live.sequence[side] >>> 0, header + 4);
		if (flags & ACK) out.writeUInt32BE(live.sequence[1 - side]! >>> 0, header + 8);
		out[header + 12] = 0x50;
		out[header + 13] = flags;
		out.writeUInt16BE(64_240, header + 14);
		live.sequence[side] += payload.length + (flags & (SYN | FIN) ? 1 : 0);
	}
	out.set(payload, header + transport);
	return frame + length;
}
