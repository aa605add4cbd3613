/** The page's own script: the table of flows, what can be copied, light and dark. Without it the page can be read all the same. */
import { copying } from "./copying.ts";
import { FlowTable } from "./flow-table.ts";
import { printing } from "./printing.ts";
import { theme } from "./theme.ts";

theme();
copying(document.body);
const table = FlowTable.ofPage();
printing(table);
