import type { FlowStore } from "../../flow/store.ts";
import type { PacketView } from "../../packet/view.ts";
import { type MailDialect, PROBE, type Refusal } from "../../protocol/mail.ts";
import { serverSideByPayload } from "../evidence.ts";
import type { IncidentTable } from "../incidents.ts";
import { Overflow } from "../overflow.ts";

/** Connections whose commands are known: a refusal in others is told without them. */
const MAX_CONNECTIONS = 20_000;
const BEYOND = `mail commands on connections beyond the first ${MAX_CONNECTIONS}: refusals of them are told without them`;
/** Commands of a connection that wait for their answers: more than clients send ahead (RFC 2920). */
const MAX_COMMANDS = 64;
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
	/** Commands that were not answered yet, by flow, oldest first. */
	readonly #commands = new Map<number, string[]>();

	readonly #overflow: Overflow;

	constructor(store: FlowStore, incidents: IncidentTable, overflow = new Overflow()) {
		this.#overflow = overflow;
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
			const commands = this.#commands.get(flow);
			if (refusal) this.#refuse(dialect, refusal, commands, packet, flow, side);
			if (dialect.invitesMail?.(data, start, end)) this.#showInClear("mail", packet, flow, (1 - side) as 0 | 1);
			if (dialect.isResult(data, start, end)) commands?.shift();
			return 0;
		}
		const command = dialect.command(data, start, end);
		if (!command) return 0;
		const { name, shows, isMail } = command;
		this.#remember(flow, name);
		if (shows !== "") this.#showInClear(shows, packet, flow, side);
		if (!isMail) return 0;
		return dialect.mailFrom === "client" ? 1 << side : BOTH_SIDES;
	}

	/** The first thing alone: what follows in clear, does so for the same cause. */
	#showInClear(detail: string, packet: PacketView, flow: number, side: 0 | 1): void {
		const kind = "starttls-missing";
		if (this.#incidents.of(flow).some((before) => before.kind === kind)) return;
		this.#incidents.note(flow, packet, { kind, side, detail });
	}

	#remember(flow: number, command: string): void {
		const commands = this.#commands.get(flow);
		if (commands) {
			if (commands.length < MAX_COMMANDS) commands.push(command);
		} else if (this.#commands.size < MAX_CONNECTIONS) this.#commands.set(flow, [command]);
		else this.#overflow.add(BEYOND);
	}

	#refuse(
		{ kind }: MailDialect,
		{ answer, text, isFarewell }: Refusal,
		commands: readonly string[] | undefined,
		packet: PacketView,
		flow: number,
		side: 0 | 1,
	): void {
		const command = commands?.[0];
		const isAsked = commands !== undefined && command !== undefined && kind === "smtp-error";
		if (command === PROBE || (isFarewell && commands && !isAsked)) return;
		// Mail that nobody may be sent is refused once more: that follows from the refusal before.
		if (command === "DATA" && this.#incidents.of(flow).some((before) => before.kind === kind)) return;
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
