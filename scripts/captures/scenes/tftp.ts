import { text } from "../bytes.ts";
import { Wire } from "../conversation.ts";
import { ethernet } from "../link.ts";
import { at, type End, endText, host } from "../network.ts";
import { ack, data, error, oack, request } from "../payloads/tftp.ts";
import { Recording } from "../recording.ts";
import { classic, nextGeneration, type Scene } from "../scene.ts";
import { matched, type TransferTruth, unknown, type Verdict } from "../truth.ts";

const office = host("10.0.0.1", "00:e0:07:00:00:01");
const manager = host("10.0.0.2", "00:1b:21:00:00:02");
const BLOCK = 512;
const GAP = 0.001;

const serves = matched("IPO-IN-5", "IP Office serves the file");
const fetches = matched("IPO-OUT-6", "IP Office fetches the file");

function content(length: number): Uint8Array {
	return text('MAC "00E007000001"\r\nTYPE "IP 500 V2"\r\n'.repeat(1 + length / 30)).subarray(0, length);
}

interface Exchange {
	readonly at: number;
	readonly client: End;
	readonly server: End;
	readonly file: string;
	readonly bytes: number;
	readonly verdict: Verdict;
	readonly truth?: Partial<TransferTruth>;
}

/** Blocks and their acknowledgements between two ports. @returns the time after the last. */
function blocks(
	wire: Wire,
	time: number,
	sender: "client" | "server",
	ends: { client: End; server: End; verdict: Verdict },
	bytes: Uint8Array,
	size = BLOCK,
): number {
	const flow = wire.udp({ at: time, ...ends });
	const receiver = sender === "client" ? "server" : "client";
	for (let block = 1; (block - 1) * size <= bytes.length; block++) {
		flow.sendAt(time, sender, data(block, bytes.subarray((block - 1) * size, block * size)));
		flow.sendAt(time + GAP, receiver, ack(block));
		time += 2 * GAP;
	}
	return time;
}

function note(
	recording: Recording,
	exchange: Exchange,
	style: TransferTruth["style"],
	more: Partial<TransferTruth> = {},
): void {
	const { client, server, file, bytes, verdict, truth } = exchange;
	recording.transfers.push({
		client: endText(client),
		server: endText(server),
		file,
		style,
		direction: "read",
		bytes,
		complete: true,
		row: verdict.row,
		retransmits: 0,
		error: null,
		...more,
		...truth,
	});
}

/** IP Office's own exchange: the request is answered by a write request to port 69 of the client. */
function ipOffice(wire: Wire, exchange: Exchange): void {
	const { at: time, client, server, file, bytes, verdict } = exchange;
	wire.udp({ at: time, client, server: at(server.host, 69), verdict }).client(request(1, file));
	wire.udp({ at: time + GAP, client: at(client.host, 69), server, verdict }).server(request(2, file));
	blocks(wire, time + 2 * GAP, "server", { client, server, verdict }, content(bytes));
	note(wire.recording, exchange, "ipoffice");
}

function rfc1350(wire: Wire, exchange: Exchange, opcode: 1 | 2 = 1): void {
	const { at: time, client, server, file, bytes, verdict } = exchange;
	wire.udp({ at: time, client, server: at(server.host, 69), verdict }).client(request(opcode, file));
	const ends = { client, server, verdict };
	if (opcode === 1) {
		blocks(wire, time + GAP, "server", ends, content(bytes));
	} else {
		const flow = wire.udp({ at: time + GAP, ...ends }).server(ack(0));
		for (let block = 1; (block - 1) * BLOCK <= bytes; block++) {
			flow.client(data(block, content(bytes).subarray((block - 1) * BLOCK, block * BLOCK))).server(ack(block));
		}
	}
	note(wire.recording, exchange, "rfc1350", opcode === 2 ? { direction: "write" } : {});
}

export const tftpIpOffice: Scene = {
	name: "tftp-ipoffice",
	shows: "IP Office's own TFTP exchange with the port numbers of the document: three flows, one transfer",
	build() {
		const recording = new Recording(this.name, "2026-03-02T09:00:00Z");
		const wire = new Wire(recording, ethernet());
		ipOffice(wire, {
			at: 0,
			client: at(manager, 2421),
			server: at(office, 4153),
			file: "nasystem/who_is",
			bytes: 1200,
			verdict: serves,
		});
		return classic(this.name, recording, { ipo: [office.address] });
	},
};

