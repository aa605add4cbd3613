import type { FlowRule } from "../observation.ts";
import { connection } from "./connection.ts";
import { incidents } from "./incidents.ts";
import { oneWay } from "./one-way.ts";
import { reachability } from "./reachability.ts";

/** What is looked for in every flow. A new rule is one file and one line here. */
export const FLOW_RULES: readonly FlowRule[] = [connection, reachability, oneWay, incidents];
