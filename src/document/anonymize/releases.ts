/** `11.1.2`, `12.0.0.0 build 56`, `12.0.0.0 (56)`; not four numbers without a build, which may be an address. */
const RELEASE = /^(?!\d+(?:\.\d+){3}$)\d{1,5}(?:\.\d{1,5}){0,5}(?: build \d{1,6}| \(\d{1,6}\))?$/;
/** Four numbers that begin as IP Office's releases do, `4.0` to `12.2`, and some more. */
const FOUR = /^((?:[4-9]|1\d)\.\d)(?:\.\d{1,5}){2}$/;
/**
 * The same behind the product's name, with or without a mark: `IP Office 11.1.2.3`, `IPOffice/V11.1.2.3-x`. With a port or a prefix length
 * behind it, it is an address; with another label, a host's name.
 */
const BEHIND_PRODUCT =
	/(?<=(?:\bIP[ -]?Office|\bVoicemail ?Pro|\bone-X Portal)[ /](?:release |version )?)([RV]?(?:[4-9]|1\d)\.\d(?:\.\d{1,5}){2})(?!\d|\.\w|[:/]\d)/i;
const MARK = /^[RV]/i;

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
 * Cuts somebody's text at four numbers that have a product's name in front of them: what is left of them is that they are a
 * release. They do not become an address that nobody has; and should they be one, nothing of it is told.
 * @param isAddress whether four numbers are known to be one.
 * @returns texts between releases, and at odd places what stands for these.
 */
export function hideReleases(text: string, isAddress: (four: string) => boolean): string[] {
	const pieces = [""];
	for (const [i, part] of text.split(BEHIND_PRODUCT).entries()) {
		const [mark = ""] = MARK.exec(part) ?? [];
		if (i % 2 === 0 || isAddress(part.slice(mark.length))) pieces[pieces.length - 1] += part;
		else pieces.push(`${mark}x.x.x.x`, "");
	}
	return pieces;
}
