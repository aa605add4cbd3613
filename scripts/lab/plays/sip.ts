/** SIP calls (RFC 3261, 3264) by SIPp: registration, call, hold and resume, media both ways (RFC 3550). */
import { readFileSync } from "node:fs";
import { matched, type Verdict } from "../../captures/truth.ts";
import type { Machine } from "../machine.ts";
import type { Office } from "../office.ts";
import type { Play } from "../play.ts";
import { endText, type LabFlow } from "../truth.ts";

const SCENARIOS = new URL("../sipp/", import.meta.url);

interface Call {
	readonly service: string;
	readonly caller: Machine;
	readonly called: Machine;
	readonly transport: "udp" | "tcp";
	/** Ports of signalling and media, caller's and called's. */
	readonly ports: readonly [number, number];
	readonly media: readonly [number, number];
	readonly signalling: Verdict;
	/** The media's verdict, and which end is its server. */
	readonly spoken: Verdict;
	readonly mediaServer: "caller" | "called";
	readonly register?: true;
}

export const sip: Play = {
	name: "sip",
	packages: ["sip-tester"],
	rows: ["IPO-IN-18", "IPO-IN-19", "IPO-IN-32", "IPO-OUT-18"],
	async run(office) {
		const [ipo, phone, softphone, provider, pc] = office.machines("ipo", "phone", "softphone", "provider", "pc");
		const extension = matched("IPO-IN-19", "SIP extension");
		const media = matched("IPO-IN-32", "voice, IP Office's port is in its range");
		const calls: readonly Call[] = [
			{
				service: "phone, UDP",
				caller: phone,
				called: ipo,
				transport: "udp",
				ports: [5060, 5060],
				media: [16_384, 46_750],
				signalling: extension,
				spoken: media,
				mediaServer: "called",
				register: true,
			},
			{
				service: "softphone, TCP",
				caller: softphone,
				called: ipo,
				transport: "tcp",
				ports: [0, 5060],
				media: [17_000, 46_800],
				signalling: extension,
				spoken: media,
				mediaServer: "called",
			},
			{
				service: "hosted system, 5056",
				caller: pc,
				called: ipo,
				transport: "udp",
				ports: [5062, 5056],
				media: [17_100, 46_820],
				signalling: matched("IPO-IN-18", "SIP of the cloud"),
				spoken: media,
				mediaServer: "called",
			},
			{
				service: "trunk to the provider",
				caller: ipo,
				called: provider,
				transport: "udp",
				ports: [5060, 5060],
				media: [46_850, 20_000],
				signalling: matched("IPO-OUT-18", "SIP trunk"),
				spoken: media,
				mediaServer: "caller",
			},
			{
				service: "trunk from the provider",
				caller: provider,
				called: ipo,
				transport: "tcp",
				ports: [0, 5060],
				media: [20_010, 46_870],
				signalling: matched("IPO-IN-19", "incoming call"),
				spoken: media,
				mediaServer: "called",
			},
		];
		const flows: LabFlow[] = [];
		for (const each of calls) flows.push(...(await call(office, each)));
		return flows;
	},
};

async function call(
	office: Office,
	{ service, caller, called, transport, ports, media, signalling, spoken, mediaServer, register }: Call,
): Promise<LabFlow[]> {
	const common = (machine: Machine, mediaPort: number) => [
		"-i",
		machine.address,
		"-mi",
		machine.address,
		"-mp",
		String(mediaPort),
		"-t",
		transport === "udp" ? "u1" : "t1",
		"-nostdin",
	];
	await called.start(
		"sipp",
		[...common(called, media[1]), "-sf", scenario(office, "called.xml", called), "-p", String(ports[1]), "-rtp_echo"],
		{ opens: [`${transport}/${ports[1]}`] },
	);
	const local = ports[0] === 0 ? [] : ["-p", String(ports[0])];
	const to = `${called.address}:${ports[1]}`;
	const go = (name: string) =>
		caller.run("sipp", [
			...common(caller, media[0]),
			...local,
			"-sf",
			scenario(office, name, caller),
			"-m",
			"1",
			"-timeout",
			"10s",
			"-timeout_error",
			"-s",
			"201",
			to,
		]);
	if (register) await go("register.xml");
	await go("caller.xml");
	await called.stop();
	const clientPort = ports[0] === 0 ? ("*" as const) : ports[0];
	const [client, server] = mediaServer === "called" ? [0, 1] : [1, 0];
	const ends = [caller, called];
	return [
		{
			service: `SIP: ${service}`,
			transport,
			client: endText(caller.address, clientPort),
			server: endText(called.address, ports[1]),
			...signalling,
			shows: "sip",
		},
		{
			service: `RTP: ${service}`,
			transport: "udp",
			client: endText(ends[client]!.address, media[client]!),
			server: endText(ends[server]!.address, media[server]!),
			...spoken,
			shows: "rtp",
		},
	];
}

/** What SIP's User-Agent and Server headers say, by machine; phones are the others. */
const AGENTS: Readonly<Record<string, string>> = {
	ipo: "IP Office 12.0.0.0 build 56",
	provider: "Lab-SBC/1.0",
};
const PHONE = "Avaya J179 IP Phone";

/** The scenario with who speaks, and with the path of the speech, which SIPp wants in full. */
function scenario(office: Office, name: string, machine: Machine): string {
	const speech = office.file(
		"speech.g711a",
		Uint8Array.from({ length: 8_000 }, (_, index) => index & 0xff),
	);
	const text = readFileSync(new URL(name, SCENARIOS), "utf8");
	return office.file(
		`${machine.name}-${name}`,
		text.replace("[speech]", speech).replaceAll("[agent]", AGENTS[machine.name] ?? PHONE),
	);
}
