import { firstClock, median, sharedTime } from "../compare/clock.ts";
import { type CaptureIndex, Homes, nearerCaptures, privateSide } from "../compare/homes.ts";
import { type DirectionMatch, type MatchedGroup, matchGroups } from "../compare/match.ts";
import { bytesCompared, kindOfFlow, type PacketLog } from "../compare/packet-log.ts";
import { type Pairing, pairFlows } from "../compare/pairs.ts";
import { counted } from "../finding/words.ts";
import { sideAddress } from "../flow/store.ts";
import { endpointText, isGroupAddress, parseAddress, portOf } from "../packet/address.ts";
import { hasPorts, protocolName } from "../packet/protocols.ts";
import type { FlowRecord, Report } from "./document.ts";
import { problemText } from "./problem-text.ts";
import { windowText } from "./window-text.ts";

/** The two captures by their place on the command line. */
export type SideName = "inside" | "outside";
const NAMES: readonly [SideName, SideName] = ["inside", "outside"];

/** What became of a conversation on its way from one capture to the other. */
export type SidesVerdict =
	/** None of the client's packets came out on the other side. */
	| "blocked"
	/** The server answered, and none of its packets came back. */
	| "answers blocked"
	/** Some of the client's, or of the server's, packets are missing on the other side. */
	| "requests lost"
	| "answers lost"
	/** The requests came through; the far side has no answer. */
	| "unanswered"
	/** All came through, some with another payload. */
	| "changed"
	| "passes"
	/** One capture alone has it, and nothing shows that it has to pass. */
	| "one side only"
	/** Both ends are on the same side. */
	| "local"
	/** Seen only while the other capture did not run, nothing tells how the clocks stand, or a capture cuts it too short. */
	| "not compared";

/** In the order of how much they matter. */
export const SIDES_VERDICTS: readonly SidesVerdict[] = [
	"blocked",
	"answers blocked",
	"requests lost",
	"answers lost",
	"unanswered",
	"changed",
	"one side only",
	"passes",
	"local",
	"not compared",
];
/** Those that tell of trouble on the way. */
export const SIDES_TROUBLE: readonly SidesVerdict[] = ["blocked", "answers blocked", "requests lost", "answers lost"];

/** Packets that one end sent. */
export interface SidesCount {
	/** Seen on the sender's side, while both captures ran. */
	readonly sent: number;
	/** Of those, seen on the other side too. */
	readonly arrived: number;
	readonly lost: number;
	/** Arrived with another payload. */
	readonly changed: number;
	/** Seen on the far side only: made, or sent again, by something on the way. */
	readonly made: number;
}

/** A flow as one of the captures has it. */
export interface SidesFlow {
	/** Id in the report of that capture. */
	readonly id: number;
	readonly client: string;
	readonly server: string;
}

/** One conversation: its flows in both captures. */
export interface SidesConversation {
	readonly verdict: SidesVerdict;
	readonly reasons: readonly string[];
	readonly transport: string;
	readonly row: string | null;
	readonly service: string | null;
	/** ISO 8601, by the clock of the capture that is named first here. */
	readonly start: string;
	readonly inside: readonly SidesFlow[];
	readonly outside: readonly SidesFlow[];
	/** Which side the client is on; null where nothing tells. Then `sent` is what the inside capture has, both ways. */
	readonly clientSide: SideName | null;
	readonly client: SidesCount;
	readonly server: SidesCount;
	/** The first packet that is missing on the other side. */
	readonly firstLost: { readonly side: SideName; readonly file: string; readonly packet: number } | null;
}

/** Addresses that something on the way exchanged. */
export interface Translation {
	readonly inside: string;
	readonly outside: string;
	/** Whether the address is a client's, a server's, or both. */
	readonly of: "client" | "server" | "both";
	/** Conversations with it, and in how many of them the port is another one, too. */
	readonly conversations: number;
	readonly portsChanged: number;
}

export interface SidesCapture {
	readonly files: readonly string[];
	readonly packets: number;
	readonly flows: number;
	readonly start: string | null;
	readonly end: string | null;
	/** Packets that cannot be held against the other capture. */
	readonly laterFragments: number;
	readonly icmpErrors: number;
	readonly beyondLimit: number;
}

