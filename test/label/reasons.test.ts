import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Facts, ServerName } from "../../src/label/facts.ts";
import { Labeller } from "../../src/label/verdict.ts";
import { MatrixIndex } from "../../src/matrix/index.ts";
import { loadMatrix } from "../../src/matrix/load.ts";
import { matrixOfRelease } from "../../src/matrix/release.ts";
import { facts } from "../support/facts.ts";

const TCP = 6;
const UDP = 17;
const SCTP = 132;
const matrix = await loadMatrix();
const index = new MatrixIndex(matrix);

const ipo = { serverProducts: ["ipo"] };
const fromIpo = { clientProducts: ["ipo"] };
const bothIpo = { ...ipo, ...fromIpo };
const oneHost = { ...bothIpo, sameHost: true };
const fromMedia = { clientProducts: ["mm"], application: "tls" };
const https = { ...fromIpo, application: "tls" };
const cloud = (source: ServerName["source"]) => ({ ...https, name: { text: "cloud.avayacloud.com", source } });
const named = (text: string) => ({ text, source: "payload" }) as const;

const NO_PAYLOAD = "no payload that shows a protocol was seen: the hosts and the port speak";
const NO_HOST = "no product host is known: the port alone speaks (name hosts with --host)";
const UNLISTED = "no product host is known, and no row lists the port";
const OTHER_NAMES = "the rows of tcp/443 are for other server names";

