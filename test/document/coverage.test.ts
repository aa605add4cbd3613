import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it, vi } from "vitest";
import { Flag } from "../../scripts/captures/packets.ts";
import { HOSTS } from "../../scripts/floods/hosts.ts";
import { Recorder } from "../../scripts/floods/recorder.ts";
import { coverage } from "../../src/coverage.ts";
import { loadMatrix } from "../../src/matrix/load.ts";
import { COVERAGE_OUTPUTS } from "../../src/report/coverage.ts";
import { displayWidth } from "../../src/report/text/safe-text.ts";
import { CAPTURES, capturePath, reportOf } from "../support/captures.ts";
import { parseCsv } from "../support/csv.ts";

const schema = (name: string) =>
	JSON.parse(readFileSync(new URL(`../../schema/${name}.schema.json`, import.meta.url), "utf8"));
const ajv = new Ajv2020({ allErrors: true, strictTypes: false });
ajv.addSchema(schema("report"), "report.schema.json");
const isDocument = ajv.compile(schema("coverage"));
const { rows: MATRIX_ROWS } = await loadMatrix();

const text = (pieces: Iterable<string>) => [...pieces].join("");
const plain = (width: number) => ({ width, color: false });

describe.each(CAPTURES)("captures/%s", (name) => {
	it("has every row of every product host, and counts what the report counts", async () => {
		const [found, report] = [await coverage([capturePath(name)]), await reportOf(name)];
		const wanted = report.hosts.flatMap(({ address, products }) =>
			MATRIX_ROWS.filter(({ product }) => products.includes(product)).map(({ id }) => `${id} ${address}`),
		);
		const got = found.rows.map(({ row, host }) => `${row} ${host}`);
		expect(new Set(got).size).toBe(got.length);
		expect(got.filter((each) => !each.includes("-x"))).toEqual(expect.arrayContaining([...release(found, wanted)]));
		for (const { state, flows, working, failing, examples } of found.rows) {
			expect(working + failing).toBeLessThanOrEqual(flows);
			const seen = working > 0 ? (failing > 0 ? "mixed" : "working") : failing > 0 ? "failing" : "unclear";
			expect(state).toBe(flows === 0 ? "not seen" : seen);
			expect(examples.length > 0).toBe(flows > 0);
		}
	});

	it("is a document of the schema, and CSV with a line for every row", async () => {
		const found = await coverage([capturePath(name)], { require: ["IPO-IN-43"] });
		isDocument(JSON.parse(text(COVERAGE_OUTPUTS.json(found, { width: 80, color: false }))));
		expect(isDocument.errors).toBeNull();
		const lines = parseCsv(text(COVERAGE_OUTPUTS.csv(found, { width: 80, color: false })));
		expect(lines).toHaveLength(found.rows.length + 1);
		expect(new Set(lines.map((cells) => cells.length)).size).toBe(1);
	});

	it.each([40, 80, 200])("fits %i columns", async (width) => {
		const found = await coverage([capturePath(name)], { require: ["IPO-IN-43"] });
		for (const line of text(COVERAGE_OUTPUTS.table(found, plain(width))).split("\n"))
			expect(displayWidth(line)).toBeLessThanOrEqual(width);
	});
});

/** Rows that the release which the capture tells has: an earlier one lacks some. */
function release(found: { matrix: { release: string } }, wanted: readonly string[]): readonly string[] {
	return found.matrix.release === "12.0" ? wanted : [];
}

