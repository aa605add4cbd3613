import type { PacketView } from "../../packet/view.ts";
import { hashOfText } from "../../protocol/hash.ts";
import type { Fields } from "../../protocol/recogniser.ts";
import type { SipMessage } from "../../protocol/sip-message.ts";
import { Latest } from "../oldest.ts";
import { Overflow } from "../overflow.ts";
import { ask, type Challenges, challenge, isChallenge, noChallenges } from "./challenges.ts";
import type { Refusals } from "./refusals.ts";

/** Flows whose registrations are kept, and users whose challenges are counted; a flood must not fill the memory. */
const MAX_FLOWS = 100_000;
const MAX_USERS = 50_000;
const BEYOND_FLOWS = `registrations on flows beyond the first ${MAX_FLOWS} are in no flow's fields`;
const BEYOND_USERS = `users beyond ${MAX_USERS} at a time: how often their credentials were refused was not counted`;
/** Credentials refused so often in a row, without a success between: no password is typed wrong three times by chance. */
const REFUSED_CREDENTIALS = 3;
/** Answers that lead on: another interval (423), another extension (420, 421) or agreement (494) is tried next. */
const STEPS: ReadonlySet<number> = new Set([420, 421, 423, 494]);

/** How a registration ended. */
interface Result {
	user: string;
	status: number;
	reason: string;
	/** Seconds; -1 for none. */
	expires: number;
}

/** How registrations ended (RFC 3261, 10), by the flow that carried them: of each flow, the latest. */
export class RegistrationTable {
	readonly #results = new Map<number, Result>();
	/** Of those who answered challenges, by flow and user. */
	readonly #challenges = new Latest<number, Challenges>(MAX_USERS);
	readonly #refusals: Refusals;

	readonly #overflow: Overflow;

	constructor(refusals: Refusals, overflow = new Overflow()) {
		this.#overflow = overflow;
		this.#refusals = refusals;
	}

	/** Looks at a message of a REGISTER transaction. @param side its sender's. */
	observe(message: SipMessage, packet: PacketView, flow: number, side: 0 | 1): void {
		const { status } = message;
		const user = message.to.address;
		const key = keyOf(user, flow);
		const challenges = this.#challenges.get(key);
		if (status === 0 && challenges) ask(challenges, message);
		else if (status === 0 && message.hasCredentials) {
			const first = noChallenges();
			ask(first, message);
			const gone = this.#challenges.add(key, first);
			if (gone && gone.count > 0) this.#overflow.add(BEYOND_USERS);
		}
		if (status < 200) return;
		this.#judge(message, user, challenges, packet, flow, (1 - side) as 0 | 1);
		this.#note(message, user, flow);
	}

	#note(message: SipMessage, user: string, flow: number): void {
		const { status, reason } = message;
		const known = this.#results.get(flow);
		if (!known && this.#results.size >= MAX_FLOWS) {
			this.#overflow.add(BEYOND_FLOWS);
			return;
		}
		// A challenge is a step of every registration: it is the result only where nothing came after it.
		if (isChallenge(message) && known && known.user === user) return;
		const expires = status < 300 ? message.expires : -1;
		if (!known) this.#results.set(flow, { user, status, reason, expires });
		else {
			known.user = user;
			known.status = status;
			known.reason = reason;
			known.expires = expires;
		}
	}

	/** @param challenges undefined where nobody answered one. */
	#judge(
		message: SipMessage,
		user: string,
		challenges: Challenges | undefined,
		packet: PacketView,
		flow: number,
		side: 0 | 1,
	): void {
		const { status } = message;
		if (isChallenge(message)) {
			if (!challenges) return;
			challenge(challenges, message);
			if (challenges.count < REFUSED_CREDENTIALS) return;
			this.#refusals.note(flow, side, packet, {
				user,
				words: wordsOf(message),
				isChallenge: true,
				count: challenges.count,
			});
		} else if (status >= 400 && !STEPS.has(status))
			this.#refusals.note(flow, side, packet, { user, words: wordsOf(message), explanation: message.explanation });
		else if (status < 300) this.#refusals.succeed(user, packet.time);
		if (challenges) challenges.count = 0;
	}

	/** `user`, `registration` (status and reason), `expires` in seconds; undefined for a flow without registrations. */
	of(flow: number): Readonly<Fields> | undefined {
		const result = this.#results.get(flow);
		if (!result) return undefined;
		const { user, expires } = result;
		return { user, registration: wordsOf(result), ...(expires >= 0 ? { expires } : {}) };
	}
}

function wordsOf({ status, reason }: Pick<Result, "status" | "reason">): string {
	return `${status} ${reason}`.trimEnd();
}

/** Exact for the first two million flows; beyond them a bit of the hash is lost. */
function keyOf(user: string, flow: number): number {
	return flow * 2 ** 32 + (hashOfText(user) >>> 0);
}
