import type { Findings } from "../finding/findings.ts";
import { FlowEnding, type FlowStore, sideAddress } from "../flow/store.ts";
import { tcpEnd } from "../flow/tcp.ts";
import type { FlowLabel, Labels } from "../label/labels.ts";
import { protocolName } from "../packet/protocols.ts";
import { Protocol } from "../packet/view.ts";
import type { Sessions } from "../session/sessions.ts";
import type { CallRecords } from "./calls.ts";
import type { Endpoint, FlowEnd, FlowRecord } from "./document.ts";
import { findingOf } from "./findings.ts";
import { flowId, type RunWords, transferId } from "./run-words.ts";
import { tcpState } from "./tcp.ts";
import { isoTime, secondsBetween } from "./time.ts";

/** Turns records of the flow store into the report's flow objects, one at a time. */
export class FlowRecords {
	readonly #store: FlowStore;
	readonly #sessions: Sessions;
	readonly #labels: Labels;
	readonly #findings: Findings;
	readonly #calls: CallRecords;
	readonly #run: RunWords;

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
		const { direction, verdict } = label;
		const { serverSide, basis, certain, reason } = direction;
		const first = store.first(flow);
		const last = store.last(flow);
		const protocol = store.protocol(flow);
		const transfer = store.transfer(flow);
		const calls = this.#calls.callsOf(flow);
		const streams = this.#calls.streamsOf(flow);
		const { group: _, ...verdictFields } = verdict;
		const tcp = tcpState(store, flow, serverSide);
		return {
			id: flowId(this.#run, flow),
			transport: protocolName(protocol),
			start: isoTime(this.#run.epoch, first),
			end: isoTime(this.#run.epoch, last),
			duration: secondsBetween(first, last),
			client: this.#endpoint(flow, (1 - serverSide) as 0 | 1),
			server: this.#endpoint(flow, serverSide),
			direction: { basis, certain, reason },
			vlan: vlanIds(store.vlan(flow)),
			...(tcp ? { tcp } : {}),
			...this.#icmp(flow),
			application: this.#application(
				flow,
				streams.some(({ srtp }) => srtp),
			),
			label: {
				...verdictFields,
				reasons: [
					...reasonsOf(label),
					...this.#transferReasons(transfer),
					...this.#calls.reasonsOf(flow),
					...this.#calls.controlReasons(flow),
				],
			},
			findings: this.#findings.ofFlow(flow, label).map(findingOf),
			...(transfer > 0 ? { transfer: transferId(this.#run, transfer) } : {}),
			...(calls.length > 0 ? { call: calls } : {}),
			...(streams.length > 0 ? { streams } : {}),
			first: { file: this.#run.files[store.file(flow)] ?? "", packet: store.firstNumber(flow) },
			ended: this.#ended(flow),
			...(store.tunnelled(flow) ? { tunnelled: true } : {}),
		};
	}

	/** A transfer's flows have one label, that of its request to port 69. */
	#transferReasons(id: number): string[] {
		const transfer = this.#sessions.transfers.transfers[id - 1];
		if (!transfer) return [];
		const flows = transfer.flows.map((flow) => flowId(this.#run, flow)).sort((a, b) => a - b);
		const file = transfer.file === "" ? "whose request the capture lacks" : `of ${transfer.file}`;
		return [`part of TFTP transfer ${transferId(this.#run, id)} ${file}, with flows ${flows.join(", ")}`];
	}

	/** @param isSrtp whether a stream of the flow is known to be encrypted. */
	#application(flow: number, isSrtp: boolean): FlowRecord["application"] {
		const protocol = this.#sessions.protocolOf(flow);
		if (protocol === null) return null;
		const media = isSrtp ? "srtp" : this.#sessions.mediaOf(flow);
		const registration = this.#sessions.sip.registrations.of(flow);
		return {
			...this.#sessions.fieldsOf(flow),
			...registration,
			protocol,
			...(media && media !== protocol ? { media } : {}),
		};
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

	#icmp(flow: number): Pick<FlowRecord, "icmp"> {
		const store = this.#store;
		const protocol = store.protocol(flow);
		if (protocol !== Protocol.ICMP && protocol !== Protocol.ICMPV6) return {};
		const icmp = store.icmp(flow);
		return { icmp: { type: icmp >>> 24, code: (icmp >>> 16) & 0xff, id: icmp & 0xffff } };
	}

	#ended(flow: number): FlowEnd {
		const store = this.#store;
		const ending = store.ending(flow);
		if (ending === FlowEnding.Idle) return "idle";
		const end = store.protocol(flow) === Protocol.TCP ? tcpEnd(store.tcpWords(flow), store.tcpBase(flow)) : null;
		if (end !== null) return end;
		if (ending !== FlowEnding.Open) return "reused";
		return this.#run.isLast ? "end-of-capture" : "evicted";
	}
}

/** Why the label is what it is: the direction first, then the verdict's own reasons. */
function reasonsOf({ direction, verdict }: FlowLabel): readonly string[] {
	return [...verdict.reasons, direction.reason];
}

/** VLAN ids, outermost first, from {@link FlowStore.vlan}. */
export function vlanIds(vlan: number): number[] {
	const outer = vlan >>> 12;
	const inner = vlan & 0xfff;
	if (outer !== 0) return [outer, inner];
	return inner === 0 ? [] : [inner];
}
