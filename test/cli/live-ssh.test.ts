/** `live --ssh` by OpenSSH's own server and client. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { FlowRecord } from "../../src/document/document.ts";
import { capturing, Started } from "../support/cli.ts";
import { RemoteHost } from "../support/remote-host.ts";
import { isThere, whyNoWire } from "../support/wire.ts";

const PATIENCE = 60_000;
/** Behind tcpdump, which hands over each second, comes the connection. */
const HANDED_OVER = 2_000;

function whyNoHost(): string | undefined {
	if (!existsSync("/usr/sbin/sshd") || !existsSync("/usr/bin/ssh")) return "OpenSSH is not installed";
	return isThere("tcpdump") ? whyNoWire() : "tcpdump is not installed";
}

const folder = mkdtempSync(join(tmpdir(), "flowmatrix-ssh-"));
const noHost = whyNoHost();
let host: RemoteHost;

beforeAll(async () => {
	if (noHost === undefined) host = await RemoteHost.start(folder);
});
beforeEach((context) => {
	if (noHost !== undefined) context.skip(`no other host: ${noHost}`);
});
afterAll(() => {
	if (noHost === undefined) host.end();
	rmSync(folder, { recursive: true });
});

function live(...args: readonly string[]): Started {
	return new Started(["live", "--ssh", `root@${host.address}`, ...args, "--format", "json"], { env: host.env });
}

const get = async () => (await fetch(`http://${host.address}/`, { headers: { connection: "close" } })).text();
const serversOf = (flows: readonly FlowRecord[]) =>
	flows
		.filter(({ transport }) => transport === "tcp")
		.map(({ server, application }) => `${server.address}:${server.port} ${application?.protocol}`)
		.sort();

describe("live --ssh", { timeout: PATIENCE }, () => {
	it("tells what the other host sees, without the connection that brings it", async () => {
		const program = live("-i", host.device);
		const stdout = program.stdout();
		await capturing(program);
		expect(await get()).toBe("hello");
		expect(host.ssh("echo another")).toBe("another\n");
		await sleep(HANDED_OVER);
		program.child.kill("SIGINT");
		const { flows, problems } = JSON.parse(await stdout);
		expect(await program.ended, program.stderr).toEqual({ status: 0, signal: null });
		expect(serversOf(flows)).toEqual([`${host.address}:22 ssh`, `${host.address}:80 http`]);
		expect(problems).toEqual([]);
	});

	it("filters there", async () => {
		const program = live("-i", "any", "-f", "tcp port 80 or tcp port 8080");
		const stdout = program.stdout();
		await capturing(program);
		host.ssh("true");
		await get();
		await sleep(HANDED_OVER);
		program.child.kill("SIGINT");
		expect(serversOf(JSON.parse(await stdout).flows)).toEqual([`${host.address}:80 http`]);
	});

	it.each([
		["an interface that is not there", ["-i", "nope0"], `has no interface nope0: ssh root@`],
		["a filter that is none", ["-i", "far0", "-f", "prot 80"], "prot 80"],
	])("refuses %s with one line", async (_, args, words) => {
		const program = live(...args);
		const stdout = await program.stdout();
		expect([(await program.ended).status, stdout]).toEqual([2, ""]);
		expect(program.stderr).toContain(words);
		expect(program.stderr.trim().split("\n")).toHaveLength(1);
	});

	it("says why ssh cannot connect", async () => {
		const program = new Started(["live", "--ssh", `nobody@${host.address}`, "-i", "any"], { env: host.env });
		await program.stdout();
		expect((await program.ended).status).toBe(1);
		expect(program.stderr).toMatch(/^flowmatrix: ssh nobody@\S+: .*Permission denied.*\n$/);
	});

	it("ends with a report, and status 1, where the other host goes", async () => {
		const program = live("-i", host.device);
		const stdout = program.stdout();
		await capturing(program);
		await get();
		await sleep(HANDED_OVER);
		host.end();
		const { flows, problems } = JSON.parse(await stdout);
		expect((await program.ended).status).toBe(1);
		expect(serversOf(flows)).toEqual([`${host.address}:80 http`]);
		expect(problems.map(({ message }: { message: string }) => message).join()).toMatch(
			/^reading failed: capturing on root@\S+ ended: Connection to \S+ closed/,
		);
	});
});
