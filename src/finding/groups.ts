import { sideAddress } from "../flow/store.ts";
import {
	type AddressKey,
	addressKey,
	addressOfKey,
	type EndpointKey,
	endpointKey,
	endpointOfKey,
} from "../label/hosts.ts";
import type { FlowLabel } from "../label/labels.ts";
import { hostOf } from "../packet/address.ts";
import type { PacketPlace } from "../packet/view.ts";
import {
	addressFilter,
	allOf,
	anyOf,
	callFilter,
	conversationFilter,
	isSipToWireshark,
	MAX_NAMED,
	portFilterOf,
	portKey,
	securityFilter,
} from "./filters.ts";
import { type FindingKind, KINDS, type KindOfFinding } from "./kinds.ts";
import { messageOf, type Observation, type Run, type Severity, severityRank } from "./observation.ts";

/** What flows, calls or transfers show alike: one kind, one cause, one row of one host. */
export interface FindingGroup {
	readonly kind: FindingKind;
	readonly severity: Severity;
	/** What is wrong, in words that fit all of them; with its own figures where there is one only. */
	readonly text: string;
	readonly row: string | null;
	/** The host that the row is of; without a row the product at one of the ends. Null where there is neither. */
	readonly host: string | null;
	/** Addresses of clients and `address:port` of servers, the first few, and how many there are. */
	readonly clients: Ends;
	readonly servers: Ends;
	/** Indices of flows, the first few, and how many there are. */
	readonly flows: readonly number[];
	readonly flowCount: number;
	readonly calls: readonly number[];
	/** How often it happened: at least once for each flow. */
	readonly count: number;
	readonly first: PacketPlace | null;
	/** Nanoseconds since the run's epoch; null for what has no time. */
	readonly start: number | null;
	readonly end: number | null;
	/** Wireshark display filter; empty where none fits. */
	readonly filter: string;
	/** What to look at next. */
	readonly check: readonly string[];
}

export interface Ends {
	readonly shown: readonly string[];
	readonly count: number;
	/** Whether there are more than are counted. */
	readonly isMore: boolean;
}

/** What a finding is about. */
export interface Subject {
	readonly flows: readonly number[];
	readonly call?: number;
	/** Row, where it is not that of the first flow. */
	readonly row?: string | null;
}

/** What several flows, calls or transfers together show. */
export interface Found {
	readonly observation: Observation;
	readonly subject: Subject;
}

/** Flows, calls and ends listed of one finding. */
const MAX_LISTED = 20;
/** Ends counted of one finding: more are "more than". */
const MAX_COUNTED = 1000;
/** Findings with a place of their own. A scan of many hosts makes more: they share one for each kind. */
const MAX_GROUPS = 2000;
/** Requests so young, at the end of the capture, that they wait for others to make sure. */
const MAX_PENDING = 100_000;
const BEYOND = "requests at the capture's end, beyond the limit, were not added to those that got no answer";

interface Growing {
	readonly observation: Observation;
	severity: Severity;
	readonly row: string | null;
	host: string | null;
	readonly clients: Set<AddressKey>;
	readonly servers: Set<EndpointKey>;
	/** Of the servers: {@link portKey}. */
	readonly ports: Set<number>;
	readonly flows: number[];
	flowCount: number;
	/** Flows that came with a call: one flow may carry many. */
	readonly shared: Set<number>;
	readonly calls: number[];
	subjects: number;
	count: number;
	first: PacketPlace | null;
	start: number;
	end: number;
}

/** Gathers observations into findings that are few: each with its flows, ends, times and a filter. */
export class FindingGroups {
	readonly #run: Run;
	/** In the order in which they came. */
	readonly #groups: Growing[] = [];
	/** By kind, cause, row and host: one text of them all for each flow would be slow. */
	readonly #places = new Map<FindingKind, Map<string, Map<string | null, Map<string | null, Growing>>>>();
	/** Those that what has no place of its own shares. */
	readonly #shared = new Map<FindingKind, Growing>();
	readonly #pending: { readonly observation: Observation; readonly flow: number; readonly label: FlowLabel }[] = [];

	constructor(run: Run) {
		this.#run = run;
	}

