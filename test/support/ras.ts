import type { Registration } from "../../scripts/captures/payloads/ras.ts";

/** Extension 201 at 10.0.0.2, registering at the gatekeeper 10.0.0.1. */
export const REGISTRATION: Registration = {
	sequence: 7,
	alias: "201",
	product: { name: "phone", version: "1" },
	ras: { address: "10.0.0.2", port: 1719 },
	callSignalling: { address: "10.0.0.2", port: 1720 },
	gatekeeper: "gk",
	endpoint: "ep",
	gatekeeperRas: { address: "10.0.0.1", port: 1719 },
	gatekeeperSignalling: { address: "10.0.0.1", port: 1720 },
};
