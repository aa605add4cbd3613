/** A row or a section, as the matrix names them. */
const ROW = /^[a-z]+-(?:in|out|int)(?:-\d+)?$/;
/** Ports, ids, addresses, their beginnings, with ports and without. */
const NUMBER = /^[\d.:[\]/]+$/;
const IPV6 = /^\[?[\da-f.]*:[\da-f.:]*(?:\]:?\d*)?$/;
/** Digits of the longest port. */
const PORT_DIGITS = 5;

/**
 * Whether a text has a word that somebody looks for: anywhere, as a part of another word too, but a row, a port, an id and an
 * address only as a whole. `IPO-IN-1` is not in `IPO-IN-19`, `506` not in `5060` and `10.0.0.1` not in `10.0.0.12`;
 * `10.0.0` and `IPO-IN` are, for an address and a row begin so; and a part of a telephone number is in it.
 * @param text, word in lower case.
 */
export function hasWord(text: string, word: string): boolean {
	const isOpen = openerOf(word);
	for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
		if (!isOpen?.(text, at, at + word.length)) return true;
	return word === "";
}

/** What tells whether a place where the word is goes on beyond it; undefined where it may. */
function openerOf(word: string): ((text: string, from: number, to: number) => boolean) | undefined {
	if (NUMBER.test(word)) return isPartOfNumber;
	return ROW.test(word) || IPV6.test(word) ? isPartOfName : undefined;
}

function isPartOfName(text: string, from: number, to: number): boolean {
	const isJoined = (at: number) => /^[\da-z]{2}$/.test(text.slice(at - 1, at + 1));
	return isJoined(from) || isJoined(to);
}

/** More digits in a row than a port has are a telephone number's, or a Call-ID's: of these a part does. */
function isPartOfNumber(text: string, from: number, to: number): boolean {
	return [from, to].some((at) => {
		const before = /\d*$/.exec(text.slice(Math.max(0, at - PORT_DIGITS - 1), at))![0];
		const after = /^\d*/.exec(text.slice(at, at + PORT_DIGITS + 1))![0];
		return before !== "" && after !== "" && before.length + after.length <= PORT_DIGITS;
	});
}
