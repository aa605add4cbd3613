import type { View, ViewName } from "../view.ts";
import { CALLS } from "./calls.ts";
import { FINDINGS } from "./findings.ts";
import { FLOWS } from "./flows.ts";
import { HOSTS } from "./hosts.ts";
import { ROWS } from "./rows.ts";
import { TRANSFERS } from "./transfers.ts";

export const VIEWS: Readonly<Record<ViewName, View>> = {
	rows: ROWS,
	flows: FLOWS,
	hosts: HOSTS,
	findings: FINDINGS,
	transfers: TRANSFERS,
	calls: CALLS,
};
