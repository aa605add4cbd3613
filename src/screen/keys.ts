/** What Node tells of a key. */
export interface Keypress {
	readonly name?: string | undefined;
	readonly sequence?: string | undefined;
	readonly ctrl?: boolean | undefined;
	readonly meta?: boolean | undefined;
	readonly shift?: boolean | undefined;
}

const NAMES: Readonly<Record<string, string>> = {
	return: "enter",
	enter: "enter",
	escape: "escape",
	backspace: "backspace",
	up: "up",
	down: "down",
	left: "left",
	right: "right",
	pageup: "pageup",
	pagedown: "pagedown",
	home: "home",
	end: "end",
	f1: "?",
};

/** The key in the words of {@link press}; undefined for one that means nothing. @param text what it types, if anything */
export function keyName(text: string | undefined, { name, ctrl, meta, shift }: Keypress): string | undefined {
	if (ctrl) return name === "h" ? "backspace" : name === undefined ? undefined : `ctrl-${name}`;
	if (name === "tab") return shift ? "backtab" : "tab";
	if (name !== undefined && name in NAMES) return NAMES[name];
	// An Alt key types the letter with an escape before it.
	if (meta || text === undefined || [...text].length !== 1) return undefined;
	return /^[\p{L}\p{N}\p{P}\p{S} ]$/u.test(text) ? text : undefined;
}