/** How the clocks of the two captures stand, and how long the way takes. */
export interface SidesClock {
	/** Seconds that the outside clock is ahead of the inside one, at the beginning. */
	readonly aheadSeconds: number;
	/** Parts per million by which it gains; null where too little was seen to tell. */
	readonly driftPpm: number | null;
	/** Packets that both captures have exactly once: the clock rests on them. */
	readonly packets: number;
	/** Whether traffic in both directions parts the clocks' difference from the time on the way: else `aheadSeconds` holds both. */
	readonly bothDirections: boolean;
	/** Milliseconds from one capture to the other; null where only one direction was seen. */
	readonly transitMs: number | null;
}

/** Two captures of the same traffic on both sides of a firewall, router or NAT: `schema/sides.schema.json`. */
export interface Sides {
	readonly schema: "flowmatrix-sides/1";
	readonly inside: SidesCapture;
	readonly outside: SidesCapture;
	/** Null where no packet is in both captures. */
	readonly clock: SidesClock | null;
	readonly translations: readonly Translation[];
	/** Conversations by what became of them. */
	readonly counts: Readonly<Record<SidesVerdict, number>>;
	/** Those with trouble first. */
	readonly conversations: readonly SidesConversation[];
	/** What cannot be told: a sentence each. */
	readonly notes: readonly string[];
}

/** A capture: its report, and the packets behind it. */
export interface SideInput {
	readonly report: Report;
	readonly log: PacketLog;
}

/** What is needed of a flow. Ends are by the store's sides. */
interface Flow {
	readonly id: number;
	readonly start: string;
	readonly transport: string;
	readonly row: string | null;
	readonly service: string | null;
	readonly clientSide: 0 | 1;
	readonly addresses: readonly [string, string];
	readonly ends: readonly [string, string];
	/** Whether a server that says nothing is something to tell. */
	readonly wantsAnswer: boolean;
}

/** Holds two captures against each other. */
export function buildSides(inside: SideInput, outside: SideInput): Sides {
	const inputs = [inside, outside] as const;
	const pairing = pairFlows(inside.log, outside.log);
	const groups = matchGroups(inside.log, outside.log, pairing);
	const flows = [flowsOf(inside), flowsOf(outside)] as const;
	const translations = translationsOf(groups, flows);
	const learnt: Learnt = {
		homes: homesOf(groups, inputs),
		isTranslated: translations.length > 0,
		hasClock: pairing.clock !== undefined,
		times: [(i) => inside.log.time[i]!, firstClock(inside.log, outside.log, pairing.clock)],
	};
	const conversations = groups
		.filter((group) => !isGroupTraffic(group, inputs))
		.map((group) => conversationOf(group, flows, learnt, inputs));
	const counts = Object.fromEntries(SIDES_VERDICTS.map((verdict) => [verdict, 0])) as Record<SidesVerdict, number>;
	for (const { verdict } of conversations) counts[verdict]++;
	const rank = ({ verdict }: SidesConversation) => SIDES_VERDICTS.indexOf(verdict);
	return {
		schema: "flowmatrix-sides/1",
		inside: captureOf(inside),
		outside: captureOf(outside),
		clock: clockSummary(pairing, groups, inside.log),
		translations,
		counts,
		conversations: conversations.sort((a, b) => rank(a) - rank(b)),
		notes: [...notesOn(inputs, pairing, groups)],
	};
}

function captureOf({ report: { capture, labels }, log }: SideInput): SidesCapture {
	const { files, packets, start, end } = capture;
	return {
		files,
		packets,
		flows: labels.flows,
		start,
		end,
		laterFragments: log.fragments,
		icmpErrors: log.errors,
		beyondLimit: log.refused,
	};
}

