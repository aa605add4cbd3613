import { addressText, endpointText } from "../../packet/address.ts";
import { i32 } from "../bytes.ts";

/** A transport address, its parts named alike in H.225.0 and H.245. */
export interface Endpoint {
	readonly address: string;
	readonly port: number;
}

interface IpAddress {
	readonly ip?: Uint8Array | undefined;
	readonly port?: number | undefined;
}

/** An endpoint as flows write it; undefined where the message broke off, or for port 0. */
export function endpointOf({ ip, port }: IpAddress): Endpoint | undefined {
	if (!ip || !port) return undefined;
	if (ip.length === 4) return { address: addressText(4, 0, 0, 0, i32(ip, 0)), port };
	return ip.length === 16
		? { address: addressText(6, i32(ip, 0), i32(ip, 4), i32(ip, 8), i32(ip, 12)), port }
		: undefined;
}

export function textOfEndpoint(endpoint: Endpoint | undefined): string | undefined {
	return endpoint && endpointText(endpoint.address, endpoint.port);
}
