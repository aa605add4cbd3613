import { fileURLToPath } from "node:url";

/** Where the bundled matrix is. */
export const BUNDLED_MATRIX = fileURLToPath(new URL("../../matrix/ip-office.json", import.meta.url));