function flowsOf({ report, log: { store } }: SideInput): Flow[] {
	const flows: Flow[] = [];
	for (const record of report.flows()) {
		const { id, start, transport, client, label } = record;
		const endOf = (address: string, port: number) => (hasPorts(transport) ? endpointText(address, port) : address);
		const flow = id - 1;
		if (flow >= store.size) continue;
		const addresses = [sideAddress(store, flow, 0), sideAddress(store, flow, 1)] as const;
		const ends = [endOf(addresses[0], store.port(flow, 0)), endOf(addresses[1], store.port(flow, 1))] as const;
		const { row, service } = label;
		const clientSide = ends[0] === endOf(client.address, client.port) ? 0 : 1;
		flows.push({ id, start, transport, row, service, clientSide, addresses, ends, wantsAnswer: wantsAnswer(record) });
	}
	return flows;
}

/** Protocols whose messages nobody answers, or others than the one that they are sent to. */
const UNANSWERED: readonly string[] = ["syslog", "rip", "rtp", "rtcp", "tftp"];

function wantsAnswer({ application, label }: FlowRecord): boolean {
	const protocol = application?.protocol ?? "";
	const isTrap = protocol === "snmp" && label.row?.includes("-OUT-") === true;
	return !UNANSWERED.includes(protocol) && !isTrap;
}

/** Learns from what passed which side every address is on. */
function homesOf(groups: readonly MatchedGroup[], inputs: readonly [SideInput, SideInput]): Homes {
	const homes = new Homes();
	for (const group of groups) {
		const byPackets = nearerCaptures(group);
		const nearer = byPackets[0] === undefined ? nearerByTranslation(group, inputs) : byPackets;
		for (const capture of [0, 1] as const) {
			for (const flow of group.flows[capture]) {
				for (const side of [0, 1] as const) {
					const home = nearer[side ^ group.flips[capture][flow]!];
					if (home !== undefined) homes.add(sideAddress(inputs[capture].log.store, flow, side), capture, home);
				}
			}
		}
	}
	return homes;
}

/** The same as {@link nearerCaptures} by whose private address is a public one on the other side. */
function nearerByTranslation(
	{ flows, flips, isSupposed }: MatchedGroup,
	inputs: readonly [SideInput, SideInput],
): ReturnType<typeof nearerCaptures> {
	const [first, second] = [flows[0][0], flows[1][0]];
	if (first === undefined || second === undefined || isSupposed) return [undefined, undefined];
	const sender = (capture: CaptureIndex, flow: number, direction: 0 | 1) =>
		sideAddress(inputs[capture].log.store, flow, (direction ^ flips[capture][flow]!) as 0 | 1);
	const [there, back] = ([0, 1] as const).map((direction) =>
		privateSide([sender(0, first, direction), sender(1, second, direction)]),
	);
	// Nothing, or both ends on one side: that is no conversation between the two.
	if (there === back) return [undefined, undefined];
	const near = there ?? ((1 - back!) as CaptureIndex);
	return [near, (1 - near) as CaptureIndex];
}

/** What is sent to a group does not pass routers, or not as it is. */
function isGroupTraffic({ flows }: MatchedGroup, inputs: readonly [SideInput, SideInput]): boolean {
	return ([0, 1] as const).some((capture) =>
		flows[capture].some((flow) =>
			([0, 1] as const).some((side) => {
				const parsed = parseAddress(sideAddress(inputs[capture].log.store, flow, side));
				return parsed !== undefined && isGroupAddress(parsed.version, parsed.words[0], parsed.words[3]);
			}),
		),
	);
}

/** When a packet of each capture was seen, by the first one's clock. */
type Times = readonly [(packet: number) => number, (packet: number) => number];

/** What all conversations together show. */
interface Learnt {
	readonly homes: Homes;
	/** Whether any address or port is exchanged on the way. */
	readonly isTranslated: boolean;
	readonly times: Times;
	/** Whether it is known how the captures' clocks stand. */
	readonly hasClock: boolean;
}

