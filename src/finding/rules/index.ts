import type { FlowRule } from "../observation.ts";
import { certificates } from "./certificates.ts";
import { connection } from "./connection.ts";
import { incidents } from "./incidents.ts";
import { missingNames } from "./missing-names.ts";

/** What is looked for in every flow. A new rule is one file and one line here. */
export const FLOW_RULES: readonly FlowRule[] = [connection, incidents, missingNames, certificates];
