/** A capture whose fields carry any text: one for each protocol and each text. */
import { dns, httpGet, httpOk, snmp } from "../../scripts/captures/payloads/services.ts";
import { sdp, sipRequest, sipResponse } from "../../scripts/captures/payloads/sip.ts";
import { data, error, request } from "../../scripts/captures/payloads/tftp.ts";
import { clientHello } from "../../scripts/captures/payloads/tls.ts";
import { nameBlock, sectionHeader } from "../../scripts/captures/pcapng.ts";
import { Random } from "../../scripts/captures/random.ts";
import { Pcapng } from "./capture-file.ts";
import { Connection, Scene } from "./scene.ts";

const IPO = "10.0.0.1";
const START = 1_772_442_000n * 1_000_000n;

/** The text's UTF-8 bytes as the Latin-1 text that the builders take. */
function utf8(text: string): string {
	return Buffer.from(text, "utf8").toString("latin1");
}

/** pcapng bytes. In 8 bits where a text is Latin-1, in UTF-8 otherwise. */
export function hostileCapture(texts: readonly string[]): Buffer {
	const scene = new Scene();
	const random = new Random("hostile");
	const names: Record<string, string> = {};
	texts.forEach((text, i) => {
		const raw = /^[\0-\xff]*$/.test(text) ? text : utf8(text);
		const client = `10.0.${1 + (i >> 7)}.${1 + (i & 127)}`;
		names[client] = utf8(text);
		names[`192.0.2.${1 + i}`] = utf8(text);
		scene.send(`${client}:2421`, `${IPO}:69`, request(1, raw.replaceAll("\0", "")));
		scene.send(`${IPO}:4153`, `${client}:2421`, i % 2 === 0 ? error(1, raw) : data(1, random.bytes(3)));
		// What ends a header line in SIP and HTTP would only cut the text short.
		const line = raw.replace(/[\r\n]/g, " ");
		const party = (address: string) => ({ user: line.replace(/[@;>\s]/g, ""), address, port: 5060 });
		const invite = {
			method: i % 3 === 0 ? "REGISTER" : "INVITE",
			from: party(client),
			to: party(IPO),
			callId: `${line.slice(0, 20)}${i}`,
			agent: line,
			...(i % 3 === 0 ? {} : { body: sdp(client, 46_760), contentType: line }),
		};
		scene.send(`${client}:5060`, `${IPO}:5060`, sipRequest(invite));
		scene.send(`${IPO}:5060`, `${client}:5060`, sipResponse(`486 ${line}`, invite, line));
		new Connection(scene, `${client}:${40_000 + i}`, `${IPO}:80`)
			.say("client", httpGet(`/${line.replaceAll(" ", "")}`, line, line))
			.say("server", httpOk(line, "x"))
			.close("client");
		new Connection(scene, `${client}:${41_000 + i}`, `192.0.2.${1 + i}:443`).say(
			"client",
			clientHello(random, raw, [raw]),
		);
		scene.send(`${client}:${42_000 + i}`, `${IPO}:53`, dns(i, raw.slice(0, 60)));
		scene.send(`${IPO}:53`, `${client}:${42_000 + i}`, dns(i, raw.slice(0, 60), `192.0.2.${1 + i}`));
		scene.send(`${client}:${43_000 + i}`, `${IPO}:161`, snmp(0xa0, raw));
		scene.send(`${client}:68`, "255.255.255.255:67", dhcpDiscover(i, raw));
		new Connection(scene, `${client}:${44_000 + i}`, `${IPO}:25`)
			.say("server", `220 ${line}\r\n`)
			.say("client", `EHLO ${line}\r\n`)
			.say("server", `550 ${line}\r\n`);
	});
	const ng = new Pcapng("le");
	const packets = scene.frames.map((frame, i) => ng.enhanced(0, START + BigInt(i) * 1000n, frame));
	const comment = utf8(texts.join(" ")).slice(0, 4000);
	return Buffer.concat([sectionHeader(comment, comment), ng.interface(1), nameBlock(names), ...packets]);
}

/** DHCP with a host name (RFC 2132, 3.14) and a vendor class (9.13). */
function dhcpDiscover(id: number, text: string): Buffer {
	const bytes = Buffer.from(text, "latin1").subarray(0, 200);
	const fixed = Buffer.alloc(240);
	fixed.set([1, 1, 6, 0, 0, 0, id >> 8, id & 0xff], 0);
	fixed.set([2, 0, 0, 0, id >> 8, id & 0xff], 28);
	fixed.set([0x63, 0x82, 0x53, 0x63], 236);
	const options = [Buffer.from([53, 1, 1, 12, bytes.length]), bytes, Buffer.from([60, bytes.length]), bytes];
	return Buffer.concat([fixed, ...options, Buffer.from([255])]);
}
