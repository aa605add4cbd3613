import type { PacketPlace, PacketView } from "../../packet/view.ts";
import type { DhcpMessage } from "../../protocol/dhcp.ts";
import { type IncidentTable, placeOf } from "../incidents.ts";
import type { Overflow } from "../overflow.ts";

/** What a client waits for, or was refused. */
interface Open {
	readonly flow: number;
	readonly side: 0 | 1;
	readonly first: PacketPlace;
	last: number;
	count: number;
}

/** Clients followed: more than a site has. A flood of further ones is not judged. */
const MAX_CLIENTS = 50_000;
const BEYOND = `DHCP messages of clients beyond ${MAX_CLIENTS} at a time: whether these got an address is not told`;
export const REFUSED_THEN_SERVED = "and gave another one then";

/**
 * What becomes of DHCP clients (RFC 2131, 3), by their hardware address: a client may ask under another transaction id
 * each time. Offers go to the client alone, so the capture may lack them; what the client does next tells.
 */
export class DhcpClients {
	readonly #incidents: IncidentTable;
	readonly #asking = new Map<string, Open>();
	readonly #refused = new Map<string, Open>();

	readonly #overflow: Overflow;

	constructor(incidents: IncidentTable, overflow: Overflow) {
		this.#incidents = incidents;
		this.#overflow = overflow;
	}

	observe(message: DhcpMessage, packet: PacketView, flow: number, side: 0 | 1): void {
		const client = message.hardwareAddress;
		switch (message.type) {
			case "discover":
				this.#count(this.#asking, client, packet, flow, side);
				return;
			case "nak":
				this.#asking.delete(client);
				this.#count(this.#refused, client, packet, flow, side);
				return;
			case "ack":
				this.#serve(client);
				return;
			case "inform":
				return;
			default:
				// An offer, a client that requests what it was offered, BOOTP's reply.
				this.#asking.delete(client);
		}
	}

	#serve(client: string): void {
		this.#asking.delete(client);
		const refused = this.#refused.get(client);
		if (!refused) return;
		this.#refused.delete(client);
		this.#note("dhcp-refused", REFUSED_THEN_SERVED, client, refused);
	}

	/** Notes who has got nothing yet. */
	tellOpen(): void {
		// One request alone may have been answered where the capture does not look: a client without an answer asks again.
		for (const [client, asking] of this.#asking)
			if (asking.count > 1) this.#note("dhcp-no-offer", client, client, asking);
		for (const [client, refused] of this.#refused) this.#note("dhcp-refused", "", client, refused);
	}

	#note(kind: "dhcp-no-offer" | "dhcp-refused", detail: string, subject: string, open: Open): void {
		const { flow, side, first, last, count: times } = open;
		this.#incidents.noteAt(flow, first, last, times, { kind, side, detail, subject });
	}

	#count(clients: Map<string, Open>, client: string, packet: PacketView, flow: number, side: 0 | 1): void {
		const known = clients.get(client);
		if (known) {
			known.count++;
			known.last = packet.time;
		} else if (clients.size < MAX_CLIENTS) {
			clients.set(client, { flow, side, first: placeOf(packet), last: packet.time, count: 1 });
		} else this.#overflow.add(BEYOND);
	}
}
