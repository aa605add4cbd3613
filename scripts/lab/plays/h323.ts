/** H.323 phones (ITU-T H.225.0): gatekeeper discovery, registration and a call, plain and encrypted. */
import { join, u16 } from "../../captures/bytes.ts";
import { calling, type Phone, registering } from "../../captures/payloads/h323-phone.ts";
import { type Exchange, exchanges } from "../exchange.ts";
import { addressOf } from "../office.ts";
import { answers, asks } from "../tasks/dialogue.ts";

const PHONE: Phone = {
	extension: "203",
	address: addressOf("phone"),
	rasPort: 49_300,
	gatekeeper: addressOf("ipo"),
};
/** The ports of the play `media`. */
const VOICE = { phone: { address: PHONE.address, port: 5004 }, pbx: { address: PHONE.gatekeeper, port: 46_910 } };

const [gatekeeperRequest, gatekeeperConfirm, registrationRequest, registrationConfirm] = registering(PHONE);
const call = calling(PHONE, "201", VOICE);
/** A TPKT header without content (RFC 1006, 6), as H.323 stacks send on idle calls. */
const KEEP_ALIVE = join(3, 0, u16(4));
const dialogue = [
	asks(call.setup),
	answers(call.callProceeding),
	answers(call.alerting),
	answers(call.connect),
	asks(KEEP_ALIVE),
	asks(call.releaseComplete),
];

const phone = { client: "phone", server: "ipo" } as const;
const ras = { ...phone, transport: "udp", localPort: PHONE.rasPort, shows: "h225-ras" } as const;

export const h323 = exchanges("h323", [
	{
		...ras,
		row: "IPO-IN-14",
		port: 1718,
		name: "gatekeeper discovery",
		turns: [asks(gatekeeperRequest), answers(gatekeeperConfirm)],
	},
	{
		...ras,
		row: "IPO-IN-15",
		port: 1719,
		name: "registration",
		turns: [asks(registrationRequest), answers(registrationConfirm)],
	},
	{
		...phone,
		row: "IPO-IN-16",
		transport: "tcp",
		port: 1720,
		name: "call signalling",
		shows: "h225",
		turns: dialogue,
	},
	{ ...phone, row: "IPO-IN-12", transport: "tls", port: 1300, name: "call signalling, encrypted", turns: dialogue },
] satisfies Exchange[]);
