import { describe, expect, it } from "vitest";
import type { Facts } from "../../src/label/facts.ts";
import { Labeller } from "../../src/label/verdict.ts";
import { MatrixIndex } from "../../src/matrix/index.ts";
import { loadMatrix } from "../../src/matrix/load.ts";
import { matrixOfRelease } from "../../src/matrix/release.ts";
import { facts } from "../support/facts.ts";

const TCP = 6;
const UDP = 17;

const matrix = await loadMatrix();
const index = new MatrixIndex(matrix);

const named = (text: string) => ({ text, source: "payload" }) as const;
const label = (given: Facts, anyHost = true) => new Labeller(index, anyHost).label(given);
const ipo = { serverProducts: ["ipo"] };
const fromIpo = { clientProducts: ["ipo"] };

describe("rows of the server and the client", () => {
	it.each<[string, Facts, string, string | null]>([
		["ingress of the server's product", facts(TCP, 50805, { ...ipo, application: "tls" }), "IPO-IN-43", null],
		["egress of the client's product", facts(UDP, 123, { ...fromIpo, application: "ntp" }), "IPO-OUT-7", null],
		[
			"both where both are products",
			facts(TCP, 50815, { serverProducts: ["onex"], ...fromIpo }),
			"ONEX-IN-15",
			"IPO-OUT-27",
		],
		["voicemail to IP Office", facts(TCP, 50802, { ...ipo, clientProducts: ["vmpro"] }), "IPO-IN-41", "VMPRO-OUT-8"],
		[
			"intra-device rows of one host",
			facts(TCP, 4444, { ...ipo, ...fromIpo, sameHost: true, application: "java-rmi" }),
			"IPO-INT-2",
			null,
		],
		["DHCP by option 53", facts(UDP, 67, { ...ipo, application: "dhcp" }), "IPO-IN-3", null],
		["BOOTP without it", facts(UDP, 67, { ...ipo, application: "bootp" }), "IPO-IN-4", null],
		[
			"IP Office as DHCP client: the server's port is 67",
			facts(UDP, 67, { ...fromIpo, application: "dhcp" }),
			"IPO-OUT-4",
			null,
		],
		["TFTP", facts(UDP, 69, { ...ipo, application: "tftp" }), "IPO-IN-5", null],
	])("%s", (_, given, row, peerRow) => {
		expect(label(given)).toMatchObject({ status: "matched", row, peerRow });
	});

	it("are none where neither end is a product", () => {
		expect(label(facts(TCP, 50805))).toMatchObject({ status: "unknown", row: null, nearest: "IPO-IN-43" });
	});
});

describe("ports", () => {
	it("an exact port beats a default range: 50791 inside nothing, 50795 beside the media range", () => {
		expect(label(facts(UDP, 50795, ipo))).toMatchObject({ row: "IPO-IN-37" });
	});

	it("a default range beats a configurable one", () => {
		expect(label(facts(UDP, 5060, { ...ipo, application: "sip" }))).toMatchObject({ row: "IPO-IN-19" });
	});

	it("a configurable range counts only with evidence", () => {
		expect(label(facts(TCP, 85, ipo))).toMatchObject({ status: "unknown" });
		expect(label(facts(TCP, 85, { ...ipo, application: "http" }))).toMatchObject({
			status: "matched",
			row: "IPO-IN-6",
		});
		expect(label(facts(UDP, 33000, ipo))).toMatchObject({ status: "unknown" });
		expect(label(facts(UDP, 33000, { ...ipo, application: "rtp" }))).toMatchObject({ row: "IPO-IN-32" });
	});

	it("rows that stay equal are ambiguous, and all listed", () => {
		const verdict = label(facts(UDP, 5080, { ...ipo, application: "sip" }));
		expect(verdict.status).toBe("ambiguous");
		expect(verdict.candidates).toEqual(["IPO-IN-18", "IPO-IN-19"]);
		expect(verdict.row).toBeNull();
	});
});

