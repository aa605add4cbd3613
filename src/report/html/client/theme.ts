import { byId } from "./elements.ts";

const KEY = "flowmatrix-theme";

/** The switch between light and dark; until it is used, the system's choice rules. */
export function theme(): void {
	const button = byId("theme", HTMLButtonElement);
	if (!button) return;
	const root = document.documentElement;
	const system = matchMedia("(prefers-color-scheme: dark)");
	const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
	const show = () => {
		button.textContent = isDark() ? "Light" : "Dark";
		button.setAttribute("aria-label", `${isDark() ? "Light" : "Dark"} colours`);
	};
	const kept = stored(() => localStorage.getItem(KEY));
	if (kept === "dark" || kept === "light") root.dataset.theme = kept;
	button.hidden = false;
	button.addEventListener("click", () => {
		const next = isDark() ? "light" : "dark";
		root.dataset.theme = next;
		stored(() => localStorage.setItem(KEY, next));
		show();
	});
	system.addEventListener("change", show);
	show();
}

/** A page that came by mail may have no storage. */
function stored<T>(use: () => T): T | undefined {
	try {
		return use();
	} catch {
		return undefined;
	}
}