function conversationOf(
	group: MatchedGroup,
	flows: readonly [readonly Flow[], readonly Flow[]],
	learnt: Learnt,
	inputs: readonly [SideInput, SideInput],
): SidesConversation {
	const { homes, isTranslated, times } = learnt;
	const own = ([0, 1] as const).map((capture) => group.flows[capture].map((flow) => flows[capture][flow]!));
	const [inside = [], outside = []] = own;
	const both = inside.length > 0 && outside.length > 0;
	const capture: CaptureIndex = inside.length > 0 ? 0 : 1;
	const flow = (inside[0] ?? outside[0])!;
	const clientDirection = (flow.clientSide ^ group.flips[capture][flow.id - 1]!) as 0 | 1;
	/** Side of a flow that sends as the client does, whatever its own report takes for the client. */
	const sender = (of: CaptureIndex, { id }: Flow) => (clientDirection ^ group.flips[of][id - 1]!) as 0 | 1;
	const named = (of: CaptureIndex) => (each: Flow) => {
		const side = sender(of, each);
		return { id: each.id, client: each.ends[side], server: each.ends[1 - side]! };
	};
	const there = group.directions[clientDirection];
	const back = group.directions[(1 - clientDirection) as 0 | 1];
	const nearer = nearerCaptures(group)[clientDirection];
	const ends = [flow.addresses[flow.clientSide], flow.addresses[1 - flow.clientSide]!] as const;
	const [clientHome, serverHome] =
		nearer === undefined ? homes.ofBoth(ends, capture) : [nearer, (1 - nearer) as CaptureIndex];
	// What both captures have passes from one side to the other.
	const clientSide = clientHome ?? (both && serverHome !== undefined ? ((1 - serverHome) as CaptureIndex) : undefined);
	const near = clientSide ?? 0;
	// Where nothing tells the sides, what the inside capture has stands for what was sent, both ways.
	const nearServer = clientSide === undefined ? near : ((1 - near) as CaptureIndex);
	const counts = { client: countOf(there, near), server: countOf(back, nearServer) };
	const cut = cutReason(group, inputs);
	const judged = cut
		? ({ verdict: "not compared", reasons: [cut] } as const)
		: both
			? judgeBoth(counts.client, counts.server, {
					isSideKnown: clientSide !== undefined,
					isComparable: learnt.hasClock || there.matched + back.matched > 0,
					wantsAnswer: flow.wantsAnswer,
					isSupposed: group.isSupposed,
					unread: there.unread + back.unread,
					untimely: untimelyReason(inputs),
				})
			: judgeOne(capture, [clientHome, serverHome], [there, back], {
					hasDouble: isTranslated && group.hasDouble,
					unseen: unseenReason(capture, flow, inputs),
					untimely: untimelyReason(inputs),
				});
	// A row is told best where the hosts have their own addresses: on either side, whichever has one.
	const labelled = [...inside, ...outside].find(({ row }) => row !== null) ?? flow;
	const isLost = SIDES_TROUBLE.includes(judged.verdict);
	const sent = [[there, near] as const, [back, nearServer] as const];
	const isCompared = isLost || (both && judged.verdict !== "not compared");
	return {
		...judged,
		transport: flow.transport,
		row: labelled.row,
		service: labelled.service,
		start: flow.start,
		inside: inside.map(named(0)),
		outside: outside.map(named(1)),
		clientSide: clientSide === undefined ? null : NAMES[clientSide],
		client: isCompared ? counts.client : seenOnly(there, capture),
		server: isCompared ? counts.server : seenOnly(back, capture),
		firstLost: isLost ? firstLost(sent, times, inputs) : null,
	};
}

/** Why a conversation's packets cannot be told apart; undefined where they can. */
function cutReason({ flows }: MatchedGroup, inputs: readonly [SideInput, SideInput]): string | undefined {
	for (const capture of [0, 1] as const) {
		const { store, cutFlows } = inputs[capture].log;
		const flow = flows[capture].find((each) => cutFlows.has(each));
		if (flow !== undefined)
			return `the ${NAMES[capture]} capture is too short to compare it: it cuts these packets inside their ${protocolName(store.protocol(flow)).toUpperCase()} header`;
	}
	return undefined;
}

/** Why a flow that one capture alone has may be in the other one all the same; undefined where it would have been seen there. */
function unseenReason(capture: CaptureIndex, flow: Flow, inputs: readonly [SideInput, SideInput]): string | undefined {
	const [own, other] = [inputs[capture].log, inputs[1 - capture]!.log];
	const name = NAMES[1 - capture]!;
	if (other.count === 0) return `the ${name} capture has no packet that could be compared`;
	if (!other.portless.has(kindOfFlow(own.store, flow.id - 1))) return undefined;
	return `the ${name} capture is too short to compare it: it cuts ${flow.transport.toUpperCase()} packets before their ports`;
}

