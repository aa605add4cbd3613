import { describe, expect, it } from "vitest";
import type { Facts } from "../../src/label/facts.ts";
import { Labeller } from "../../src/label/verdict.ts";
import { weighRows } from "../../src/label/weigh.ts";
import { MatrixIndex } from "../../src/matrix/index.ts";
import { loadMatrix } from "../../src/matrix/load.ts";
import { facts } from "../support/facts.ts";

const TCP = 6;
const UDP = 17;
const index = new MatrixIndex(await loadMatrix());

function weighed(protocol: number, serverPort: number, more: Partial<Facts> = {}) {
	const given = facts(protocol, serverPort, more);
	const rows = weighRows(index, given, new Labeller(index, true).label(given));
	return {
		outcomes: rows.map(({ row, outcome }) => `${row.id} ${outcome}`),
		/** What speaks for a row, then what speaks against it. */
		of: (id: string) => {
			const row = rows.find((one) => one.row.id === id)!;
			return [...row.for.map((text) => `+ ${text}`), ...row.against.map((text) => `- ${text}`)];
		},
	};
}

const subscription = { text: "admin.avaya-sub.com", source: "payload" } as const;

describe("the rows that list a port", () => {
	it("stand with the label's first, then exact ports before ranges, then by how much speaks against them", () => {
		expect(weighed(TCP, 50802, { serverProducts: ["ipo"], clientProducts: ["vmpro"] }).outcomes.slice(0, 3)).toEqual([
			"IPO-IN-41 row",
			"VMPRO-OUT-8 peer",
			"IPO-IN-10 ruled out",
		]);
		expect(weighed(UDP, 50100, { serverProducts: ["ipo"] }).outcomes).toEqual([
			"IPO-IN-31 candidate",
			"IPO-IN-32 candidate",
			"IPO-OUT-23 ruled out",
			"IPO-IN-8 ruled out",
			"IPO-IN-18 ruled out",
			"IPO-IN-19 ruled out",
			"IPO-OUT-17 ruled out",
		]);
		expect(weighed(TCP, 443, { serverProducts: ["ipo"], application: "http" }).outcomes).toEqual([
			"IPO-IN-10 ruled out",
			"IPO-OUT-10 ruled out",
			"VMPRO-OUT-4 ruled out",
			"IPO-OUT-11 ruled out",
			"IPO-OUT-12 ruled out",
			"IPO-OUT-13 ruled out",
			"VMPRO-OUT-3 ruled out",
			"MM-OUT-2 ruled out",
			"IPO-IN-28 ruled out",
		]);
	});

	it("are weighed by the port", () => {
		const media = weighed(UDP, 50795, { serverProducts: ["ipo"], application: "rtp" });
		expect(media.of("IPO-IN-37")).toEqual([
			"+ udp/50795 is its port",
			"+ the server runs IP Office",
			"- the other end is not known to run IP Office",
		]);
		expect(media.of("IPO-IN-31")).toEqual([
			"+ udp/50795 is in its default range 3478-3478, 50000-55000",
			"+ the server runs IP Office",
			"- IPO-IN-37 names the port itself, which counts for more",
			"- the payload is rtp, and the row is stun or dtls",
		]);
		expect(media.of("IPO-IN-32")).toEqual([
			"+ udp/50795 is in its configurable range 32768-61000, 1024-65535",
			"+ the server runs IP Office",
			"+ the payload is rtp, and the row is rtp or rtcp or t38",
			"- IPO-IN-37 names the port itself, which counts for more",
		]);
	});

	it("tell a port that the site has moved", () => {
		const moved = weighed(TCP, 8085, { listedPort: 80, serverProducts: ["ipo"], application: "http" });
		expect(moved.of("IPO-IN-6")[0]).toBe("+ tcp/8085, moved from tcp/80, is its port");
		expect(moved.of("IPO-IN-10")[0]).toBe("+ tcp/8085, moved from tcp/80, is in its configurable range 1-65535");
	});

	it("are weighed by who is at the ends", () => {
		const portal = weighed(TCP, 50802, { serverProducts: ["ipo"], clientProducts: ["vmpro"] });
		expect(portal.of("VMPRO-OUT-8")).toEqual([
			"+ tcp/50802 is its port",
			"+ the client runs Voicemail Pro",
			"+ the other end runs IP Office",
		]);
		expect(portal.of("IPO-IN-48")).toContain("- the other end is not known to run one-X Portal");
		expect(portal.of("ONEX-OUT-3")).toEqual([
			"+ tcp/50802 is in its configurable range 49152-65280",
			"+ the other end runs IP Office",
			"- VMPRO-OUT-8 names the port itself, which counts for more",
			"- the client is not known to run one-X Portal",
			"- a configurable range counts only with evidence, and the payload shows none",
		]);
	});

	it("are weighed by whether both ends are one host", () => {
		const both = { serverProducts: ["ipo"], clientProducts: ["ipo"], application: "java-rmi" };
		expect(weighed(TCP, 4444, { ...both, sameHost: true }).of("IPO-INT-2")).toEqual([
			"+ tcp/4444 is its port",
			"+ both ends are one host, which runs IP Office",
			"+ the payload is java-rmi, and the row is java-rmi",
		]);
		const other = "- it is a connection of IP Office with itself, and the ends are two hosts";
		expect(weighed(TCP, 4444, both).of("IPO-INT-2")).toContain(other);
		expect(weighed(TCP, 4444, { sameHost: true }).of("IPO-INT-2")).toContain(other);
	});

	it("are weighed by what was announced where no payload shows it", () => {
		const announced = weighed(UDP, 46000, { serverProducts: ["ipo"], announced: "rtp" });
		expect(announced.of("IPO-IN-32")).toEqual([
			"+ udp/46000 is in its default range 40750-50750",
			"+ the server runs IP Office",
			"+ signalling announced rtp, and the row is rtp or rtcp or t38",
		]);
		expect(announced.of("IPO-IN-8")).toContain("- signalling announced rtp, and the row is snmp");
	});

	it("say what they are where the payload is another", () => {
		const plain = weighed(TCP, 443, { serverProducts: ["ipo"], application: "http" });
		expect(plain.of("IPO-IN-10")).toEqual([
			"+ tcp/443 is its port",
			"+ the server runs IP Office",
			"- the payload is http, and the row is http over TLS",
		]);
		// The document names only the transport of these rows.
		const own = weighed(TCP, 50804, { serverProducts: ["ipo"], application: "http" });
		expect(own.of("IPO-IN-42")).toContain("- the payload is http, and the row is TCP/Proprietary");
	});

	it("are weighed by the server's name", () => {
		const sub = weighed(TCP, 443, { clientProducts: ["ipo"], application: "tls", name: subscription });
		expect(sub.of("IPO-OUT-12")).toEqual([
			"+ tcp/443 is its port",
			"+ the client runs IP Office",
			"+ the payload is tls, and the row is http over TLS",
			"+ the server's name admin.avaya-sub.com is in avaya-sub.com",
		]);
		expect(sub.of("IPO-OUT-10")).toContain("- the server's name admin.avaya-sub.com is one of IPO-OUT-12, IPO-OUT-21");
		expect(sub.of("IPO-OUT-11")).toContain("- the server's name admin.avaya-sub.com is not in avayacloud.com");
		// Of a row of nobody at the flow's ends, and of one that only its range holds, the name says nothing.
		expect(sub.of("IPO-IN-10")).toEqual([
			"+ tcp/443 is its port",
			"+ the payload is tls, and the row is http over TLS",
			"- the server is not known to run IP Office",
		]);
		const unnamed = weighed(TCP, 443, { clientProducts: ["ipo"], application: "tls" });
		expect(unnamed.of("IPO-OUT-12")).toContain("- no server name was seen; the row's are in avaya-sub.com");
		expect(unnamed.of("IPO-OUT-10").filter((text) => text.startsWith("-"))).toEqual([]);
		expect(unnamed.of("VMPRO-OUT-3").at(-1)).toBe(
			"- no server name was seen; the row's are in outlook.office365.com, outlook.office.com, office365.com, outlook.com",
		);
		const elsewhere = { text: "scep.example.com", source: "payload" } as const;
		const other = weighed(TCP, 443, { clientProducts: ["ipo"], application: "tls", name: elsewhere });
		expect(other.of("IPO-OUT-10").filter((text) => text.startsWith("-"))).toEqual([]);
		const exchange = weighed(TCP, 443, { clientProducts: ["vmpro"], application: "tls", name: elsewhere });
		expect(exchange.of("VMPRO-OUT-3").at(-1)).toMatch(
			/^- the server's name scep.example.com is not in .*; the row's servers may have other names$/,
		);
		const at = (text: string) =>
			weighed(TCP, 443, { clientProducts: ["mm"], application: "tls", name: { text, source: "payload" } });
		expect(at("www.googleapis.com").of("MM-OUT-2").at(-1)).toBe(
			"+ the server's name www.googleapis.com is in googleapis.com",
		);
		expect(at("storage.googleapis.com").of("MM-OUT-2").at(-1)).toBe(
			"- the server's name storage.googleapis.com is in googleapis.com, but is one of IPO-OUT-13",
		);
		expect(at("speech.googleapis.com").of("MM-OUT-2").at(-1)).toBe(
			"- the server's name speech.googleapis.com is in googleapis.com, but is of a service without a row",
		);
	});
});
