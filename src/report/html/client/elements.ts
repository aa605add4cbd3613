type Constructor<T> = new () => T;

/** An element of the page, where it has it. */
export function byId<T extends HTMLElement>(id: string, kind: Constructor<T>): T | undefined {
	const element = document.getElementById(id);
	return element instanceof kind ? element : undefined;
}

/** A new element with a class and text or children: text is only ever text. */
export function element<Name extends keyof HTMLElementTagNameMap>(
	name: Name,
	className = "",
	...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
	const made = document.createElement(name);
	if (className !== "") made.className = className;
	made.append(...children);
	return made;
}

/** A JSON document that the page holds. */
export function jsonOf<T>(id: string): T | undefined {
	const text = document.getElementById(id)?.textContent;
	return text ? (JSON.parse(text) as T) : undefined;
}
