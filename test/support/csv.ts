/** Cells of a CSV text (RFC 4180). @throws where a quote stands in the wrong place. */
export function parseCsv(text: string): string[][] {
	const lines: string[][] = [];
	let cells: string[] = [];
	let at = 0;
	while (at < text.length) {
		let cell = "";
		if (text[at] === '"') {
			at++;
			for (; ; at++) {
				if (at >= text.length) throw new Error("a quoted cell does not end");
				if (text[at] !== '"') cell += text[at];
				else if (text[at + 1] === '"') cell += text[at++];
				else break;
			}
			at++;
		} else {
			while (at < text.length && text[at] !== "," && text[at] !== "\r" && text[at] !== "\n") {
				if (text[at] === '"') throw new Error(`a quote inside an unquoted cell: ${cell}`);
				cell += text[at++];
			}
		}
		cells.push(cell);
		if (text[at] === ",") {
			at++;
			continue;
		}
		if (text.startsWith("\r\n", at)) at += 2;
		else if (at < text.length) throw new Error(`${JSON.stringify(text[at])} after a cell`);
		lines.push(cells);
		cells = [];
	}
	return lines;
}
