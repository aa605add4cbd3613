import type { Findings } from "../finding/findings.ts";
import { counted } from "../finding/words.ts";
import { FlowEnding, type FlowStore, sideAddress } from "../flow/store.ts";
import { idleTimeout } from "../flow/table.ts";
import { tcpEnd } from "../flow/tcp.ts";
import type { FlowLabel, Labels } from "../label/labels.ts";
import { protocolName } from "../packet/protocols.ts";
import { Protocol } from "../packet/view.ts";
import type { Sessions } from "../session/sessions.ts";
import type { CallRecords } from "./calls.ts";
import type { Endpoint, FlowEnd, FlowRecord, Label } from "./document.ts";
import { findingOf } from "./findings.ts";
import { flowId, type RunWords, transferId } from "./run-words.ts";
import { tcpState } from "./tcp.ts";
import { isoTime, secondsBetween } from "./time.ts";

/** A record while it is made: what only some flows have is put in its place, for spreading it costs as much as all the rest. */
type Growing = { -readonly [Name in keyof FlowRecord]?: FlowRecord[Name] };

const NO_TRANSFERS: readonly number[] = [];
/** Transfers of one flow that its reasons name; a client may use one port for all that it asks for. */
const MAX_TRANSFERS_NAMED = 3;

/** Turns records of the flow store into the report's flow objects, one at a time. */
export class FlowRecords {
	readonly #store: FlowStore;
	readonly #sessions: Sessions;
	readonly #labels: Labels;
	readonly #findings: Findings;
	readonly #calls: CallRecords;
	readonly #run: RunWords;
	/** Flows share few labels. */
	readonly #shared = new WeakMap<FlowLabel, Label>();
	/** By flow, the transfers that used it before the one that the store names; most flows have none. */
	#earlier: ReadonlyMap<number, readonly number[]> | undefined;

	/** @param run see {@link RunWords}. */
	constructor(
		store: FlowStore,
		sessions: Sessions,
		labels: Labels,
		findings: Findings,
		calls: CallRecords,
		run: RunWords,
	) {
		this.#store = store;
		this.#sessions = sessions;
		this.#labels = labels;
		this.#findings = findings;
		this.#calls = calls;
		this.#run = run;
	}

