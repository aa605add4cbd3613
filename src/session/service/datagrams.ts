import type { PacketView } from "../../packet/view.ts";
import { i32 } from "../../protocol/bytes.ts";
import { ldapMessage } from "../../protocol/ldap.ts";
import { NtpMode, ntpAnswer, ntpMode } from "../../protocol/ntp.ts";
import { radiusRequest } from "../../protocol/radius.ts";
import { isStun, stun, stunServerRequest } from "../../protocol/stun.ts";
import type { IncidentTable } from "../incidents.ts";
import { isToMany, type Requests } from "./requests.ts";

const STUN_PORTS: ReadonlySet<number> = new Set(stun.ports);
const SEARCH = 99;
/** Lower half of an NTP client's time stamp: different in each request. */
const TRANSMITTED = 44;

/** Requests and answers of the services whose datagrams are one question and one answer: NTP, RADIUS, STUN, LDAP. */
export class DatagramTracker {
	readonly #requests: Requests;
	readonly #incidents: IncidentTable;

	constructor(requests: Requests, incidents: IncidentTable) {
		this.#requests = requests;
		this.#incidents = incidents;
	}

	/** Every answer shows that the server serves: a lost one between two others is no fault, clients ask on. */
	observeNtp(data: Uint8Array, start: number, end: number, packet: PacketView, flow: number, side: 0 | 1): void {
		const mode = ntpMode(data, start, end);
		if (mode === NtpMode.Client) {
			if (!isToMany(packet)) this.#requests.open(flow, side, i32(data, start + TRANSMITTED), packet, "NTP request");
			return;
		}
		this.#requests.forget(flow);
		const answer = mode === NtpMode.Server ? ntpAnswer(data, start) : undefined;
		if (!answer || answer.isSynchronised) return;
		const kind = answer.isRefusal ? "ntp-refused" : "ntp-unsynchronised";
		this.#incidents.note(flow, packet, { kind, side, detail: answer.why });
	}

	/** The identifier ties an answer to its request (RFC 2865, 3). */
	observeRadius(data: Uint8Array, start: number, end: number, packet: PacketView, flow: number, side: 0 | 1): void {
		if (end - start < 2) return;
		const request = radiusRequest(data[start]!);
		const identifier = data[start + 1]!;
		if (request === undefined) this.#requests.close(flow, side, identifier);
		else this.#requests.open(flow, side, identifier, packet, `RADIUS ${request}`);
	}

	/** Requests to a server, known by its port; what peers of a call ask each other (ICE) and NAT tests are not answered as a rule. */
	observeStun(data: Uint8Array, start: number, end: number, packet: PacketView, flow: number, side: 0 | 1): void {
		if (!isStun(data, start, end) || !(STUN_PORTS.has(packet.srcPort) || STUN_PORTS.has(packet.dstPort))) return;
		const request = stunServerRequest(data, start, end);
		if (request === undefined) this.#requests.forget(flow);
		else if (request !== "") this.#requests.open(flow, side, i32(data, start + 8), packet, `STUN ${request} request`);
	}

	/** Active Directory's ping: a search and its answer (MS-ADTS, 6.3.3). */
	observeLdap(data: Uint8Array, start: number, end: number, packet: PacketView, flow: number, side: 0 | 1): void {
		const message = ldapMessage(data, start, end);
		if (message?.operation !== SEARCH) this.#requests.forget(flow);
		else if (!isToMany(packet)) this.#requests.open(flow, side, message.id, packet, "LDAP search");
	}
}
