import { text } from "../bytes.ts";
import { Wire } from "../conversation.ts";
import { ethernet } from "../link.ts";
import { at, host } from "../network.ts";
import { dtlsHello, rtp, stun } from "../payloads/media.ts";
import { httpGet, httpOk, proprietary } from "../payloads/services.ts";
import { applicationData, clientHello, serverHello } from "../payloads/tls.ts";
import { Recording } from "../recording.ts";
import { nextGeneration, type Scene } from "../scene.ts";
import { ambiguous, matched, unknown } from "../truth.ts";

const office = host("10.0.0.1", "00:e0:07:00:00:01");
const desk = host("10.0.0.40", "00:1b:21:00:00:40");
const other = host("10.0.0.41", "00:1b:21:00:00:41");
const website = host("198.51.100.80", "00:1b:0c:00:00:fe");

export const traps: Scene = {
	name: "traps",
	shows:
		"Ports that mislead: ephemeral matrix ports, mid-stream starts, the wrong protocol on a row, ranges without evidence",
	build() {
		const recording = new Recording(this.name, "2026-03-02T11:00:00Z");
		const wire = new Wire(recording, ethernet());
		const { random } = recording;
		let time = 0;
		const next = () => time++;

		// The client's ephemeral port is a matrix port.
		wire
			.tcp({
				at: next(),
				client: at(office, 50805),
				server: at(website, 443),
				verdict: ambiguous(
					["IPO-OUT-10", "IPO-OUT-11", "IPO-OUT-12", "IPO-OUT-13"],
					"443 without a name: four egress rows stay equal",
				),
			})
			.open()
			.client(clientHello(random))
			.server(serverHello(random))
			.close();
		wire
			.tcp({
				at: next(),
				client: at(desk, 50814),
				server: at(website, 80),
				verdict: unknown("neither end is a product"),
			})
			.open()
			.client(httpGet("/", "example.test", "curl"))
			.server(httpOk("nginx", "x"))
			.close();
		wire
			.tcp({
				at: next(),
				client: at(desk, 5060),
				server: at(office, 22),
				verdict: matched("IPO-IN-1", "SSH from port 5060"),
			})
			.open()
			.server(text("SSH-2.0-OpenSSH_8.0\r\n"))
			.client(text("SSH-2.0-x\r\n"))
			.close();
		// The capture starts in mid-stream, and the server speaks first.
		wire
			.tcp({
				at: next(),
				client: at(desk, 49900),
				server: at(office, 50805),
				verdict: matched("IPO-IN-43", "the port of a row of the host that has it"),
			})
			.server(applicationData(random, 300))
			.client(applicationData(random, 80))
			.server(applicationData(random, 90));
		wire
			.tcp({
				at: next(),
				client: at(desk, 50808),
				server: at(office, 80),
				verdict: matched("IPO-IN-6", "the payload shows who answers"),
			})
			.server(httpOk("IPOffice/", "late"))
			.client(httpGet("/x", "10.0.0.1", "x"));
		// The wrong protocol for the row.
		for (const [from, port, why] of [
			[49901, 22, "HTTP on the row of SSH"],
			[49902, 443, "plain HTTP where the row asks for TLS"],
			[49903, 50805, "plain HTTP where the row asks for TLS"],
		] as const) {
			wire
				.tcp({ at: next(), client: at(desk, from), server: at(office, port), verdict: unknown(why) })
				.open()
				.client(httpGet("/", "10.0.0.1", "x"))
				.server(httpOk("x", "y"))
				.close();
		}
		// TLS where the row does not ask for it is no contradiction.
		wire
			.tcp({
				at: next(),
				client: at(desk, 49904),
				server: at(office, 80),
				verdict: matched("IPO-IN-6", "TLS on a plain row"),
			})
			.open()
			.client(clientHello(random))
			.server(serverHello(random))
			.close();
		// A matrix port between two hosts that are no products.
		wire
			.tcp({
				at: next(),
				client: at(desk, 49905),
				server: at(other, 50804),
				verdict: unknown("neither end is a product"),
			})
			.open()
			.client(proprietary(random, 20))
			.server(proprietary(random, 20))
			.close();
		// The configurable media range needs evidence.
		wire
			.udp({
				at: next(),
				client: at(desk, 33001),
				server: at(office, 33000),
				verdict: unknown("a range that counts only with evidence, and none"),
			})
			.client(proprietary(random, 90))
			.server(proprietary(random, 90));
		const media = wire.udp({
			at: next(),
			client: at(desk, 33003),
			server: at(office, 33002),
			verdict: matched("IPO-IN-32", "RTP in the configurable range"),
		});
		for (let n = 1; n <= 5; n++) media.client(rtp(random, n, 1)).server(rtp(random, n, 2));
		const egress = wire.udp({
			at: next(),
			client: at(office, 30000),
			server: at(other, 46800),
			verdict: matched("IPO-OUT-23", "only the far end's port is in the media range"),
		});
		for (let n = 1; n <= 5; n++) egress.client(rtp(random, n, 3)).server(rtp(random, n, 4));
		// Overlapping ranges, told apart by what the payload is.
		wire
			.udp({
				at: next(),
				client: at(desk, 60001),
				server: at(office, 50100),
				verdict: matched("IPO-IN-31", "a web client's connectivity check"),
			})
			.client(stun(random))
			.server(stun(random, true));
		wire
			.udp({
				at: next(),
				client: at(desk, 60002),
				server: at(office, 56500),
				verdict: matched("IPO-IN-51", "DTLS at the WebRTC gateway"),
			})
			.client(dtlsHello(random))
			.server(dtlsHello(random, true));
		// A release that took the port out of the matrix.
		wire
			.tcp({
				at: next(),
				client: at(desk, 49906),
				server: at(office, 5807),
				verdict: unknown("VNC left the matrix in 11.0"),
			})
			.open()
			.client(text("RFB 003.008\n"))
			.server(text("RFB 003.008\n"))
			.close();
		return nextGeneration(this.name, recording, { ipo: [office.address] });
	},
};
