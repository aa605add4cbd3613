import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { TcpSide } from "../../src/document/document.ts";
import { tcpState } from "../../src/document/tcp.ts";
import { analyse } from "../support/analyse.ts";
import { conversation } from "../support/conversation.ts";

interface Told {
	readonly conversation: string;
	readonly client: TcpSide;
	readonly server: TcpSide;
}

/** What tshark says of each side's packets, see scripts/conformance/tcp-conversations.ts. */
const TOLD = readFileSync(new URL("tshark.jsonl", import.meta.url), "utf8")
	.trimEnd()
	.split("\n")
	.map((line) => JSON.parse(line) as Told);

it("the analysis of a conversation is tshark's", () => {
	const packets = TOLD.flatMap(({ conversation: notation }, index) =>
		conversation(notation, { client: `10.0.0.1:${1024 + index}`, start: index * 1000 }),
	);
	const { store } = analyse(packets).table;
	const ours = TOLD.map(({ conversation: notation }, flow) => {
		const { client, server } = tcpState(store, flow, store.port(flow, 0) === 80 ? 0 : 1)!;
		return { conversation: notation, client, server };
	});
	expect(ours).toEqual(TOLD);
});
