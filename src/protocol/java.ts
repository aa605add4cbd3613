import { startsWith, textOf, u16 } from "./bytes.ts";
import { type Fields, type Recogniser, Role } from "./recogniser.ts";

/** Java RMI, 10.2: what follows the magic number and the version. */
const PROTOCOLS: Readonly<Record<number, string>> = { 75: "stream", 76: "single-operation", 77: "multiplex" };
const RMI_HEADER = 7;
const Message = { ProtocolAck: 0x4e, Call: 0x50, ReturnData: 0x51 } as const;
const MAX_HOST = 255;

function isSerialised(data: Uint8Array, at: number, end: number): boolean {
	return end - at >= 4 && u16(data, at) === 0xaced && u16(data, at + 2) === 5;
}

/** The server's answer: the client's host name with its length, and 32 bits of port. */
function isAcknowledgement(data: Uint8Array, start: number, end: number): boolean {
	if (end - start < 8) return false;
	const length = u16(data, start + 1);
	if (length < 1 || length > MAX_HOST || end - start !== 3 + length + 4) return false;
	const host = start + 3;
	for (let at = host; at < host + length; at++) if (data[at]! <= 0x20 || data[at]! > 0x7e) return false;
	return u16(data, host + length) === 0;
}

/** JMX clients open with Java RMI's magic number, version and protocol. */
export const javaRmi: Recogniser = {
	protocol: "java-rmi",
	transports: [6],
	strength: "strong",
	ports: [8666, 8667, 4444, 4445, 5555, 5556, 1099],
	firstBytes: [0x4a, Message.ProtocolAck, Message.Call, Message.ReturnData],
	source: "Java Remote Method Protocol, 10.2",
	recognise(data, start, end) {
		if (end - start < 5) return Role.No;
		switch (data[start]) {
			case 0x4a:
				return end - start >= RMI_HEADER && startsWith(data, start, end, "JRMI") && u16(data, start + 4) <= 2
					? Role.Client
					: Role.No;
			case Message.ProtocolAck:
				return isAcknowledgement(data, start, end) ? Role.Server : Role.No;
			case Message.Call:
				return isSerialised(data, start + 1, end) ? Role.Client : Role.No;
			case Message.ReturnData:
				return isSerialised(data, start + 1, end) ? Role.Server : Role.No;
			default:
				return Role.No;
		}
	},
	describe(data, start, end) {
		const protocol = end - start >= RMI_HEADER && data[start] === 0x4a ? PROTOCOLS[data[start + 6]!] : undefined;
		return protocol === undefined ? {} : { rmi: protocol };
	},
};

const TC_OBJECT = 0x73;
const TC_CLASSDESC = 0x72;
const CLASS_NAME = 8;

/** Log4j's socket appender writes serialised log events; so their class says who is the client. */
export const javaSerialisation: Recogniser = {
	protocol: "java-serialisation",
	transports: [6],
	strength: "strong",
	ports: [4560],
	firstBytes: [0xac],
	source: "Java Object Serialization Specification, 6.4",
	recognise(data, start, end) {
		if (!isSerialised(data, start, end)) return Role.No;
		return className(data, start, end).endsWith("LoggingEvent") ? Role.Client : Role.Either;
	},
	describe(data, start, end) {
		const name = className(data, start, end);
		const fields: Fields = name === "" ? {} : { class: name };
		return fields;
	},
	/** The stream's header is often sent before its first object. */
	leadsOn(_data, start, end) {
		return end - start === 4;
	},
};

/** Class of the stream's first object; empty where it is no plain object, or cut off. */
function className(data: Uint8Array, start: number, end: number): string {
	const at = start + CLASS_NAME;
	if (end - at < 0 || data[start + 4] !== TC_OBJECT || data[start + 5] !== TC_CLASSDESC) return "";
	const length = u16(data, at - 2);
	return length > 0 && length <= end - at ? textOf(data, at, at + length) : "";
}