export const tftpStyles: Scene = {
	name: "tftp-styles",
	shows:
		"All three TFTP styles, reads and writes, options, an error, a repeated block, concurrent transfers, IPv6, and UDP that is none",
	build() {
		const recording = new Recording(this.name, "2026-03-02T09:00:00Z");
		const wire = new Wire(recording, ethernet());
		rfc1350(wire, {
			at: 0,
			client: at(office, 50001),
			server: at(manager, 1069),
			file: "bin.cfg",
			bytes: 700,
			verdict: fetches,
		});
		rfc1350(
			wire,
			{ at: 1, client: at(manager, 2500), server: at(office, 4200), file: "config.cfg", bytes: 1024, verdict: serves },
			2,
		);
		singlePort(wire);
		withOptions(wire);
		withError(wire);
		withRepeats(wire);
		// Two at the same time between the same hosts.
		ipOffice(wire, {
			at: 6,
			client: at(manager, 2601),
			server: at(office, 4301),
			file: "nasystem/user_list",
			bytes: 1600,
			verdict: serves,
		});
		ipOffice(wire, {
			at: 6.0005,
			client: at(manager, 2602),
			server: at(office, 4302),
			file: "nasystem/hunt_list",
			bytes: 300,
			verdict: serves,
		});
		overIpv6(wire);
		wire
			.udp({
				at: 8,
				client: at(manager, 2601),
				server: at(office, 4301 + 700),
				verdict: unknown("no row has the port"),
			})
			.client(text("not tftp"))
			.server(text("at all"));
		return nextGeneration(this.name, recording, { ipo: [office.address, "2001:db8::1"] });
	},
};

function singlePort(wire: Wire): void {
	const exchange = {
		at: 2,
		client: at(manager, 2510),
		server: at(office, 69),
		file: "keys.txt",
		bytes: 600,
		verdict: serves,
	};
	const flow = wire.udp({ ...exchange }).client(request(1, exchange.file));
	flow
		.server(data(1, content(512)))
		.client(ack(1))
		.server(data(2, content(600).subarray(512)))
		.client(ack(2));
	note(wire.recording, exchange, "single-port");
}

function withOptions(wire: Wire): void {
	const exchange = {
		at: 3,
		client: at(manager, 2520),
		server: at(office, 4320),
		file: "phone.bin",
		bytes: 3000,
		verdict: serves,
	};
	wire
		.udp({ ...exchange, server: at(office, 69) })
		.client(request(1, exchange.file, "octet", { blksize: 1024, tsize: 0 }));
	wire
		.udp({ ...exchange, at: 3.001 })
		.server(oack({ blksize: 1024, tsize: 3000 }))
		.client(ack(0));
	blocksOn(wire, exchange, 3.01, 1024);
	note(wire.recording, exchange, "rfc1350");
}

/** Blocks on the flow that the options opened: the same conversation, so its truth is one. */
function blocksOn(wire: Wire, exchange: Exchange, time: number, size: number): void {
	const flow = wire.udp({ ...exchange, at: time });
	const bytes = content(exchange.bytes);
	for (let block = 1; (block - 1) * size <= bytes.length; block++)
		flow.server(data(block, bytes.subarray((block - 1) * size, block * size))).client(ack(block));
}

function withError(wire: Wire): void {
	const exchange = {
		at: 4,
		client: at(manager, 2530),
		server: at(office, 4330),
		file: "nasystem/secret",
		bytes: 0,
		verdict: serves,
	};
	wire.udp({ ...exchange, server: at(office, 69) }).client(request(1, exchange.file));
	wire.udp({ ...exchange, at: 4.001 }).server(error(2, "Access violation"));
	note(wire.recording, exchange, "rfc1350", { complete: false, error: "2 Access violation" });
}

function withRepeats(wire: Wire): void {
	const exchange = {
		at: 5,
		client: at(manager, 2540),
		server: at(office, 4340),
		file: "dir_list",
		bytes: 600,
		verdict: serves,
	};
	wire.udp({ ...exchange, server: at(office, 69) }).client(request(1, exchange.file));
	const flow = wire.udp({ ...exchange, at: 5.001 });
	flow
		.server(data(1, content(512)))
		.wait(1)
		.server(data(1, content(512)))
		.client(ack(1))
		.server(data(2, content(600).subarray(512)))
		.client(ack(2));
	note(wire.recording, exchange, "rfc1350", { retransmits: 1 });
}

function overIpv6(wire: Wire): void {
	const [server, client] = [host("2001:db8::1", "00:e0:07:00:00:01"), host("2001:db8::2", "00:1b:21:00:00:02")];
	ipOffice(wire, {
		at: 7,
		client: at(client, 2700),
		server: at(server, 4400),
		file: "nasystem/licence_list",
		bytes: 512,
		verdict: serves,
	});
}
