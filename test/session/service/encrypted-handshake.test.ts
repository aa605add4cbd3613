/** What lengths of encrypted records tell of a handshake (RFC 8446, 5.2: an alert is 2 bytes, content type and tag, 19 in all). */
import { describe, expect, it } from "vitest";
import { PacketView } from "../../../src/packet/view.ts";
import { Content } from "../../../src/protocol/tls/record.ts";
import {
	takeEncrypted,
	takeFromClient13,
	takeFromServer13,
	type Underway,
} from "../../../src/session/service/encrypted-handshake.ts";

const [CLIENT, SERVER] = [0, 1] as const;
const SECOND = 1e9;
const at = (seconds: number) => Object.assign(new PacketView(), { time: seconds * SECOND, number: 1 });
const begun = (more: Partial<Underway> = {}): Underway => ({
	client: CLIENT,
	isTlsDue: true,
	first: { file: 0, number: 1, time: 0 },
	message: "server hello",
	sender: SERVER,
	last: 0,
	isTls13: true,
	hasServerHello: true,
	changed: 0,
	encrypted: 0,
	clientRecords: 0,
	mayShowCertificate: false,
	alert: undefined,
	...more,
});

describe("before TLS 1.3", () => {
	it("what both sides encrypt ends the handshake, or data of one", () => {
		const known = begun({ isTls13: false });
		expect(takeEncrypted(known, Content.Handshake, at(1), CLIENT)).toBe(false);
		expect(takeEncrypted(known, Content.Handshake, at(2), CLIENT)).toBe(false);
		expect([known.message, known.sender, known.last]).toEqual(["finished", CLIENT, 2 * SECOND]);
		expect(takeEncrypted(known, Content.Handshake, at(3), SERVER)).toBe(true);
		expect(takeEncrypted(begun(), Content.ApplicationData, at(1), CLIENT)).toBe(true);
	});

	it("an alert does not, and is forgotten when the handshake goes on", () => {
		const known = begun({ isTls13: false });
		expect(takeEncrypted(known, Content.Alert, at(1), SERVER)).toBe(false);
		expect(known.alert).toMatchObject({ side: SERVER, place: { time: SECOND } });
		expect(takeEncrypted(known, Content.Handshake, at(2), CLIENT)).toBe(false);
		expect(known.alert).toBeUndefined();
	});
});

describe("a client of TLS 1.3", () => {
	const client = (known: Underway, ...lengths: readonly number[]) =>
		lengths.map((length, n) => takeFromClient13(known, length, at(n + 1), CLIENT));

	it("has ended the handshake with its Finished: of a tag of 16 bytes or 8, of SHA-256 or SHA-384", () => {
		for (const length of [53, 69, 45]) expect(client(begun(), length)).toEqual([true]);
	});

	it("may have shown a certificate with a first record of another length: then 8 records are waited for", () => {
		const known = begun();
		expect(client(known, 700, 53)).toEqual([false, false]);
		expect([known.message, known.sender, known.last]).toEqual(["finished", CLIENT, 2 * SECOND]);
		expect(client(begun(), ...Array(9).fill(700))).toEqual([...Array(8).fill(false), true]);
	});

	it("sends early data before the server's hello, which counts for nothing", () => {
		const known = begun({ hasServerHello: false });
		expect(client(known, 53, 700, 19)).toEqual([false, false, false]);
		expect([known.clientRecords, known.alert, known.last]).toEqual([0, undefined, 0]);
	});

	it("says an alert with a first record of 19 bytes or fewer, unless it goes on", () => {
		for (const length of [11, 19]) {
			const known = begun();
			expect(client(known, length)).toEqual([false]);
			expect(known.alert).toMatchObject({ side: CLIENT, place: { time: SECOND } });
			expect(client(known, length)).toEqual([false]);
			expect(client(known, 20)).toEqual([true]);
		}
		const longer = begun();
		client(longer, 20);
		expect(longer.alert).toBeUndefined();
	});

	it("says farewell with a short record behind others, but not where the server refused it", () => {
		expect(client(begun(), 700, 19)).toEqual([false, true]);
		const refused = begun();
		client(refused, 700);
		takeFromServer13(refused, 19, at(2), SERVER, false);
		expect(client(refused, 19, 700)).toEqual([false, false]);
		expect(refused.alert).toMatchObject({ side: SERVER });
	});
});

describe("a server of TLS 1.3", () => {
	const server = (known: Underway, length: number, seconds = 1, hasClientLeft = false) =>
		takeFromServer13(known, length, at(seconds), SERVER, hasClientLeft);

	it("goes on with its part of the handshake until the client says something", () => {
		const known = begun();
		expect(server(known, 900, 3)).toBe(false);
		expect([known.message, known.sender, known.last, known.alert]).toEqual([
			"encrypted handshake",
			SERVER,
			3 * SECOND,
			undefined,
		]);
		expect(server(known, 19, 4)).toBe(false);
		expect([known.last, known.alert?.side, known.alert?.place.time]).toEqual([3 * SECOND, SERVER, 4 * SECOND]);
		expect(server(known, 20, 5)).toBe(false);
		expect([known.last, known.alert]).toEqual([5 * SECOND, undefined]);
	});

	it("takes what the client sent with anything longer than an alert, or a second record", () => {
		const client = (last = 0) => begun({ clientRecords: 1, mayShowCertificate: true, last });
		expect(server(client(), 20)).toBe(true);
		const known = client();
		expect([server(known, 19), known.alert?.side, server(known, 19)]).toEqual([false, SERVER, true]);
	});

	it("refuses within five seconds, while the client is there: later it says farewell", () => {
		const client = () => begun({ clientRecords: 1, mayShowCertificate: true, last: 10 * SECOND });
		expect([15, 15.1].map((seconds) => server(client(), 19, seconds))).toEqual([false, true]);
		expect(server(client(), 19, 11, true)).toBe(true);
	});

	it("may go on until it has read the client's alert, which stays one", () => {
		const known = begun();
		takeFromClient13(known, 19, at(1), CLIENT);
		expect([server(known, 900, 2), server(known, 19, 3)]).toEqual([false, false]);
		expect([known.alert?.side, known.alert?.place.time]).toEqual([CLIENT, SECOND]);
	});
});
