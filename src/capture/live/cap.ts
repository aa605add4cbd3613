import { Timeline } from "../batch.ts";
import { PcapngWriter } from "../write/pcapng.ts";
import { type BackEnd, type CaptureDevice, type CaptureSettings, LiveError, type RunningCapture } from "./back-end.ts";
import { checkNames, errorOf } from "./faults.ts";

/** What is used of the npm package `cap`, version 0.2. */
interface Module {
	readonly Cap: {
		new (): Session;
		deviceList(): readonly {
			readonly name: string;
			readonly description?: string;
			readonly addresses: readonly { readonly addr?: string }[];
			readonly flags?: string;
		}[];
	};
}

interface Session {
	/** @param buffer gets each packet; its memory is written to for as long as the session is open. @returns the link type's name. */
	open(device: string, filter: string, bufferBytes: number, buffer: Buffer): string;
	close(): void;
	on(event: "packet", listener: (bytes: number, isCut: boolean) => void): void;
}

/** Its link types, as LINKTYPE_ numbers. */
const LINK_TYPES: Readonly<Record<string, number>> = {
	NULL: 0,
	ETHERNET: 1,
	RAW: 101,
	LINKTYPE_LINUX_SLL: 113,
	IEEE802_11_RADIO: 127,
};
/** It sets this snaplen, whatever the buffer's size. In its immediate mode every packet takes so much room in the kernel's ring. */
const SNAPLEN = 65_535;
/** Times the asked-for buffer that the kernel's ring has to have. */
const RING = 8;
/** The kernel counts a ring's bytes in 31 bits. */
const MAX_RING = 1 << 30;
/** Bytes that may wait here for whoever reads them. */
const MAX_WAITING = 256e6;

/** libpcap inside this process, where no capturing program is installed. */
export const cap: BackEnd = {
	name: "cap",
	tellsDrops: false,
	limits:
		"has the time at which a packet is handed over, not that at which it came, and cannot tell what the kernel dropped: install dumpcap or tcpdump for both",
	check: async () => {
		await load();
	},
	devices: async () => (await load()).Cap.deviceList().map(deviceOf),
	start,
};

async function load(): Promise<Module> {
	// By a variable: it is an optional dependency, and may not be there.
	const name: string = "cap";
	try {
		const loaded = (await import(name)) as { default?: Module } & Module;
		return loaded.default ?? loaded;
	} catch (error) {
		const { message } = error as Error;
		if (message.includes("NODE_MODULE_VERSION"))
			throw new LiveError(
				"missing",
				"the npm package cap was built for another version of Node: npm rebuild cap, or install flowmatrix again",
			);
		const [why] = message.split("\n");
		throw new LiveError(
			"missing",
			`the npm package cap is not there (${why}): sudo apt install libpcap-dev build-essential, then install flowmatrix again`,
		);
	}
}

async function start(settings: CaptureSettings): Promise<RunningCapture> {
	const { Cap } = await load();
	const { interfaces, promiscuous } = settings;
	checkNames(interfaces);
	if (!promiscuous) throw new LiveError("other", "cap cannot leave promiscuous mode off: use --backend dumpcap");
	const known = Cap.deviceList().map(({ name }) => name);
	const captures = new InProcess(settings);
	for (const name of interfaces) {
		try {
			if (!known.includes(name)) throw new Error("No such device");
			captures.open(new Cap(), name);
		} catch (error) {
			captures.stop();
			const mend = `sudo setcap cap_net_raw,cap_net_admin=eip ${process.execPath} (then every Node program may), or run it as root`;
			throw error instanceof LiveError ? error : errorOf("cap", (error as Error).message, settings, mend);
		}
	}
	return { bytes: captures.bytes(), stop: () => captures.stop() };
}

interface OpenSession {
	readonly session: Session;
	readonly buffer: Buffer;
	/** Number of its interface. */
	readonly id: number;
	/** Packets that nobody took in time. */
	lost: number;
}

/** Sessions of one run, and the packets that wait to be read. */
class InProcess {
	readonly #settings: CaptureSettings;
	readonly #writer = new PcapngWriter("flowmatrix");
	readonly #timeline = new Timeline();
	/** With their buffers, which must not be collected while a session is open. */
	readonly #open: OpenSession[] = [];
	#wake = () => {};
	#isOver = false;

	constructor(settings: CaptureSettings) {
		this.#settings = settings;
	}

	open(session: Session, name: string): void {
		const { filter, bufferSize, snaplen } = this.#settings;
		const buffer = Buffer.alloc(SNAPLEN + 1);
		const linkType = session.open(name, filter ?? "", Math.min(MAX_RING, bufferSize * RING * 2 ** 20), buffer);
		const number = LINK_TYPES[linkType];
		if (number === undefined) {
			session.close();
			throw new LiveError(
				"interface",
				`cap does not know the link type of ${name} (${linkType}): use --backend dumpcap`,
			);
		}
		const id = this.#writer.interface({ linkType: number, snaplen, name, filter });
		const one = { session, buffer, id, lost: 0 };
		this.#open.push(one);
		session.on("packet", (bytes) => this.#take(one, bytes));
	}

	#take(one: OpenSession, bytes: number): void {
		if (this.#isOver) return;
		if (this.#writer.pending > MAX_WAITING) {
			one.lost++;
			return;
		}
		const { clock, snaplen } = this.#settings;
		const milliseconds = clock();
		const seconds = Math.floor(milliseconds / 1000);
		const time = this.#timeline.at(seconds, Math.round((milliseconds - seconds * 1000) * 1e6));
		this.#writer.epoch = this.#timeline.epoch!;
		this.#writer.packet({
			interface: one.id,
			time,
			data: one.buffer,
			start: 0,
			capturedLength: Math.min(bytes, snaplen),
			wireLength: bytes,
		});
		this.#wake();
	}

	async *bytes(): AsyncGenerator<Uint8Array, void, undefined> {
		try {
			for (;;) {
				if (this.#writer.pending > 0) yield this.#writer.take();
				else if (this.#isOver) return;
				else
					await new Promise<void>((resolve) => {
						this.#wake = resolve;
					});
			}
		} finally {
			this.stop();
		}
	}

	stop(): void {
		if (this.#isOver) return;
		this.#isOver = true;
		for (const { session, id, lost } of this.#open) {
			session.close();
			// Only what was lost here: the kernel's part it does not tell.
			if (lost > 0) this.#writer.statistics(id, 0, { dropped: lost });
		}
		this.#wake();
	}
}

function deviceOf(device: ReturnType<Module["Cap"]["deviceList"]>[number]): CaptureDevice {
	return {
		name: device.name,
		description: device.description ?? "",
		addresses: device.addresses.flatMap(({ addr }) => addr ?? []),
		isLoopback: device.flags?.includes("LOOPBACK") ?? false,
	};
}
