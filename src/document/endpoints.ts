/** The address of `address:port`, without brackets. */
export function hostOf(endpoint: string): string {
	return endpoint.slice(0, endpoint.lastIndexOf(":")).replace(/^\[|\]$/g, "");
}

export function portOf(endpoint: string): number {
	return Number(endpoint.slice(endpoint.lastIndexOf(":") + 1));
}
