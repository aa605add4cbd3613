import { text } from "../bytes.ts";
import { Wire } from "../conversation.ts";
import { ethernet } from "../link.ts";
import { at, endText, host } from "../network.ts";
import { proprietary } from "../payloads/services.ts";
import { ack, data, request } from "../payloads/tftp.ts";
import { applicationData, changeCipherSpec, clientHello, serverHello } from "../payloads/tls.ts";
import { Recording } from "../recording.ts";
import { nextGeneration, type Scene } from "../scene.ts";
import { ambiguous, matched, unknown } from "../truth.ts";

const office = host("10.20.0.1", "00:e0:07:00:00:11");
const manager = host("10.20.0.50", "00:1b:21:00:00:50");
const spaces = host("198.51.100.40", "00:1b:0c:00:00:fe");
const FILE = "nasystem/who_is";
const REPLY = text(
	'MAC "00E007000011"\r\nTYPE "IP 500 V2"\r\nIP "10.20.0.1"\r\nLOC "1"\r\nVER "10.1.0.3.0 build 34"\r\nNAME "Depot"\r\n',
);
/** The site's Services Base TCP Port; 50804 by default. */
const BASE = 51904;

export const earlierRelease: Scene = {
	name: "earlier-release",
	shows:
		"No host given: IP Office says that it runs 10.1, so that release's matrix counts; its services are moved to base port 51904",
	build() {
		const recording = new Recording(this.name, "2026-03-02T13:00:00Z");
		const wire = new Wire(recording, ethernet());
		const { random } = recording;
		const client = at(manager, 2421);
		const answers = at(office, 4153);
		const whois = matched("IPO-IN-5", "Manager asks who is there");
		wire.udp({ at: 0, client, server: at(office, 69), verdict: whois }).client(request(1, FILE));
		wire.udp({ at: 0.001, client: at(manager, 69), server: answers, verdict: whois }).server(request(2, FILE));
		wire.udp({ at: 0.002, client, server: answers, verdict: whois }).server(data(1, REPLY)).client(ack(1));
		recording.transfers.push({
			client: endText(client),
			server: endText(answers),
			file: FILE,
			style: "ipoffice",
			direction: "read",
			bytes: REPLY.length,
			complete: true,
			row: "IPO-IN-5",
			retransmits: 0,
			error: null,
		});
		wire
			.tcp({
				at: 1,
				client: at(manager, 49401),
				server: at(office, BASE),
				verdict: matched("IPO-IN-42", "refused: only the secure services are on"),
			})
			.refused();
		for (const [i, [offset, row]] of (
			[
				[1, "IPO-IN-43"],
				[5, "IPO-IN-45"],
				[9, "IPO-IN-47"],
			] as const
		).entries()) {
			wire
				.tcp({
					at: 2 + i,
					client: at(manager, 49402 + i),
					server: at(office, BASE + offset),
					verdict: matched(row, "the service stands at its offset from the moved base port"),
				})
				.open()
				.client(clientHello(random))
				.server(serverHello(random))
				.client(changeCipherSpec())
				.client(applicationData(random, 90))
				.server(applicationData(random, 400))
				.close();
		}
		wire
			.tcp({
				at: 6,
				client: at(manager, 49410),
				server: at(office, BASE + 7),
				verdict: unknown("no service stands at this offset"),
			})
			.open()
			.client(proprietary(random, 20))
			.server(proprietary(random, 20))
			.close();
		wire
			.tcp({
				at: 7,
				client: at(office, 49420),
				server: at(spaces, 443),
				verdict: ambiguous(
					["IPO-OUT-10", "IPO-OUT-11", "IPO-OUT-12"],
					"443 without a name; the row of Google storage came with 11.1.1",
				),
			})
			.open()
			.client(clientHello(random))
			.server(serverHello(random))
			.close();
		const { files, truth } = nextGeneration(this.name, recording, {});
		return { files, truth: { ...truth, release: "10.1" } };
	},
};