describe("media", () => {
	it.each([
		["plain RTP", 46752, "rtp", "IPO-IN-32"],
		["plain RTP where the web client's range overlaps", 50100, "rtp", "IPO-IN-32"],
		["STUN of a web client", 50100, "stun", "IPO-IN-31"],
		["DTLS of a web client", 54000, "dtls", "IPO-IN-31"],
		["STUN of the WebRTC gateway", 56500, "stun", "IPO-IN-51"],
	])("%s", (_, port, application, row) => {
		expect(label(facts(UDP, port, { ...ipo, application }))).toMatchObject({ status: "matched", row });
	});

	it("without evidence in overlapping ranges stays ambiguous", () => {
		expect(label(facts(UDP, 50100, ipo))).toMatchObject({
			status: "ambiguous",
			candidates: ["IPO-IN-31", "IPO-IN-32"],
		});
	});

	it("towards a range of the far end is egress", () => {
		expect(label(facts(UDP, 46000, { ...fromIpo, application: "rtp" }))).toMatchObject({ row: "IPO-OUT-23" });
	});
});

describe("payload", () => {
	it("that fits confirms", () => {
		expect(label(facts(TCP, 22, { ...ipo, application: "ssh" }))).toMatchObject({
			row: "IPO-IN-1",
			confidence: "confirmed",
		});
	});

	it("that is silent leaves the label probable", () => {
		expect(label(facts(TCP, 50804, ipo))).toMatchObject({ row: "IPO-IN-42", confidence: "probable" });
	});

	it("that contradicts makes the flow unknown, with the contradiction as the reason", () => {
		const verdict = label(facts(TCP, 22, { ...ipo, application: "http" }));
		expect(verdict).toMatchObject({ status: "unknown", row: null, nearest: "IPO-IN-1" });
		expect(verdict.reasons.join("\n")).toContain("http contradicts IPO-IN-1");
		expect(label(facts(TCP, 50805, { ...ipo, application: "http" }))).toMatchObject({ status: "unknown" });
	});

	it("of TLS on a row that does not ask for it is no contradiction", () => {
		expect(label(facts(TCP, 80, { ...ipo, application: "tls" }))).toMatchObject({
			row: "IPO-IN-6",
			confidence: "probable",
		});
	});
});

describe("names", () => {
	const https = { ...fromIpo, application: "tls" };
	it.each([
		["www.avaya-sub.com", "IPO-OUT-12"],
		["eu.avayacloud.com", "IPO-OUT-11"],
		["storage.googleapis.com", "IPO-OUT-13"],
		["scep.example.com", "IPO-OUT-10"],
		["licence.AVAYA-SUB.com.", "IPO-OUT-12"],
	])("%s", (name, row) => {
		expect(label(facts(TCP, 443, { ...https, name: named(name) }))).toMatchObject({ status: "matched", row });
	});

	it("that only look alike do not count", () => {
		expect(label(facts(TCP, 443, { ...https, name: named("notavaya-sub.com") }))).toMatchObject({
			row: "IPO-OUT-10",
			confidence: "probable",
		});
	});

	it("unknown: ambiguous", () => {
		expect(label(facts(TCP, 443, https))).toMatchObject({
			status: "ambiguous",
			candidates: ["IPO-OUT-10", "IPO-OUT-11", "IPO-OUT-12", "IPO-OUT-13"],
		});
	});
});

describe("while no product host is known", () => {
	it("the port alone speaks, and says so", () => {
		expect(label(facts(TCP, 50805, { application: "tls" }), false)).toMatchObject({
			status: "matched",
			row: "IPO-IN-43",
			confidence: "port-only",
		});
	});

	it("a range alone says nothing", () => {
		expect(label(facts(UDP, 46752), false)).toMatchObject({ status: "unknown" });
	});

	it("ingress and egress of one port stay equal", () => {
		expect(label(facts(UDP, 5060, { application: "sip" }), false)).toMatchObject({
			status: "ambiguous",
			candidates: ["IPO-IN-19", "IPO-OUT-18"],
		});
	});
});