	/** Takes an observation of a flow with its label. */
	addFlow(observation: Observation, flow: number, label: FlowLabel): void {
		this.#add(observation, { flows: [flow] }, label);
	}

	/** Takes an observation of a flow that only counts where others make sure of the same. */
	addPending(observation: Observation, flow: number, label: FlowLabel): void {
		if (this.#pending.length < MAX_PENDING) this.#pending.push({ observation, flow, label });
		else this.#run.sessions.overflow.add(BEYOND);
	}

	/** Takes an observation of what may be more than one flow, or none. */
	add(observation: Observation, subject: Subject): void {
		const [flow] = subject.flows;
		this.#add(observation, subject, flow === undefined ? undefined : this.#run.labels.of(flow));
	}

	#add(observation: Observation, subject: Subject, label: FlowLabel | undefined): void {
		const row = observation.row ?? (subject.row === undefined ? (label?.verdict.row ?? null) : subject.row);
		const [flow] = subject.flows;
		const host = flow === undefined || !label ? null : this.#hostOf(flow, label);
		const group = this.#groupOf(observation, row, host);
		if (severityRank(observation) < severityRank(group)) group.severity = observation.severity;
		group.subjects++;
		group.count += observation.count ?? 1;
		if (subject.call !== undefined) list(group.calls, subject.call);
		const isShared = subject.call !== undefined;
		for (const each of subject.flows) {
			if (isShared && group.shared.has(each)) continue;
			if (isShared) group.shared.add(each);
			this.#takeFlow(group, each, each === flow ? label : undefined);
		}
		this.#takeTime(group, observation, flow);
	}

