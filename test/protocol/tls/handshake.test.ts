/** Handshakes of Node's own TLS (OpenSSL), over loopback. */
import { createSecureContext, type SecureContextOptions } from "node:tls";
import { describe, expect, it } from "vitest";
import { tls } from "../../../src/protocol/tls/tls.ts";
import { makeCertificate } from "../../support/certificate.ts";
import { handshake } from "../../support/tls-handshake.ts";
import { walk } from "../../support/walk.ts";

const office = makeCertificate({
	subject: [
		[10, "Example Ltd"],
		[3, "ipo.example"],
	],
	names: ["ipo.example", Uint8Array.of(192, 0, 2, 1)],
});
const phone = makeCertificate({ subject: [[3, "phone.example"]] });
const server: SecureContextOptions = { key: office.key, cert: office.pem };
const asked = { requestCert: true, rejectUnauthorized: false };
const client = { servername: "ipo.example", ALPNProtocols: ["h2", "http/1.1"] };

describe("a connection of a real stack", () => {
	it("TLS 1.3: version and suite, and no more", async () => {
		const seen = await handshake({ ...server, ALPNProtocols: ["h2"] }, client);
		expect(walk(tls, seen.client)).toMatchObject({
			offeredVersion: "TLS 1.3",
			sni: "ipo.example",
			offeredAlpn: "h2,http/1.1",
			ja3: expect.stringMatching(/^[0-9a-f]{32}$/),
			ja4: expect.stringMatching(/^t13d\d{4}h2_[0-9a-f]{12}_[0-9a-f]{12}$/),
		});
		expect(walk(tls, seen.server)).toEqual({
			version: "TLS 1.3",
			cipher: expect.stringMatching(/^TLS_/),
			ja3s: expect.stringMatching(/^[0-9a-f]{32}$/),
		});
	});

	it("TLS 1.2 with certificates of both sides", async () => {
		const options = { ...server, ...asked, maxVersion: "TLSv1.2", ALPNProtocols: ["h2"] } as const;
		const seen = await handshake(options, { ...client, key: phone.key, cert: phone.pem });
		expect(walk(tls, seen.client)).toMatchObject({ clientCertificate: true, clientCertificateName: "phone.example" });
		expect(walk(tls, seen.server)).toMatchObject({
			version: "TLS 1.2",
			alpn: "h2",
			certificate: "ipo.example",
			certificateNames: "ipo.example,192.0.2.1",
			issuer: "ipo.example",
			selfSigned: true,
			certificateRequested: true,
		});
	});

	it("TLS 1.2 with a client that has no certificate to show", async () => {
		const seen = await handshake({ ...server, ...asked, maxVersion: "TLSv1.2" }, client);
		expect(walk(tls, seen.client)).toMatchObject({ clientCertificate: false });
	});

	it("TLS 1.2 resumed: no certificate, and said so", async () => {
		const secureContext = createSecureContext({ ...server, maxVersion: "TLSv1.2" });
		const ticketKeys = Buffer.alloc(48, 7);
		const options = { ...server, secureContext, ticketKeys, maxVersion: "TLSv1.2" } as const;
		let session: Buffer | undefined;
		const first = await handshake(options, client, (each) => {
			session ??= each;
		});
		expect(walk(tls, first.server)).not.toHaveProperty("resumed");
		const second = await handshake(options, { ...client, session });
		const shown = walk(tls, second.server);
		expect(shown).toMatchObject({ version: "TLS 1.2", resumed: true });
		expect(shown).not.toHaveProperty("certificate");
	});

	it("a server that finds no version in common", async () => {
		const apart = await handshake({ ...server, minVersion: "TLSv1.3" }, { ...client, maxVersion: "TLSv1.2" });
		expect(walk(tls, apart.server)).toEqual({ alert: "fatal protocol_version" });
	});
});
