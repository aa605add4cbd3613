/** The Time protocol (RFC 868) by UDP: an empty datagram asks, 32 bits answer. */
import { timeOfDay } from "../../captures/payloads/services.ts";
import { matched } from "../../captures/truth.ts";
import type { MachineName, Office } from "../office.ts";
import type { Play } from "../play.ts";
import { answers, asks } from "../tasks/dialogue.ts";
import type { LabFlow } from "../truth.ts";

const SECONDS_1900_TO_1970 = 2_208_988_800;

export const time: Play = {
	name: "time",
	packages: [],
	rows: ["VMPRO-IN-2", "IPO-OUT-2"],
	async run(office) {
		return [
			await ask(office, "vmpro", matched("VMPRO-IN-2", "Voicemail Pro has the time", { peerRow: "IPO-OUT-2" })),
			await ask(office, "manager", matched("IPO-OUT-2", "Manager has the time")),
		];
	},
};

function ask(office: Office, server: MachineName, verdict: ReturnType<typeof matched>): Promise<LabFlow> {
	const now = Math.floor(Date.now() / 1000) + SECONDS_1900_TO_1970;
	return office.talk({
		service: `TIME: IP Office asks ${server}`,
		client: office.machine("ipo"),
		server: office.machine(server),
		transport: "udp",
		port: 37,
		turns: [asks(""), answers(timeOfDay(now))],
		verdict,
		shows: "time",
	});
}
