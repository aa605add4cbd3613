/** A file or a pipe has no edge, but lines that nobody can read: wide enough for whole IPv6 endpoints. */
const FILE_WIDTH = 200;
/** Of a terminal that does not tell: a serial line's, or a container's, has 0 columns. */
const USUAL_WIDTH = 80;

/** How wide a text may be and whether it may be coloured. @param terminal whether it goes to one. */
export function screen(terminal: boolean): { width: number; color: boolean } {
	return {
		color: terminal && !process.env.NO_COLOR && process.env.TERM !== "dumb",
		width: terminal ? process.stdout.columns || USUAL_WIDTH : Number(process.env.COLUMNS) || FILE_WIDTH,
	};
}
