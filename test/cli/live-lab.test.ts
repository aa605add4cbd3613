/** Real servers and clients in the lab's network namespaces, captured live by each back end. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import { compare } from "../../scripts/lab/compare.ts";
import { differences } from "../../scripts/lab/live.ts";
import { Network } from "../../scripts/lab/network.ts";
import { Office } from "../../scripts/lab/office.ts";
import { PLAYS } from "../../scripts/lab/plays/index.ts";
import { installPackages, whyNot } from "../../scripts/lab/requirements.ts";
import { perform } from "../../scripts/lab/run.ts";
import { hostsOf } from "../../scripts/lab/truth.ts";
import { classify } from "../../src/classify.ts";
import { backEndsHere } from "../support/wire.ts";

/** tftpd-hpa, sipp, snmpd, chrony, dnsmasq, slapd, rsyslog, nginx with TLS, OpenSSH. */
const WANTED = ["tftp", "sip", "snmp", "ntp", "names", "directory", "logs", "web", "ssh"];
const PATIENCE = 180_000;

/** The plays whose programs are here; the test is skipped, with the reason, where there are none. */
async function playable(context: TestContext) {
	const reason = await whyNot();
	if (reason !== undefined) context.skip(`no lab: ${reason}`);
	const wanted = PLAYS.filter(({ name }) => WANTED.includes(name));
	const absent = await installPackages(wanted, false);
	const plays = wanted.filter(({ packages }) => !packages.some((name) => absent.has(name)));
	for (const { name, packages } of wanted.filter((play) => !plays.includes(play))) {
		const lacks = packages.filter((each) => absent.has(each)).join(", ");
		console.warn(`not captured live: ${name} (${lacks} not installed)`);
	}
	if (plays.length === 0) context.skip("no lab: none of its servers is installed");
	return plays;
}

describe("the lab's real servers, live", { timeout: PATIENCE, retry: 1 }, () => {
	it("are labelled by every back end as in the file, and as the lab knows them", async (context) => {
		const plays = await playable(context);
		const backEnds = backEndsHere();
		if (backEnds.length === 0) context.skip("no live capture: no back end is installed");
		const folder = mkdtempSync(join(tmpdir(), "flowmatrix-live-lab-"));
		const network = new Network(folder);
		try {
			const office = await Office.open(network);
			const { truth, failures, live } = await perform(network, office, plays, new Map(), backEnds);
			expect(failures).toEqual([]);
			const report = await classify([join(folder, truth.files[0]!)], { hosts: hostsOf(truth) });
			const wrong = [...compare(report, truth).outcomes.values()].flat().filter(({ result }) => result !== "ok");
			expect(wrong).toEqual([]);
			expect([...live.keys()]).toEqual(backEnds);
			for (const [backEnd, { capture, flows }] of live) {
				expect(differences(flows, report.flows()), backEnd).toEqual([]);
				expect(capture.dropped, backEnd).toBe(0);
			}
		} finally {
			await network.close();
			rmSync(folder, { recursive: true, force: true });
		}
	});
});
