/** Media without signalling in sight: browsers' STUN and DTLS, and Workplace clients' RTP. DTLS is OpenSSL's. */
import { rtcp, rtp, stun as stunMessage } from "../../captures/payloads/media.ts";
import { Random } from "../../captures/random.ts";
import { matched } from "../../captures/truth.ts";
import { flow, type Office } from "../office.ts";
import type { Play } from "../play.ts";
import { answers, asks, type Turn } from "../tasks/dialogue.ts";
import type { LabFlow } from "../truth.ts";

const random = new Random("media");
const PACKETS = 20;

export const media: Play = {
	name: "media",
	packages: [],
	rows: ["IPO-IN-30", "IPO-IN-31", "IPO-IN-32", "IPO-IN-51", "IPO-OUT-23"],
	async run(office) {
		return [
			await dtls(office, 56_500, "IPO-IN-51"),
			await dtls(office, 52_000, "IPO-IN-31"),
			await udp(office, "STUN checks of a browser meeting", 53_000, 61_000, "IPO-IN-31", "stun", [
				asks(stunMessage(random)),
				answers(stunMessage(random, true)),
			]),
			await udp(office, "RTP of a Workplace client", 36_000, 62_000, "IPO-IN-30", "rtp", speech()),
			await udp(office, "RTP of an H.323 phone", 46_910, 5_004, "IPO-IN-32", "rtp", speech()),
			await outward(office),
			await udp(office, "RTCP of an H.323 phone", 46_911, 5_005, "IPO-IN-32", "rtcp", [
				asks(rtcp(7)),
				answers(rtcp(8)),
			]),
		];
	},
};

function speech(): Turn[] {
	return Array.from({ length: PACKETS }, (_, index) => [
		asks(rtp(random, index, 7)),
		answers(rtp(random, index, 8)),
	]).flat();
}

function udp(
	office: Office,
	service: string,
	port: number,
	localPort: number,
	row: string,
	shows: string,
	turns: readonly Turn[],
): Promise<LabFlow> {
	const client = office.machine(row === "IPO-IN-32" ? "phone" : "softphone");
	return office.talk({
		service,
		client,
		server: office.machine("ipo"),
		transport: "udp",
		port,
		localPort,
		turns,
		shows,
		verdict: matched(row, service),
	});
}

/** IP Office's own port is outside its range, the far end's is inside. */
function outward(office: Office): Promise<LabFlow> {
	const [client, server] = office.machines("ipo", "provider");
	const service = "RTP to a far end whose port is in the range";
	const ports = { port: 46_000, localPort: 20_000 };
	const verdict = matched("IPO-OUT-23", service);
	return office.talk({ service, client, server, transport: "udp", ...ports, turns: speech(), shows: "rtp", verdict });
}

async function dtls(office: Office, port: number, row: string): Promise<LabFlow> {
	const [ipo, softphone] = office.machines("ipo", "softphone");
	const { cert, key } = office.certificatePaths;
	await ipo.start(
		"openssl",
		["s_server", "-dtls1_2", "-accept", `${ipo.address}:${port}`, "-cert", cert, "-key", key, "-quiet"],
		{ opens: [`udp/${port}`] },
	);
	await softphone.run("openssl", ["s_client", "-dtls1_2", "-connect", `${ipo.address}:${port}`], {
		input: "Q\n",
		timeout: 5_000,
	});
	await ipo.stop();
	return flow(`DTLS on ${port}`, softphone, ipo, `udp/${port}`, matched(row, "DTLS of a web client"), {
		shows: "dtls",
	});
}
