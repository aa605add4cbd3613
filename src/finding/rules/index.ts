import type { CallRule, FlowRule, StateRule } from "../observation.ts";
import { callFailed } from "./call-failed.ts";
import { callMedia } from "./call-media.ts";
import { certificates } from "./certificates.ts";
import { connection } from "./connection.ts";
import { incidents } from "./incidents.ts";
import { matrixState } from "./matrix-state.ts";
import { callStreams, streams } from "./media.ts";
import { mediaStopped } from "./media-stopped.ts";
import { missingNames } from "./missing-names.ts";
import { noAck } from "./no-ack.ts";
import { oneWay } from "./one-way.ts";
import { reachability } from "./reachability.ts";
import { registrations } from "./registrations.ts";
import { tcpConnection } from "./tcp.ts";
import { transfers } from "./transfers.ts";

/** What is looked for in every flow. A new rule is one file and one line here. */
export const FLOW_RULES: readonly FlowRule[] = [
	connection,
	reachability,
	oneWay,
	tcpConnection,
	incidents,
	missingNames,
	certificates,
	registrations,
	transfers,
	streams,
];

/** What is looked for in flows of which the rules above tell whether they work. */
export const STATE_RULES: readonly StateRule[] = [matrixState];

/** What is looked for in every call, with its signalling and its media. */
export const CALL_RULES: readonly CallRule[] = [callFailed, noAck, callMedia, mediaStopped, callStreams];
