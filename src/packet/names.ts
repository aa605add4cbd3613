/**
 * Names of link-layer protocols that carry no IP, for the report's `notDecoded`. Numbers without a name here are
 * reported as numbers.
 */

/** EtherTypes (IEEE 802 Numbers, IANA; vendors' manuals). */
export const ETHER_TYPE_NAMES: ReadonlyMap<number, string> = new Map([
	[0x0806, "ARP"],
	[0x2000, "CDP"],
	[0x22f3, "TRILL"],
	[0x6002, "DEC MOP"],
	[0x6003, "DECnet"],
	[0x6004, "DEC LAT"],
	[0x8035, "RARP"],
	[0x809b, "AppleTalk"],
	[0x80f3, "AppleTalk ARP"],
	[0x8137, "IPX"],
	[0x8808, "Ethernet pause"],
	[0x8809, "slow protocols: LACP"],
	[0x8863, "PPPoE discovery"],
	[0x886d, "Intel ANS probe"],
	[0x8874, "Broadcom tag"],
	[0x887b, "HomePlug"],
	[0x888e, "802.1X"],
	[0x8892, "PROFINET"],
	[0x8899, "Realtek switch"],
	[0x88a2, "ATA over Ethernet"],
	[0x88a4, "EtherCAT"],
	[0x88b8, "GOOSE"],
	[0x88ba, "IEC 61850 sampled values"],
	[0x88c7, "802.11 pre-authentication"],
	[0x88cc, "LLDP"],
	[0x88e1, "HomePlug AV"],
	[0x88f5, "MVRP"],
	[0x88f7, "PTP"],
	[0x88fb, "PRP supervision"],
	[0x8902, "802.1ag CFM"],
	[0x8906, "FCoE"],
	[0x890d, "802.11 TDLS"],
	[0x8914, "FCoE initialisation"],
	[0x8947, "GeoNetworking"],
	[0x894f, "NSH"],
	[0x9000, "Ethernet loopback test"],
	[0xfefe, "OSI"],
]);

/** Protocol identifiers of SNAP under Cisco's OUI 00-00-0c. */
export const CISCO_SNAP_NAMES: ReadonlyMap<number, string> = new Map([
	[0x010b, "PVST+ spanning tree"],
	[0x0111, "UDLD"],
	[0x0104, "PAgP"],
	[0x2000, "CDP"],
	[0x2003, "VTP"],
	[0x2004, "DTP"],
]);

/** LLC destination service access points. */
export const LLC_SAP_NAMES: ReadonlyMap<number, string> = new Map([
	[0x00, "LLC: link test"],
	[0x04, "LLC: SNA"],
	[0x42, "spanning tree"],
	[0x98, "LLC: ARP"],
	[0xe0, "IPX"],
	[0xf0, "NetBIOS frames"],
	[0xfe, "OSI (IS-IS, ES-IS)"],
	[0xff, "IPX"],
]);

/** PPP protocol numbers (IANA "Point-to-Point Protocol Field Assignments") without flows. */
export const PPP_NAMES: ReadonlyMap<number, string> = new Map([
	[0x0023, "PPP: OSI"],
	[0x002b, "PPP: IPX"],
	[0x0031, "PPP: bridged frames"],
	[0x0207, "PPP: CDP"],
	[0x8021, "PPP: IPCP"],
	[0x8023, "PPP: OSINLCP"],
	[0x802b, "PPP: IPXCP"],
	[0x8057, "PPP: IPV6CP"],
	[0x80fd, "PPP: CCP"],
	[0x8281, "PPP: MPLSCP"],
	[0xc021, "PPP: LCP"],
	[0xc023, "PPP: PAP"],
	[0xc025, "PPP: link quality report"],
	[0xc223, "PPP: CHAP"],
	[0xc227, "PPP: EAP"],
]);

/** `0x88cc`: at least four digits. */
export function hexNumber(value: number, digits = 4): string {
	return `0x${value.toString(16).padStart(digits, "0")}`;
}