describe("an office's day", () => {
	const office = (options = {}) => coverage([capturePath("office-day.pcapng")], options);
	const at = async (row: string, host: string, options = {}) =>
		(await office(options)).rows.find((each) => each.row === row && each.host === host);

	it("shows what works, what fails and why, and what was not seen", async () => {
		expect(await at("IPO-IN-43", "10.10.0.10")).toMatchObject({ state: "working", failing: 0, kinds: [] });
		expect(await at("IPO-IN-43", "10.10.0.20")).toMatchObject({
			state: "failing",
			working: 0,
			kinds: ["unanswered"],
			examples: [17],
		});
		expect(await at("IPO-IN-46", "10.10.0.10")).toMatchObject({ state: "not seen", flows: 0, default: "closed" });
	});

	it("counts a flow for the client's own row too", async () => {
		expect(await at("IPO-IN-7", "10.10.0.10")).toMatchObject({ state: "working", examples: [21] });
		expect(await at("IPO-OUT-7", "10.10.0.20")).toMatchObject({ state: "working", examples: [21] });
	});

	it("counts all flows of a TFTP transfer, and broadcasts, for the host that answers", async () => {
		expect(await at("IPO-IN-5", "10.10.0.20")).toMatchObject({ state: "working", flows: 3, working: 3 });
		expect(await at("IPO-IN-3", "10.10.0.10")).toMatchObject({ state: "working", flows: 2, working: 2 });
	});

	it("takes messages that nobody answers for working, and what is refused as it should be for nothing", async () => {
		for (const row of ["IPO-OUT-8", "IPO-OUT-15"])
			expect(await at(row, "10.10.0.10"), row).toMatchObject({ state: "working" });
		expect(await at("IPO-IN-42", "10.10.0.10")).toMatchObject({ state: "unclear", kinds: ["refused"] });
	});

	it("meets what is required where it works: on all given hosts, or where the capture shows any", async () => {
		const met = async (row: string, hosts: string[] = []) => {
			const given = hosts.map((address) => ({ product: "ipo", address }));
			const { required } = await office({ require: [row], hosts: given });
			return required[0]!;
		};
		expect(await met("IPO-IN-19")).toMatchObject({ met: true, reasons: [] });
		expect(await met("IPO-IN-19", ["10.10.0.10"])).toMatchObject({ met: true });
		const both = await met("IPO-IN-19", ["10.10.0.10", "10.10.0.20"]);
		expect(both.met).toBe(false);
		expect(both.reasons).toEqual([expect.stringMatching(/10\.10\.0\.20.*no flow/)]);
		expect(await met("IPO-IN-43")).toMatchObject({
			met: false,
			reasons: [expect.stringMatching(/10\.10\.0\.20.*unanswered.*17/)],
		});
		expect(await met("MM-IN-1")).toMatchObject({ met: false, reasons: [expect.stringMatching(/Media Manager/)] });
	});

	it("refuses a row that the matrix does not have", async () => {
		await expect(office({ require: ["IPO-IN-99"] })).rejects.toThrow(/IPO-IN-99/);
		await expect(office({ require: ["IPO-IN-25"], release: "9.1" })).rejects.toThrow(/IPO-IN-25.*9\.1/);
	});
});

describe("every row", () => {
	it("is seen working where all are in use and answer", async () => {
		const { rows } = await coverage([capturePath("every-row.pcapng")]);
		expect(rows.filter(({ failing }) => failing > 0)).toEqual([]);
		const working = new Set(rows.filter(({ state }) => state === "working").map(({ row }) => row));
		const products = new Set(rows.map(({ row }) => row.split("-")[0]));
		const lacking = MATRIX_ROWS.filter(({ id }) => products.has(id.split("-")[0]) && !working.has(id));
		// Of these two the capture has no answer.
		expect(lacking.map(({ id }) => id)).toEqual(["IPO-IN-13", "IPO-OUT-14"]);
	});
});

describe("a flood of product hosts", () => {
	it("is covered for 1,000 of them, given ones and those with the most flows, and told", async () => {
		const folder = mkdtempSync(join(tmpdir(), "flowmatrix-"));
		try {
			const path = join(folder, "flood.pcap");
			const out = new Recorder(path);
			HOSTS.find(({ name }) => name === "hosts-ports")!.write(out, 4 * 1200);
			// 11.0.4.175, the last of them, has one flow more.
			const busy = { from: 0x0b0004af, to: 0x0a000002, sourcePort: 50_804, port: 40_001 };
			out.send({ ...busy, flags: Flag.syn | Flag.ack });
			out.close();
			const found = await coverage([path], { hosts: [{ product: "vmpro", address: "10.0.0.1" }] });
			const hosts = [...new Set(found.rows.map(({ host }) => host))];
			expect([found.hosts.length, hosts.length]).toEqual([1201, 1000]);
			expect(hosts).toEqual(expect.arrayContaining(["10.0.0.1", "11.0.0.0", "11.0.4.175"]));
			expect(hosts).toEqual(found.hosts.map(({ address }) => address).filter((each) => hosts.includes(each)));
			expect(found.problems.map(({ message }) => message)).toEqual([
				"of more than 1000 product hosts, coverage tells the rows of those given, and of others up to that many in all",
			]);
			// Not all rows once more for each host.
			const walks = vi.spyOn(found.rows, "filter");
			const table = [...COVERAGE_OUTPUTS.table(found, { width: 200, color: false })].join("");
			expect(table.match(/^Not seen of /gm)).toHaveLength(1000);
			expect(walks.mock.calls.length).toBeLessThan(20);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});

	it("is covered for all of them that were given, however many", async () => {
		const given = Array.from({ length: 1100 }, (_, n) => ({ product: "mm", address: `10.9.${n >> 8}.${n & 255}` }));
		const of = async (hosts: typeof given) => {
			const { rows, problems } = await coverage([capturePath("office-day.pcapng")], { hosts });
			return [new Set(rows.map(({ host }) => host)).size, problems.length];
		};
		// Three more are product hosts by what they do.
		expect(await of(given)).toEqual([1100, 1]);
		expect(await of(given.slice(0, 996))).toEqual([999, 0]);
	});
});
