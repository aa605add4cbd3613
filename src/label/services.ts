/**
 * Registered ports (1024 and up) on which servers commonly listen (IANA Service Name and Transport Protocol Port Number
 * Registry). They serve one purpose: telling the server's port from an ephemeral one where nothing better is known.
 */
const REGISTERED = new Set([
	1080, 1194, 1433, 1434, 1521, 1701, 1718, 1719, 1720, 1723, 1812, 1813, 1883, 1900, 2049, 2152, 3128, 3268, 3269,
	3306, 3389, 3478, 3479, 4500, 4789, 5060, 5061, 5222, 5223, 5228, 5269, 5353, 5355, 5357, 5432, 5433, 5671, 5672,
	5683, 5900, 5985, 5986, 6081, 6379, 6443, 6514, 6881, 7070, 8000, 8005, 8008, 8080, 8081, 8086, 8088, 8089, 8140,
	8443, 8472, 8883, 8888, 9000, 9042, 9080, 9090, 9091, 9092, 9100, 9200, 9418, 9443, 10000, 11211, 25565, 27017,
]);

/** Whether a server is commonly found on this port: IANA's system ports and the registered ones above. */
export function isServicePort(port: number): boolean {
	return (port > 0 && port < FIRST_USER_PORT) || REGISTERED.has(port);
}

/** Below are IANA's system ports (RFC 6335, 6), from which clients seldom call. */
export const FIRST_USER_PORT = 1024;

/** First of IANA's dynamic ports (RFC 6335, 6): nothing is registered from here on. */
export const FIRST_DYNAMIC_PORT = 49152;
