import { describe, expect, it } from "vitest";
import { IcmpType } from "../../src/packet/icmp.ts";
import { PacketView, Protocol } from "../../src/packet/view.ts";
import type { Incident } from "../../src/session/incidents.ts";
import { IncidentTable } from "../../src/session/incidents.ts";
import { Reachability } from "../../src/session/reachability.ts";

/** What is noted of flow 5 when a message quotes a packet that its side 1 sent. */
function noted(message: Partial<PacketView>): readonly Incident[] {
	const incidents = new IncidentTable();
	const packet = Object.assign(new PacketView(), {
		quoted: 2 * 5 + 1,
		src3: 0x0a0000fe,
		number: 3,
		time: 7,
		...message,
	});
	new Reachability(incidents).observe(packet);
	expect([...incidents.all()]).toEqual(incidents.of(5));
	return incidents.of(5);
}

const v4 = (icmpCode: number) => noted({ protocol: Protocol.ICMP, icmpType: 3, icmpCode });
const v6 = (icmpType: number, icmpCode: number) =>
	noted({ protocol: Protocol.ICMPV6, ipVersion: 6, src0: 0x20010db8 | 0, icmpType, icmpCode });
const kindOf = ([incident]: readonly Incident[]) => incident?.kind;

describe("an ICMP message about a packet that was not delivered", () => {
	it("is noted in the flow of that packet: what it says, who says it, whose packet it was", () => {
		expect(v4(3)).toEqual([
			{
				kind: "unreachable",
				detail: "port unreachable",
				subject: "10.0.0.254",
				side: 1,
				first: { file: 0, number: 3, time: 7 },
				last: 7,
				count: 1,
				requests: 1,
			},
		]);
		expect(v6(1, 4)).toMatchObject([{ detail: "port unreachable", subject: "2001:db8::a00:fe" }]);
	});

	it("says by its code that nothing is there, that it may not be there, or that it is too large", () => {
		const kinds = Array.from({ length: 17 }, (_, code) => kindOf(v4(code)));
		const at = (kind: string) => kinds.flatMap((each, code) => (each === kind ? [code] : []));
		expect(at("unreachable")).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 11, 12]);
		expect(at("prohibited")).toEqual([9, 10, 13, 14, 15]);
		expect(at("fragmentation-needed")).toEqual([4]);
		expect([v4(16), v6(1, 7)]).toEqual([[], []]);
	});

	it("says so over IPv6 with other numbers", () => {
		const kinds = Array.from({ length: 8 }, (_, code) => kindOf(v6(1, code)));
		const [u, p] = ["unreachable", "prohibited"];
		expect(kinds).toEqual([u, p, u, u, u, p, p, undefined]);
		expect(v6(IcmpType.tooBig6, 0)).toMatchObject([{ kind: "fragmentation-needed", detail: "packet too large" }]);
	});
});