/** What is said of a flow: the row or the group of such flows, how sure, what it serves; then every reason. */
const SAID: readonly (readonly [given: Facts, head: string, reasons: readonly string[]])[] = [
	[
		facts(TCP, 50805, { ...ipo, application: "tls" }),
		"IPO-IN-43 confirmed Configuration (TLS)",
		["the server runs IP Office, and tcp/50805 is the port of IPO-IN-43", "the payload is tls, as the row says"],
	],
	[
		facts(TCP, 50804, ipo),
		"IPO-IN-42 probable Configuration",
		["the server runs IP Office, and tcp/50804 is the port of IPO-IN-42", NO_PAYLOAD],
	],
	[
		facts(TCP, 80, { ...ipo, application: "tls" }),
		"IPO-IN-6 probable Web server (HTTP)",
		[
			"the server runs IP Office, and tcp/80 is the port of IPO-IN-6",
			"the payload is tls, which the row neither asks for nor excludes",
		],
	],
	[
		facts(UDP, 46752, { ...ipo, announced: "rtp" }),
		"IPO-IN-32 probable RTP media",
		[
			"the server runs IP Office, and udp/46752 is in the default range of IPO-IN-32",
			"signalling in the capture announced one of the two ports for rtp",
		],
	],
	[
		facts(UDP, 33000, { ...ipo, application: "rtp" }),
		"IPO-IN-32 confirmed RTP media",
		[
			"the server runs IP Office, and udp/33000 is in the configurable range of IPO-IN-32",
			"the payload is rtp, as the row says",
		],
	],
	[
		facts(UDP, 67, { ...ipo, application: "dhcp" }),
		"IPO-IN-3 confirmed DHCP server",
		[
			"the server of the exchange runs IP Office, and udp/67 is the port of IPO-IN-3",
			"the payload is dhcp, as the row says",
		],
	],
	[
		facts(UDP, 67, { ...ipo, application: "bootp" }),
		"IPO-IN-4 confirmed BOOTP server",
		[
			"the server of the exchange runs IP Office, and udp/67 is the port of IPO-IN-4",
			"the payload is bootp, as the row says",
		],
	],
	[
		facts(UDP, 123, { ...fromIpo, application: "ntp" }),
		"IPO-OUT-7 confirmed NTP",
		["the client runs IP Office, and udp/123 is the port of IPO-OUT-7", "the payload is ntp, as the row says"],
	],
	[
		facts(TCP, 50815, { serverProducts: ["onex"], ...fromIpo }),
		"ONEX-IN-15 probable IP Office CTI (TLS)",
		[
			"the server runs one-X Portal, and tcp/50815 is the port of ONEX-IN-15",
			NO_PAYLOAD,
			"the client runs IP Office: its side of the flow is IPO-OUT-27",
		],
	],
	[
		facts(TCP, 8085, { ...ipo, listedPort: 80, application: "http" }),
		"IPO-IN-6 confirmed Web server (HTTP)",
		[
			"the server runs IP Office, and tcp/8085, which stands for tcp/80 since the host's services are moved, is the port of IPO-IN-6",
			"the payload is http, as the row says",
		],
	],
	[
		facts(TCP, 4444, oneHost),
		"IPO-INT-2 probable WebRTC gateway management",
		["both ends are one host that runs IP Office, and tcp/4444 is the port of IPO-INT-2", NO_PAYLOAD],
	],
	[
		facts(TCP, 80, { ...oneHost, application: "http" }),
		"IPO-IN-6 confirmed Web server (HTTP)",
		[
			"both ends are one host that runs IP Office, and tcp/80 is the port of IPO-IN-6",
			"the payload is http, as the row says",
		],
	],
	// Rows that stay equal.
	[
		facts(UDP, 5080, { ...ipo, application: "sip" }),
		"IPO-IN-18, IPO-IN-19 stay equal",
		[
			"the server runs IP Office, and udp/5080 is in the configurable range of IPO-IN-18, IPO-IN-19",
			"the payload is sip, as the row says",
			"IPO-IN-18 and IPO-IN-19 stay equal: nothing in the capture tells them apart",
		],
	],
	// Names.
	[
		facts(TCP, 443, cloud("payload")),
		"IPO-OUT-11 confirmed Avaya Spaces",
		[
			"the client runs IP Office, and tcp/443 is the port of IPO-OUT-11",
			"the payload is tls, as the row says",
			"the server's name cloud.avayacloud.com is one of the row's",
		],
	],
	[
		facts(TCP, 443, { ...cloud("payload"), application: null }),
		"IPO-OUT-11 confirmed Avaya Spaces",
		[
			"the client runs IP Office, and tcp/443 is the port of IPO-OUT-11",
			NO_PAYLOAD,
			"the server's name cloud.avayacloud.com is one of the row's",
		],
	],
	[
		facts(TCP, 443, { ...cloud("certificate"), application: null }),
		"IPO-OUT-11 confirmed Avaya Spaces",
		[
			"the client runs IP Office, and tcp/443 is the port of IPO-OUT-11",
			NO_PAYLOAD,
			"cloud.avayacloud.com, the name in the server's certificate, is one of the row's",
		],
	],
	[
		facts(TCP, 443, { ...cloud("dns"), application: null }),
		"IPO-OUT-11 probable Avaya Spaces",
		[
			"the client runs IP Office, and tcp/443 is the port of IPO-OUT-11",
			NO_PAYLOAD,
			"cloud.avayacloud.com, for which DNS gave the server's address, is one of the row's",
		],
	],
	[
		facts(TCP, 443, { ...cloud("file"), application: null, feature: "Spaces" }),
		"IPO-OUT-11 probable Spaces",
		[
			"the client runs IP Office, and tcp/443 is the port of IPO-OUT-11",
			NO_PAYLOAD,
			"cloud.avayacloud.com, the name that the capture file gives the server's address, is one of the row's",
		],
	],
	[
		facts(TCP, 443, { ...https, name: named("scep.example.com") }),
		"IPO-OUT-10 probable Certificates (SCEP)",
		[
			"the client runs IP Office, and tcp/443 is the port of IPO-OUT-10",
			"the payload is tls, as the row says",
			"the server's name scep.example.com is in none of the domains of IPO-OUT-11, IPO-OUT-12, IPO-OUT-13",
			"IPO-OUT-10 is left by elimination: its servers may have any name",
		],
	],
	[
		facts(TCP, 443, { clientProducts: ["ipo", "mm"], application: "tls", name: named("storage.googleapis.com") }),
		"IPO-OUT-13 confirmed Google cloud storage",
		[
			"the client runs IP Office, and tcp/443 is the port of IPO-OUT-13",
			"the payload is tls, as the row says",
			"the server's name storage.googleapis.com is one of the row's",
		],
	],
	[
		facts(TCP, 443, fromMedia),
		"MM-OUT-2 probable Google Drive archive",
		[
			"the client runs Media Manager, and tcp/443 is the port of MM-OUT-2",
			"the payload is tls, as the row says",
			"no server name was seen that would tell whether it is one of the row's",
		],
	],
	[
		facts(TCP, 443, { ...fromMedia, name: named("x.example.com") }),
		OTHER_NAMES,
		[
			OTHER_NAMES,
			"the server's name x.example.com is in none of the domains of MM-OUT-2",
			"nearest is MM-OUT-2, which is HTTPS to googleapis.com",
		],
	],
	[
		facts(TCP, 443, { ...https, name: named("texttospeech.googleapis.com"), feature: "Text to speech" }),
		`${OTHER_NAMES}, Text to speech`,
		[
			OTHER_NAMES,
			"the server's name texttospeech.googleapis.com serves a subscription feature (Text to speech) that has no row of its own",
			"nearest is IPO-OUT-10, which is TCP/HTTPS",
		],
	],
	// No row.
	[
		facts(SCTP, 5060, bothIpo),
		"the matrix has rows for TCP and UDP only",
		["the matrix has rows for TCP and UDP only"],
	],
	[
		facts(TCP, 50805),
		"neither end is a product host",
		["neither end is a product host", "nearest is IPO-IN-43, which needs IP Office as the server"],
	],
	[
		facts(TCP, 123, fromIpo),
		"no egress row of IP Office lists tcp/123",
		["no egress row of IP Office lists tcp/123", "nearest is IPO-OUT-7, which is udp/123"],
	],
	[
		facts(UDP, 33000, ipo),
		"no ingress row of IP Office lists udp/33000",
		[
			"no ingress row of IP Office lists udp/33000",
			"udp/33000 is in the configurable range of IPO-IN-8, IPO-IN-18, IPO-IN-19, IPO-IN-32, which counts only with evidence; the payload shows no protocol",
			"nearest is IPO-IN-32 (configurable 32768-61000), which needs rtp or rtcp or t38",
		],
	],
	[
		facts(TCP, 85, { ...ipo, application: "ssh" }),
		"no ingress row of IP Office lists tcp/85",
		[
			"no ingress row of IP Office lists tcp/85",
			"tcp/85 is in the configurable range of IPO-IN-6, IPO-IN-10, IPO-IN-28, which counts only with evidence; the payload is ssh",
		],
	],
	[
		facts(TCP, 9999, { ...ipo, application: "h245" }),
		"no ingress row of IP Office is for H.245, whose port a call's signalling names",
		[
			"no ingress row of IP Office is for H.245, whose port a call's signalling names",
			"no ingress row of IP Office lists tcp/9999",
			"tcp/9999 is in the configurable range of IPO-IN-10, IPO-IN-18, IPO-IN-19, IPO-IN-28, which counts only with evidence; the payload is h245",
		],
	],
	[
		facts(TCP, 9999, fromIpo),
		"no egress row of IP Office lists tcp/9999",
		["no egress row of IP Office lists tcp/9999"],
	],
	[
		facts(TCP, 69, ipo),
		"no ingress row of IP Office lists tcp/69",
		[
			"no ingress row of IP Office lists tcp/69",
			"tcp/69 is in the configurable range of IPO-IN-6, IPO-IN-10, IPO-IN-28, which counts only with evidence; the payload shows no protocol",
			"nearest is IPO-IN-5, which is udp/69",
		],
	],
	[
		facts(TCP, 50793, fromIpo),
		"no egress row of IP Office lists tcp/50793",
		["no egress row of IP Office lists tcp/50793", "nearest is IPO-IN-35, which needs IP Office as the server"],
	],
	[
		facts(UDP, 123, { serverProducts: ["vmpro"] }),
		"no ingress row of Voicemail Pro lists udp/123",
		["no ingress row of Voicemail Pro lists udp/123", "nearest is IPO-IN-7, which needs IP Office as the server"],
	],
	[
		facts(UDP, 514, ipo),
		"no ingress row of IP Office lists udp/514",
		["no ingress row of IP Office lists udp/514", "nearest is IPO-OUT-15, which needs IP Office as the client"],
	],
	[
		facts(TCP, 4444, { ...bothIpo, application: "java-rmi" }),
		"no ingress row of IP Office lists tcp/4444",
		[
			"no ingress row of IP Office lists tcp/4444",
			"tcp/4444 is in the configurable range of IPO-IN-10, IPO-IN-18, IPO-IN-19, IPO-IN-28, which counts only with evidence; the payload is java-rmi",
			"nearest is IPO-INT-2, which is a connection of IP Office with itself",
		],
	],
	[
		facts(TCP, 4444, { ...oneHost, application: "http" }),
		"no ingress row of IP Office lists tcp/4444",
		[
			"no ingress row of IP Office lists tcp/4444",
			"tcp/4444 is in the configurable range of IPO-IN-10, IPO-IN-18, IPO-IN-19, IPO-IN-28, which counts only with evidence; the payload is http",
			"nearest is IPO-INT-2, which is TCP/JMX",
		],
	],
	[
		facts(TCP, 22, { ...ipo, application: "http" }),
		"http contradicts IPO-IN-1",
		[
			"http contradicts IPO-IN-1",
			"the payload is http, but IPO-IN-1 is TCP/SSH",
			"nearest is IPO-IN-1, which is TCP/SSH",
		],
	],
	[
		facts(TCP, 5807, ipo),
		"no ingress row of IP Office lists tcp/5807",
		[
			"no ingress row of IP Office lists tcp/5807",
			"tcp/5807 is in the configurable range of IPO-IN-10, IPO-IN-18, IPO-IN-19, IPO-IN-28, which counts only with evidence; the payload shows no protocol",
			"tcp/5807 (VNC) was in the matrix until release 11.0 removed it",
		],
	],
	[
		facts(TCP, 9000, ipo),
		"no ingress row of IP Office lists tcp/9000",
		[
			"no ingress row of IP Office lists tcp/9000",
			"tcp/9000 is in the configurable range of IPO-IN-10, IPO-IN-18, IPO-IN-19, IPO-IN-28, which counts only with evidence; the payload shows no protocol",
			"nearest is IPO-IN-28 (configurable 1-65535), which needs http over TLS",
		],
	],
	[
		facts(TCP, 50900, ipo),
		"no ingress row of IP Office lists tcp/50900",
		[
			"no ingress row of IP Office lists tcp/50900",
			"tcp/50900 is in the configurable range of IPO-IN-10, IPO-IN-18, IPO-IN-19, IPO-IN-28, IPO-IN-42, IPO-IN-43, IPO-IN-44, IPO-IN-45, IPO-IN-46, IPO-IN-47, IPO-IN-48, which counts only with evidence; the payload shows no protocol",
			"nearest is IPO-IN-47 (configurable 49152-65280), which needs TCP/TLS",
		],
	],
	[
		facts(TCP, 50900, { ...ipo, application: "http" }),
		"no ingress row of IP Office lists tcp/50900",
		[
			"no ingress row of IP Office lists tcp/50900",
			"tcp/50900 is in the configurable range of IPO-IN-10, IPO-IN-18, IPO-IN-19, IPO-IN-28, IPO-IN-42, IPO-IN-43, IPO-IN-44, IPO-IN-45, IPO-IN-46, IPO-IN-47, IPO-IN-48, which counts only with evidence; the payload is http",
		],
	],
	[
		facts(UDP, 46760, { ...ipo, application: "stun" }),
		"stun contradicts IPO-IN-32",
		[
			"stun contradicts IPO-IN-32",
			"the payload is stun, but IPO-IN-32 is UDP/RTP-RTCP UDP/SRTP-SRTCP",
			"nearest is IPO-IN-32, which is UDP/RTP-RTCP UDP/SRTP-SRTCP",
		],
	],
	[
		facts(UDP, 46792, { application: "rtp" }),
		"neither end is a product host",
		[
			"neither end is a product host",
			"nearest is IPO-IN-32 (default 40750-50750), which needs IP Office as the server",
		],
	],
	[facts(UDP, 46792), "neither end is a product host", ["neither end is a product host"]],
	[
		facts(TCP, 443, { ...https, name: named("outlook.office365.com") }),
		OTHER_NAMES,
		[
			OTHER_NAMES,
			"the server's name outlook.office365.com is one of VMPRO-OUT-3",
			"nearest is VMPRO-OUT-3, which needs Voicemail Pro as the client",
		],
	],
	[
		facts(UDP, 50800, fromIpo),
		"no egress row of IP Office lists udp/50800",
		[
			"no egress row of IP Office lists udp/50800",
			"udp/50800 is in the configurable range of IPO-OUT-17, IPO-OUT-23, which counts only with evidence; the payload shows no protocol",
			"udp/50800 (RTP media) was in the matrix until release 9.1 changed it",
			"nearest is IPO-OUT-23 (configurable 32768-61000), which needs rtp or rtcp or t38",
		],
	],
];