describe("unknowns", () => {
	it("name the nearest row", () => {
		expect(label(facts(UDP, 411, ipo))).toMatchObject({ status: "unknown", nearest: "IPO-IN-9" });
		expect(label(facts(TCP, 50806, ipo))).toMatchObject({ status: "unknown", nearest: "IPO-IN-43" });
	});

	it("name the release that retired the row", () => {
		expect(label(facts(TCP, 5807, ipo)).reasons.join("\n")).toMatch(/11\.0/);
	});

	it("of other transports say that the matrix has none", () => {
		expect(label(facts(1, 0, ipo)).reasons.join("\n")).toContain("TCP and UDP only");
	});
});

describe("a server name that no row has", () => {
	const foreign = { application: "tls", name: named("www.example.com") };

	it("leaves no row whose other end is a product that is not there", () => {
		const { row, candidates } = label(facts(TCP, 443, { clientProducts: ["ipo", "vmpro"], ...foreign }));
		expect(row).toBeNull();
		expect(candidates).toEqual(["IPO-OUT-10", "VMPRO-OUT-3"]);
	});

	it("may be that of an Exchange server of the site: probable, and says so", () => {
		const { row, confidence, reasons } = label(facts(TCP, 443, { clientProducts: ["vmpro"], ...foreign }));
		expect({ row, confidence }).toEqual({ row: "VMPRO-OUT-3", confidence: "probable" });
		expect(reasons).toContain("the server's name www.example.com is in none of the domains of VMPRO-OUT-3");
		expect(reasons.at(-1)).toMatch(
			/^VMPRO-OUT-3 is left by elimination: its servers may have other names than those in /,
		);
	});

	it("tells nothing against what two products do with each other", () => {
		const control = facts(TCP, 443, { ...ipo, clientProducts: ["vmpro"], ...foreign });
		expect(label(control)).toMatchObject({ row: "IPO-IN-10", peerRow: "VMPRO-OUT-4" });
	});

	it("is the reason where the port alone would fit", () => {
		const { status, reasons } = label(facts(TCP, 443, { clientProducts: ["mm"], ...foreign }));
		expect(status).toBe("unknown");
		expect(reasons.join()).toContain("www.example.com is in none of the domains of MM-OUT-2");
		expect(reasons.join()).not.toContain("lists tcp/443");
	});
});

