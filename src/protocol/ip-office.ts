/** What IP Office's services say of themselves in banners, as pure functions of the text. */

const HTTP_SERVER = /^IPOffice\/(\d[\w.()-]*)/;
const VOICEMAIL = /IP Office Voicemail Pro\b.{0,80}? Version (\S.{0,40}?) SMTP/;
const SYSTEM = /^(.{1,100}\S) +(\d+(?:\.\d+)+\S{0,20})$/;

/** The release in an HTTP `Server` header, `IPOffice/11.1.2.3` for one; undefined for other servers. */
export function releaseOfHttpServer(server: string): string | undefined {
	return HTTP_SERVER.exec(server)?.[1];
}

/** The release in Voicemail Pro's SMTP greeting; undefined for other greetings. */
export function releaseOfVoicemailPro(banner: string): string | undefined {
	return VOICEMAIL.exec(banner)?.[1];
}

/** A system's type and release, told as one text: `Avaya IP500v2 10.0.2345.67894`. */
export function systemAndRelease(text: string): { readonly system: string; readonly release?: string } {
	const [, system, release] = SYSTEM.exec(text) ?? [];
	return system !== undefined && release !== undefined ? { system, release } : { system: text };
}