/** Why there may be no packet of a conversation to compare. */
function untimelyReason(inputs: readonly [SideInput, SideInput]): string {
	const isCutShort = inputs.some(({ log }) => log.refused > 0 || log.interruptedAfter !== undefined);
	const reason = "it was seen only while the other capture did not run";
	return isCutShort ? `${reason}, or its packets are beyond those that were compared` : reason;
}

/** Of what need not pass, how much one capture has: nothing of it is lost. */
function seenOnly({ packets }: DirectionMatch, capture: CaptureIndex): SidesCount {
	return { sent: packets[capture].length, arrived: 0, lost: 0, changed: 0, made: 0 };
}

function countOf(direction: DirectionMatch, near: CaptureIndex): SidesCount {
	const far = (1 - near) as CaptureIndex;
	const lost = direction.missing[near].length;
	return {
		sent: direction.packets[near].length,
		arrived: direction.packets[near].length - lost,
		lost,
		changed: direction.rewritten,
		made: direction.missing[far].length,
	};
}

interface Judged {
	readonly verdict: SidesVerdict;
	readonly reasons: readonly string[];
}

interface Known {
	/** Whether anything tells which side the client is on. */
	readonly isSideKnown: boolean;
	/** Whether its packets can be matched: not where nothing tells how the clocks stand. */
	readonly isComparable: boolean;
	readonly wantsAnswer: boolean;
	/** @see {@link MatchedGroup.isSupposed} */
	readonly isSupposed: boolean;
	/** @see {@link DirectionMatch.unread} */
	readonly unread: number;
	/** @see {@link untimelyReason} */
	readonly untimely: string;
}

function judgeBoth(
	client: SidesCount,
	server: SidesCount,
	{ isSideKnown, isComparable, wantsAnswer, isSupposed, unread, untimely }: Known,
): Judged {
	if (!isComparable)
		return {
			verdict: "not compared",
			reasons: ["no packet of it is in both captures, and nothing tells how their clocks stand"],
		};
	const reasons: string[] = [];
	const side = isSideKnown ? "" : "; which side sent them, nothing tells";
	const inOne = ["in the inside capture", "in the outside capture"] as const;
	const lost = isSideKnown
		? ["did not come through", "did not come back"]
		: [`are ${inOne[0]} only`, `are ${inOne[0]} only`];
	if (client.lost > 0) reasons.push(`${client.lost} of the client's ${client.sent} packets ${lost[0]}${side}`);
	if (server.lost > 0) reasons.push(`${server.lost} of the server's ${server.sent} packets ${lost[1]}${side}`);
	if (client.changed + server.changed > 0)
		reasons.push(`${counted(client.changed + server.changed, "packet")} came with another payload`);
	const places = isSideKnown ? ["on the server's side", "on the client's side"] : [inOne[1], inOne[1]];
	if (client.made > 0) reasons.push(`${counted(client.made, "packet")} in the client's name ${places[0]} only`);
	if (server.made > 0) reasons.push(`${counted(server.made, "packet")} in the server's name ${places[1]} only`);
	const verdict = (): SidesVerdict => {
		if (client.sent + server.sent + client.made + server.made === 0) return "not compared";
		if (client.sent > 0 && client.arrived === 0) return "blocked";
		if (server.sent > 0 && server.arrived === 0) return "answers blocked";
		// Where nothing tells the sides, what is in the other capture alone may be lost as well.
		if (client.lost > 0 || (!isSideKnown && client.made > 0)) return "requests lost";
		if (server.lost > 0 || (!isSideKnown && server.made > 0)) return "answers lost";
		if (client.sent > 0 && server.sent === 0 && wantsAnswer) return "unanswered";
		return client.changed + server.changed > 0 ? "changed" : "passes";
	};
	const told = verdict();
	if (told === "unanswered") reasons.push("the client's packets came through, and the other side has no answer");
	if (told === "passes")
		reasons.push(
			client.made + server.made > 0 ? "all packets that were seen sent came through" : "all packets are on both sides",
		);
	if (told === "not compared") reasons.push(untimely);
	if (unread > 0)
		reasons.push(`the payload of ${counted(unread, "packet")} was not compared: a capture has too little of it`);
	if (isSupposed)
		reasons.push(
			"that both sides' requests are one is supposed by their server and time: sequence numbers are changed on the way",
		);
	return { verdict: told, reasons };
}

