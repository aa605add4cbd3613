/** `11.1.2`, `12.0.0.0 build 56`, `12.0.0.0 (56)`; not four numbers without a build, which may be an address. */
const RELEASE = /^(?!\d+(?:\.\d+){3}$)\d{1,5}(?:\.\d{1,5}){0,5}(?: build \d{1,6}| \(\d{1,6}\))?$/;
/** Four numbers that begin as IP Office's releases do, `4.0` to `12.2`, and some more. */
const FOUR = /^((?:[4-9]|1\d)\.\d)(?:\.\d{1,5}){2}$/;
/** Text behind which a number is a release: the product's name. */
const PRODUCT_BEFORE = /(?:\bIP ?Office|\bVoicemail ?Pro|\bone-X Portal)[ /](?:release |version )?$/i;

/** Whether a text is a release, and surely no address. */
export function isRelease(text: string): boolean {
	return RELEASE.test(text);
}

/** Whether a text has four numbers of which none can tell, by themselves, whether they are a release or an address. */
export function mayBeBoth(text: string): boolean {
	return FOUR.test(text);
}

/** Of four numbers that are said to be a release, those that the matrix goes by: `11.1.x.x`; undefined for others. */
export function shortRelease(text: string): string | undefined {
	const begin = FOUR.exec(text)?.[1];
	return begin === undefined ? undefined : `${begin}.x.x`;
}

/**
 * Of four numbers in somebody's text, where a product's name is in front of them: a release of which nothing is left. It
 * does not become an address that nobody has; and should it be one, nothing of it is told.
 * @param before the text in front of it.
 */
export function hiddenRelease(text: string, before: string): string | undefined {
	return FOUR.test(text) && PRODUCT_BEFORE.test(before) ? "x.x.x.x" : undefined;
}
