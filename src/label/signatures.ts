/** A payload that only one product sends, and in what words to say so. */
export interface ProductSignature {
	readonly product: string;
	readonly reason: string;
}

type Fields = Readonly<Record<string, unknown>>;

const SIGNATURES: readonly {
	readonly application: string;
	readonly product: string;
	readonly field: string;
	readonly pattern: RegExp;
	readonly reason: string;
}[] = [
	{
		application: "tftp",
		product: "ipo",
		field: "style",
		pattern: /^ipoffice$/,
		reason: "answers TFTP reads with a write request, as only IP Office does",
	},
	{
		application: "tftp",
		product: "ipo",
		field: "file",
		pattern: /^nasystem\//i,
		reason: "serves IP Office's pseudo-files (nasystem/…) by TFTP",
	},
	{
		application: "http",
		product: "ipo",
		field: "server",
		pattern: /^IPOffice\//,
		reason: "its HTTP server names itself IPOffice",
	},
	{
		application: "smtp",
		product: "vmpro",
		field: "banner",
		pattern: /IP Office Voicemail Pro/,
		reason: "its SMTP greeting names Voicemail Pro",
	},
];

const APPLICATIONS = new Set(SIGNATURES.map(({ application }) => application));

/** The product that a server's payload gives away, if any. */
export function productSignature(application: string, fields: Fields): ProductSignature | undefined {
	if (!APPLICATIONS.has(application)) return undefined;
	return SIGNATURES.find((signature) => {
		const value = fields[signature.field];
		return signature.application === application && typeof value === "string" && signature.pattern.test(value);
	});
}
