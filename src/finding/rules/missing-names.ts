import type { FlowCase, Observation } from "../observation.ts";

/** Names of services, which clients look for without knowing of any (RFC 2782). */
const SERVICE = /^_|\._/;

/** Names that do not exist: normal while a resolver tries its search domains, but not for those that rows are known by. */
export function missingNames({ sessions, labels, flow }: FlowCase): readonly Observation[] | undefined {
	const missing = sessions.dns.missingNames(flow);
	if (missing.length === 0) return undefined;
	const needed = missing.filter(({ name }) => !SERVICE.test(name) && labels.needsName(name));
	return needed.map(({ name, count, first, last }) => ({
		kind: "dns-failure",
		severity: "error",
		what: `the name server says that ${name} does not exist (NXDOMAIN)`,
		count,
		from: first,
		until: last,
	}));
}
