import type { Examination } from "./examine.ts";
import type { Peer } from "./peers.ts";
import type { Variant } from "./variants.ts";

/** How flowmatrix's reading of a file stands to capinfos'. */
export const VERDICTS = {
	equal: "as many packets as capinfos",
	stricter: "as many; flowmatrix tells damage, capinfos none",
	further: "more: the damage was told and read behind, where capinfos stopped",
	passed:
		"as many or more: capinfos stopped at an option, the secrets or the minor version of a pcapng, which flowmatrix passes over",
	mistaken:
		"capinfos took the file for another variant of pcap: all packets before the damage, which was told, or all of a file whose records stand",
	alone: "capinfos refuses the file or takes it for another format",
	unheard: "capinfos is not installed",
	wrong: "wrong",
} as const;
export type Verdict = keyof typeof VERDICTS;

/** What flowmatrix has no use for. A later minor version changes nothing that a reader of version 1.0 must know (draft-ietf-opsawg-pcapng, 4.1). */
const PASSED_OVER = /\boption\b|unknown SHB version 1\.|secrets block/;

/** @param peer what capinfos says; undefined where it refuses the file, null where it was not asked. */
export function judge(
	ours: Examination,
	peer: Peer | undefined | null,
	{ before = 0, sound }: Pick<Variant, "before" | "sound">,
): { verdict: Verdict; cause?: string } {
	if (ours.fault !== undefined) return { verdict: "wrong", cause: ours.fault };
	if (ours.packets < before)
		return { verdict: "wrong", cause: `${ours.packets} packets, ${before} lie before the damage` };
	if (peer === null) return { verdict: "unheard" };
	if (peer === undefined) return { verdict: "alone" };
	const { packets, damage } = peer;
	const told = ours.problems > 0;
	if (damage === undefined && ours.packets === packets) return { verdict: told ? "stricter" : "equal" };
	if (damage !== undefined && ours.packets >= packets) {
		if (told) return { verdict: ours.packets === packets ? "equal" : "further" };
		if (PASSED_OVER.test(damage)) return { verdict: "passed" };
	}
	const isPcap = damage?.includes("(pcap: ");
	if (isPcap && (told || ours.packets === sound)) return { verdict: "mistaken" };
	const stop = damage === undefined ? "" : `, then damage: ${damage}`;
	return {
		verdict: "wrong",
		cause: `${ours.packets} packets and ${ours.problems} problems, capinfos ${packets} packets${stop}`,
	};
}
