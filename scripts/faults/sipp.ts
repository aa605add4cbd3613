/** SIPp scenarios of one message each way or several, as XML. */

/** What a side sends and expects, in order. */
export type Step = string;

const CDATA = (lines: readonly string[]) => `<![CDATA[\n\n${lines.join("\n")}\n\n  ]]>`;

export function scenario(...steps: readonly Step[]): string {
	return `<?xml version="1.0" encoding="ISO-8859-1"?>\n<scenario name="fault">\n  ${steps.join("\n  ")}\n</scenario>\n`;
}

/** Where a side announces that it takes audio. */
export interface Announced {
	readonly address: string;
	readonly port: number;
	/** RTP payload types offered or chosen, by default PCMA. */
	readonly types?: readonly number[];
}

export interface RequestOptions {
	readonly sequence?: number;
	readonly audio?: Announced;
	/** Further header lines. */
	readonly headers?: readonly string[];
	/** Whether it belongs to a dialogue that {@link takes} began (`rrs`). */
	readonly within?: true;
}

/** A client's request. It is sent again until it is answered, but for ACK. */
export function sends(method: string, { sequence = 1, audio, headers = [], within }: RequestOptions = {}): Step {
	const again = method === "ACK" ? "" : ' retrans="500"';
	const target = method === "REGISTER" ? "sip:[remote_ip]" : "sip:[service]@[remote_ip]:[remote_port]";
	const lines = [
		`${method} ${within ? "[next_url]" : target} SIP/2.0`,
		"Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]",
		"From: <sip:202@[remote_ip]>;tag=[pid]x[call_number]",
		within ? "[last_To:]" : `To: <sip:${method === "REGISTER" ? "202" : "[service]"}@[remote_ip]>`,
		"Call-ID: [call_id]",
		`CSeq: ${sequence} ${method}`,
		"Contact: <sip:202@[local_ip]:[local_port];transport=[transport]>",
		"Max-Forwards: 70",
		"User-Agent: Avaya J179 IP Phone",
		...headers,
		...body(audio),
	];
	return `<send${again}>${CDATA(lines)}</send>`;
}

/** A client takes an answer. @param options e.g. `auth="true"` */
export function takes(status: number, options = ""): Step {
	return `<recv response="${status}" ${options}/>`;
}

export function receives(method: string, options = ""): Step {
	return `<recv request="${method}" ${options}/>`;
}

/** A server's answer to the last request. */
export function replies(status: string, audio?: Announced, ...headers: readonly string[]): Step {
	const lines = [
		`SIP/2.0 ${status}`,
		"[last_Via:]",
		"[last_From:]",
		`[last_To:]${status.startsWith("100") ? "" : ";tag=[pid]y[call_number]"}`,
		"[last_Call-ID:]",
		"[last_CSeq:]",
		"Contact: <sip:201@[local_ip]:[local_port];transport=[transport]>",
		"Server: IP Office 12.0.0.0 build 56",
		...headers,
		...body(audio),
	];
	return `<send>${CDATA(lines)}</send>`;
}

export function pause(milliseconds: number): Step {
	return `<pause milliseconds="${milliseconds}"/>`;
}

const CODECS: Readonly<Record<number, string>> = { 0: "PCMU", 8: "PCMA" };

function body(audio: Announced | undefined): string[] {
	if (!audio) return ["Content-Length: 0"];
	const { address, port, types = [8] } = audio;
	return [
		"Content-Type: application/sdp",
		"Content-Length: [len]",
		"",
		"v=0",
		`o=- 1 1 IN IP4 ${address}`,
		"s=-",
		`c=IN IP4 ${address}`,
		"t=0 0",
		`m=audio ${port} RTP/AVP ${types.join(" ")}`,
		...types.map((type) => `a=rtpmap:${type} ${CODECS[type]}/8000`),
		"a=sendrecv",
	];
}