	of(flow: number): FlowRecord {
		const store = this.#store;
		const label = this.#labels.of(flow);
		const { direction } = label;
		const { serverSide, basis, certain, reason } = direction;
		const first = store.first(flow);
		const last = store.last(flow);
		const protocol = store.protocol(flow);
		const transfer = store.transfer(flow);
		const transfers = this.#transfersOf(flow);
		const calls = this.#calls.callsOf(flow);
		const streams = this.#calls.streamsOf(flow);
		const isSrtp = streams.length > 0 && streams.some(({ srtp }) => srtp);
		const record: Growing = {
			id: flowId(this.#run, flow),
			transport: protocolName(protocol),
			start: isoTime(this.#run.epoch, first),
			end: isoTime(this.#run.epoch, last),
			duration: secondsBetween(first, last),
			client: this.#endpoint(flow, (1 - serverSide) as 0 | 1),
			server: this.#endpoint(flow, serverSide),
			direction: { basis, certain, reason },
			vlan: vlanIds(store.vlan(flow)),
		};
		if (protocol === Protocol.TCP) record.tcp = tcpState(store, flow, serverSide)!;
		if (protocol === Protocol.ICMP || protocol === Protocol.ICMPV6) record.icmp = icmpOf(store, flow);
		record.application = this.#application(flow, isSrtp);
		record.label = this.#label(label, [
			...this.#transferReasons(transfers),
			...this.#calls.reasonsOf(flow),
			...this.#calls.controlReasons(flow),
		]);
		record.findings = this.#findings.ofFlow(flow, label).map(findingOf);
		if (transfer > 0) record.transfer = transferId(this.#run, transfer);
		if (transfers.length > 1) record.transfers = transfers.map((id) => transferId(this.#run, id));
		if (calls.length > 0) record.call = calls;
		if (streams.length > 0) record.streams = streams;
		record.first = { file: this.#run.files[store.file(flow)] ?? "", packet: store.firstNumber(flow) };
		record.ended = this.ended(flow);
		if (store.tunnelled(flow)) record.tunnelled = true;
		return record as FlowRecord;
	}

	/** @param more reasons that only this flow has, behind the verdict's own and the direction's. */
	#label(label: FlowLabel, more: readonly string[]): Label {
		let shared = this.#shared.get(label);
		if (!shared) {
			const { direction, verdict } = label;
			const { group: _, ...fields } = verdict;
			shared = Object.freeze({ ...fields, reasons: Object.freeze([...verdict.reasons, direction.reason]) });
			this.#shared.set(label, shared);
		}
		return more.length > 0 ? { ...shared, reasons: [...shared.reasons, ...more] } : shared;
	}

	/** Transfers that a flow is part of, ascending. */
	#transfersOf(flow: number): readonly number[] {
		const last = this.#store.transfer(flow);
		if (last === 0) return NO_TRANSFERS;
		this.#earlier ??= earlierTransfers(this.#store, this.#sessions);
		return [...(this.#earlier.get(flow) ?? NO_TRANSFERS), last].sort((a, b) => a - b);
	}

	/** A transfer's flows have one label, that of its request to port 69. */
	#transferReasons(ids: readonly number[]): readonly string[] {
		const reasons = ids.slice(0, MAX_TRANSFERS_NAMED).map((id) => this.#transferReason(id));
		const more = ids.length - reasons.length;
		return more > 0 ? [...reasons, `part of ${counted(more, "more TFTP transfer")}`] : reasons;
	}

	#transferReason(id: number): string {
		const transfer = this.#sessions.transfers.transfers[id - 1]!;
		const flows = transfer.flows.map((flow) => flowId(this.#run, flow)).sort((a, b) => a - b);
		const file = transfer.file === "" ? "whose request the capture lacks" : `of ${transfer.file}`;
		return `part of TFTP transfer ${transferId(this.#run, id)} ${file}, with ${flows.length === 1 ? "flow" : "flows"} ${flows.join(", ")}`;
	}

	/** @param isSrtp whether a stream of the flow is known to be encrypted. */
	#application(flow: number, isSrtp: boolean): FlowRecord["application"] {
		const protocol = this.#sessions.protocolOf(flow);
		if (protocol === null) return null;
		const application = {
			...this.#sessions.fieldsOf(flow),
			...this.#sessions.sip.registrations.of(flow),
			protocol,
		} as NonNullable<FlowRecord["application"]>;
		const media = isSrtp ? "srtp" : this.#sessions.mediaOf(flow);
		if (media && media !== protocol) application.media = media;
		return application;
	}

	#endpoint(flow: number, side: 0 | 1): Endpoint {
		const store = this.#store;
		const protocol = store.protocol(flow);
		const hasPorts = protocol !== Protocol.ICMP && protocol !== Protocol.ICMPV6;
		return {
			address: sideAddress(store, flow, side),
			port: hasPorts ? store.port(flow, side) : 0,
			packets: store.packets(flow, side),
			bytes: store.bytes(flow, side),
		};
	}

	/** Why a flow's record ended. */
	ended(flow: number): FlowEnd {
		const store = this.#store;
		const ending = store.ending(flow);
		const end = store.protocol(flow) === Protocol.TCP ? tcpEnd(store.tcpWords(flow), store.tcpBase(flow)) : null;
		if (end !== null) return end;
		if (ending === FlowEnding.Idle) return "idle";
		if (ending !== FlowEnding.Open) return "reused";
		const { stage, now, idle } = this.#run;
		if (now - store.last(flow) > idleTimeout(idle, store.protocol(flow))) return "idle";
		if (stage === "so-far") return "open";
		return stage === "last" ? "end-of-capture" : "evicted";
	}
}

/** Where ports are used again, a flow is in several transfers. */
function earlierTransfers(store: FlowStore, { transfers: { transfers } }: Sessions): Map<number, number[]> {
	const earlier = new Map<number, number[]>();
	for (const { id, flows } of transfers) {
		for (const flow of flows) {
			if (store.transfer(flow) === id) continue;
			const ids = earlier.get(flow);
			if (ids) ids.push(id);
			else earlier.set(flow, [id]);
		}
	}
	return earlier;
}

function icmpOf(store: FlowStore, flow: number): NonNullable<FlowRecord["icmp"]> {
	const icmp = store.icmp(flow);
	return { type: icmp >>> 24, code: (icmp >>> 16) & 0xff, id: icmp & 0xffff };
}

/** VLAN ids, outermost first, from {@link FlowStore.vlan}. */
function vlanIds(vlan: number): number[] {
	const outer = vlan >>> 12;
	const inner = vlan & 0xfff;
	if (outer !== 0) return [outer, inner];
	return inner === 0 ? [] : [inner];
}
