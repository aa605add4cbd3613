import { describe, expect, it } from "vitest";
import { Hosts, keyOfText } from "../../src/label/hosts.ts";
import { loadMatrix } from "../../src/matrix/load.ts";
import { Protocol } from "../../src/packet/view.ts";

const matrix = await loadMatrix();
const ADDRESS = "10.0.0.5";

function productsThatAnswer(...ports: readonly number[]): readonly string[] {
	const hosts = new Hosts(matrix, []);
	for (const port of ports) hosts.answered(keyOfText(ADDRESS), () => ADDRESS, Protocol.TCP, port, true);
	hosts.settle();
	return hosts.productsOf(keyOfText(ADDRESS));
}

describe("a host that answers with TLS", () => {
	it("on a port that only IP Office serves is IP Office", () => {
		expect(productsThatAnswer(50805)).toEqual(["ipo"]);
	});

	it.each([[52233], [5443, 52233], [50792, 50793]])(
		"on %s is no product: products look for other servers there",
		(...ports) => {
			expect(productsThatAnswer(...ports)).toEqual([]);
		},
	);
});