function judgeOne(
	capture: CaptureIndex,
	[clientHome, serverHome]: readonly [CaptureIndex | undefined, CaptureIndex | undefined],
	[there, back]: readonly [DirectionMatch, DirectionMatch],
	{ hasDouble, unseen, untimely }: { hasDouble: boolean; unseen: string | undefined; untimely: string },
): Judged {
	const name = NAMES[capture];
	const other = NAMES[1 - capture];
	const count = there.packets[capture].length + back.packets[capture].length;
	if (unseen) return { verdict: "not compared", reasons: [unseen] };
	if (count === 0) return { verdict: "not compared", reasons: [untimely] };
	if (clientHome !== undefined && clientHome === serverHome)
		return { verdict: "local", reasons: [`both ends are on the ${NAMES[clientHome]}`] };
	if (clientHome === undefined || serverHome === undefined) {
		const reason = `only the ${name} capture has it, and no traffic shows that both ends are on different sides`;
		return { verdict: "one side only", reasons: [reason] };
	}
	if (hasDouble) {
		const reason = `only the ${name} capture has it as it is: the ${other} one has flows that may be the same with a translated address, and their packets say too little to tell`;
		return { verdict: "one side only", reasons: [reason] };
	}
	if (clientHome === capture && back.packets[capture].length > 0) {
		const reason = `the ${other} capture has none of it, but it is answered: by something on the way, or over another way`;
		return { verdict: there.packets[capture].length > 0 ? "blocked" : "one side only", reasons: [reason] };
	}
	if (clientHome === capture)
		return { verdict: "blocked", reasons: [`none of the client's packets is in the ${other} capture`] };
	if (there.packets[capture].length > 0) {
		const reason = `only the ${name} capture, on the server's side, has it: the ${other} one missed it, or it came another way`;
		return { verdict: "one side only", reasons: [reason] };
	}
	return {
		verdict: "answers blocked",
		reasons: [`only the server's packets were seen, and none is in the ${other} capture`],
	};
}

/** @param sent what the client and the server sent, each with the capture on its side. */
function firstLost(
	sent: readonly (readonly [DirectionMatch, CaptureIndex])[],
	times: Times,
	inputs: readonly [SideInput, SideInput],
): SidesConversation["firstLost"] {
	const [first] = sent
		.flatMap(([direction, near]) => direction.missing[near].slice(0, 1).map((packet) => ({ near, packet })))
		.sort((x, y) => times[x.near](x.packet) - times[y.near](y.packet));
	if (!first) return null;
	const { log, report } = inputs[first.near];
	return {
		side: NAMES[first.near],
		file: report.capture.files[log.file[first.packet]!] ?? "",
		packet: log.number[first.packet]!,
	};
}

function translationsOf(
	groups: readonly MatchedGroup[],
	flows: readonly [readonly Flow[], readonly Flow[]],
): Translation[] {
	const found = new Map<string, { -readonly [Name in keyof Translation]: Translation[Name] }>();
	for (const group of groups) {
		const [first, second] = [group.flows[0][0], group.flows[1][0]];
		// What is only supposed to be one conversation shows no translation.
		if (first === undefined || second === undefined || group.isSupposed) continue;
		const [inside, outside] = [flows[0][first]!, flows[1][second]!];
		const [flipIn, flipOut] = [group.flips[0][first]!, group.flips[1][second]!];
		for (const direction of [0, 1] as const) {
			const [sideIn, sideOut] = [(direction ^ flipIn) as 0 | 1, (direction ^ flipOut) as 0 | 1];
			const [from, to] = [inside.addresses[sideIn], outside.addresses[sideOut]];
			const isPortChanged = hasPorts(inside.transport) && portOf(inside.ends[sideIn]) !== portOf(outside.ends[sideOut]);
			if (from === to && !isPortChanged) continue;
			const role = sideIn === inside.clientSide ? "client" : "server";
			const key = `${from} ${to}`;
			let known = found.get(key);
			if (!known) {
				known = { inside: from, outside: to, of: role, conversations: 0, portsChanged: 0 };
				found.set(key, known);
			}
			if (known.of !== role) known.of = "both";
			known.conversations++;
			if (isPortChanged) known.portsChanged++;
		}
	}
	return [...found.values()].sort((a, b) => b.conversations - a.conversations);
}

