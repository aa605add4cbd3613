import { text } from "../captures/bytes.ts";
import { Flag } from "../captures/packets.ts";
import { request } from "../captures/payloads/tftp.ts";
import type { Flood } from "./flood.ts";
import type { Recorder } from "./recorder.ts";

const CLIENT = 0x0a000002;
/** Each flood's own, so that no address is in two of them. */
const FIRST = 0x0b000000;
/** Of IP Office's base group: who answers on both is one. */
const SERVICES = [50_804, 50_808];

/** What fills the tables of product hosts, and of their rows: addresses that each look like an IP Office. */
export const HOSTS: readonly Flood[] = [
	{
		name: "hosts-ports",
		what: "ever new addresses, each of which answers on two ports that only IP Office has",
		write(out, count) {
			for (let n = 0; out.packets < count; n++) {
				for (const port of SERVICES) {
					out.send({ from: CLIENT, to: FIRST + n, sourcePort: 40_000, port, flags: Flag.syn, sequence: 99 });
					const accepted = { flags: Flag.syn | Flag.ack, sequence: 499, acknowledgement: 100 };
					out.send({ from: FIRST + n, to: CLIENT, sourcePort: port, port: 40_000, ...accepted });
				}
			}
		},
	},
	{
		name: "hosts-tftp",
		what: "ever new addresses, each of which answers a TFTP request by a write request, as IP Office does",
		write(out, count) {
			for (let n = 0; out.packets < count; n++) {
				const client = CLIENT + Math.floor(n / 60_000);
				const port = 1024 + (n % 60_000);
				out.send({ from: client, to: FIRST + n, sourcePort: port, port: 69 }, request(1, "nasystem/who_is"));
				out.send({ from: FIRST + n, to: client, sourcePort: 2000, port: 69 }, request(2, "nasystem/who_is"));
			}
		},
	},
	{
		name: "hosts-http",
		what: "ever new addresses, each of which serves IP Office's directory by HTTP",
		write(out, count) {
			for (let n = 0; out.packets < count; n++) directory(out, FIRST + n);
		},
	},
];

function directory(out: Recorder, server: number): void {
	const [there, back] = [
		{ from: CLIENT, to: server, sourcePort: 40_000, port: 80 },
		{ from: server, to: CLIENT, sourcePort: 80, port: 40_000 },
	];
	const get = text("GET /system/user/scn_user_list HTTP/1.1\r\nHost: ipo\r\n\r\n");
	const ok = text("HTTP/1.1 200 OK\r\nServer: IPOffice/12.0\r\nContent-Length: 0\r\n\r\n");
	const said = 100 + get.length;
	out.send({ ...there, flags: Flag.syn, sequence: 99 });
	out.send({ ...back, flags: Flag.syn | Flag.ack, sequence: 499, acknowledgement: 100 });
	out.send({ ...there, flags: Flag.psh | Flag.ack, sequence: 100, acknowledgement: 500 }, get);
	out.send({ ...back, flags: Flag.psh | Flag.ack, sequence: 500, acknowledgement: said }, ok);
}
