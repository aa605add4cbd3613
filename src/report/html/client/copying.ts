import { element } from "./elements.ts";

const TOLD = 1500;

/** Gives each text that can be copied a button. */
export function copying(within: ParentNode): void {
	for (const code of within.querySelectorAll<HTMLElement>("[data-copy]")) {
		const text = code.textContent ?? "";
		const button = element("button", "copy-button", "Copy");
		button.type = "button";
		button.setAttribute("aria-label", `Copy ${text}`);
		button.addEventListener("click", async () => {
			const done = await copy(text);
			button.textContent = done ? "Copied" : "Press Ctrl-C";
			if (!done) getSelection()?.selectAllChildren(code);
			setTimeout(() => {
				button.textContent = "Copy";
			}, TOLD);
		});
		code.after(" ", button);
		delete code.dataset.copy;
	}
}

/** @returns whether it is in the clipboard: a page may be kept from it. */
async function copy(text: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		return copyBySelection(text);
	}
}

/** The old way, where the new one is not allowed. */
function copyBySelection(text: string): boolean {
	const area = element("textarea", "hidden");
	area.value = text;
	document.body.append(area);
	area.select();
	const done = document.execCommand("copy");
	area.remove();
	return done;
}
