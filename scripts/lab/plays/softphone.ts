/** A softphone, baresip, calls another that stands for IP Office: SIP by TLS, SRTP (RFC 3711) with RTCP. */
import { mkdirSync } from "node:fs";
import { join, text, u16le, u32le } from "../../captures/bytes.ts";
import { matched } from "../../captures/truth.ts";
import type { Machine } from "../machine.ts";
import { flow, type Office } from "../office.ts";
import type { Play } from "../play.ts";

const MEDIA = { ipo: 46_900, softphone: 18_000 } as const;
const CALL_SECONDS = "7";

export const softphone: Play = {
	name: "softphone",
	packages: ["baresip-core"],
	rows: ["IPO-IN-19", "IPO-IN-32"],
	async run(office) {
		const [ipo, phone] = office.machines("ipo", "softphone");
		const called = settings(office, ipo, MEDIA.ipo, `<sip:201@${ipo.address};transport=tls>;regint=0;answermode=auto`);
		const caller = settings(office, phone, MEDIA.softphone, `<sip:202@${phone.address};transport=tls>;regint=0`);
		await ipo.start("baresip", ["-f", called], { opens: ["tcp/5061"] });
		const dial = `/dial sip:201@${ipo.address};transport=tls`;
		await phone.attempt("baresip", ["-f", caller, "-e", dial, "-t", CALL_SECONDS]);
		const verdict = matched("IPO-IN-32", "voice of a call whose signalling is encrypted");
		const media = (offset: number) => [`udp/${MEDIA.ipo + offset}`, MEDIA.softphone + offset] as const;
		const [[rtp, rtpPort], [rtcp, rtcpPort]] = [media(0), media(1)];
		return [
			flow("SIP by TLS", phone, ipo, "tcp/5061", matched("IPO-IN-19", "SIP extension"), { shows: "tls" }),
			flow("SRTP", phone, ipo, rtp, verdict, { shows: "rtp", clientPort: rtpPort }),
			flow("SRTCP", phone, ipo, rtcp, verdict, { shows: "rtcp", clientPort: rtcpPort }),
		];
	},
};

/** Writes a folder of settings. @returns its path. */
function settings(office: Office, machine: Machine, mediaPort: number, account: string): string {
	const name = `baresip-${machine.name}`;
	mkdirSync(`${office.folder}/${name}`);
	const { key, cert } = office.certificate;
	const pem = office.file(`${name}/tls.pem`, `${key}${cert}`);
	const tone = office.file(`${name}/tone.wav`, wave());
	const modules = ["g711", "aufile", "aubridge", "srtp"].map((module) => `module ${module}.so`);
	const applications = ["account", "menu"].map((module) => `module_app ${module}.so`);
	office.file(`${name}/accounts`, `${account};audio_codecs=PCMA;mediaenc=srtp-mand\n`);
	office.file(`${name}/contacts`, "");
	office.file(
		`${name}/config`,
		`poll_method epoll
sip_listen ${machine.address}:5060
sip_certificate ${pem}
audio_player aubridge,nil
audio_source aufile,${tone}
audio_alert aubridge,nil
rtp_ports ${mediaPort}-${mediaPort + 2}
rtcp_enable yes
module_path /usr/lib/baresip/modules
${[...modules, ...applications].join("\n")}
`,
	);
	return `${office.folder}/${name}`;
}

/** Ten seconds of 8 kHz, 16 bit, one channel in a RIFF file: a tone of 400 Hz. */
function wave(): Uint8Array {
	const samples = Int16Array.from({ length: 80_000 }, (_, index) => 8_000 * Math.sin((index * 2 * Math.PI) / 20));
	const data = new Uint8Array(samples.buffer);
	const format = join(u32le(16), u16le(1), u16le(1), u32le(8_000), u32le(16_000), u16le(2), u16le(16));
	return join(text("RIFF"), u32le(36 + data.length), text("WAVEfmt "), format, text("data"), u32le(data.length), data);
}
