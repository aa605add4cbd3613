import { byteText, counted, durationText, grouped } from "../../../finding/words.ts";
import { displayFilter } from "../../text/display-filter.ts";
import { AT } from "../data-format.ts";
import { copying } from "./copying.ts";
import { element } from "./elements.ts";
import type { FlowList } from "./flow-list.ts";
import { clockText, endOf, endText } from "./flow-texts.ts";

/** The window with all that the page knows of one flow. */
export class FlowDetails {
	readonly #list: FlowList;
	readonly #dialog: HTMLDialogElement;

	constructor(list: FlowList, dialog: HTMLDialogElement) {
		this.#list = list;
		this.#dialog = dialog;
		// A click beside the window closes it.
		dialog.addEventListener("click", (event) => {
			if (event.target === dialog) dialog.close();
		});
		dialog.addEventListener("close", () => {
			if (/^#flow-\d+$/.test(location.hash)) forgetHash();
		});
	}

	/** Says of a flow that the page does not hold it. */
	miss(id: string): void {
		this.#open(`Flow ${id}`, [
			element("p", "", "This page holds the flows that matter most, and this one is not among them."),
		]);
	}

	show(place: number): void {
		const list = this.#list;
		const label = list.label(place);
		const notes = list
			.notes(place)
			.map(({ severity, kind, message }) =>
				element("p", `note is-${severity}`, message, " ", element("span", "kind", kind)),
			);
		this.#open(`Flow ${list.number(place, AT.id)}: ${label.text}`, [
			...notes,
			this.#facts(place),
			element("h3", "", "Why"),
			element("ul", "", ...label.reasons.map((reason) => element("li", "", reason))),
			...(label.nearest === "" ? [] : [element("p", "dim", `Nearest row: ${label.nearest}`)]),
			element("h3", "", "In Wireshark"),
			element("p", "", this.#filter(place)),
		]);
	}

	#open(heading: string, parts: readonly Node[]): void {
		const title = element("h2", "", heading);
		title.id = "flow-details-title";
		const close = element("button", "close", "Close");
		close.type = "button";
		close.addEventListener("click", () => this.#dialog.close());
		const content = element("div", "inside", element("div", "bar", title, close), ...parts);
		copying(content);
		this.#dialog.replaceChildren(content);
		if (!this.#dialog.open) this.#dialog.showModal();
	}

	#facts(place: number): HTMLElement {
		const list = this.#list;
		const { service, sure, status } = list.label(place);
		const side = (packets: number, bytes: number) =>
			`${counted(list.number(place, packets), "packet")}, ${byteText(list.number(place, bytes))}`;
		const facts: (readonly [string, string])[] = [
			["Label", [status, sure, service].filter((text) => text !== "").join(", ")],
			["Client", `${endText(list, place, "client")} sent ${side(AT.clientPackets, AT.clientBytes)}`],
			["Server", `${endText(list, place, "server")} sent ${side(AT.serverPackets, AT.serverBytes)}`],
			["Time", `${clockText(list, place)} UTC, ${durationText(list.number(place, AT.duration))}`],
			[
				"Over",
				[list.text(place, AT.over), list.text(place, AT.protocol), list.text(place, AT.state)]
					.filter((text) => text !== "")
					.join(", "),
			],
			["VLAN", list.text(place, AT.vlan)],
			["Payload", list.text(place, AT.fields)],
			["Transfer", list.number(place, AT.transfer) === 0 ? "" : String(list.number(place, AT.transfer))],
			["Calls", list.text(place, AT.calls)],
			["First packet", `${grouped(list.number(place, AT.packet))} of ${list.text(place, AT.file)}`],
		];
		return element(
			"dl",
			"facts",
			...facts
				.filter(([, text]) => text !== "")
				.map(([name, text]) => element("div", "", element("dt", "", name), element("dd", "", text))),
		);
	}

	#filter(place: number): HTMLElement {
		const filter = displayFilter({
			transport: this.#list.text(place, AT.over),
			client: endOf(this.#list, place, "client"),
			server: endOf(this.#list, place, "server"),
		});
		const code = element("code", "copy", filter);
		code.dataset.copy = "";
		return code;
	}
}

/** So that the same link works again. A page in a frame may not be allowed to. */
function forgetHash(): void {
	try {
		history.replaceState(null, "", location.href.replace(/#.*/, ""));
	} catch {
		// Then the address keeps it.
	}
}