function clockSummary({ clock }: Pairing, groups: readonly MatchedGroup[], log: PacketLog): SidesClock | null {
	if (!clock) return null;
	// What the nearer capture is first by, and what it is last by: their mean is the clocks' rest, half their difference the way.
	const outward: number[] = [];
	const inward: number[] = [];
	for (const group of groups) {
		for (const [i, nearer] of nearerCaptures(group).entries()) {
			const { later } = group.directions[i]!;
			if (nearer !== undefined && !Number.isNaN(later)) (nearer === 0 ? outward : inward).push(later);
		}
	}
	const bothDirections = outward.length > 0 && inward.length > 0;
	const rest = bothDirections ? (median(outward) + median(inward)) / 2 : 0;
	const transit = bothDirections ? (median(outward) - median(inward)) / 2 : Number.NaN;
	return {
		aheadSeconds: Math.round(clock.at(log.time[0] ?? 0) + rest) / 1e9,
		driftPpm: clock.drift === undefined ? null : Math.round(clock.drift * 1e7) / 10,
		packets: clock.pairs,
		bothDirections,
		transitMs: Number.isNaN(transit) ? null : Math.round(transit / 1e3) / 1e3,
	};
}

function* notesOn(
	inputs: readonly [SideInput, SideInput],
	{ clock }: Pairing,
	groups: readonly MatchedGroup[],
): Iterable<string> {
	const [inside, outside] = inputs;
	const { from, to } = sharedTime(inside.log, outside.log, clock);
	if (!groups.some(({ directions }) => directions.some(({ matched }) => matched > 0)))
		yield "no packet is in both captures: they may not be of the same traffic, and the clocks are taken for right";
	else if (!clock)
		yield "no packet is in both captures exactly once: flows were matched by equal addresses and ports alone, and the clocks taken for right";
	const isEmpty = inputs.some(({ log }) => log.count === 0);
	if (from > to && !isEmpty)
		yield "the captures have no time in common: nothing was compared but what is in both all the same";
	for (const [i, { report, log }] of inputs.entries()) {
		const name = NAMES[i]!;
		if (report.capture.window) yield `${name}: ${windowText(report.capture.window, report.capture)}`;
		for (const problem of report.problems) yield `${name}: ${problemText(problem)}`;
		if (log.interruptedAfter !== undefined)
			yield `${name}: interrupted: of ${counted(report.capture.packets, "packet")}, only the first ${log.interruptedAfter} were compared`;
		for (const { packets, reason, hint, class: kind } of report.capture.notDecoded)
			if (kind === "problem") yield `${name}: ${counted(packets, "packet")}: ${reason}${hint ? `; ${hint}` : ""}`;
		if (report.capture.dropped > 0)
			yield `the ${name} capture dropped ${counted(report.capture.dropped, "packet")}: what it lacks may have passed all the same`;
		if (log.refused > 0)
			yield `not compared, for they are beyond the limit: ${counted(log.refused, "packet")} of the ${name} capture`;
		if (log.isCut) {
			const less = log.isUnread ? ", and where it has fewer, by their lengths alone" : "";
			yield `the ${name} capture cuts packets short: payloads were compared by their first ${bytesCompared(inside.log, outside.log)} bytes${less}`;
		}
		if (log.fragments + log.errors > 0)
			yield `not compared: ${counted(log.fragments, "later fragment")} and ${counted(log.errors, "ICMP error")} of the ${name} capture`;
	}
	yield "a packet that the capture itself missed looks like one that was lost on the way";
	yield "what is encrypted anew (a VPN's two sides), or ended and opened again by a proxy, has nothing in common on both sides: it is not matched";
}
