/** What several subjects start: packages and arguments of the programs. */

export const WEB = ["nginx-light", "libnginx-mod-http-headers-more-filter", "curl"];
/** Quiet, errors told, certificates not checked. */
export const CURL = ["-sSk", "-o", "/dev/null"];
