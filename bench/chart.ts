/** A line of a chart: its points from left to right. */
export interface Line {
	readonly name: string;
	readonly points: readonly (readonly [number, number])[];
}

/** A diagram of a chart: x on a logarithmic scale, y from zero. */
export interface Panel {
	readonly title: string;
	readonly x: string;
	readonly lines: readonly Line[];
}

const PLOT = { left: 60, top: 50, width: 280, height: 200 };
const PANEL_WIDTH = 450;
const HEIGHT = 310;
/** Told apart, and read, on white and on black. */
const COLOURS = ["#1f83e0", "#d9731a", "#8a8f98"];
const TEXT = "#808890";

/** An SVG of panels side by side, on one scale of y for each. Its title tells what a reader who sees no picture gets. */
export function chart(panels: readonly Panel[], y: string): string {
	const width = PANEL_WIDTH * panels.length;
	const drawn = panels.map((panel, i) => `<g transform="translate(${i * PANEL_WIDTH} 0)">${draw(panel, y)}</g>`);
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="${TEXT}" role="img">
<title>${y}, ${panels.map((panel) => `by ${panel.x} (${panel.title})`).join(" and ")}</title>
${drawn.join("\n")}
</svg>
`;
}

function draw({ title, x, lines }: Panel, y: string): string {
	const { left, top, width, height } = PLOT;
	const points = lines.flatMap((line) => line.points);
	const xs = [...new Set(points.map(([value]) => value))];
	const first = Math.log(Math.min(...xs));
	const across = Math.log(Math.max(...xs)) - first || 1;
	const { step, steps } = scale(Math.max(...points.map(([, value]) => value)));
	const atX = (value: number) => round(left + ((Math.log(value) - first) / across) * width);
	const atY = (value: number) => round(top + height - (value / (step * steps)) * height);
	const parts = [`<text x="${left}" y="20" font-size="14">${title}</text>`, `<text x="${left}" y="38">${y}</text>`];
	for (let i = 0; i <= steps; i++) {
		const value = i * step;
		const at = atY(value);
		parts.push(
			`<path d="M${left} ${at}h${width}" stroke="${TEXT}" stroke-opacity=".3"/>`,
			`<text x="${left - 8}" y="${at + 4}" text-anchor="end">${value.toLocaleString("en")}</text>`,
		);
	}
	for (const value of xs) {
		parts.push(`<text x="${atX(value)}" y="${top + height + 20}" text-anchor="middle">${short(value)}</text>`);
	}
	parts.push(`<text x="${left + width / 2}" y="${top + height + 42}" text-anchor="middle">${x}</text>`);
	for (const [i, { name, points }] of lines.entries()) {
		const colour = COLOURS[i % COLOURS.length];
		const path = points.map(([px, py]) => `${atX(px)} ${atY(py)}`);
		const [lastX, lastY] = points.at(-1)!;
		parts.push(
			`<path d="M${path.join("L")}" stroke="${colour}" stroke-width="2" fill="none"/>`,
			`<text x="${atX(lastX) + 8}" y="${atY(lastY) + 4}" fill="${colour}">${name}</text>`,
		);
	}
	return parts.join("\n");
}

/** Steps of 1, 2 or 5 times a power of ten: five to ten of them reach `most`. */
function scale(most: number): { step: number; steps: number } {
	const power = 10 ** Math.floor(Math.log10(most));
	const step = power * (most / power > 4 ? 1 : most / power > 2 ? 0.5 : 0.2);
	return { step, steps: Math.ceil(most / step) };
}

function short(value: number): string {
	if (value >= 1e6) return `${value / 1e6} M`;
	return value >= 1e3 ? `${value / 1e3} k` : `${value}`;
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}
