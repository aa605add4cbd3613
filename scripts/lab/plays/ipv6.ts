/** The same services by IPv6. */
import { ntp } from "../../captures/payloads/services.ts";
import { matched } from "../../captures/truth.ts";
import { nginx } from "../nginx.ts";
import { flow } from "../office.ts";
import type { Play } from "../play.ts";
import { answers, asks } from "../tasks/dialogue.ts";
import { endText } from "../truth.ts";

export const ipv6: Play = {
	name: "ipv6",
	packages: ["nginx-light", "libnginx-mod-http-headers-more-filter", "curl"],
	rows: ["IPO-IN-6", "IPO-IN-7", "IPO-IN-10", "IPO-IN-43"],
	async run(office) {
		const [ipo, pc, manager] = office.machines("ipo", "pc", "manager");
		const ports = [
			{ port: 80, tls: false },
			{ port: 443, tls: true },
			{ port: 50_805, tls: true },
		];
		await nginx(office, ipo, [{ ports }], "IPOffice/12.0.0.0 build 56");
		const get = (from: typeof pc, url: string) => from.run("curl", ["-gsSk", "--max-time", "5", url]);
		await get(pc, `http://[${ipo.address6}]/index.html`);
		await get(pc, `https://[${ipo.address6}]/index.html`);
		await get(manager, `https://[${ipo.address6}]:50805/`);
		const by6 = (service: string, client: typeof pc, port: number, row: string, shows: string) => ({
			...flow(service, client.address6, ipo.address6, `tcp/${port}`, matched(row, service), { shows }),
			client: endText(client.address6, "*"),
		});
		const time = await office.talk({
			service: "NTP by IPv6",
			client: pc,
			server: ipo,
			transport: "udp",
			port: 123,
			turns: [asks(ntp(3)), answers(ntp(4))],
			verdict: matched("IPO-IN-7", "NTP server"),
			shows: "ntp",
			ipv6: true,
		});
		return [
			by6("HTTP by IPv6", pc, 80, "IPO-IN-6", "http"),
			by6("HTTPS by IPv6", pc, 443, "IPO-IN-10", "tls"),
			by6("configuration by IPv6", manager, 50_805, "IPO-IN-43", "tls"),
			time,
		];
	},
};
