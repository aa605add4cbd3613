import { startsWith, u16 } from "./bytes.ts";
import { type Recogniser, Role } from "./recogniser.ts";

/** JMX clients open with Java RMI's magic number, version and protocol. */
export const javaRmi: Recogniser = {
	protocol: "java-rmi",
	transports: [6],
	strength: "strong",
	ports: [8666, 8667, 4444, 4445, 1099],
	source: "Java Remote Method Protocol, 10.2",
	recognise(data, start, end) {
		return end - start >= 7 && startsWith(data, start, end, "JRMI") && u16(data, start + 4) === 2
			? Role.Client
			: Role.No;
	},
};

/** Log4j's socket appender writes serialised log events. */
export const javaSerialisation: Recogniser = {
	protocol: "java-serialisation",
	transports: [6],
	strength: "strong",
	ports: [4560],
	source: "Java Object Serialization Specification, 6.4",
	recognise(data, start, end) {
		return end - start >= 4 && u16(data, start) === 0xaced && u16(data, start + 2) === 5 ? Role.Either : Role.No;
	},
};