const SAID_BY_PORT: typeof SAID = [
	[
		facts(TCP, 443, { application: "tls", name: named("texttospeech.googleapis.com"), feature: "Text to speech" }),
		`${OTHER_NAMES}, Text to speech`,
		[
			OTHER_NAMES,
			"the server's name texttospeech.googleapis.com serves a subscription feature (Text to speech) that has no row of its own",
			"nearest is IPO-IN-10, which needs IP Office as the server",
		],
	],
	[
		facts(TCP, 50805, { application: "tls" }),
		"IPO-IN-43 port-only Configuration (TLS)",
		["tcp/50805 is the port of IPO-IN-43", "the payload is tls, as the row says", NO_HOST],
	],
	[
		facts(UDP, 46752, { application: "rtp" }),
		"IPO-IN-32, IPO-OUT-23 stay equal",
		[
			"udp/46752 is in the default range of IPO-IN-32, IPO-OUT-23",
			"the payload is rtp, as the row says",
			"IPO-IN-32 and IPO-OUT-23 stay equal: nothing in the capture tells them apart",
			NO_HOST,
		],
	],
	[facts(UDP, 46752), UNLISTED, [UNLISTED]],
	[facts(UDP, 33000, { application: "rtp" }), UNLISTED, [UNLISTED]],
	[
		facts(TCP, 22, { application: "http" }),
		"http contradicts IPO-IN-1, VMPRO-OUT-1, MM-OUT-1",
		[
			"http contradicts IPO-IN-1, VMPRO-OUT-1, MM-OUT-1",
			"the payload is http, but IPO-IN-1 is TCP/SSH; VMPRO-OUT-1 is TCP/FTP; MM-OUT-1 is TCP",
			"nearest is IPO-IN-1, which needs IP Office as the server",
		],
	],
	[facts(TCP, 4444), UNLISTED, [UNLISTED, "nearest is IPO-INT-2, which is a connection of IP Office with itself"]],
	[
		facts(TCP, 4444, { sameHost: true }),
		"IPO-INT-2 port-only WebRTC gateway management",
		["tcp/4444 is the port of IPO-INT-2", NO_PAYLOAD, NO_HOST],
	],
];