describe("ranges and names of both ends", () => {
	it("a port that the client's row names counts for more than a range of the server's", () => {
		const traps = facts(UDP, 10162, { ...ipo, ...fromIpo, application: "snmp" });
		expect(label(traps)).toMatchObject({ row: "IPO-OUT-22", peerRow: null });
	});

	it("a public protocol is not what a proprietary row is about; media and TLS may be", () => {
		for (const application of ["ssh", "http", "sip"])
			expect(label(facts(TCP, 50794, { ...ipo, application }))).toMatchObject({ status: "unknown", row: null });
		expect(label(facts(TCP, 50794, { ...ipo, application: "tls" }))).toMatchObject({ row: "IPO-IN-36" });
		const media = facts(UDP, 50792, { ...ipo, clientProducts: ["vmpro"], application: "rtp" });
		expect(label(media)).toMatchObject({ row: "IPO-IN-34" });
	});

	it("Microsoft's mail hosts are Exchange", () => {
		for (const name of ["outlook.office365.com", "autodiscover-s.outlook.com"])
			expect(label(facts(TCP, 443, { clientProducts: ["vmpro"], application: "tls", name: named(name) })).row).toBe(
				"VMPRO-OUT-3",
			);
	});

	it("a row that is known by its servers' names is not confirmed without one", () => {
		const unnamed = label(facts(TCP, 443, { clientProducts: ["mm"], application: "tls" }));
		expect(unnamed).toMatchObject({ row: "MM-OUT-2", confidence: "probable" });
		expect(unnamed.reasons.join()).toContain("no server name was seen");
	});

	it("nor where others of its port, which are known otherwise, are for products that are not there", () => {
		const unnamed = label(facts(TCP, 443, { clientProducts: ["vmpro"], application: "tls" }));
		expect(unnamed).toMatchObject({ row: "VMPRO-OUT-3", confidence: "probable" });
		expect(unnamed.reasons.join()).toContain("no server name was seen");
		const control = label(facts(TCP, 443, { clientProducts: ["vmpro"], serverProducts: ["onex", "ipo"] }));
		expect(control.reasons.join()).not.toContain("no server name was seen");
	});

	it.each([
		["ipo", "outlook.office365.com", "one of VMPRO-OUT-3"],
		["vmpro", "spaces.avayacloud.com", "one of IPO-OUT-11"],
		["vmpro", "licence.avaya-sub.com", "one of IPO-OUT-12, IPO-OUT-21"],
		["ipo", "www.googleapis.com", "one of MM-OUT-2"],
		["mm", "storage.googleapis.com", "one of IPO-OUT-13"],
	])("%s: %s is another row's, so none of its own", (product, text, said) => {
		const { row, status, reasons } = label(
			facts(TCP, 443, { clientProducts: [product], application: "tls", name: named(text) }),
		);
		expect({ row, status }).toEqual({ row: null, status: "unknown" });
		expect(reasons).toContain(`the server's name ${text} is ${said}`);
	});

	it.each(["texttospeech.googleapis.com", "eu-speech.speech.googleapis.com"])(
		"%s serves a feature of its own inside a row's domain, and is not the row",
		(text) => {
			const feature = "Speech";
			const given = facts(TCP, 443, { clientProducts: ["mm"], application: "tls", name: named(text), feature });
			expect(label(given)).toMatchObject({ status: "unknown", row: null, service: feature });
		},
	);

	it("what is near and belongs to the ends lacks the protocol, not the host", () => {
		const { nearest, reasons } = label(facts(TCP, 443, { ...ipo, application: "http" }));
		expect(nearest).toBe("IPO-IN-10");
		expect(reasons.join("\n")).toContain("nearest is IPO-IN-10, which is TCP/HTTPS");
	});

	it("a name of a subscription feature without a row leaves none", () => {
		const name = named("texttospeech.googleapis.com");
		const verdict = label(facts(TCP, 443, { ...fromIpo, application: "tls", name, feature: "Text to speech" }));
		expect(verdict).toMatchObject({ status: "unknown", service: "Text to speech" });
		expect(verdict.reasons.join()).toContain(
			"serves a subscription feature (Text to speech) that has no row of its own",
		);
	});
});

describe("the matrix of an earlier release", () => {
	const earlier = new MatrixIndex(matrixOfRelease(matrix, "11.0"));
	const judged = (given: Facts) => new Labeller(earlier, true, index).label(given);

	it("leaves rows that came later to what only they can be, and says so", () => {
		const verdict = judged(facts(TCP, 7444, { ...ipo, application: "tls" }));
		expect(verdict.row).toBe("IPO-IN-25");
		expect(verdict.reasons.at(-1)).toBe("IPO-IN-25 came with a later release than 11.0, which the traffic tells");
	});

	it("names no row that came later as the one that a server's name tells", () => {
		const name = named("storage.googleapis.com");
		const given = facts(TCP, 443, { ...fromIpo, application: "tls", name, feature: "Upgrades" });
		const { row, reasons } = new Labeller(earlier, true).label(given);
		expect(row).toBeNull();
		expect(reasons[1]).toMatch(
			/storage.googleapis.com serves a subscription feature \(Upgrades\) that has no row of its own$/,
		);
	});

	it("keeps its own rows where it has some", () => {
		expect(judged(facts(TCP, 50805, { ...ipo, application: "tls" })).reasons.join()).not.toContain("later release");
	});
});
