import type { PacketView } from "../../packet/view.ts";
import { detached } from "../../protocol/bytes.ts";
import type { Fields } from "../../protocol/recogniser.ts";
import type { SipMessage } from "../../protocol/sip-message.ts";
import { dropOldest } from "../oldest.ts";
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

/** How registrations ended (RFC 3261, 10), by the flow that carried them: of each flow, the latest. */
export class RegistrationTable {
	readonly #fields = new Map<number, Fields>();
	/** By flow and user. */
	readonly #challenges = new Map<string, Challenges>();
	readonly #refusals: Refusals;

	readonly #overflow: Overflow;

	constructor(refusals: Refusals, overflow = new Overflow()) {
		this.#overflow = overflow;
		this.#refusals = refusals;
	}

	/** Looks at a message of a REGISTER transaction. @param side its sender's. */
	observe(message: SipMessage, packet: PacketView, flow: number, side: 0 | 1): void {
		const { status } = message;
		if (status === 0 && (message.hasCredentials || this.#challenges.has(keyOf(message, flow))))
			ask(this.#challengesOf(message, flow), message);
		if (status < 200) return;
		this.#judge(message, packet, flow, (1 - side) as 0 | 1);
		this.#note(message, flow);
	}

	#note({ status, reason, to, expires }: SipMessage, flow: number): void {
		const known = this.#fields.get(flow);
		if (!known && this.#fields.size >= MAX_FLOWS) {
			this.#overflow.add(BEYOND_FLOWS);
			return;
		}
		// A challenge is a step of every registration: it is the result only where nothing came after it.
		if ((status === 401 || status === 407) && known && known.user === to.address) return;
		this.#fields.set(flow, {
			user: detached(to.address),
			registration: detached(`${status} ${reason}`.trimEnd()),
			...(expires >= 0 && status < 300 ? { expires } : {}),
		});
	}

	#judge(message: SipMessage, packet: PacketView, flow: number, side: 0 | 1): void {
		const { status, reason, to } = message;
		const user = to.address;
		const words = `${status} ${reason}`.trimEnd();
		const challenges = this.#challengesOf(message, flow);
		if (isChallenge(message)) {
			challenge(challenges, message);
			if (challenges.count < REFUSED_CREDENTIALS) return;
			this.#refusals.note(flow, side, packet, { user, words, isChallenge: true, count: challenges.count });
		} else if (status >= 400 && !STEPS.has(status)) this.#refusals.note(flow, side, packet, { user, words });
		else if (status < 300) this.#refusals.succeed(user, packet.time);
		challenges.count = 0;
	}

	#challengesOf(message: SipMessage, flow: number): Challenges {
		const key = keyOf(message, flow);
		let challenges = this.#challenges.get(key);
		if (!challenges) {
			challenges = noChallenges();
			if (this.#challenges.size >= MAX_USERS) {
				dropOldest(this.#challenges, (_, { count }) => {
					if (count > 0) this.#overflow.add(BEYOND_USERS);
				});
			}
			this.#challenges.set(detached(key), challenges);
		}
		return challenges;
	}

	/** `user`, `registration` (status and reason), `expires` in seconds; undefined for a flow without registrations. */
	of(flow: number): Readonly<Fields> | undefined {
		return this.#fields.get(flow);
	}
}

function keyOf({ to }: SipMessage, flow: number): string {
	return `${flow}|${to.address}`;
}
