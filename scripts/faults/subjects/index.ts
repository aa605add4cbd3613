import type { Fault } from "../fault.ts";
import { FIREWALL } from "./firewall.ts";

/** All faults, and the days without one. */
export const FAULTS: readonly Fault[] = [...FIREWALL];
