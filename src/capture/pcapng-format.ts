/** Block types (draft-ietf-opsawg-pcapng, 11.1) that are read or written here. */
export const Block = {
	SectionHeader: 0x0a0d0d0a,
	InterfaceDescription: 1,
	/** Obsolete, still written by old tools. */
	Packet: 2,
	SimplePacket: 3,
	NameResolution: 4,
	InterfaceStatistics: 5,
	EnhancedPacket: 6,
} as const;

export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Type, total length, and the length again at the end. */
export const BLOCK_OVERHEAD = 12;
/** Type and total length. */
export const BLOCK_HEADER = 8;

/** Option codes: of any block, then of one kind of block. */
export const Option = { End: 0, Comment: 1 } as const;
export const SectionOption = { Application: 4 } as const;
export const IfOption = { Name: 2, Description: 3, Filter: 11, Resolution: 9, FcsLength: 13, Offset: 14 } as const;
export const StatisticsOption = { Received: 4, InterfaceDrops: 5, OsDrops: 7 } as const;

/** Record types of a name resolution block (4.5.1). */
export const NameType = { End: 0, IPv4: 1, IPv6: 2 } as const;
