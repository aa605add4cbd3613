/** Connections that are older than the capture: no handshake, no first payload, and the server may speak first. */
import { proprietary } from "../../captures/payloads/services.ts";
import { Random } from "../../captures/random.ts";
import { ambiguous, matched } from "../../captures/truth.ts";
import { INTERNET, type Office, type Talking, type TalkOptions } from "../office.ts";
import type { Play } from "../play.ts";
import { answers, asks, later } from "../tasks/dialogue.ts";

const random = new Random("midstream");
const before = [asks(proprietary(random, 60)), answers(proprietary(random, 200))];
const serverGoesOn = [...before, later(answers(proprietary(random, 300))), asks(proprietary(random, 50))];
const clientGoesOn = [...before, later(asks(proprietary(random, 300))), answers(proprietary(random, 50))];

export const midstream: Play = {
	name: "midstream",
	packages: [],
	rows: ["IPO-IN-42", "IPO-IN-45", "IPO-IN-10", "IPO-OUT-9"],
	async begin(office) {
		const talking: Talking[] = [];
		for (const each of talks(office)) talking.push(await office.begin(each));
		return talking;
	},
	async run(_office, begun) {
		const flows = [];
		for (const talking of begun) flows.push(await talking.end());
		return flows;
	},
};

/** Each has a pair of machines for itself, so that one can go on without the others. */
function talks(office: Office): TalkOptions[] {
	const [ipo, branch, edition, manager, pc, servers, internet, phone] = office.machines(
		"ipo",
		"branch",
		"edition",
		"manager",
		"pc",
		"servers",
		"internet",
		"phone",
	);
	const names = ambiguous(
		["IPO-OUT-10", "IPO-OUT-11", "IPO-OUT-12", "IPO-OUT-13"],
		"its name went by before the capture",
	);
	return [
		{
			service: "System Status, the server goes on",
			client: manager,
			server: ipo,
			transport: "tls",
			port: 50_809,
			turns: serverGoesOn,
			verdict: matched("IPO-IN-45", "in mid-stream"),
		},
		{
			service: "configuration, the client goes on",
			client: phone,
			server: branch,
			transport: "tcp",
			port: 50_804,
			turns: clientGoesOn,
			verdict: matched("IPO-IN-42", "in mid-stream"),
		},
		{
			service: "web, the client's port is 50794",
			client: pc,
			server: edition,
			transport: "tls",
			port: 443,
			localPort: 50_794,
			turns: clientGoesOn,
			verdict: matched("IPO-IN-10", "in mid-stream"),
		},
		{
			service: "LDAP, IP Office's port is 50813",
			client: branch,
			server: servers,
			transport: "tcp",
			port: 389,
			localPort: 50_813,
			turns: clientGoesOn,
			verdict: matched("IPO-OUT-9", "in mid-stream"),
		},
		{
			service: "web outside, name unseen",
			client: branch,
			server: internet,
			address: INTERNET["storage.googleapis.com"],
			transport: "tls",
			port: 443,
			turns: serverGoesOn,
			verdict: names,
		},
	];
}
