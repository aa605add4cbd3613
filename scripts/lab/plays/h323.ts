/** H.323 phones (ITU-T H.225.0): gatekeeper discovery, registration and call signalling, plain and encrypted. */
import { join, u16 } from "../../captures/bytes.ts";
import { q931, ras } from "../../captures/payloads/services.ts";
import { type Exchange, exchanges } from "../exchange.ts";
import { answers, asks } from "../tasks/dialogue.ts";

const SETUP = 0x05;
const CONNECT = 0x07;
const RELEASE_COMPLETE = 0x5a;
const REQUEST = 0;
const CONFIRM = 1;
const PHONE_RAS = 49_300;

const phone = { client: "phone", server: "ipo" } as const;
/** A keep-alive: a TPKT header without content (RFC 1006, 6), as H.323 stacks send on idle calls. */
const KEEP_ALIVE = join(3, 0, u16(4));
const call = [asks(q931(SETUP)), answers(q931(CONNECT)), asks(KEEP_ALIVE), asks(q931(RELEASE_COMPLETE))];

export const h323 = exchanges("h323", [
	{
		...phone,
		row: "IPO-IN-14",
		transport: "udp",
		port: 1718,
		localPort: PHONE_RAS,
		name: "gatekeeper discovery",
		shows: "h225-ras",
		turns: [asks(ras(REQUEST)), answers(ras(CONFIRM))],
	},
	{
		...phone,
		row: "IPO-IN-15",
		transport: "udp",
		port: 1719,
		localPort: PHONE_RAS,
		name: "gatekeeper request",
		shows: "h225-ras",
		turns: [asks(ras(REQUEST)), answers(ras(CONFIRM))],
	},
	{ ...phone, row: "IPO-IN-16", transport: "tcp", port: 1720, name: "call signalling", shows: "h225", turns: call },
	{ ...phone, row: "IPO-IN-12", transport: "tls", port: 1300, name: "call signalling, encrypted", turns: call },
] satisfies Exchange[]);