	/** The host that the flow's row is of; without a row the product at one of its ends, or nobody. */
	#hostOf(flow: number, { direction, verdict }: FlowLabel): string | null {
		const { store, labels } = this.#run;
		const { serverSide } = direction;
		const clientSide = (1 - serverSide) as 0 | 1;
		const row = labels.rowOf(verdict);
		if (row) return sideAddress(store, flow, row.direction === "out" ? clientSide : serverSide);
		const side = [serverSide, clientSide].find((each) => labels.hosts.at(addressKey(store, flow, each)));
		return side === undefined ? null : sideAddress(store, flow, side);
	}

	#groupOf(observation: Observation, row: string | null, host: string | null): Growing {
		const { kind, severity } = observation;
		const known = this.#known(observation, row, host);
		if (known) return known;
		const isFull = this.#groups.length >= MAX_GROUPS;
		const shared = isFull ? this.#shared.get(kind) : undefined;
		if (shared) return shared;
		const group: Growing = {
			// Of very many findings those without a place of their own differ in all but their kind.
			observation: isFull ? { kind, severity, what: KINDS[kind].meaning } : observation,
			severity,
			row: isFull ? null : row,
			host: isFull ? null : host,
			clients: new Set(),
			servers: new Set(),
			ports: new Set(),
			flows: [],
			flowCount: 0,
			shared: new Set(),
			calls: [],
			subjects: 0,
			count: 0,
			first: null,
			start: Number.POSITIVE_INFINITY,
			end: Number.NEGATIVE_INFINITY,
		};
		this.#groups.push(group);
		if (isFull) this.#shared.set(kind, group);
		else under(under(under(this.#places, kind), observation.what), row).set(host, group);
		return group;
	}

	#known({ kind, what }: Observation, row: string | null, host: string | null): Growing | undefined {
		return this.#places.get(kind)?.get(what)?.get(row)?.get(host);
	}

	#takeFlow(group: Growing, flow: number, label: FlowLabel | undefined): void {
		const { store, labels } = this.#run;
		const { serverSide } = label?.direction ?? labels.direction(flow);
		group.flowCount++;
		list(group.flows, flow);
		count(group.clients, addressKey(store, flow, (1 - serverSide) as 0 | 1));
		count(group.servers, endpointKey(store, flow, serverSide));
		count(group.ports, portKey(store, flow, serverSide));
	}

	#takeTime(group: Growing, { from, until }: Observation, flow: number | undefined): void {
		const { store } = this.#run;
		const first = from?.time ?? (flow === undefined ? undefined : store.first(flow));
		if (first === undefined) return;
		const last = until ?? (flow === undefined ? first : store.last(flow));
		if (first < group.start) {
			group.start = first;
			group.first = from ?? { file: store.file(flow!), number: store.firstNumber(flow!), time: first };
		}
		if (last > group.end) group.end = last;
	}

	#takePending(): void {
		for (const { observation, flow, label } of this.#pending) {
			if (this.#known(observation, label.verdict.row, this.#hostOf(flow, label)))
				this.addFlow(observation, flow, label);
		}
		this.#pending.length = 0;
	}

	/** The findings, those that matter most first. */
	list(): FindingGroup[] {
		this.#takePending();
		return this.#groups
			.map((group) => this.#finished(group))
			.sort(
				(a, b) => severityRank(a) - severityRank(b) || b.flowCount - a.flowCount || (a.start ?? 0) - (b.start ?? 0),
			);
	}

	#finished(group: Growing): FindingGroup {
		const { observation, severity, row, host, clients, servers, flows, flowCount, calls } = group;
		const { kind, what } = observation;
		return {
			kind,
			severity,
			text: group.subjects === 1 ? messageOf(observation) : what,
			row,
			host,
			clients: endsOf(clients, addressOfKey),
			servers: endsOf(servers, endpointOfKey),
			flows,
			flowCount,
			calls,
			count: group.count,
			first: group.first,
			start: group.first ? group.start : null,
			end: group.first ? group.end : null,
			filter: this.#filter(group),
			check: observation.check ?? KINDS[kind].check,
		};
	}

	/** The calls by their names; empty where there are many, or one has no name that a filter knows, or ends in what is no SIP. */
	#callsFilter({ calls, subjects }: Growing): string {
		if (calls.length === 0 || calls.length !== subjects || calls.length > MAX_NAMED) return "";
		const filters = calls.map((id) => {
			const call = this.#run.sessions.calls.calls[id - 1]!;
			return isSipToWireshark(call) ? callFilter(call) : "";
		});
		return filters.includes("") ? "" : anyOf(filters);
	}

	#filter(group: Growing): string {
		const { observation, flows, flowCount, ports } = group;
		const { store } = this.#run;
		if (flows.length === 0) return "";
		const kind: KindOfFinding = KINDS[observation.kind];
		const own = securityFilter(observation.filter ?? kind.filter ?? "", ports);
		const signalling = this.#callsFilter(group);
		if (signalling !== "" && kind.isOfSignalling === true) return signalling;
		if (flowCount <= MAX_NAMED) {
			const shown = allOf([anyOf(flows.map((flow) => conversationFilter(store, flow))), own]);
			// What media shows of a call begins with the call, which tells what was announced.
			return signalling === "" ? shown : anyOf([signalling, shown]);
		}
		const port = ports.size <= MAX_NAMED ? anyOf([...ports].map(portFilterOf)) : "";
		const address = commonAddress(group);
		return allOf([address === undefined ? "" : addressFilter(address), port, own]);
	}
}

/** What all flows of a finding have at an end: its host, else the only client or server, if there is one. */
function commonAddress({ host, clients, servers }: Growing): string | undefined {
	if (host !== null) return host;
	const [client] = clients.size === 1 ? clients : [];
	if (client !== undefined) return addressOfKey(client);
	const addresses =
		servers.size <= MAX_NAMED ? new Set([...servers].map((server) => hostOf(endpointOfKey(server)))) : [];
	const [server, ...others] = addresses;
	return others.length === 0 ? server : undefined;
}

/** The map under a key of another, made where there is none. */
function under<K, L, V>(maps: Map<K, Map<L, V>>, key: K): Map<L, V> {
	let map = maps.get(key);
	if (!map) {
		map = new Map();
		maps.set(key, map);
	}
	return map;
}

function list(known: number[], id: number): void {
	if (known.length < MAX_LISTED && !known.includes(id)) known.push(id);
}

function count<T>(known: Set<T>, end: T): void {
	if (known.size <= MAX_COUNTED) known.add(end);
}

function endsOf<T>(all: ReadonlySet<T>, text: (key: T) => string): Ends {
	const isMore = all.size > MAX_COUNTED;
	return { shown: [...all].slice(0, MAX_LISTED).map(text), count: isMore ? MAX_COUNTED : all.size, isMore };
}