function told(labeller: Labeller, given: Facts): { head: string; reasons: readonly string[] } {
	const { row, confidence, service, group, reasons } = labeller.label(given);
	const head = row === null ? [group, service].filter(Boolean).join(", ") : `${row} ${confidence} ${service}`;
	return { head, reasons };
}

describe("a label says why", () => {
	it.each(SAID)("%o", (given, head, reasons) => {
		expect(told(new Labeller(index, true), given)).toEqual({ head, reasons });
	});

	it.each(SAID_BY_PORT)("%o, where no product host is known", (given, head, reasons) => {
		expect(told(new Labeller(index, false), given)).toEqual({ head, reasons });
	});

	it("does not name candidates where there are none, and the row alone where there is one", () => {
		const labeller = new Labeller(index, true);
		expect(labeller.label(facts(TCP, 9999, ipo)).candidates).toEqual([]);
		expect(labeller.label(facts(TCP, 50804, ipo)).candidates).toEqual(["IPO-IN-42"]);
	});
});

describe("a labeller's memory", () => {
	it("mixes up no facts", () => {
		const products = fc.constantFrom<readonly string[]>(["ipo"], ["ipo", "vmpro"], ["onex"], []);
		const given = fc.record<Facts>({
			protocol: fc.constantFrom(TCP, UDP),
			serverPort: fc.constantFrom(0, 80, 123, 443, 4444, 5060, 33_000, 46_752, 50_802, 50_805, 65_535),
			listedPort: fc.constantFrom(80, 443, 50_805),
			serverProducts: products,
			clientProducts: products,
			sameHost: fc.boolean(),
			application: fc.constantFrom(null, "tls", "http", "rtp"),
			name: fc.constantFrom(null, named("cloud.avayacloud.com"), named("scep.example.com"), {
				text: "cloud.avayacloud.com",
				source: "dns" as const,
			}),
			feature: fc.constant(null),
			announced: fc.constantFrom(null, "rtp", "t38"),
			speaks: fc.constantFrom(null, "ipo", "vmpro"),
		});
		// The same sets of products are the same object, as Hosts gives them.
		const sets = new Map<string, readonly string[]>();
		const same = (set: readonly string[]) => {
			sets.set(set.join(), sets.get(set.join()) ?? set);
			return sets.get(set.join())!;
		};
		fc.assert(
			fc.property(fc.array(given, { minLength: 2, maxLength: 40 }), (all) => {
				const remembering = new Labeller(index, true);
				for (const one of all) {
					const its = { ...one, serverProducts: same(one.serverProducts), clientProducts: same(one.clientProducts) };
					const moved = one.listedPort === 443 ? { ...its, listedPort: its.serverPort } : its;
					expect(remembering.label(moved)).toEqual(new Labeller(index, true).label(moved));
				}
			}),
		);
	});

	it("gives equal facts one verdict, and judges on where names of protocols run out", () => {
		const labeller = new Labeller(index, true);
		const given = facts(TCP, 50805, ipo);
		expect(labeller.label({ ...given })).toBe(labeller.label({ ...given }));
		for (let i = 0; i < 400; i++)
			expect(labeller.label({ ...given, application: `protocol ${i}` }).reasons.join()).toContain(`protocol ${i}`);
		expect(labeller.label({ ...given })).toBe(labeller.label({ ...given }));
	});
});

describe("the rows of a later release", () => {
	const earlier = new MatrixIndex(matrixOfRelease(matrix, "11.0"));
	const judged = (given: Facts) => new Labeller(earlier, true, index).label(given);

	it("are no label where the release's own rows tell both sides, or where the later one knows none either", () => {
		for (const given of [
			facts(TCP, 50802, { ...ipo, clientProducts: ["vmpro"] }),
			facts(TCP, 50804, ipo),
			facts(TCP, 9999, ipo),
			facts(UDP, 5080, { ...ipo, application: "sip" }),
		])
			expect(judged(given)).toEqual(new Labeller(earlier, true).label(given));
	});
});
