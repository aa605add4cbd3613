import type { CallRule, FlowRule } from "../observation.ts";
import { callFailed } from "./call-failed.ts";
import { callMedia } from "./call-media.ts";
import { connection } from "./connection.ts";
import { incidents } from "./incidents.ts";
import { callStreams, streams } from "./media.ts";
import { registrations } from "./registrations.ts";

/** What is looked for in every flow. A new rule is one file and one line here. */
export const FLOW_RULES: readonly FlowRule[] = [connection, incidents, registrations, streams];

/** What is looked for in every call, with its signalling and its media. */
export const CALL_RULES: readonly CallRule[] = [callFailed, callMedia, callStreams];
