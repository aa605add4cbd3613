import type { FlowStore } from "../flow/store.ts";
import type { PacketView } from "../packet/view.ts";
import type { MailDialect, Refusal } from "../protocol/mail.ts";
import { serverSideByPayload } from "./evidence.ts";
import type { IncidentTable } from "./incidents.ts";

/** Connections whose last command is known: a refusal in others is told without it. */
const MAX_COMMANDS = 20_000;
/** Words of a reply that are likely to be the same for every user and address. */
const COMMON_WORDS = 4;
/** Names, numbers and addresses. */
const VARIABLE = /[@<>\d/:;,"'()[\]{}=]/;
const ENHANCED_CODE = /^\d\.\d+\.\d+\s+/;
const BOTH_SIDES = 3;

/**
 * What mail servers refuse, and what goes over the wire in clear before TLS. Mail itself is not read: where it begins,
 * its side is done with, and with mail that is fetched the connection.
 */
export class MailTracker {
	readonly #store: FlowStore;
	readonly #incidents: IncidentTable;
	readonly #commands = new Map<number, string>();

	constructor(store: FlowStore, incidents: IncidentTable) {
		this.#store = store;
		this.#incidents = incidents;
	}

	/** Looks at a reply or a line. @returns bits of the sides of which nothing more is wanted. */
	observe(
		dialect: MailDialect,
		data: Uint8Array,
		start: number,
		end: number,
		packet: PacketView,
		flow: number,
		side: 0 | 1,
	): number {
		if (serverSideByPayload(this.#store.evidence(flow)) === side) {
			const refusal = dialect.refusal(data, start, end);
			if (refusal) this.#refuse(dialect, refusal, packet, flow, side);
			return 0;
		}
		const command = dialect.command(data, start, end);
		if (!command) return 0;
		const { name, shows, isMail } = command;
		if (this.#commands.size < MAX_COMMANDS || this.#commands.has(flow)) this.#commands.set(flow, name);
		if (shows !== "") this.#incidents.note(flow, packet, { kind: "starttls-missing", side, detail: shows });
		if (!isMail) return 0;
		return dialect.mailFrom === "client" ? 1 << side : BOTH_SIDES;
	}

	#refuse({ kind }: MailDialect, refusal: Refusal, packet: PacketView, flow: number, side: 0 | 1): void {
		const { answer, text, isFarewell } = refusal;
		const command = this.#commands.get(flow);
		if (isFarewell && command !== undefined) return;
		const told = `${answer} ${commonWords(text)}`.trim();
		const detail = command === undefined ? told : `${command} was answered ${told}`;
		this.#incidents.note(flow, packet, { kind, side, detail, subject: text });
	}
}

/** The first words without what varies: `5.7.1 Relaying denied for <x>` gives `Relaying denied for`. */
function commonWords(text: string): string {
	const words: string[] = [];
	for (const word of text.replace(ENHANCED_CODE, "").split(/\s+/)) {
		if (words.length >= COMMON_WORDS || VARIABLE.test(word)) break;
		words.push(word);
	}
	return words.join(" ").replace(/[.!]$/, "");
}
