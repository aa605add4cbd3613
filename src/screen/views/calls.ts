import type { CallRecord } from "../../document/document.ts";
import { callText } from "../../report/call.ts";
import { callColumns } from "../../report/table.ts";
import { mediaText, resultText } from "../../report/text/call-words.ts";
import { defineView } from "../view.ts";

/** SIP and H.323 calls, the newest first. */
export const CALLS = defineView<CallRecord>({
	name: "Calls",
	order: "newest first",
	items: ({ report }) => [...report.calls].reverse(),
	key: ({ id }) => String(id),
	title: ({ id }) => `call ${id}`,
	words: (call) => [
		call.protocol,
		call.callId,
		call.from,
		call.to,
		call.fromName,
		call.toName,
		resultText(call),
		call.codec,
		mediaText(call),
	],
	isAlive: ({ end }) => end === null,
	columns: (page, { report }) => callColumns(page, report.capture),
	orders: {
		call: ({ id }) => id,
		from: ({ from }) => from,
		to: ({ to }) => to,
		result: ({ result }) => result,
		lasted: ({ duration }) => duration ?? 0,
	},
	text: (call, _, page) => callText(call, page),
});
