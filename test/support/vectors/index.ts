import { APPLICATION_VECTORS, OTHER_VECTORS, SERVICE_VECTORS } from "./binary.ts";
import { TEXT_VECTORS } from "./text.ts";
import type { Vector } from "./vector.ts";

/** At least one payload for each recogniser. */
export const VECTORS: readonly Vector[] = [
	...TEXT_VECTORS,
	...SERVICE_VECTORS,
	...APPLICATION_VECTORS,
	...OTHER_VECTORS,
];
