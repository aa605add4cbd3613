import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PacketView } from "../../../src/packet/view.ts";
import { IncidentTable } from "../../../src/session/incidents.ts";
import { Overflow } from "../../../src/session/overflow.ts";
import { DhcpTracker } from "../../../src/session/service/dhcp.ts";
import { u8, u16 } from "../../support/hello.ts";
import { concat, hex } from "../../support/packet-builder.ts";

type Address = readonly [number, number, number, number];
const NOBODY: Address = [0, 0, 0, 0];
const text = (address: Address) => address.join(".");

interface Message {
	readonly isReply: boolean;
	readonly transaction: number;
	readonly hardware: number;
	readonly ciaddr: Address;
	readonly yiaddr: Address;
	readonly giaddr: Address;
	readonly serverId: Address | null;
}

/** RFC 2131, 2. */
function encode({ isReply, transaction, hardware, ciaddr, yiaddr, giaddr, serverId }: Message): Uint8Array {
	const fixed = concat(
		u8(isReply ? 2 : 1),
		hex("010600"),
		u16(0),
		u16(transaction),
		new Uint8Array(4),
		ciaddr,
		yiaddr,
		NOBODY,
		giaddr,
		hex("0200000000"),
		u8(hardware),
	);
	const options = concat(hex("3501"), u8(isReply ? 5 : 3), serverId ? concat(hex("3604"), serverId) : []);
	return concat(fixed, new Uint8Array(236 - fixed.length), hex("63825363"), options, u8(255));
}

/** A tracker, and a way to show it a message of a flow from an address. */
function tracker(overflow = new Overflow()) {
	const dhcp = new DhcpTracker(new IncidentTable(), overflow);
	const view = new PacketView();
	const show = (flow: number, from: Address, message: Message | Uint8Array) => {
		const data = message instanceof Uint8Array ? message : encode(message);
		view.ipVersion = 4;
		view.src3 = Buffer.from(from).readInt32BE();
		dhcp.observe(data, 0, data.length, view, flow, 0);
	};
	return { dhcp, show };
}

const plain: Message = {
	isReply: false,
	transaction: 1,
	hardware: 7,
	ciaddr: NOBODY,
	yiaddr: NOBODY,
	giaddr: NOBODY,
	serverId: null,
};
const metIn = (overflow: Overflow) => [...overflow.entries()].reduce((sum, [, count]) => sum + count, 0);

describe("a DHCP exchange", () => {
	it("has the servers, clients and relays of all transactions that its flow carried", () => {
		const address = fc.constantFrom<Address>(NOBODY, [10, 0, 0, 1], [10, 0, 0, 2], [10, 0, 0, 3], [255, 255, 255, 255]);
		const message = fc.record({
			isReply: fc.boolean(),
			transaction: fc.nat(2),
			hardware: fc.nat(1),
			ciaddr: address,
			yiaddr: address,
			giaddr: address,
			serverId: fc.option(address),
		});
		const shown = fc.record({ flow: fc.nat(3), from: address, message });
		fc.assert(
			fc.property(fc.array(shown, { maxLength: 12 }), (all) => {
				const { dhcp, show } = tracker();
				for (const { flow, from, message } of all) show(flow, from, message);
				const idOf = ({ transaction, hardware }: Message) => `${transaction}/${hardware}`;
				for (let flow = 0; flow <= 4; flow++) {
					const ids = new Set(all.filter((each) => each.flow === flow).map(({ message }) => idOf(message)));
					const mine = all.filter(({ message }) => ids.has(idOf(message)));
					const some = (addresses: readonly Address[]) =>
						[...new Set(addresses.map(text))].filter((each) => each !== "0.0.0.0" && each !== "255.255.255.255").sort();
					const replies = mine.filter(({ message }) => message.isReply);
					// Who sends a relayed request is the relay.
					const requests = mine.filter(({ message }) => !message.isReply && message.giaddr === NOBODY);
					const found = dhcp.exchangeOf(flow);
					if (ids.size === 0) {
						expect(found).toBeUndefined();
						continue;
					}
					const { servers, clients, relays } = found!;
					expect([[...servers].sort(), [...clients].sort(), [...relays].sort()]).toEqual([
						some(replies.map(({ from, message }) => message.serverId ?? from)),
						some([
							...replies.map(({ message }) => message.yiaddr),
							...requests.map(({ from }) => from),
							...mine.map(({ message }) => message.ciaddr),
						]),
						some(mine.map(({ message }) => message.giaddr)),
					]);
				}
			}),
		);
	});

	it("is none of what is no message", () => {
		const { dhcp } = tracker();
		dhcp.observe(new Uint8Array(300), 0, 300, new PacketView(), 0, 0);
		expect(dhcp.exchangeOf(0)).toBeUndefined();
	});

	it("has 16 addresses of a kind at most", () => {
		const { dhcp, show } = tracker();
		for (let n = 1; n <= 20; n++) show(0, [10, 0, 0, n], plain);
		expect([...dhcp.exchangeOf(0)!.clients]).toEqual(Array.from({ length: 16 }, (_, n) => `10.0.0.${n + 1}`));
	});

	it("is followed for so many transactions; those that are known go on", () => {
		const overflow = new Overflow();
		const { dhcp, show } = tracker(overflow);
		const message = encode(plain);
		const of = (n: number) => {
			message[6] = n >>> 8;
			message[7] = n & 255;
			return message;
		};
		for (let n = 0; n < 50_000; n++) show(0, [10, 0, 0, 1], of(n));
		expect(metIn(overflow)).toBe(0);
		show(1, [10, 0, 0, 2], of(50_000));
		expect([metIn(overflow), dhcp.exchangeOf(1)]).toEqual([1, undefined]);
		show(1, [10, 0, 0, 2], of(49_999));
		expect([metIn(overflow), dhcp.exchangeOf(1)?.clients.size]).toEqual([1, 2]);
	});

	it("is followed for so many flows, and so many transactions of all of them", () => {
		const overflow = new Overflow();
		const { dhcp, show } = tracker(overflow);
		const [first, second] = [encode(plain), encode({ ...plain, transaction: 2 })];
		for (let flow = 0; flow < 100_000; flow++) show(flow, [10, 0, 0, 1], first);
		for (let flow = 0; flow < 2; flow++) show(flow, [10, 0, 0, 1], plain);
		expect(metIn(overflow)).toBe(0);
		show(100_000, [10, 0, 0, 1], plain);
		expect([metIn(overflow), dhcp.exchangeOf(100_000)]).toEqual([1, undefined]);
		for (let flow = 0; flow < 100_000; flow++) show(flow, [10, 0, 0, 1], second);
		expect(metIn(overflow)).toBe(1);
		show(5, [10, 0, 0, 9], { ...plain, transaction: 3 });
		expect([metIn(overflow), dhcp.exchangeOf(5)?.clients.size]).toEqual([2, 1]);
	});
});
