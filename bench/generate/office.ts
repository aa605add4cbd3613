import { rtp } from "../../scripts/captures/payloads/media.ts";
import { dns, httpGet, httpOk, proprietary } from "../../scripts/captures/payloads/services.ts";
import { sipRequest, sipResponse } from "../../scripts/captures/payloads/sip.ts";
import { applicationData, clientHello, serverHello } from "../../scripts/captures/payloads/tls.ts";
import { Random } from "../../scripts/captures/random.ts";
import { converse, type Exchange, type Script, tcp, udp } from "./conversations.ts";
import type { CaptureWriter } from "./writer.ts";

/** Writes mixed traffic of an office around one IP Office: about 20 packets a flow. */
export function office(writer: CaptureWriter, packets: number): void {
	converse(writer, packets, scripts(), 60);
}

function scripts(): Script[] {
	const random = new Random("bench");
	const party = (address: string) => ({ user: "201", address, port: 5060 });
	const register = { method: "REGISTER", from: party("10.0.2.2"), to: party("10.0.0.1"), callId: "b1e2n3c4h5" };
	const hello: Exchange = [
		[true, clientHello(random, "www.example.com", ["h2"])],
		[false, serverHello(random)],
	];
	const records = (count: number) => exchange(count, 3, () => applicationData(random, 1440));
	return [
		tcp(443, 22, [...hello, ...records(9)]),
		tcp(50805, 4, [...hello, ...records(12)]),
		tcp(80, 12, [
			[true, httpGet("/46xxsettings.txt", "10.0.0.1", "Avaya J179")],
			[false, httpOk("IPOffice/", "x".repeat(1350))],
		]),
		tcp(
			50804,
			5,
			exchange(8, 2, () => proprietary(random, 300)),
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
		udp(
			46760,
			6,
			exchange(150, 2, (i) => rtp(random, i >> 1, i % 2 === 0 ? 1 : 2)),
		),
		udp(
			50795,
			4,
			exchange(6, 2, () => proprietary(random, 60)),
		),
	];
}

/** Payloads of which the client sends every `nth`, the first among them. */
function exchange(count: number, nth: number, payload: (i: number) => Uint8Array): Exchange {
	return Array.from({ length: count }, (_, i) => [i % nth === 0, payload(i)] as const);
}
